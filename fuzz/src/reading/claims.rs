//! What a claims set comes to (RFC 7519 section 4.1), in integers that cannot overflow.

use super::header::Header;
use super::json::{Members, number, object, text};
use super::terms::Terms;
use super::why::Why;
use glowband_core::Refusal;
use glowband_tests::date_oracle::floor_and_ceiling;

/// # Errors
/// Any [`Why`].
pub fn check(header: &Header, payload: &[u8], terms: &Terms) -> Result<(), Why> {
    let members = object(payload)?;
    check_members(header, &members, terms).map_err(Why::Exactly)
}

fn check_members(header: &Header, members: &Members<'_>, terms: &Terms) -> Result<(), Refusal> {
    if let Some(expected) = terms.token_type {
        match header.is_of_type(expected) {
            None => return Err(Refusal::TokenTypeMissing),
            Some(false) => return Err(Refusal::TokenTypeMismatch),
            Some(true) => {}
        }
    }
    let issuer = string(members, "iss", Refusal::IssuerMalformed)?;
    expect(issuer, terms.issuer, Refusal::IssuerMissing, Refusal::IssuerMismatch)?;
    audience(members, terms.audience)?;
    let subject = string(members, "sub", Refusal::SubjectMalformed)?;
    expect(subject, terms.subject, Refusal::SubjectMissing, Refusal::SubjectMismatch)?;
    let id = string(members, "jti", Refusal::TokenIdMalformed)?;
    if terms.token_id_required && id.is_none_or(|id| id.is_empty()) {
        return Err(Refusal::TokenIdMissing);
    }
    dates(members, terms)
}

fn string(members: &Members<'_>, name: &str, malformed: Refusal) -> Result<Option<String>, Refusal> {
    members.get(name).map(|value| text(value).ok_or(malformed)).transpose()
}

fn expect(found: Option<String>, expected: Option<&str>, missing: Refusal, mismatch: Refusal) -> Result<(), Refusal> {
    match (found, expected) {
        (_, None) => Ok(()),
        (None, Some(_)) => Err(missing),
        (Some(found), Some(expected)) if found == expected => Ok(()),
        (Some(_), Some(_)) => Err(mismatch),
    }
}

fn audience(members: &Members<'_>, expected: Option<&str>) -> Result<(), Refusal> {
    let Some(value) = members.get("aud") else {
        return expected.map_or(Ok(()), |_| Err(Refusal::AudienceMissing));
    };
    let several = match text(value) {
        Some(one) => vec![one],
        None => serde_json::from_str::<Vec<String>>(value.get()).map_err(|_| Refusal::AudienceMalformed)?,
    };
    match expected {
        Some(expected) if !several.iter().any(|one| one == expected) => Err(Refusal::AudienceMismatch),
        _ => Ok(()),
    }
}

fn dates(members: &Members<'_>, terms: &Terms) -> Result<(), Refusal> {
    let date = |name: &str, malformed: Refusal| {
        let read = |text: &str| floor_and_ceiling(text).ok_or(malformed);
        members.get(name).map(|value| number(value).ok_or(malformed).and_then(read)).transpose()
    };
    let expiry = date("exp", Refusal::ExpiryMalformed)?;
    let not_before = date("nbf", Refusal::NotBeforeMalformed)?;
    let issued_at = date("iat", Refusal::IssuedAtMalformed)?;
    if terms.expiry_required && expiry.is_none() {
        return Err(Refusal::ExpiryMissing);
    }
    if terms.maximum_age.is_some() && issued_at.is_none() {
        return Err(Refusal::IssuedAtMissing);
    }
    let Some(now) = terms.now.map(i128::from) else {
        let dated = expiry.is_some() || not_before.is_some() || issued_at.is_some();
        return if dated { Err(Refusal::ClockUnknown) } else { Ok(()) };
    };
    let leeway = i128::from(terms.leeway);
    if expiry.is_some_and(|(floor, _)| now >= floor + leeway) {
        return Err(Refusal::Expired);
    }
    if not_before.is_some_and(|(floor, _)| floor > now + leeway) {
        return Err(Refusal::NotYetValid);
    }
    if issued_at.is_some_and(|(floor, _)| floor > now + leeway) {
        return Err(Refusal::IssuedInFuture);
    }
    match (issued_at, terms.maximum_age) {
        (Some((floor, _)), Some(age)) if now > floor + i128::from(age.saturating_add(terms.leeway)) => {
            Err(Refusal::TooOld)
        }
        _ => Ok(()),
    }
}
