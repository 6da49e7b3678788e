//! Genuine tokens with mutations, and what jsonwebtoken and jwt-simple say of them. DIFFERENCES.md lists where they may
//! differ from us; anything else is a crash.

use super::genuine::{KEYS, SECRET, token_until};
use super::structured::mutate;
use crate::input::Input;
use glowband_core::{Policy, Refusal, UnixSeconds, Verifier, scratch_needed};
use glowband_tests::claims_text::{AUDIENCE, ISSUER};
use std::time::SystemTime;

/// A moment that is far ahead, as the peers go by the clock of the machine.
const FAR: &str = "4000000300";

pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mut token = token_until(&mut input, FAR);
    for _ in 0..input.byte() % 4 {
        mutate(&mut token, &mut input);
    }
    let Ok(text) = std::str::from_utf8(&token) else { return };
    let own = own(&token);
    agree("jsonwebtoken", &own, jsonwebtoken(text), &JSONWEBTOKEN, text);
    agree("jwt-simple", &own, jwt_simple(text), &JWT_SIMPLE, text);
}

/// Where a peer may accept what we refuse, by our reason; and whether it may refuse what we accept.
struct Differences {
    accepts: &'static [Refusal],
    /// Claims that it cannot be told to require.
    optional: &'static [Refusal],
    /// Whether strings of the header that it does not ask for may be anything.
    unread: bool,
    refuses: fn(&str) -> bool,
}

/// Reasons that are this project's own choice, or a check that a peer leaves to its caller.
const JSONWEBTOKEN: Differences = Differences {
    accepts: &[
        Refusal::HeaderMalformed,
        Refusal::HeaderDuplicate,
        Refusal::CriticalHeader,
        Refusal::HeaderForbidden,
        Refusal::KeyNotFound,
        Refusal::AlgorithmMismatch,
        Refusal::PayloadDuplicate,
        Refusal::SubjectMalformed,
        Refusal::TokenIdMalformed,
        Refusal::IssuedAtMalformed,
        Refusal::IssuedInFuture,
        Refusal::IssuerMalformed,
        Refusal::AudienceMalformed,
        Refusal::ExpiryMalformed,
        Refusal::NotBeforeMalformed,
    ],
    optional: &[],
    unread: false,
    refuses: asks_too_much,
};

const JWT_SIMPLE: Differences = Differences {
    accepts: JSONWEBTOKEN.accepts,
    optional: &[Refusal::ExpiryMissing],
    unread: true,
    refuses: asks_for_a_type,
};

impl Differences {
    fn may_accept(&self, refusal: Refusal, token: &str) -> bool {
        self.accepts.contains(&refusal)
            || self.optional.contains(&refusal)
            || self.unread && refusal == Refusal::HeaderNotJson && is_json_but_for_strings(token)
    }
}

/// Whether the header is JSON apart from its strings, which may be invalid UTF-8 or hold half a surrogate pair.
fn is_json_but_for_strings(token: &str) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(&header(token)).is_ok()
}

fn header(token: &str) -> Vec<u8> {
    token.split('.').next().and_then(|part| crate::reading::base64url::decode(part.as_bytes())).unwrap_or_default()
}

/// Whether a good token holds what a peer reads into a narrower type: a `jwk` in its header, which we never look at; a date
/// that is not a plain number of seconds; a number that serde_json does not take.
fn asks_too_much(token: &str) -> bool {
    use crate::reading::{base64url, json};
    let parts: Vec<Vec<u8>> = token.split('.').filter_map(|part| base64url::decode(part.as_bytes())).collect();
    let [header, payload, ..] = parts.as_slice() else { return false };
    let (Ok(header), Ok(payload)) = (json::object(header), json::object(payload)) else { return true };
    let plain = |written: &str| written.len() < 12 && written.bytes().all(|byte| byte.is_ascii_digit());
    let dates = ["exp", "nbf", "iat"].iter().filter_map(|name| payload.get(*name));
    header.contains_key("jwk") || !dates.map(|value| value.get()).all(plain)
}

/// Or whose `typ` is not one of a JWT, which is for the policy to say here.
fn asks_for_a_type(token: &str) -> bool {
    use crate::reading::json;
    let header = header(token);
    let Ok(header) = json::object(&header) else { return true };
    let typ = header.get("typ").and_then(|typ| json::text(typ)).map(|typ| typ.to_uppercase());
    typ.is_some_and(|typ| typ != "JWT" && !typ.ends_with("+JWT")) || asks_too_much(token)
}

fn agree(peer: &str, own: &Result<(), Refusal>, other: Result<(), String>, differences: &Differences, token: &str) {
    match (own, other) {
        (Ok(()), Ok(())) | (Err(_), Err(_)) => {}
        (Err(refusal), Ok(())) => {
            assert!(
                differences.may_accept(*refusal, token),
                "{peer} accepts what we refuse ({refusal:?}): {}",
                shown(token)
            );
        }
        (Ok(()), Err(error)) => {
            assert!((differences.refuses)(token), "{peer} refuses what we accept ({error}): {}", shown(token));
        }
    }
}

fn shown(token: &str) -> String {
    let decoded = |part: &str| crate::reading::base64url::decode(part.as_bytes()).unwrap_or_default();
    token.split('.').take(2).map(|part| decoded(part).escape_ascii().to_string() + " . ").collect::<String>() + token
}

fn own(token: &[u8]) -> Result<(), Refusal> {
    let policy = Policy::issuer(ISSUER).audience(AUDIENCE);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let mut scratch = vec![0; scratch_needed(token)];
    Verifier::new(&KEYS.entries(), &policy).verify(token, UnixSeconds(now), &mut scratch).map(drop)
}

/// Configured to be as strict as it can: required claims, no leeway.
fn jsonwebtoken(token: &str) -> Result<(), String> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
    let (algorithm, key) = match decode_header(token).map_err(|error| error.to_string())?.alg {
        Algorithm::HS256 => (Algorithm::HS256, DecodingKey::from_secret(&SECRET)),
        Algorithm::ES256 => {
            let [x, y] = [&KEYS.point[1..33], &KEYS.point[33..]].map(crate::reading::base64url::encode);
            (Algorithm::ES256, DecodingKey::from_ec_components(&x, &y).map_err(|error| error.to_string())?)
        }
        _ => return Err("another algorithm".to_owned()),
    };
    let mut validation = Validation::new(algorithm);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    decode::<serde_json::Value>(token, &key, &validation).map(drop).map_err(|error| error.to_string())
}

fn jwt_simple(token: &str) -> Result<(), String> {
    use jwt_simple::prelude::*;
    let set = |text: &str| Some([text.to_owned()].into_iter().collect());
    let options = VerificationOptions {
        allowed_issuers: set(ISSUER),
        allowed_audiences: set(AUDIENCE),
        time_tolerance: Some(Duration::from_secs(0)),
        ..VerificationOptions::default()
    };
    let algorithm = Token::decode_metadata(token).map_err(|error| error.to_string())?.algorithm().to_owned();
    let verified = match algorithm.as_str() {
        "HS256" => HS256Key::from_bytes(&SECRET).verify_token::<serde_json::Value>(token, Some(options)),
        "ES256" => ES256PublicKey::from_bytes(&KEYS.point)
            .map_err(|error| error.to_string())?
            .verify_token::<serde_json::Value>(token, Some(options)),
        _ => return Err("another algorithm".to_owned()),
    };
    verified.map(drop).map_err(|error| error.to_string())
}
