//! Deserializes claims into a struct of the caller.
//!
//! Objects, arrays and strings are read here, as [`Span`]s of the validated document: unknown members are skipped, and
//! strings have the same meaning as everywhere else. `serde-json-core` reads numbers and booleans.

use crate::Refusal;
use crate::json::Span;
use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{self, DeserializeSeed, IntoDeserializer as _, Visitor};
use serde_json_core::de::{Deserializer as Scalar, Error};

/// Reads `json`, which was validated before, into `T`.
///
/// Strings with escapes are unescaped through `buffer` and need an owned type such as `heapless::String`. A `&str` is
/// refused, so that no program compares the escaped text instead of the value.
pub(crate) fn deserialize<'t, T: Deserialize<'t>>(json: &'t [u8], buffer: &mut [u8]) -> Result<T, Refusal> {
    T::deserialize(Reader { span: Span::outermost(json), buffer }).map_err(|_| Refusal::ClaimsUnfit)
}

type Member<'t> = (Span<'t>, Span<'t>);
type Fields = Option<&'static [&'static str]>;

/// Reads one value, or a member's name.
struct Reader<'t, 'b> {
    span: Span<'t>,
    /// Strings with escapes are unescaped here, one at a time.
    buffer: &'b mut [u8],
}

impl<'t, 'b> Reader<'t, 'b> {
    /// A number, a truth value or `null`.
    fn scalar<R>(self, read: impl FnOnce(&mut Scalar<'t, '_>) -> Result<R, Error>) -> Result<R, Error> {
        // The span of a string has no quotes: its content could look like a number.
        if self.span.text().is_some() {
            return Err(Error::InvalidType);
        }
        let mut scalar = Scalar::new(self.span.written(), None);
        let value = read(&mut scalar)?;
        // The reader stops after an integer, even if a fraction follows.
        scalar.end()?;
        Ok(value)
    }

    /// An object, for a struct with these `fields` or for a type that takes any names.
    fn object(self, fields: Fields) -> Result<Object<'b, 't, impl Iterator<Item = Member<'t>>>, Error> {
        let members = self.span.members().ok_or(Error::InvalidType)?;
        Ok(Object { members, value: None, fields, buffer: self.buffer })
    }
}

/// Refuses a type that reads only some of the values.
fn all_read(mut rest: impl Iterator) -> Result<(), Error> {
    if rest.next().is_some() { Err(Error::TrailingCharacters) } else { Ok(()) }
}

macro_rules! scalar {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
            self.scalar(|scalar| scalar.$method(visitor))
        }
    )*};
}

macro_rules! as_str {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
            self.deserialize_str(visitor)
        }
    )*};
}

impl<'t> de::Deserializer<'t> for Reader<'t, '_> {
    type Error = Error;

    scalar! {
        deserialize_any deserialize_bytes deserialize_byte_buf deserialize_bool deserialize_unit
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_f32
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f64
    }

    as_str! { deserialize_char deserialize_string deserialize_identifier }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.span.text().ok_or(Error::InvalidType)?;
        match text.as_str() {
            Some(plain) => visitor.visit_borrowed_str(plain),
            None => visitor.visit_str(text.to_str(self.buffer).ok_or(Error::EscapedStringIsTooLong)?),
        }
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.span.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'t>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        let elements = self.span.array().ok_or(Error::InvalidType)?.elements();
        let mut array = Array { elements, buffer: self.buffer };
        let value = visitor.visit_seq(&mut array)?;
        all_read(array.elements)?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'t>>(self, _length: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut object = self.object(None)?;
        let value = visitor.visit_map(&mut object)?;
        all_read(object.members)?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut object = self.object(Some(fields))?;
        let value = visitor.visit_map(&mut object)?;
        all_read(object.members)?;
        Ok(value)
    }

    /// A variant's name, or an object of its name and its data.
    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Some(text) = self.span.text() {
            let variant = text.to_str(self.buffer).ok_or(Error::EscapedStringIsTooLong)?;
            return visitor.visit_enum(variant.into_deserializer());
        }
        let mut object = self.object(None)?;
        let value = visitor.visit_enum(MapAccessDeserializer::new(&mut object))?;
        all_read(object.members)?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

