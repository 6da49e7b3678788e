//! Validates claims whose signature was verified against the policy (RFC 7519 §4.1, §7.2).

use super::{Claim, Claims};
use crate::Refusal;
use crate::clock::UnixSeconds;
use crate::header::Header;
use crate::json::NumericDate;
use crate::policy::{Expected, Policy};

/// Validates the token type, then each registered claim, the dates last.
///
/// A claim of the wrong type is refused even if the policy does not restrict it. An empty array as `aud` has the right
/// type and names no audience: it is refused only if the policy expects an audience.
pub(crate) fn validate(
    header: &Header<'_>,
    claims: &Claims<'_>,
    policy: &Policy<'_>,
    now: Option<UnixSeconds>,
) -> Result<(), Refusal> {
    if let Some(expected) = policy.token_type {
        match header.is_of_type(expected) {
            Some(true) => {}
            Some(false) => return Err(Refusal::TokenTypeMismatch),
            None => return Err(Refusal::TokenTypeMissing),
        }
    }
    match claims.issuer() {
        Claim::Malformed => return Err(Refusal::IssuerMalformed),
        Claim::Absent if policy.issuer.is_any() => {}
        Claim::Absent => return Err(Refusal::IssuerMissing),
        Claim::Present(issuer) if policy.issuer.is_met(|expected| issuer == *expected) => {}
        Claim::Present(_) => return Err(Refusal::IssuerMismatch),
    }
    match claims.audience() {
        Claim::Malformed => return Err(Refusal::AudienceMalformed),
        Claim::Absent if policy.audience.is_any() => {}
        Claim::Absent => return Err(Refusal::AudienceMissing),
        Claim::Present(audience) if policy.audience.is_met(|expected| audience.contains(expected)) => {}
        Claim::Present(_) => return Err(Refusal::AudienceMismatch),
    }
    match (claims.subject(), policy.subject) {
        (Claim::Malformed, _) => return Err(Refusal::SubjectMalformed),
        (Claim::Absent, Some(_)) => return Err(Refusal::SubjectMissing),
        (Claim::Present(subject), Some(expected)) if subject != *expected => return Err(Refusal::SubjectMismatch),
        _ => {}
    }
    match claims.token_id() {
        Claim::Malformed => return Err(Refusal::TokenIdMalformed),
        Claim::Present(id) if !id.is_empty() => {}
        _ if policy.token_id_required => return Err(Refusal::TokenIdMissing),
        _ => {}
    }
    let dates = Dates {
        expires_at: claims.expires_at().well_formed(Refusal::ExpiryMalformed)?,
        not_before: claims.not_before().well_formed(Refusal::NotBeforeMalformed)?,
        issued_at: claims.issued_at().well_formed(Refusal::IssuedAtMalformed)?,
    };
    dates.check(policy, now)
}

impl Expected<'_> {
    fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }

    /// Returns true if nothing is expected, or one of the expected values fits.
    fn is_met(&self, fits: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::One(expected) => fits(expected),
            Self::OneOf(several) => several.iter().any(|expected| fits(expected)),
        }
    }
}

struct Dates {
    expires_at: Option<NumericDate>,
    not_before: Option<NumericDate>,
    issued_at: Option<NumericDate>,
}

impl Dates {
    fn check(&self, policy: &Policy<'_>, now: Option<UnixSeconds>) -> Result<(), Refusal> {
        if policy.expiry_required && self.expires_at.is_none() {
            return Err(Refusal::ExpiryMissing);
        }
        if policy.maximum_age.is_some() && self.issued_at.is_none() {
            return Err(Refusal::IssuedAtMissing);
        }
        let Some(UnixSeconds(now)) = now else {
            let dated = self.expires_at.or(self.not_before).or(self.issued_at).is_some();
            return if dated { Err(Refusal::ClockUnknown) } else { Ok(()) };
        };
        let leeway = policy.leeway;
        if self.expires_at.is_some_and(|date| !is_before(now, date.floor(), leeway)) {
            return Err(Refusal::Expired);
        }
        if self.not_before.is_some_and(|date| !has_come(now, date.floor(), leeway)) {
            return Err(Refusal::NotYetValid);
        }
        let Some(issued_at) = self.issued_at else {
            return Ok(());
        };
        if !has_come(now, issued_at.floor(), leeway) {
            return Err(Refusal::IssuedInFuture);
        }
        match policy.maximum_age {
            Some(age) if has_aged(now, issued_at.floor(), age.saturating_add(leeway)) => Err(Refusal::TooOld),
            _ => Ok(()),
        }
    }
}

/// `now < date + leeway`, exactly, whatever the values.
fn is_before(now: u64, date: i64, leeway: u64) -> bool {
    match u64::try_from(date) {
        // A sum beyond 64 bits is later than any moment that `now` can name.
        Ok(date) => date.checked_add(leeway).is_none_or(|end| now < end),
        Err(_) => leeway.checked_sub(date.unsigned_abs()).is_some_and(|end| now < end),
    }
}

