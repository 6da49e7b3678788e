//! One token, judged; and the verdict as a JSON object, the same for `--json` and for a batch.

use super::expectations::Terms;
use glowband_core::{Header, KeySource, NumericDate, Refusal, SignatureVerified, UnixSeconds, scratch_needed};
use glowband_text::date;
use glowband_text::json::{push_minified, push_string, quoted};
use glowband_verify::{HOST_LIMITS, SkippedKey, is_padded, read_claims};

/// A token that is good on its terms.
pub(super) struct Good<'r> {
    pub(super) header: Header<'r>,
    pub(super) payload: &'r [u8],
    /// The payload as it stands in the token: base64url without padding, and proven to be so.
    pub(super) payload_b64: &'r [u8],
    /// Whether the payload was checked as a claims set.
    pub(super) claims_checked: bool,
}

/// A refusal, and what people may want to know beyond it.
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

/// Checks `token`. `scratch` grows to what the largest token needs and is used again.
/// `skipped` are the keys beside `keys` that cannot be used.
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

/// What helps with a token whose signature was not proven: only what anyone can see in it.
fn about_token(refusal: Refusal, token: &[u8], skipped: &[SkippedKey]) -> Option<String> {
    match refusal {
        Refusal::SegmentCount if token.is_empty() => Some("The token is empty.".to_owned()),
        Refusal::SegmentCount | Refusal::Base64Invalid
            if token.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"bearer ")) =>
        {
            Some("Leave out \"Bearer \": only the token itself is judged.".to_owned())
        }
        Refusal::SegmentCount | Refusal::Base64Invalid if matches!(token.first(), Some(b'"' | b'\'' | b'`')) => {
            Some("There are quotes around the token: leave them out.".to_owned())
        }
        Refusal::Base64Invalid if is_padded(token) => Some(PADDED.to_owned()),
        Refusal::Base64Invalid if token.iter().any(u8::is_ascii_whitespace) => {
            Some("There is white space in the token.".to_owned())
        }
        Refusal::KeyNotFound | Refusal::AlgorithmMismatch | Refusal::TooManyKeys => {
            let json = segment(token, 0)?;
            let header = Header::read(&json, &HOST_LIMITS).ok()?;
            let Some(kid) = header.key_id() else {
                return Some(format!("The token asks for {} and names no kid.", header.algorithm()));
            };
            let left_out = skipped.iter().find(|key| key.kid.as_deref().is_some_and(|own| kid == *own));
            let asked = format!("The token asks for {} with kid {}.", header.algorithm(), text(kid));
            Some(match left_out {
                Some(key) => format!("{asked} The set's {key}"),
                None => asked,
            })
        }
        _ => None,
    }
}

/// What is wrong with a padded token.
const PADDED: &str = "The token is padded with =, which RFC 7515 forbids; load balancers of AWS write it so, and \
                      --danger-allow-padding accepts it.";

/// A segment without the `=` at its end.
pub(super) fn unpadded(segment: &[u8]) -> &[u8] {
    let padding = segment.iter().rev().take_while(|byte| **byte == b'=').count();
    segment.get(..segment.len() - padding).unwrap_or_default()
}

/// A decoded segment of a token that may be anything.
pub(super) fn segment(token: &[u8], index: usize) -> Option<Vec<u8>> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let text = unpadded(token.split(|byte| *byte == b'.').nth(index)?);
    Base64UrlUnpadded::decode_vec(std::str::from_utf8(text).ok()?).ok()
}

/// What helps with claims that were proven but not accepted: what was expected, and what is there.
fn about_claims(
    refusal: Refusal,
    proven: &SignatureVerified<'_>,
    terms: &Terms,
    now: Option<UnixSeconds>,
) -> Option<String> {
    let claims = read_claims(proven.payload(), &HOST_LIMITS).ok()?;
    let instead = |expected: &[String], found: String| {
        let expected: Vec<_> = expected.iter().take(8).map(|text| quoted(text)).collect();
        (!expected.is_empty()).then(|| format!("Expected is {}, the token has {found}.", expected.join(" or ")))
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
                return Some("The claim tid is not the tenant that the issuer names.".to_owned());
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

/// `2023-11-14T22:18:20Z, in 5 min`.
pub(super) fn when(seconds: i64, now: Option<UnixSeconds>) -> String {
    let date = date::rfc3339(seconds);
    let distance = now.map(|UnixSeconds(now)| date::distance(seconds, now));
    [date, distance].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A string of the token, quoted, and cut where nobody reads on.
fn text(text: glowband_core::Text<'_>) -> String {
    const MOST: usize = 100;
    let start: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() { format!("{}…", quoted(&start)) } else { quoted(&start) }
}
