//! JSON Web Keys: the core's reader against a second reading, and the host's against the core's.

use crate::reading::{jwk, why::agree};
use glowband_core::{Algorithm, Jwk, Refusal, SignatureCheck as _};
use glowband_verify::{KeyReader, Preparation};

pub fn compare(text: &[u8]) {
    let own = Jwk::parse(text).and_then(|jwk| jwk.key()).map(|key| key.algorithm());
    let other = jwk::algorithm(text);
    agree(&own, &other, text);
    if let (Ok(own), Ok(other)) = (&own, &other) {
        assert_eq!(own, other);
    }
    // The host passes over a byte order mark, with which some editors begin a text.
    let plain = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let own = Jwk::parse(plain).and_then(|jwk| jwk.key()).map(|key| key.algorithm());
    let host = KeyReader::new().prepare(Preparation::never()).jwk(text).map_err(|error| error.refusal());
    let algorithms = host.as_ref().map(|set| set.iter().map(|(_, algorithm)| algorithm).collect::<Vec<_>>());
    // A secret that names no algorithm is for every hash that it is long enough for.
    const HMAC: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
    let same = |own: Algorithm, host: &[Algorithm]| host == [own] || own == Algorithm::Hs256 && HMAC.starts_with(host);
    match own {
        // The host checks the content of a secret: it refuses another key that is labelled as a secret.
        Ok(own) => assert!(
            algorithms.as_deref().is_ok_and(|host| !host.is_empty() && same(own, host))
                || algorithms == Err(&Refusal::KeyMalformed),
            "{own:?} {algorithms:?}"
        ),
        // The host knows more types of keys.
        Err(Refusal::KeyUnsupported) => {}
        // It also reads the certificate of a key without numbers.
        Err(Refusal::JwkMalformed) if text.windows(3).any(|name| name == b"x5c") => {}
        // Of several faults, each reader names the one that it meets first.
        Err(_) => assert!(algorithms.is_err(), "{algorithms:?}"),
    }
}
