//! The vectors through the keys of the host: the pipeline is the core's, so the verdicts are too.

use glowband_core::{KeyEntry, KeySource, Refusal};
use glowband_tests::trial::{self, Outcome};
use glowband_tests::vector::{Case, Presented, Vector, VectorFile};
use glowband_verify::{EcdsaKey, KeyFileError, KeyReader, KeySet};
use serde_json::json;

/// Keys that the host refuses with another number than the core: they are of types that only the host has, so that it
/// looks at what is in them. (A P-256 key that calls itself P-384 has coordinates that are no point there.)
const OTHERWISE: &[(&str, Refusal)] = &[
    ("jwk/crv-p384", Refusal::PointInvalid),
    ("jwk/okp", Refusal::JwkMalformed),
    ("jwk/rsa", Refusal::ModulusSize),
    ("jwk/alg-hs512", Refusal::SecretTooShort),
];

/// Every JWK by itself, so that one that is no key is a refusal as it is for the core.
fn one_by_one(presented: &Presented, ways: fn(&Presented, &[KeyEntry<'_>]) -> Vec<Outcome>) -> Vec<Outcome> {
    let read: Result<Vec<KeySet>, Refusal> = presented
        .keys
        .iter()
        .map(|jwk| KeyReader::new().jwk(jwk.to_string().as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(|error: KeyFileError| error.refusal());
    match read {
        Ok(sets) => {
            let entries: Vec<_> = sets.iter().flat_map(|set| (0..set.len()).filter_map(|at| set.entry(at))).collect();
            ways(presented, &entries)
        }
        Err(refusal) => vec![("keys", Err(refusal))],
    }
}

/// The JWKs as a set, which is how a server has them.
fn as_a_set(presented: &Presented, ways: fn(&Presented, &KeySet) -> Vec<Outcome>) -> Vec<Outcome> {
    match KeyReader::new().parse(json!({"keys": presented.keys}).to_string().as_bytes()) {
        Ok(set) => ways(presented, &set),
        // An empty set is refused when it is read, with no key to blame; one of our own making is not.
        Err(KeyFileError::NoUsableKey(skipped)) if skipped.is_empty() => ways(presented, &KeySet::new()),
        Err(error) => vec![("key set", Err(error.refusal()))],
    }
}

fn run(vector: &Vector) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    match &vector.case {
        Case::Verify(presented) => {
            outcomes.extend(one_by_one(presented, |presented, keys| trial::verdicts(presented, keys)));
            outcomes.extend(as_a_set(presented, trial::verdicts));
        }
        Case::Jws(presented) => {
            outcomes.extend(one_by_one(presented, |presented, keys| trial::signatures(presented, keys)));
            outcomes.extend(as_a_set(presented, trial::signatures));
        }
        Case::Key { jwk } => {
            outcomes.push(("key", KeyReader::new().jwk(jwk.as_bytes()).map(drop).map_err(|error| error.refusal())))
        }
        Case::Secret { secret_hex } => {
            let secret = glowband_tests::vector::from_hex(secret_hex);
            outcomes.push(("secret", KeyReader::new().secret(&secret).map(drop).map_err(|error| error.refusal())));
        }
        Case::Point { point_hex } => {
            let point = glowband_tests::vector::from_hex(point_hex);
            outcomes.push(("point", EcdsaKey::es256(&point).map(drop)));
        }
        _ => {}
    }
    outcomes
}

#[test]
fn the_host_says_what_the_core_says() {
    let (mut wrong, mut tokens, mut keys, mut verdicts, mut exceptions) = (Vec::new(), 0, 0, 0, 0);
    for vector in VectorFile::read().vectors {
        let outcomes = run(&vector);
        match vector.case {
            Case::Verify(_) | Case::Jws(_) => tokens += 1,
            _ => keys += usize::from(!outcomes.is_empty()),
        }
        let otherwise = OTHERWISE.iter().find(|(name, _)| *name == vector.name);
        let expected = otherwise.map_or(trial::expected(&vector.expected), |(_, refusal)| Err(*refusal));
        exceptions += usize::from(otherwise.is_some());
        for (way, outcome) in outcomes {
            verdicts += 1;
            if outcome != expected {
                wrong.push(format!("{}: {way}: {outcome:?}, expected {expected:?}", vector.name));
            }
        }
    }
    println!(
        "{tokens} tokens and {keys} keys, {verdicts} verdicts of the host, {exceptions} keys with numbers of their own"
    );
    assert_eq!(exceptions, OTHERWISE.len());
    assert!(tokens > 1500 && keys > 100 && verdicts > 8000, "{tokens} tokens, {keys} keys, {verdicts} verdicts");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
