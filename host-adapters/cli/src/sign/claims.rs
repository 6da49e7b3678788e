//! Builds the claims to sign: the given claims as they are written, followed by the claims of the flags.

use crate::inspect::malformed;
use glowband_core::{Claim, Claims, Refusal};
use glowband_text::json::{Members, push_minified, push_string};
use glowband_verify::{HOST_LIMITS, read_claims};

/// The claims that flags set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registered<'f> {
    pub(super) iss: Option<&'f str>,
    pub(super) sub: Option<&'f str>,
    pub(super) aud: &'f [String],
    pub(super) expires_in: Option<u64>,
    pub(super) not_before: Option<u64>,
    pub(super) jti: Option<&'f str>,
    pub(super) now: u64,
    pub(super) allow_missing_expiry: bool,
}

impl Registered<'_> {
    /// Returns the given claims and those of the flags as one JSON object.
    ///
    /// # Errors
    /// Returns why verifiers would refuse the claims, or which claim is given twice.
    pub(super) fn with(&self, given: Option<&[u8]>) -> Result<String, String> {
        let given = given.unwrap_or(b"{}");
        // Checked as a verifier does: no duplicates, and the JSON types of RFC 7519 for registered claims.
        well_formed(given)?;
        let members = Members::read(given).ok_or_else(|| refused(Refusal::PayloadNotObject))?;
        let mut json = b"{".to_vec();
        for (name, value) in &members.0 {
            push_name(&mut json, name);
            push_minified(&mut json, value.get().as_bytes());
        }
        for (name, value) in self.values()? {
            if members.get(name).is_none() {
                push_name(&mut json, name);
                json.extend_from_slice(&value);
            } else if name != "iat" {
                return Err(format!("{name} is given twice, by a flag and in --claims"));
            }
        }
        json.push(b'}');
        let claims = well_formed(&json)?;
        if claims.expires_at() == Claim::Absent && !self.allow_missing_expiry {
            return Err("the token would never expire: give --expires-in, exp in --claims, or --allow-missing-expiry"
                .to_owned());
        }
        String::from_utf8(json).map_err(|_| refused(Refusal::PayloadNotJson))
    }

    /// Returns the claims of the flags, and iat, with their values as JSON.
    fn values(&self) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
        let string = |text: &str| {
            let mut json = Vec::new();
            push_string(&mut json, text);
            json
        };
        let from_now = |flag: &str, seconds: u64| {
            let moment = self
                .now
                .checked_add(seconds)
                .ok_or(format!("{flag} = {seconds} is too large: the date has more than 64 bits"))?;
            Ok::<_, String>(moment.to_string().into_bytes())
        };
        let mut values = Vec::new();
        values.extend(self.iss.map(|iss| ("iss", string(iss))));
        values.extend(self.sub.map(|sub| ("sub", string(sub))));
        match self.aud {
            [] => {}
            [one] => values.push(("aud", string(one))),
            several => {
                let several: Vec<_> = several.iter().map(|one| string(one)).collect();
                values.push(("aud", [b"[", several.join(&b","[..]).as_slice(), b"]"].concat()));
            }
        }
        values.push(("iat", self.now.to_string().into_bytes()));
        if let Some(seconds) = self.expires_in {
            values.push(("exp", from_now("--expires-in", seconds)?));
        }
        if let Some(seconds) = self.not_before {
            values.push(("nbf", from_now("--not-before", seconds)?));
        }
        values.extend(self.jti.map(|jti| ("jti", string(jti))));
        Ok(values)
    }
}

fn push_name(json: &mut Vec<u8>, name: &str) {
    if json.len() > 1 {
        json.push(b',');
    }
    push_string(json, name);
    json.push(b':');
}

fn well_formed(json: &[u8]) -> Result<Claims<'_>, String> {
    let claims = read_claims(json, &HOST_LIMITS).map_err(refused)?;
    match malformed(&claims).first() {
        Some(refusal) => Err(refused(*refusal)),
        None => Ok(claims),
    }
}

/// Returns the error with the refusal that every verifier would report.
fn refused(refusal: Refusal) -> String {
    format!("claims: {} {}: {refusal}", refusal.code(), refusal.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Registered<'_> = Registered {
        iss: None,
        sub: None,
        aud: &[],
        expires_in: None,
        not_before: None,
        jti: None,
        now: 1_700_000_000,
        allow_missing_expiry: false,
    };

    #[test]
    fn given_claims_keep_their_spelling_and_flags_follow() {
        let flags = Registered { iss: Some("i\n"), sub: Some("s"), expires_in: Some(60), jti: Some("1"), ..NOW };
        assert_eq!(
            flags.with(Some(b" { \"n\" : 1.50 ,\n \"o\": [ 1e3, {\"a b\":null} ] } ")).unwrap(),
            r#"{"n":1.50,"o":[1e3,{"a b":null}],"iss":"i\n","sub":"s","iat":1700000000,"exp":1700000060,"jti":"1"}"#
        );
        let aud = ["a".to_owned(), "b".to_owned()];
        let flags = Registered { aud: &aud, allow_missing_expiry: true, not_before: Some(0), ..NOW };
        assert_eq!(flags.with(None).unwrap(), r#"{"aud":["a","b"],"iat":1700000000,"nbf":1700000000}"#);
        let flags = Registered { aud: &aud[..1], ..flags };
        assert_eq!(flags.with(Some(br#"{"iat":1}"#)).unwrap(), r#"{"iat":1,"aud":"a","nbf":1700000000}"#);
    }

    #[test]
    fn claims_that_verifiers_refuse_are_not_signed() {
        let flags = Registered { expires_in: Some(60), sub: Some("s"), ..NOW };
        for (claims, words) in [
            ("[]", "23 payload_not_object"),
            ("{", "22 payload_not_json"),
            (r#"{"a":1,"\u0061":2}"#, "24 payload_duplicate"),
            (r#"{"iss":1}"#, "27 issuer_malformed"),
            (r#"{"aud":[7]}"#, "29 audience_malformed"),
            (r#"{"nbf":"1"}"#, "31 not_before_malformed"),
            (r#"{"sub":"x"}"#, "sub is given twice"),
            (r#"{"\u0065xp":1}"#, "exp is given twice"),
        ] {
            let error = flags.with(Some(claims.as_bytes())).unwrap_err();
            assert!(error.contains(words), "{claims}: {error}");
        }
        assert!(NOW.with(None).unwrap_err().contains("--expires-in"));
        assert!(NOW.with(Some(br#"{"exp":1}"#)).is_ok());
        let late = Registered { expires_in: Some(u64::MAX), ..NOW };
        assert!(late.with(None).unwrap_err().contains("64 bits"));
        let late = Registered { expires_in: Some(1 << 63), ..NOW };
        assert!(late.with(None).unwrap_err().contains("30 expiry_malformed"));
    }
}
