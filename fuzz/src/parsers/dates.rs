//! Numbers as dates, against digits that are shifted as text.

use glowband_core::{Claim, Claims, Limits};
use glowband_tests::date_oracle::floor_and_ceiling;

pub fn compare(number: &[u8]) {
    let text = [b"{\"nbf\":", number, b"}"].concat();
    let Ok(claims) = Claims::read(&text, &Limits::DEFAULT) else { return };
    let written = std::str::from_utf8(number).expect("it is JSON").trim_matches([' ', '\t', '\n', '\r']);
    // Behind a comma there may be more members.
    if !written.bytes().all(|byte| b"0123456789.eE+-".contains(&byte)) {
        return;
    }
    let read = match claims.not_before() {
        Claim::Present(date) => Some((i128::from(date.floor()), i128::from(date.ceil()))),
        Claim::Malformed => None,
        Claim::Absent => panic!("{written}: absent"),
    };
    // Only this far up is the ceiling no longer a number of 64 bits.
    let expected = floor_and_ceiling(written).map(|(floor, ceiling)| (floor, ceiling.min(i128::from(i64::MAX))));
    assert_eq!(read, expected, "{written}");
}
