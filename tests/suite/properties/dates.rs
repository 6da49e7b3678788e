//! Dates against a reading that shifts decimal digits as text, without a bound.

use super::cases;
use glowband_core::{Claim, Claims, Limits};
use proptest::prelude::*;

/// Floor and ceiling of a JSON number, if its magnitude is under 2^63.
fn floor_and_ceiling(number: &str) -> Option<(i128, i128)> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i32 = exponent.parse().expect("a small exponent");
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    // The decimal point moves; zeros are put where there are no digits.
    let point = i32::try_from(before.len()).expect("short") + exponent;
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

fn check(number: &str) {
    let text = format!("{{\"exp\":{number}}}");
    let claims = Claims::read(text.as_bytes(), &Limits::DEFAULT).expect("a number");
    let read = match claims.expires_at() {
        Claim::Present(date) => Some((i128::from(date.floor()), i128::from(date.ceil()))),
        Claim::Malformed => None,
        Claim::Absent => panic!("{number}: absent"),
    };
    // Only this far up is the ceiling no longer a number of 64 bits.
    let expected = floor_and_ceiling(number).map(|(floor, ceiling)| (floor, ceiling.min(i128::from(i64::MAX))));
    assert_eq!(read, expected, "{number}");
}

proptest! {
    #![proptest_config(cases(8000))]

    #[test]
    fn any_number(number in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?") {
        check(&number);
    }

    #[test]
    fn numbers_near_the_ends(offset in -3..3i128, sign in any::<bool>(), shift in 0..30usize, fraction in "(\\.[0-9]{1,3})?") {
        let end = ((1i128 << 63) + offset).to_string();
        let sign = if sign { "-" } else { "" };
        check(&format!("{sign}{end}{fraction}"));
        check(&format!("{sign}{end}{}e-{shift}", "0".repeat(shift)));
        let (front, back) = end.split_at(end.len() - shift.min(18));
        check(&format!("{sign}{front}.{back}0e{}", back.len()));
        check(&format!("{sign}0.{}{end}e{}", "0".repeat(shift), end.len() + shift));
    }
}
