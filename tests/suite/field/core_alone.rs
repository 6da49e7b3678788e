//! The core by itself, as a chip has it: HS256 and ES256, JWKs, its own limits.

use super::{Said, cases, compare};
use glowband_core::{Algorithm, Jwk, Key, KeyEntry, Policy, UnixSeconds, Verifier};
use glowband_tests::field_case::FieldCase;
use serde_json::Value;
use std::time::SystemTime;

/// The keys of the file that the core can read; it has no PEM.
fn keys(case: &FieldCase) -> Option<Vec<(Option<Vec<u8>>, Key)>> {
    let text = case.read_keys();
    let file: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let jwks = file.get("keys").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![file.clone()]);
    let read = |jwk: Value| {
        let text = jwk.to_string();
        let jwk = Jwk::parse(text.as_bytes()).ok()?;
        let key = jwk.key().ok()?;
        Some((jwk.key_id().map(|kid| kid.bytes().collect()), key))
    };
    let keys: Vec<_> = jwks.into_iter().filter_map(read).collect();
    (!keys.is_empty()).then_some(keys)
}

fn verdict(case: &FieldCase) -> Option<Said> {
    let token = case.read_token();
    let header = glowband_tests::signing::decode(token.split('.').next()?.trim_end_matches('='))?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    let algorithm = header["alg"].as_str().and_then(Algorithm::from_name)?;
    if !matches!(algorithm, Algorithm::Hs256 | Algorithm::Es256) || !case.opt_ins.is_empty() {
        return None;
    }
    let keys = keys(case)?;
    let entries: Vec<KeyEntry<'_>> = keys.iter().map(|(kid, key)| KeyEntry { kid: kid.as_deref(), key }).collect();
    let (issuers, audiences): (Vec<&str>, Vec<&str>) =
        (case.iss.iter().map(String::as_str).collect(), case.aud.iter().map(String::as_str).collect());
    let policy = if issuers.is_empty() { Policy::danger_any_issuer() } else { Policy::any_issuer_of(&issuers) };
    let mut policy =
        if audiences.is_empty() { policy.danger_any_audience() } else { policy.any_audience_of(&audiences) };
    if let Some(typ) = &case.typ {
        policy = policy.token_type(typ);
    }
    let present = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let now = UnixSeconds(case.now.unwrap_or(present));
    let mut token = token.into_bytes();
    let verdict = Verifier::new(entries.as_slice(), &policy).verify_in_place(&mut token, now).map(drop);
    Some(Ok(verdict.map_or_else(|refusal| u64::from(refusal.code()), |()| 0)))
}

#[test]
fn the_core_verifies_them_correctly() {
    let cases = cases("core");
    let said: Vec<_> = cases.iter().filter_map(|case| Some((case, verdict(case)?))).collect();
    compare("core", &said, 20);
}
