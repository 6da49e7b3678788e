//! Claims under a policy and a time: the first ten bytes choose those, the rest is the payload.

use crate::input::Input;
use crate::reading::terms::Terms;
use crate::reading::why::agree;
use crate::reading::{claims, header};
use glowband_core::{Refusal, SignatureVerifier};
use glowband_tests::accepts_all::AcceptsAll;
use glowband_tests::signing::encode;

const HEADERS: [&str; 4] = [
    r#"{"alg":"HS256"}"#,
    r#"{"alg":"HS256","typ":"at+JWT"}"#,
    r#"{"typ":"Application\/jwt","alg":"HS256"}"#,
    r#"{"typ":"","alg":"HS256"}"#,
];

pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let terms = Terms::from_input(&mut input);
    let header = input.choose(&HEADERS);
    let payload = input.rest();
    let token = [encode(header), encode(payload), "A".repeat(43)].join(".");
    let other = claims::check(&header::read(header.as_bytes()).expect("a good header"), payload, &terms);
    let mut scratch = vec![0; token.len()];
    let proven = SignatureVerifier::new(&AcceptsAll).verify(token.as_bytes(), &mut scratch);
    match proven {
        Ok(proven) => agree(&proven.validate(&terms.policy(), terms.time()), &other, payload),
        Err(refusal) => assert_eq!(refusal, Refusal::TokenTooLong),
    }
}