/// `date <= now + leeway`, exactly, whatever the values.
fn has_come(now: u64, date: i64, leeway: u64) -> bool {
    u64::try_from(date).map_or(true, |date| date <= now.saturating_add(leeway))
}

/// `now > date + age`, exactly, whatever the values.
fn has_aged(now: u64, date: i64, age: u64) -> bool {
    match u64::try_from(date) {
        Ok(date) => date.checked_add(age).is_some_and(|limit| now > limit),
        Err(_) => age.checked_sub(date.unsigned_abs()).is_none_or(|limit| now > limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENTS: [u64; 8] = [0, 1, 59, 60, 1_700_000_000, i64::MAX as u64, u64::MAX - 1, u64::MAX];
    const DATES: [i64; 9] = [i64::MIN + 1, -61, -60, -1, 0, 1, 60, 1_700_000_000, i64::MAX];

    #[test]
    fn time_arithmetic_never_wraps() {
        for now in MOMENTS {
            for date in DATES {
                for leeway in MOMENTS {
                    let (wide_now, wide_date, wide_leeway) = (i128::from(now), i128::from(date), i128::from(leeway));
                    assert_eq!(
                        is_before(now, date, leeway),
                        wide_now < wide_date + wide_leeway,
                        "{now} {date} {leeway}"
                    );
                    assert_eq!(
                        has_come(now, date, leeway),
                        wide_date <= wide_now + wide_leeway,
                        "{now} {date} {leeway}"
                    );
                    assert_eq!(
                        has_aged(now, date, leeway),
                        wide_now > wide_date + wide_leeway,
                        "{now} {date} {leeway}"
                    );
                }
            }
        }
    }

    fn verdict(claims: &str, policy: Policy<'_>, now: Option<u64>) -> Option<Refusal> {
        let limits = crate::Limits::DEFAULT;
        let header = Header::read(br#"{"alg":"HS256","typ":"at+jwt"}"#, &limits).unwrap();
        let claims = Claims::read(claims.as_bytes(), &limits).unwrap();
        validate(&header, &claims, &policy, now.map(UnixSeconds)).err()
    }

    #[test]
    fn the_last_second_and_the_first() {
        let any = Policy::danger_any_issuer_any_audience();
        for (claims, leeway, now, refusal) in [
            (r#"{"exp":100}"#, 0, 99, None),
            (r#"{"exp":100}"#, 0, 100, Some(Refusal::Expired)),
            (r#"{"exp":100}"#, 5, 104, None),
            (r#"{"exp":100}"#, 5, 105, Some(Refusal::Expired)),
            (r#"{"exp":100.9}"#, 0, 100, Some(Refusal::Expired)),
            (r#"{"exp":1e2}"#, 0, 99, None),
            (r#"{"exp":0}"#, 0, 0, Some(Refusal::Expired)),
            (r#"{"exp":200,"nbf":100}"#, 0, 100, None),
            (r#"{"exp":200,"nbf":100}"#, 0, 99, Some(Refusal::NotYetValid)),
            // What has been reached in the clock's own second is reached.
            (r#"{"exp":200,"nbf":100.1}"#, 0, 100, None),
            (r#"{"exp":200,"nbf":100.999999}"#, 0, 100, None),
            (r#"{"exp":200,"nbf":100.1}"#, 0, 99, Some(Refusal::NotYetValid)),
            (r#"{"exp":200,"nbf":101.9}"#, 1, 100, None),
            (r#"{"exp":200,"nbf":102}"#, 1, 100, Some(Refusal::NotYetValid)),
            (r#"{"exp":200,"nbf":0.5}"#, 0, 0, None),
            (r#"{"exp":200,"nbf":-0.5}"#, 0, 0, None),
            (r#"{"exp":200,"iat":100.9}"#, 0, 99, Some(Refusal::IssuedInFuture)),
            (r#"{"exp":200,"iat":100}"#, 0, 99, Some(Refusal::IssuedInFuture)),
            (r#"{"exp":200,"iat":100.9}"#, 0, 100, None),
            (r#"{}"#, 0, 0, Some(Refusal::ExpiryMissing)),
        ] {
            assert_eq!(verdict(claims, any.leeway(leeway), Some(now)), refusal, "{claims} {leeway} {now}");
        }
        assert_eq!(verdict("{}", any.allow_missing_expiry(), Some(0)), None);
        assert_eq!(verdict(r#"{"exp":1}"#, any.allow_missing_expiry(), Some(1)), Some(Refusal::Expired));
    }

    #[test]
    fn age_is_counted_from_issue() {
        let policy = Policy::danger_any_issuer_any_audience().maximum_age(10);
        assert_eq!(verdict(r#"{"exp":200,"iat":100}"#, policy, Some(110)), None);
        assert_eq!(verdict(r#"{"exp":200,"iat":100}"#, policy, Some(111)), Some(Refusal::TooOld));
        assert_eq!(verdict(r#"{"exp":200,"iat":100}"#, policy.leeway(1), Some(111)), None);
        assert_eq!(verdict(r#"{"exp":200}"#, policy, Some(1)), Some(Refusal::IssuedAtMissing));
    }

    #[test]
    fn an_unknown_clock_refuses_every_dated_token() {
        let policy = Policy::danger_any_issuer_any_audience().allow_missing_expiry();
        for claims in [r#"{"exp":1}"#, r#"{"nbf":0}"#, r#"{"iat":0}"#] {
            assert_eq!(verdict(claims, policy, None), Some(Refusal::ClockUnknown), "{claims}");
        }
        assert_eq!(verdict("{}", policy, None), None);
        assert_eq!(verdict("{}", Policy::danger_any_issuer_any_audience(), None), Some(Refusal::ExpiryMissing));
    }

    #[test]
    fn configured_means_required() {
        let policy = Policy::issuer("https://id.example").audience("door-42").allow_missing_expiry();
        for (claims, refusal) in [
            (r#"{"iss":"https://id.example","aud":"door-42"}"#, None),
            (r#"{"iss":"https://id.example","aud":["x","door-42"]}"#, None),
            (r#"{"aud":"door-42"}"#, Some(Refusal::IssuerMissing)),
            (r#"{"iss":"https://id.example"}"#, Some(Refusal::AudienceMissing)),
            (r#"{"iss":"https://id.example/","aud":"door-42"}"#, Some(Refusal::IssuerMismatch)),
            (r#"{"iss":"https://id.exampl","aud":"door-42"}"#, Some(Refusal::IssuerMismatch)),
            (r#"{"iss":"HTTPS://id.example","aud":"door-42"}"#, Some(Refusal::IssuerMismatch)),
            (r#"{"iss":["https://id.example"],"aud":"door-42"}"#, Some(Refusal::IssuerMalformed)),
            (r#"{"iss":"https://id.example","aud":"door-4"}"#, Some(Refusal::AudienceMismatch)),
            (r#"{"iss":"https://id.example","aud":[]}"#, Some(Refusal::AudienceMismatch)),
            (r#"{"iss":"https://id.example","aud":[1]}"#, Some(Refusal::AudienceMalformed)),
            (r#"{"iss":"https://id.example","aud":["door-4","door-422"]}"#, Some(Refusal::AudienceMismatch)),
        ] {
            assert_eq!(verdict(claims, policy, Some(0)), refusal, "{claims}");
        }
        let any = Policy::danger_any_issuer_any_audience().allow_missing_expiry();
        assert_eq!(verdict("{}", any.subject("7"), Some(0)), Some(Refusal::SubjectMissing));
        assert_eq!(verdict(r#"{"sub":"8"}"#, any.subject("7"), Some(0)), Some(Refusal::SubjectMismatch));
        assert_eq!(verdict(r#"{"sub":"7"}"#, any.subject("7"), Some(0)), None);
        assert_eq!(verdict("{}", any.require_token_id(), Some(0)), Some(Refusal::TokenIdMissing));
        assert_eq!(verdict(r#"{"jti":""}"#, any.require_token_id(), Some(0)), Some(Refusal::TokenIdMissing));
        assert_eq!(verdict(r#"{"jti":"1"}"#, any.require_token_id(), Some(0)), None);
        assert_eq!(verdict("{}", any.token_type("at+jwt"), Some(0)), None);
        assert_eq!(verdict("{}", any.token_type("JWT"), Some(0)), Some(Refusal::TokenTypeMismatch));
        assert_eq!(
            verdict(
                r#"{"iss":"b"}"#,
                Policy::any_issuer_of(&["a", "b"]).danger_any_audience().allow_missing_expiry(),
                Some(0)
            ),
            None
        );
        assert_eq!(
            verdict(r#"{"iss":"b"}"#, Policy::any_issuer_of(&[]).danger_any_audience().allow_missing_expiry(), Some(0)),
            Some(Refusal::IssuerMismatch)
        );
        assert_eq!(
            verdict(
                r#"{"aud":["b"]}"#,
                Policy::danger_any_issuer().any_audience_of(&["a", "b"]).allow_missing_expiry(),
                Some(0)
            ),
            None
        );
        assert_eq!(verdict(r#"{"aud":[]}"#, any, Some(0)), None, "it names no audience, and none is expected");
        let several = Policy::danger_any_issuer().any_audience_of(&["a", ""]).allow_missing_expiry();
        assert_eq!(verdict(r#"{"aud":[]}"#, several, Some(0)), Some(Refusal::AudienceMismatch));
        assert_eq!(
            verdict(r#"{"aud":[]}"#, Policy::danger_any_issuer().any_audience_of(&[]).allow_missing_expiry(), Some(0)),
            Some(Refusal::AudienceMismatch)
        );
    }
}
