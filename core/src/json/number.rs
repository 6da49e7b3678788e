//! Dates without floating-point numbers: `1700000000`, `1.7e9` and `1700000000.5` are all exact.

/// A NumericDate (RFC 7519 §2): whole seconds since 1970, and whether a fraction follows.
///
/// A JSON number can have a fraction and an exponent. Verification rounds every date down to its second: a token expires in
/// the second of `exp`, and is valid in the seconds of `nbf` and `iat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NumericDate {
    whole: i64,
    fraction: bool,
}

impl NumericDate {
    /// Reads a number that follows the JSON grammar; `None` where its magnitude is 2⁶³ or more.
    pub(crate) fn read(number: &[u8]) -> Option<Self> {
        let (negative, digits) = match number.split_first() {
            Some((b'-', rest)) => (true, rest),
            _ => (false, number),
        };
        // A faster way, on machines with enough flash.
        if cfg!(not(target_os = "none"))
            && let Some(magnitude) = few_digits(digits)
        {
            return Some(Self { whole: if negative { -magnitude } else { magnitude }, fraction: false });
        }
        let (digits, exponent) = split_exponent(digits);
        let (before, after) = match digits.iter().position(|byte| *byte == b'.') {
            Some(point) => (digits.get(..point)?, digits.get(point + 1..)?),
            None => (digits, [].as_slice()),
        };
        // The position of the decimal point among all digits, after the exponent has moved it.
        let point = i64::try_from(before.len()).ok()?.saturating_add(exponent);
        let mut magnitude: i64 = 0;
        let mut fraction = false;
        let mut place = 0;
        for byte in before.iter().chain(after) {
            let digit = i64::from(byte.wrapping_sub(b'0'));
            if place < point {
                magnitude = magnitude.checked_mul(10)?.checked_add(digit)?;
            } else {
                fraction |= digit != 0;
            }
            place += 1;
        }
        // Zeros that the exponent adds; a number that is not zero overflows after at most nineteen of them.
        while place < point && magnitude != 0 {
            magnitude = magnitude.checked_mul(10)?;
            place += 1;
        }
        let whole = match (negative, fraction) {
            (false, _) => magnitude,
            (true, false) => -magnitude,
            (true, true) => -magnitude - 1,
        };
        Some(Self { whole, fraction })
    }

    /// Returns whole seconds, rounded down.
    pub const fn floor(self) -> i64 {
        self.whole
    }

    /// Returns whole seconds, rounded up.
    pub const fn ceil(self) -> i64 {
        self.whole.saturating_add(self.fraction as i64)
    }
}

/// Reads a number of at most eighteen digits, which cannot overflow: nearly every date.
fn few_digits(digits: &[u8]) -> Option<i64> {
    if digits.len() > 18 {
        return None;
    }
    let (eights, rest) = digits.as_chunks();
    let mut value = 0;
    for eight in eights {
        value = value * 100_000_000 + i64::from(eight_digits(eight)?);
    }
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

/// Eight digits at once: neighbours are joined to pairs, pairs to fours, fours to the whole.
fn eight_digits(digits: &[u8; 8]) -> Option<u32> {
    const ONES: u64 = u64::MAX / 255;
    let word = u64::from_le_bytes(*digits);
    // A digit has 3 in its upper half, and still has it after 6 was added.
    let upper_halves = (word | word.wrapping_add(ONES * 6)) & (ONES * 0xf0);
    if upper_halves != ONES * 0x30 || word & (ONES * 0xf0) != ONES * 0x30 {
        return None;
    }
    let word = word & (ONES * 0x0f);
    let pairs = (word * 10 + (word >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let [a, b, c, d, ..] = (fours * 10_000 + (fours >> 32)).to_le_bytes();
    Some(u32::from_le_bytes([a, b, c, d]))
}

/// Cuts off the exponent, limited to what can still matter.
fn split_exponent(digits: &[u8]) -> (&[u8], i64) {
    let Some(at) = digits.iter().position(|byte| matches!(byte, b'e' | b'E')) else {
        return (digits, 0);
    };
    let (mantissa, exponent) = digits.split_at_checked(at).unwrap_or((digits, &[]));
    let mut negative = false;
    let mut value: i64 = 0;
    for byte in exponent {
        match byte {
            b'-' => negative = true,
            b'0'..=b'9' => value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0')),
            _ => {}
        }
    }
    (mantissa, if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str) -> Option<(i64, i64)> {
        NumericDate::read(number.as_bytes()).map(|date| (date.floor(), date.ceil()))
    }

    #[test]
    fn whole_fractional_and_exponential() {
        for (number, floor, ceil) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("-1", -1, -1),
            ("1700000000", 1_700_000_000, 1_700_000_000),
            ("1.5", 1, 2),
            ("-1.5", -2, -1),
            ("9.5", 9, 10),
            ("9.9", 9, 10),
            ("9e1", 90, 90),
            ("99.0", 99, 99),
            ("-1.0", -1, -1),
            ("-2e3", -2000, -2000),
            ("1.000", 1, 1),
            ("1e3", 1000, 1000),
            ("1.5E+1", 15, 15),
            ("1.7e9", 1_700_000_000, 1_700_000_000),
            ("1234e-2", 12, 13),
            ("1200e-2", 12, 12),
            ("1e-9", 0, 1),
            ("-1e-9", -1, 0),
            ("5e-400000000000000000000", 0, 1),
            ("0e999999999999999999999", 0, 0),
            ("0.0000000000000000000000000001e28", 1, 1),
            ("9007199254740991", 9_007_199_254_740_991, 9_007_199_254_740_991),
            ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
            ("9223372036854775807", i64::MAX, i64::MAX),
            ("9223372036854775807.5", i64::MAX, i64::MAX),
            ("-9223372036854775807.5", i64::MIN, -i64::MAX),
        ] {
            assert_eq!(read(number), Some((floor, ceil)), "{number}");
        }
    }

    #[test]
    fn eight_digits_and_nothing_else() {
        for value in (0..100_000_000u32).step_by(9_973).chain([99_999_999]) {
            let mut digits: [u8; 8] = format!("{value:08}").into_bytes().try_into().unwrap();
            assert_eq!(eight_digits(&digits), Some(value));
            let at = value as usize % 8;
            for byte in (0..=255u8).filter(|byte| !byte.is_ascii_digit()) {
                digits[at] = byte;
                assert_eq!(eight_digits(&digits), None, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn two_to_the_63_and_beyond_is_no_date() {
        for number in ["9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e19", "1e300", "-1e300"]
        {
            assert_eq!(read(number), None, "{number}");
        }
        assert_eq!(read(&format!("1{}", "0".repeat(256))), None);
        assert_eq!(read(&format!("1e{}", "9".repeat(256))), None);
        assert_eq!(read(&format!("1{}e-250", "0".repeat(256))), Some((1_000_000, 1_000_000)), "small after all");
    }
}
