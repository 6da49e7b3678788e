//! Dates by a reading that shifts decimal digits as text.

/// Floor and ceiling of a number in the grammar of JSON, if its magnitude is under 2^63.
///
/// # Panics
/// On text that is no such number.
pub fn floor_and_ceiling(number: &str) -> Option<(i128, i128)> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    // Farther than this, a shift leaves nothing but zeros on one side of the point.
    let farthest = i64::try_from(digits.len()).expect("short") + 40;
    let exponent = exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
    let exponent = exponent.clamp(-farthest, farthest);
    // The decimal point moves; zeros are put where there are no digits.
    let point = i64::try_from(before.len()).expect("short") + exponent;
    let front = "0".repeat(usize::try_from(-point).unwrap_or(0));
    let digits = front + &digits;
    let point = usize::try_from(point.max(0)).expect("not negative");
    let back = "0".repeat(point.saturating_sub(digits.len()));
    let digits = digits + &back;
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let fraction = i128::from(fraction.contains(|digit| digit != '0'));
    if whole.len() > 30 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().expect("digits") };
    if whole >= 1 << 63 {
        return None;
    }
    Some(if negative { (-whole - fraction, -whole) } else { (whole, whole + fraction) })
}

#[cfg(test)]
mod tests {
    use super::floor_and_ceiling;

    #[test]
    fn the_point_moves_by_the_exponent() {
        for (number, expected) in [
            ("0", Some((0, 0))),
            ("-0.0e99999999999999999999", Some((0, 0))),
            ("1.5", Some((1, 2))),
            ("-1.5", Some((-2, -1))),
            ("1.7e9", Some((1_700_000_000, 1_700_000_000))),
            ("15E-1", Some((1, 2))),
            ("1e-99999999999999999999", Some((0, 1))),
            ("1e99999999999999999999", None),
            ("9223372036854775807.5", Some((9_223_372_036_854_775_807, 9_223_372_036_854_775_808))),
            ("9223372036854775808", None),
        ] {
            assert_eq!(floor_and_ceiling(number), expected, "{number}");
        }
    }
}
