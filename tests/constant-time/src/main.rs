//! The HMAC comparison, run on a secret that valgrind treats as uninitialised.
//!
//! Valgrind reports every branch and every index that depends on uninitialised memory. With the key
//! marked as such, what it reports is what an attacker could measure. Started by
//! `cargo checks constant-time`, in two parts:
//!
//! - `compare` must not be reported, but for the one public verdict that the suppression file names;
//! - `control` compares the same secret with an early exit and must be reported,
//!   or the silence of the first part would mean nothing.
//!
//! Valgrind's processor has no SHA instructions, so it is the portable hash that is checked.

use std::hint::black_box;
use std::process::ExitCode;

use glowband_core::{Hs256Key, SignatureCheck};
use glowband_test_valgrind as valgrind;

fn main() -> ExitCode {
    if !valgrind::is_running() {
        eprintln!("not under valgrind, so nothing would be checked: run `cargo checks constant-time`");
        return ExitCode::from(3);
    }
    match std::env::args().nth(1).as_deref() {
        Some("compare") => compare(),
        Some("control") => control(),
        _ => {
            eprintln!("the parts are `compare` and `control`");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn compare() {
    let mut wrong_first = SIGNATURE;
    wrong_first[0] ^= 1;
    let mut wrong_last = SIGNATURE;
    wrong_last[31] ^= 0x80;
    let key = secret_key(&KEY);
    assert!(accepts(&key, &SIGNATURE), "the right signature");
    assert!(!accepts(&key, &wrong_first), "a wrong first byte");
    assert!(!accepts(&key, &wrong_last), "a wrong last byte");
    assert!(!accepts(&key, &SIGNATURE[..31]), "a short signature");
    // A secret longer than a block of the hash goes through the hash first.
    let long = secret_key(&[KEY, KEY].concat());
    assert!(!accepts(&long, &SIGNATURE), "another key");
}

fn control() {
    let mut secret = SIGNATURE;
    valgrind::mark_secret(&mut secret);
    let mut equal = early_exit(&secret, black_box(&SIGNATURE));
    valgrind::mark_public(&mut equal);
    assert!(equal, "the same bytes");
}

fn secret_key(bytes: &[u8]) -> Hs256Key {
    let mut secret = bytes.to_vec();
    valgrind::mark_secret(secret.as_mut_slice());
    let key = Hs256Key::new(&secret).expect("32 bytes or more");
    // The inner and the outer hash state, 256 bits each: silence about a key that is not secret says nothing.
    assert!(valgrind::secret_bits(&key) >= 512, "the key is not marked any more");
    key
}

fn accepts(key: &Hs256Key, signature: &[u8]) -> bool {
    let mut verdict = black_box(key.check(SIGNING_INPUT, black_box(signature)));
    // The answer itself is public, whatever it was computed from.
    valgrind::mark_public(&mut verdict);
    verdict.is_ok()
}

#[inline(never)]
fn early_exit(secret: &[u8; 32], guess: &[u8; 32]) -> bool {
    for (one, other) in secret.iter().zip(guess) {
        if black_box(*one) != *other {
            return false;
        }
    }
    true
}

/// RFC 7515, appendix A.1.
const SIGNING_INPUT: &[u8] = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[rustfmt::skip]
const KEY: [u8; 64] = [
    0x03, 0x23, 0x35, 0x4b, 0x2b, 0x0f, 0xa5, 0xbc, 0x83, 0x7e, 0x06, 0x65, 0x77, 0x7b, 0xa6, 0x8f,
    0x5a, 0xb3, 0x28, 0xe6, 0xf0, 0x54, 0xc9, 0x28, 0xa9, 0x0f, 0x84, 0xb2, 0xd2, 0x50, 0x2e, 0xbf,
    0xd3, 0xfb, 0x5a, 0x92, 0xd2, 0x06, 0x47, 0xef, 0x96, 0x8a, 0xb4, 0xc3, 0x77, 0x62, 0x3d, 0x22,
    0x3d, 0x2e, 0x21, 0x72, 0x05, 0x2e, 0x4f, 0x08, 0xc0, 0xcd, 0x9a, 0xf5, 0x67, 0xd0, 0x80, 0xa3,
];

#[rustfmt::skip]
const SIGNATURE: [u8; 32] = [
    0x74, 0x18, 0xdf, 0xb4, 0x97, 0x99, 0xe0, 0x25, 0x4f, 0xfa, 0x60, 0x7d, 0xd8, 0xad, 0xbb, 0xba,
    0x16, 0xd4, 0x25, 0x4d, 0x69, 0xd6, 0xbf, 0xf0, 0x5b, 0x58, 0x05, 0x58, 0x53, 0x84, 0x8d, 0x79,
];
