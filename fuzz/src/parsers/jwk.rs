//! JSON Web Keys: the core's reader against a second reading, and the host's against the core's.

use crate::reading::{jwk, why::agree};
use glowband_core::{Jwk, Refusal, SignatureCheck as _};
use glowband_verify::{KeyReader, Preparation};

pub fn compare(text: &[u8]) {
    let own = Jwk::parse(text).and_then(|jwk| jwk.key()).map(|key| key.algorithm());
    let other = jwk::algorithm(text);
    agree(&own, &other, text);
    if let (Ok(own), Ok(other)) = (own, other) {
        assert_eq!(own, other);
    }
    let host = KeyReader::new().prepare(Preparation::never()).jwk(text);
    let algorithms = host.as_ref().map(|set| set.iter().map(|(_, algorithm)| algorithm).collect::<Vec<_>>());
    match own {
        // The host looks at what a secret is: another key in disguise is none.
        Ok(algorithm) => assert!(
            algorithms == Ok(vec![algorithm]) || algorithms == Err(&Refusal::KeyMalformed),
            "{algorithm:?} {algorithms:?}"
        ),
        // The host knows more types of keys.
        Err(Refusal::KeyUnsupported) => {}
        // Of several faults, each reader names the one that it meets first.
        Err(_) => assert!(algorithms.is_err(), "{algorithms:?}"),
    }
}
