//! `HostVerifier` over the key files: one token after the other, and all tokens of a verifier at once.

use super::{Said, cases, compare, groups};
use glowband_core::UnixSeconds;
use glowband_tests::field_case::FieldCase;
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy, Preparation};
use std::time::SystemTime;

fn policy(case: &FieldCase) -> OwnedPolicy {
    let policy = match case.iss.as_slice() {
        [] => OwnedPolicy::danger_any_issuer(),
        issuers => OwnedPolicy::any_issuer_of(issuers),
    };
    let mut policy = match case.aud.as_slice() {
        [] => policy.danger_any_audience(),
        audiences => policy.any_audience_of(audiences),
    };
    if let Some(typ) = &case.typ {
        policy = policy.token_type(typ);
    }
    for opt_in in &case.opt_ins {
        policy = match opt_in.as_str() {
            "danger_allow_padding" => policy.danger_allow_padding(),
            "allow_missing_expiry" => policy.allow_missing_expiry(),
            other => panic!("{other} is no opt-in"),
        };
    }
    // The present is as good as the moment of the case; a fraction of a second is what one of them is about.
    if case.now.is_some() { policy.leeway(0) } else { policy }
}

fn now(case: &FieldCase) -> UnixSeconds {
    let present = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    UnixSeconds(case.now.unwrap_or(present))
}

/// One after the other, or all at once.
fn verdicts(batch: bool) -> Vec<(FieldCase, Said)> {
    let cases = cases("host");
    let mut said = Vec::new();
    for group in groups(&cases) {
        let first = group[0];
        let keys = KeyReader::new().prepare(Preparation::never()).parse(first.read_keys().as_bytes());
        let keys = match keys {
            Ok(keys) => keys,
            Err(error) => {
                said.extend(group.iter().map(|case| ((*case).clone(), Err(error.to_string()))));
                continue;
            }
        };
        let verifier = HostVerifier::new(keys, policy(first));
        let tokens: Vec<String> = group.iter().map(|case| case.read_token()).collect();
        let verdicts: Vec<_> = match batch {
            true => verifier.verify_batch_at(&tokens, now(first)).into_iter().map(|it| it.map(drop)).collect(),
            false => tokens.iter().map(|token| verifier.verify_at(token.as_bytes(), now(first)).map(drop)).collect(),
        };
        let numbers = verdicts.into_iter().map(|verdict| verdict.map_or_else(|it| u64::from(it.code()), |()| 0));
        said.extend(group.iter().zip(numbers).map(|(case, number)| ((*case).clone(), Ok(number))));
    }
    said
}

#[test]
fn the_host_verifies_them_correctly() {
    let said = verdicts(false);
    compare("host", &said.iter().map(|(case, said)| (case, said.clone())).collect::<Vec<_>>(), 200);
}

#[test]
fn the_host_verifies_them_correctly_all_at_once() {
    let said = verdicts(true);
    compare("host", &said.iter().map(|(case, said)| (case, said.clone())).collect::<Vec<_>>(), 200);
}
