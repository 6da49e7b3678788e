//! Reads the claims of a token as a [`Value`], with numbers of any size.
//!
//! `serde_json` reads a number that is no `i64` or `u64` as an `f64`: it rounds, and it fails beyond `f64`. A rule on a claim
//! has to decide about every token, and must not take a number for another one. So numbers are read here from their digits:
//!
//! | a number that is | becomes |
//! |---|---|
//! | whole and within `i64` or `u64`, however it is written (`2`, `2.0`, `20e-1`) | that integer |
//! | any other one within `f64` (`2.5`, `1e30`) | the nearest `f64`, which equals no integer |
//! | beyond `f64` (`1e400`) | an empty object, which no rule accepts and no header shows |

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use std::fmt;

/// Reads the claims of a token. `None` for what is no JSON object; the core lets no such token through.
pub(crate) fn read(payload: &[u8]) -> Option<Value> {
    let Exact(value) = serde_json::from_slice(payload).ok()?;
    value.is_object().then_some(value)
}

/// A value whose numbers were read from their digits.
struct Exact(Value);

impl<'d> Deserialize<'d> for Exact {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let value = match raw.as_bytes().first() {
            Some(b'{') => serde_json::from_str(raw).map(|Members(members)| Value::Object(members)),
            Some(b'[') => serde_json::from_str(raw).map(|Elements(elements)| Value::Array(elements)),
            Some(b'-' | b'0'..=b'9') => Ok(number(raw)),
            _ => serde_json::from_str(raw),
        };
        value.map(Self).map_err(serde::de::Error::custom)
    }
}

struct Members(Map<String, Value>);

impl<'d> Deserialize<'d> for Members {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'d> Visitor<'d> for Read {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, Exact(value))) = map.next_entry()? {
                    members.insert(name, value);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

struct Elements(Vec<Value>);

impl<'d> Deserialize<'d> for Elements {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'d> Visitor<'d> for Read {
            type Value = Elements;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'d>>(self, mut seq: A) -> Result<Elements, A::Error> {
                let mut elements = Vec::new();
                while let Some(Exact(value)) = seq.next_element()? {
                    elements.push(value);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

fn number(text: &str) -> Value {
    match whole(text) {
        Some(number) => Value::Number(number),
        // One with a fraction is at least half an ulp from every integer that it could be rounded to, or is no integer
        // of these types: `as_i64` returns `None` for an `f64`.
        None => serde_json::from_str::<f64>(text)
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(|| Value::Object(Map::new()), Value::Number),
    }
}

/// Returns the exact integer value of a JSON number, or `None` if the number is no integer or is beyond `i64` and `u64`.
fn whole(text: &str) -> Option<Number> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [before, after].concat();
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(0.into());
    }
    // An exponent that is longer than that is beyond every integer, or leaves a fraction.
    let exponent: i64 = exponent.parse().ok()?;
    let dropped = i64::try_from(all.len() - all.trim_end_matches('0').len()).ok()?;
    let shift = exponent.checked_sub(i64::try_from(after.len()).ok()?)?.checked_add(dropped)?;
    // The longest integer has twenty digits.
    let zeros = usize::try_from(shift).ok().filter(|zeros| zeros + significant.len() <= 20)?;
    let magnitude: u128 = format!("{significant}{}", "0".repeat(zeros)).parse().ok()?;
    if negative {
        let magnitude = i128::try_from(magnitude).ok()?;
        return i64::try_from(-magnitude).ok().map(Number::from);
    }
    u64::try_from(magnitude).ok().map(Number::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn only(number: &str) -> Value {
        read(format!("{{\"a\":[{number}]}}").as_bytes()).expect("an object")["a"][0].clone()
    }

    #[test]
    fn a_whole_number_is_the_same_however_it_is_written() {
        for text in ["2", "2.0", "2.000", "2e0", "2E+0", "20e-1", "0.2e1", "0.0002e4", "200e-2", "2.00e0"] {
            assert_eq!(only(text), json!(2), "{text}");
        }
        for text in ["0", "-0", "0.0", "0e999999999999999999999", "0.00e-5", "-0.0e400"] {
            assert_eq!(only(text), json!(0), "{text}");
        }
        assert_eq!(only("-9223372036854775808"), json!(i64::MIN));
        assert_eq!(only("-9.223372036854775808e18"), json!(i64::MIN));
        assert_eq!(only("9223372036854775807.000"), json!(i64::MAX));
        assert_eq!(only("18446744073709551615"), json!(u64::MAX));
        assert_eq!(only("1e18"), json!(1_000_000_000_000_000_000_u64));
        // An f64 would be 9007199254740992.
        assert_eq!(only("9007199254740993.0"), json!(9_007_199_254_740_993_u64));
    }

    #[test]
    fn what_is_no_integer_equals_none() {
        for text in [
            "2.5",
            "2.0000000000000000000000001",
            "1.9999999999999999999999999",
            "1e-400",
            "-1e-999999999999999999999",
            "1e30",
            "18446744073709551616",
            "-9223372036854775809",
            "1e400",
            "-1e400",
            "1e999999999999999999999",
            "-123456789e99999",
        ] {
            let value = only(text);
            assert_eq!((value.as_i64(), value.as_u64()), (None, None), "{text}: {value}");
        }
        assert_eq!(only("1e400"), json!({}));
        assert_eq!(only("2.5"), json!(2.5));
    }

    #[test]
    fn everything_else_is_read_as_ever() {
        let text = r#"{"a":[1,"x",true,null,[],{}],"b":{"c":{"d":"\u0065\n"}},"\u0066":false}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text.as_bytes()), Some(expected));
        for text in ["", "[]", "7", "{", r#"{"a":01}"#] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    /// For every number, the exact reading agrees with one over integers that are scaled by hand.
    #[test]
    fn digits_and_exponents_are_shifted_as_arithmetic_does() {
        for mantissa in [1_i64, 7, 10, 120, 9_999, 1_000_000] {
            for point in 0..8_u32 {
                for exponent in -8..10_i32 {
                    let divisor = 10_i64.pow(point);
                    let width = usize::try_from(point).unwrap();
                    let text = match point {
                        0 => format!("{mantissa}e{exponent}"),
                        _ => format!("{}.{:0width$}e{exponent}", mantissa / divisor, mantissa % divisor),
                    };
                    let scale = exponent - i32::try_from(point).unwrap();
                    let power = 10_i64.pow(scale.unsigned_abs());
                    let expected = match scale >= 0 {
                        true => Some(mantissa * power),
                        false => (mantissa % power == 0).then_some(mantissa / power),
                    };
                    assert_eq!(only(&text).as_i64(), expected, "{text}");
                }
            }
        }
    }
}
