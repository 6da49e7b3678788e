//! Verifies one token and writes the verdict as JSON members, the same for `--json` and for a batch.

use super::expectations::Terms;
use glowband_core::{Header, KeySource, NumericDate, Refusal, SignatureVerified, UnixSeconds, scratch_needed};
use glowband_text::date;
use glowband_text::json::{push_minified, push_string, quoted};
use glowband_verify::{HOST_LIMITS, SkippedKey, is_padded, read_claims};

/// A token that was accepted.
pub(super) struct Good<'r> {
    pub(super) header: Header<'r>,
    pub(super) payload: &'r [u8],
    /// The payload as base64url without padding, as it is in the token.
    pub(super) payload_b64: &'r [u8],
    /// Whether the claims were checked, not only the signature.
    pub(super) claims_checked: bool,
}

/// A refusal, and further details for people.
#[derive(Debug)]
pub(super) struct Bad {
    pub(super) refusal: Refusal,
    pub(super) detail: Option<String>,
}

impl Bad {
    pub(super) fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{} {detail}", self.refusal.sentence()),
            None => self.refusal.sentence().to_owned(),
        }
    }
}

impl From<Refusal> for Bad {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, detail: None }
    }
}

/// Verifies `token`. `scratch` is memory for the verification: it grows as needed and can be reused for the next token.
/// `skipped` are the keys that cannot be used, for messages.
pub(super) fn check<'r, K: KeySource + ?Sized>(
    keys: &K,
    skipped: &[SkippedKey],
    terms: &Terms,
    token: &'r [u8],
    scratch: &'r mut Vec<u8>,
) -> Result<Good<'r>, Bad> {
    let needed = scratch_needed(token);
    if scratch.len() < needed {
        scratch.resize(needed, 0);
    }
    let proven = terms
        .policy
        .verify_signature(keys, token, scratch)
        .map_err(|refusal| Bad { refusal, detail: about_token(refusal, token, skipped) })?;
    if !terms.signature_only {
        let moment = terms.moment();
        terms
            .policy
            .validate(proven, moment)
            .map_err(|refusal| Bad { refusal, detail: about_claims(refusal, &proven, terms, moment) })?;
    }
    let payload_b64 = unpadded(token.split(|byte| *byte == b'.').nth(1).unwrap_or_default());
    Ok(Good { header: *proven.header(), payload: proven.payload(), payload_b64, claims_checked: !terms.signature_only })
}

/// Appends the members of a verdict, each with a comma before it: `,"ok":true,…`.
pub(super) fn push_members(target: &mut Vec<u8>, verdict: &Result<Good<'_>, Bad>) {
    match verdict {
        Ok(good) => {
            target.extend_from_slice(b",\"ok\":true,\"alg\":\"");
            target.extend_from_slice(good.header.algorithm().name().as_bytes());
            target.push(b'"');
            if let Some(kid) = good.header.key_id() {
                target.extend_from_slice(b",\"kid\":");
                match kid.as_str() {
                    Some(plain) => push_string(target, plain),
                    None => push_string(target, &kid.to_string()),
                }
            }
            target.extend_from_slice(b",\"payload_b64\":\"");
            target.extend_from_slice(good.payload_b64);
            target.push(b'"');
            if good.claims_checked {
                target.extend_from_slice(b",\"claims\":");
                push_minified(target, good.payload);
            }
        }
        Err(bad) => push_refusal(target, bad.refusal, &bad.message()),
    }
}

/// Appends `,"ok":false,"code":…,"error":…,"message":…`.
pub(super) fn push_refusal(target: &mut Vec<u8>, refusal: Refusal, message: &str) {
    target.extend_from_slice(b",\"ok\":false,\"code\":");
    target.extend_from_slice(refusal.code().to_string().as_bytes());
    target.extend_from_slice(b",\"error\":\"");
    target.extend_from_slice(refusal.name().as_bytes());
    target.extend_from_slice(b"\",\"message\":");
    push_string(target, message);
}