/// The members of an object that are still to be read.
struct Object<'b, 't, I> {
    members: I,
    /// The value of the member whose name was read last.
    value: Option<Span<'t>>,
    fields: Fields,
    buffer: &'b mut [u8],
}

impl<'t, I: Iterator<Item = Member<'t>>> de::MapAccess<'t> for Object<'_, 't, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((span, value)) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        let name = span.text().ok_or(Error::KeyMustBeAString)?;
        // The caller's buffer is only for values. Escaped names are compared without it.
        if let (None, Some(fields)) = (name.as_str(), self.fields) {
            if let Some(field) = fields.iter().find(|field| name == ***field) {
                return seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some);
            }
            if name.to_str(self.buffer).is_none() {
                // For a struct, an index beyond its fields means an unknown field.
                return seed.deserialize(u64::MAX.into_deserializer()).map(Some);
            }
        }
        seed.deserialize(Reader { span, buffer: self.buffer }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let span = self.value.take().ok_or(Error::ExpectedSomeValue)?;
        seed.deserialize(Reader { span, buffer: self.buffer })
    }
}

/// The elements of an array that are still to be read.
struct Array<'b, I> {
    elements: I,
    buffer: &'b mut [u8],
}

impl<'t, I: Iterator<Item = Span<'t>>> de::SeqAccess<'t> for Array<'_, I> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(span) = self.elements.next() else { return Ok(None) };
        seed.deserialize(Reader { span, buffer: self.buffer }).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Debug;
    use heapless::LinearMap;

    type Owned = heapless::String<64>;

    fn read_with<'t, T: Deserialize<'t>>(json: &'t str, buffer: usize) -> Option<T> {
        deserialize(json.as_bytes(), &mut vec![0; buffer]).ok()
    }

    fn read<'t, T: Deserialize<'t>>(json: &'t str) -> Option<T> {
        read_with(json, 64)
    }

    fn owned(text: &str) -> Owned {
        text.try_into().unwrap()
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Door<'a> {
        door: &'a str,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Named {
        name: Owned,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        name: Option<Owned>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Holds<T> {
        x: T,
    }

    /// What `{"x": …}` reads as.
    #[track_caller]
    fn same<'t, T: Deserialize<'t> + Debug + PartialEq>(json: &'t str, expected: Option<T>) {
        assert_eq!(read(json).map(|holds: Holds<T>| holds.x), expected, "{json}");
    }

    #[test]
    fn members_that_are_not_asked_for_are_not_looked_at() {
        let long = r"\u00e9".repeat(200);
        for other in [
            r#""name":"\ud83d\ude00""#,
            r#""\ud83d\ude00":"n""#,
            r#""name":{"n":["\ud83d\ude00",{"\ud83d\ude00":1e999}]}"#,
            r#""name":[[],{},null,-0.5e-7,true]"#,
            &format!(r#""name":"{long}""#),
            &format!(r#""{long}":"{long}""#),
            &format!(r#""name":[{{"{long}":"{long}"}}]"#),
        ] {
            for json in [format!(r#"{{"door":"n",{other}}}"#), format!(" {{ {other} ,\r\n\"door\" : \"n\" }}\t")] {
                for buffer in [0, 1, 64] {
                    assert_eq!(read_with(&json, buffer), Some(Door { door: "n" }), "{json}");
                }
            }
        }
    }

    #[test]
    fn strings_mean_what_they_stand_for() {
        let name = |text| Some(Named { name: owned(text) });
        assert_eq!(
            read(r#"{"name":"J\u00f6rg \ud83d\ude00 \"\\\/\b\f\n\r\t"}"#),
            name("Jörg 😀 \"\\/\u{8}\u{c}\n\r\t")
        );
        assert_eq!(read(r#"{"name":"Jörg 😀"}"#), name("Jörg 😀"));
        assert_eq!(read(r#"{"name":""}"#), name(""));
        same(r#"{"x":"\ud83d\ude00"}"#, Some('😀'));
        same(r#"{"x":"e"}"#, Some('e'));
        same::<char>(r#"{"x":"ab"}"#, None);
        same::<Owned>(r#"{"x":1}"#, None);
        same::<Owned>(r#"{"x":["a"]}"#, None);
    }

    #[test]
    fn only_plain_strings_are_borrowed() {
        assert_eq!(read(r#"{"door":"nörth"}"#), Some(Door { door: "nörth" }));
        assert_eq!(read::<Door<'_>>(r#"{"door":"n\u006frth"}"#), None);
        assert_eq!(read::<Door<'_>>("{}"), None);
        assert_eq!(read::<Door<'_>>(r#"{"door":null}"#), None);
    }

    #[test]
    fn the_buffer_is_for_the_longest_string_that_is_asked_for() {
        let json = r#"{"name":"\ud83d\ude00","other":"\u00e9\u00e9\u00e9\u00e9"}"#;
        assert_eq!(read_with(json, 4), Some(Named { name: owned("😀") }));
        assert_eq!(read_with::<Named>(json, 3), None);
        assert_eq!(read_with(r#"{"name":"north"}"#, 0), Some(Named { name: owned("north") }));
        // It is used anew for each.
        let list = heapless::Vec::<Owned, 3>::from_array(["é", "ab", "ü"].map(owned));
        assert_eq!(read_with(r#"{"x":["\u00e9","ab","\u00fc"]}"#, 2), Some(Holds { x: list }));
    }

    #[test]
    fn names_are_compared_unescaped() {
        let json = r#"{"\u006e\u0061\u006d\u0065":"n","n\\u0061me":"other","\u0064oor":"d"}"#;
        for buffer in [0, 2, 64] {
            assert_eq!(read_with(json, buffer), Some(Named { name: owned("n") }));
            assert_eq!(read_with(json, buffer), Some(Door { door: "d" }));
            assert_eq!(read_with::<Strict>(json, buffer), None);
        }
    }

    #[test]
    fn unknown_fields_are_denied_where_a_struct_says_so() {
        assert_eq!(read(r#"{"name":"n"}"#), Some(Strict { name: Some(owned("n")) }));
        assert_eq!(read(r#"{"n\u0061me":"n"}"#), Some(Strict { name: Some(owned("n")) }));
        for json in [r#"{"name":"n","x":1}"#, r#"{"\u0078":1}"#, r#"{"\ud83d\ude00":1}"#, r#"{"":1}"#] {
            for buffer in [0, 64] {
                assert_eq!(read_with::<Strict>(json, buffer), None, "{json}");
            }
        }
    }

    #[test]
    fn options_are_absent_null_or_there() {
        assert_eq!(read("{}"), Some(Strict { name: None }));
        assert_eq!(read(r#"{"name":null}"#), Some(Strict { name: None }));
        assert_eq!(read(r#"{"name":"\u006e"}"#), Some(Strict { name: Some(owned("n")) }));
        assert_eq!(read::<Strict>(r#"{"name":0}"#), None);
        same(r#"{"x":null}"#, Some(None::<u8>));
        same(r#"{"x":7}"#, Some(Some(7u8)));
        same(r#"{"x":"null"}"#, Some(Some("null")));
        same(r#"{"x":null}"#, Some(()));
        same::<()>(r#"{"x":0}"#, None);
    }

    #[test]
    fn numbers_and_truth_values_are_exact() {
        same(r#"{"x":127}"#, Some(127i8));
        same(r#"{"x":-128}"#, Some(-128i8));
        same(r#"{"x": 18446744073709551615 }"#, Some(u64::MAX));
        same(r#"{"x":-9223372036854775808}"#, Some(i64::MIN));
        for json in [r#"{"x":128}"#, r#"{"x":1.0}"#, r#"{"x":1e1}"#, r#"{"x":0.5}"#, r#"{"x":"1"}"#, r#"{"x":true}"#] {
            same::<i8>(json, None);
        }
        for json in [r#"{"x":-1}"#, r#"{"x":18446744073709551616}"#, r#"{"x":null}"#, r#"{"x":[1]}"#, r#"{"x":{}}"#] {
            same::<u64>(json, None);
        }
        same(r#"{"x":-1.5e1}"#, Some(-15.0f64));
        same::<f64>(r#"{"x":"1.5"}"#, None);
        same(r#"{"x":true}"#, Some(true));
        same(r#"{"x":false}"#, Some(false));
        same::<bool>(r#"{"x":"true"}"#, None);
        same::<bool>(r#"{"x":1}"#, None);
        same::<&[u8]>(r#"{"x":"text"}"#, None);
    }

    #[test]
    fn plain_values_read_as_serde_json_core_reads_them() {
        fn compare<'t, T: Deserialize<'t> + Debug + PartialEq>(json: &'t str) {
            same(json, serde_json_core::from_slice(json.as_bytes()).ok().map(|(holds, _): (Holds<T>, _)| holds.x));
        }
        let numbers =
            ["0", "-0", "7", "-7", "255", "256", "-129", "1.0", "-1.5e3", "1E2", "1e400", "99999999999999999999"];
        let others = ["true", "null", r#""a""#, r#""7""#, r#""""#, "[]", "[7]", "[7,8]", "[7,8,9]", "{}", r#"{"x":7}"#];
        for value in numbers.into_iter().chain(others) {
            let json = format!("{{\"x\":{value},\"y\":0}}");
            compare::<(u8, u16, u32)>(&json);
            compare::<(i8, i16)>(&json);
            compare::<u8>(&json);
            compare::<u64>(&json);
            compare::<u128>(&json);
            compare::<i8>(&json);
            compare::<i64>(&json);
            compare::<bool>(&json);
            compare::<()>(&json);
            compare::<char>(&json);
            compare::<&str>(&json);
            compare::<Option<u8>>(&json);
            compare::<Option<f64>>(&json);
            compare::<f64>(&json.replace("null", "0"));
            compare::<heapless::Vec<i16, 2>>(&json);
            compare::<Holds<u8>>(&json);
            compare::<Role>(&json);
            compare::<Wrapped<u8>>(&json);
        }
    }

    #[test]
    fn arrays_fit_lists_and_tuples_of_their_length() {
        let list = |items: &[&'static str]| heapless::Vec::<&str, 2>::from_slice(items).ok();
        same(r#"{"x":[]}"#, list(&[]));
        same(r#"{"x":[ "a" , "b" ]}"#, list(&["a", "b"]));
        same::<heapless::Vec<&str, 2>>(r#"{"x":["a","b","c"]}"#, None);
        same::<heapless::Vec<&str, 2>>(r#"{"x":["a",1]}"#, None);
        same::<heapless::Vec<&str, 2>>(r#"{"x":"a"}"#, None);
        same(r#"{"x":[1,"a",null]}"#, Some((1u8, "a", None::<u8>)));
        same(r#"{"x":[[1,2],[3,4]]}"#, Some([[1u8, 2], [3, 4]]));
        same::<[u8; 2]>(r#"{"x":[1]}"#, None);
        same::<[u8; 2]>(r#"{"x":[1,2,3]}"#, None);
        same(r#"{"x":["\ud83d\ude00"]}"#, Some((owned("😀"),)));
    }

    #[test]
    fn nested_structs_are_read_as_the_outermost() {
        let json = r#"{"x":{"a":["\ud83d\ude00"],"\u0078":{"door":"n","b":"\ud83d\ude00"}},"c":0}"#;
        same(json, Some(Holds { x: Door { door: "n" } }));
        same::<Door<'_>>(r#"{"x":["n"]}"#, None);
        same::<Strict>(r#"{"x":{"y":0}}"#, None);
    }

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Role {
        Guest,
        Known(Owned),
        At { floor: i8, door: Owned },
        Both(u8, u8),
    }

    #[test]
    fn enums_are_a_name_or_a_name_with_data() {
        same(r#"{"x":"guest"}"#, Some(Role::Guest));
        same(r#"{"x":"gu\u0065st"}"#, Some(Role::Guest));
        same(r#"{"x":{"guest":null}}"#, Some(Role::Guest));
        same(r#"{"x":{"known":"\ud83d\ude00"}}"#, Some(Role::Known(owned("😀"))));
        same(
            r#"{"x":{"\u0061t":{"door":"n","\ud83d\ude00":"\ud83d\ude00","floor":-1}}}"#,
            Some(Role::At { floor: -1, door: owned("n") }),
        );
        same(r#"{"x":{"both":[1,2]}}"#, Some(Role::Both(1, 2)));
        for json in [
            r#"{"x":"Guest"}"#,
            r#"{"x":"known"}"#,
            r#"{"x":{"guest":1}}"#,
            r#"{"x":{}}"#,
            r#"{"x":{"guest":null,"known":"n"}}"#,
            r#"{"x":{"both":[1,2,3]}}"#,
            r#"{"x":0}"#,
        ] {
            same::<Role>(json, None);
        }
    }

    #[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Wrapped<T>(T);

    #[test]
    fn newtypes_are_what_they_wrap() {
        same(r#"{"x":"\ud83d\ude00"}"#, Some(Wrapped(owned("😀"))));
        same(r#"{"x":"n"}"#, Some(Wrapped("n")));
        same(r#"{"x":7}"#, Some(Wrapped(Some(7u8))));
        same(r#"{"x":[7]}"#, Some(Wrapped([7u8])));
        assert_eq!(read(r#"{"door":"n"}"#), Some(Wrapped(Door { door: "n" })));
        assert_eq!(read(r#"{"door":"n"}"#), Some(Some(Door { door: "n" })));
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Nothing;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Pair(u8, Owned);

    #[test]
    fn a_struct_without_names_is_null_or_an_array() {
        same(r#"{"x":null}"#, Some(Nothing));
        same(r#"{"x":[7,"\ud83d\ude00"]}"#, Some(Pair(7, owned("😀"))));
        for json in [r#"{"x":{}}"#, r#"{"x":[]}"#, r#"{"x":0}"#, r#"{"x":"Nothing"}"#] {
            same::<Nothing>(json, None);
        }
        for json in [r#"{"x":[7]}"#, r#"{"x":[7,"n",null]}"#, r#"{"x":["n",7]}"#, r#"{"x":{"0":7,"1":"n"}}"#] {
            same::<Pair>(json, None);
        }
    }

    #[test]
    fn maps_take_any_name() {
        type Map = LinearMap<Wrapped<Owned>, u8, 2>;
        let map = |pairs: &[(&str, u8)]| -> Option<Map> {
            Some(pairs.iter().map(|(name, value)| (Wrapped(owned(name)), *value)).collect())
        };
        assert_eq!(read("{}"), map(&[]));
        assert_eq!(read(r#"{"\ud83d\ude00":1,"b":2}"#), map(&[("😀", 1), ("b", 2)]));
        assert_eq!(read::<Map>(r#"{"a":1,"b":2,"c":3}"#), None);
        assert_eq!(read_with::<Map>(r#"{"\ud83d\ude00":1}"#, 3), None);
        assert_eq!(read(r#"{"a":"b"}"#), Some(LinearMap::<_, _, 1>::from_iter([("a", "b")])));
        same(r#"{"x":{"a":1}}"#, Some(LinearMap::<_, _, 1>::from_iter([("a", 1u8)])));
    }

    #[test]
    fn claims_are_a_struct_or_a_map() {
        assert_eq!(read::<&str>("{}"), None);
        assert_eq!(read::<u8>("{}"), None);
        assert_eq!(read::<()>("{}"), None);
        assert_eq!(read::<bool>("{}"), None);
        assert_eq!(read::<[u8; 0]>("{}"), None);
        assert_eq!(read::<(u8, u8)>(r#"{"a":1,"b":2}"#), None);
    }
}
