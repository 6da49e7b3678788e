//! Dates against a reading that shifts decimal digits as text.

use super::cases;
use glowband_core::{Claim, Claims, Limits};
use glowband_tests::date_oracle::floor_and_ceiling;
use proptest::prelude::*;

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