/// Returns a hint about a token whose signature was not verified.
fn about_token(refusal: Refusal, token: &[u8], skipped: &[SkippedKey]) -> Option<String> {
    match refusal {
        Refusal::SegmentCount if token.is_empty() => Some("The token is empty.".to_owned()),
        Refusal::SegmentCount | Refusal::Base64Invalid
            if token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"bearer ")) =>
        {
            Some("Remove \"Bearer \" before the token.".to_owned())
        }
        Refusal::SegmentCount | Refusal::Base64Invalid if matches!(token.first(), Some(b'"' | b'\'' | b'`')) => {
            Some("Remove the quotes around the token.".to_owned())
        }
        Refusal::Base64Invalid if is_padded(token) => Some(PADDED.to_owned()),
        Refusal::Base64Invalid if token.iter().any(u8::is_ascii_whitespace) => {
            Some("The token contains white space.".to_owned())
        }
        Refusal::KeyNotFound | Refusal::AlgorithmMismatch | Refusal::TooManyKeys => {
            let json = segment(token, 0)?;
            let header = Header::read(&json, &HOST_LIMITS).ok()?;
            let Some(kid) = header.key_id() else {
                return Some(format!("The token has alg {} and no kid.", header.algorithm()));
            };
            let unusable = skipped.iter().find(|key| key.kid.as_deref().is_some_and(|own| kid == *own));
            let asked = format!("The token has alg {} and kid {}.", header.algorithm(), text(kid));
            Some(match unusable {
                Some(key) => format!("{asked} The key set has this key, but it cannot be used: {key}"),
                None => asked,
            })
        }
        _ => None,
    }
}

const PADDED: &str = "The token is padded with =, which RFC 7515 forbids. Load balancers of AWS send such tokens; \
                      --danger-allow-padding accepts them.";

/// Removes the `=` at the end of a segment.
pub(super) fn unpadded(segment: &[u8]) -> &[u8] {
    let padding = segment.iter().rev().take_while(|byte| **byte == b'=').count();
    segment.get(..segment.len() - padding).unwrap_or_default()
}

/// Decodes a segment of a token. Returns `None` if it is missing or not base64url.
pub(super) fn segment(token: &[u8], index: usize) -> Option<Vec<u8>> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let text = unpadded(token.split(|byte| *byte == b'.').nth(index)?);
    Base64UrlUnpadded::decode_vec(std::str::from_utf8(text).ok()?).ok()
}

/// Returns what was expected and what the token has instead, for a token whose signature is valid.
fn about_claims(
    refusal: Refusal,
    proven: &SignatureVerified<'_>,
    terms: &Terms,
    now: Option<UnixSeconds>,
) -> Option<String> {
    let claims = read_claims(proven.payload(), &HOST_LIMITS).ok()?;
    let instead = |expected: &[String], found: String| {
        let expected: Vec<_> = expected.iter().take(8).map(|text| quoted(text)).collect();
        (!expected.is_empty()).then(|| format!("Expected: {}. The token has {found}.", expected.join(" or ")))
    };
    let dated = |name: &str, date: Option<NumericDate>| {
        let seconds = date?.floor();
        Some(format!("{name} is {seconds} ({}).", when(seconds, now)))
    };
    match refusal {
        Refusal::IssuerMismatch => {
            let issuer = claims.issuer().present()?;
            let expected = terms.policy.issuers().unwrap_or_default();
            if expected.iter().any(|own| issuer == **own) {
                return Some("The claim tid does not name the tenant of the issuer.".to_owned());
            }
            instead(expected, text(issuer))
        }
        Refusal::SubjectMismatch => instead(&terms.settings.subjects, text(claims.subject().present()?)),
        Refusal::AudienceMismatch => {
            let found: Vec<_> = claims.audience().present()?.iter().take(8).map(text).collect();
            instead(&terms.settings.audiences, found.join(", "))
        }
        Refusal::TokenTypeMismatch => instead(&terms.settings.token_types, text(proven.header().token_type()?)),
        Refusal::Expired => dated("exp", claims.expires_at().present()),
        Refusal::NotYetValid => dated("nbf", claims.not_before().present()),
        Refusal::IssuedInFuture | Refusal::TooOld => dated("iat", claims.issued_at().present()),
        _ => None,
    }
}

/// Returns a time as `2023-11-14T22:18:20Z, in 5 min`.
pub(super) fn when(seconds: i64, now: Option<UnixSeconds>) -> String {
    let date = date::rfc3339(seconds);
    let distance = now.map(|UnixSeconds(now)| date::distance(seconds, now));
    [date, distance].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Returns a string of the token in quotes, shortened to 100 characters.
fn text(text: glowband_core::Text<'_>) -> String {
    const MOST: usize = 100;
    let start: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() { format!("{}…", quoted(&start)) } else { quoted(&start) }
}
