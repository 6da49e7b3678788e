//! Every vector, tried in every way that the core has.

use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Class, Refusal, UnixSeconds, Verifier};
use glowband_tests::trial::{self, Keys};
use glowband_tests::vector::{Case, Vector};

#[test]
fn every_vector_gets_its_number() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for vector in super::all() {
        let expected = trial::expected(&vector.expected);
        for (way, outcome) in trial::run(&vector) {
            tried += 1;
            if outcome != expected {
                wrong.push(format!("{}: {way}: {outcome:?}, expected {expected:?}", vector.name));
            }
        }
    }
    println!("{} vectors, {tried} verdicts", super::all().len());
    assert!(tried > 1000, "only {tried} verdicts");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What the claims are never changes the verdict on the signature: with a signature that is not genuine, no refusal
/// comes from the payload; and where one does, the signature alone is accepted.
#[test]
fn the_signature_is_checked_before_the_claims() {
    let mut proven = 0;
    for vector in super::all() {
        let Case::Verify(presented) = &vector.case else { continue };
        let Ok(keys) = Keys::read(&presented.keys) else { continue };
        let expected = trial::expected(&vector.expected);
        for (way, outcome) in trial::signatures(presented, keys.entries().as_slice()) {
            let name = &vector.name;
            match expected.map_err(Refusal::class) {
                Ok(()) | Err(Class::Payload | Class::Claim | Class::Time) => {
                    assert_eq!(outcome, Ok(()), "{name}: {way}");
                }
                // The payload's own ceilings, and its spelling, are looked at once the signature is proven.
                Err(Class::Form) if outcome.is_ok() => {
                    let ceiling = matches!(expected, Err(Refusal::NestingTooDeep | Refusal::TooManyMembers));
                    assert!(ceiling || name.contains("json-over"), "{name}: {way}");
                }
                Err(_) => assert_eq!(outcome, expected, "{name}: {way}"),
            }
            proven += usize::from(outcome.is_ok());
        }
    }
    assert!(proven > 500, "only {proven} signatures were proven");
}

#[test]
fn an_accepted_token_shows_what_was_signed() {
    let mut shown = 0;
    for vector in super::all().iter().filter(|vector| vector.expected.number == 0) {
        let Case::Verify(presented) = &vector.case else { continue };
        shown += 1;
        check_contents(vector, presented);
    }
    assert!(shown > 50, "only {shown} tokens");
}

fn check_contents(vector: &Vector, presented: &glowband_tests::vector::Presented) {
    let keys = Keys::read(&presented.keys).expect("keys");
    let token = presented.token.bytes();
    let text = String::from_utf8(token.clone()).expect("text");
    let payload = text.split('.').nth(1).and_then(|part| Base64UrlUnpadded::decode_vec(part).ok()).expect("base64url");
    let claims: serde_json::Value = serde_json::from_slice(&payload).expect("json");
    presented.policy.with(presented.limits, |policy| {
        let entries = keys.entries();
        let verifier = Verifier::new(entries.as_slice(), policy);
        let now = presented.now.map(UnixSeconds);
        let mut scratch = vec![0; glowband_core::scratch_needed(&token)];
        let over_a_buffer = verifier.verify(&token, now, &mut scratch).expect("accepted");
        let mut token = token.clone();
        let in_place = verifier.verify_in_place(&mut token, now).expect("accepted");
        for verified in [over_a_buffer, in_place] {
            assert_eq!(verified.payload(), payload, "{}", vector.name);
            assert_eq!(verified.validated_at(), now);
            let read = |text: Option<glowband_core::Text<'_>>| text.map(|text| text.to_string());
            let own = |name: &str| claims.get(name).and_then(|value| value.as_str()).map(str::to_owned);
            assert_eq!(read(verified.issuer()), own("iss"), "{}", vector.name);
            assert_eq!(read(verified.subject()), own("sub"), "{}", vector.name);
            assert_eq!(read(verified.token_id()), own("jti"), "{}", vector.name);
            let expiry = claims.get("exp").and_then(serde_json::Value::as_i64);
            if expiry.is_some() {
                assert_eq!(verified.expires_at().map(|date| date.floor()), expiry, "{}", vector.name);
            }
            assert_eq!(verified.audience().is_some(), claims.get("aud").is_some(), "{}", vector.name);
        }
    });
}
