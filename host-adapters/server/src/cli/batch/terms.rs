//! The terms on which the token of a request is judged.

use super::request::Request;
use crate::cli::expectations::Terms;
use glowband_core::UnixSeconds;

impl Request<'_> {
    /// Its own members, and the command line's flags for those that are absent.
    pub(super) fn terms<'t>(&'t self, defaults: &Terms<'t>) -> Terms<'t> {
        Terms {
            iss: self.iss.as_deref().or(defaults.iss),
            aud: self.aud.as_deref().or(defaults.aud),
            sub: self.sub.as_deref().or(defaults.sub),
            typ: self.typ.as_deref().or(defaults.typ),
            leeway: self.leeway.unwrap_or(defaults.leeway),
            max_age: self.max_age.or(defaults.max_age),
            now: self.now.map(UnixSeconds).or(defaults.now),
            allow_missing_expiry: self.allow_missing_expiry.unwrap_or(defaults.allow_missing_expiry),
            signature_only: self.jws.unwrap_or(defaults.signature_only),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::batch::request::RequestKey;

    #[test]
    fn every_member_is_read() {
        let line = br#" {"id":[1, "a"],"token":"a.b\u002ec","jwk":{"kty":"oct"},"jws":true,"now":18446744073709551615,
            "iss":"i","aud":"","sub":"s\n","typ":"t","leeway":0,"max_age":600,"allow_missing_expiry":false} "#;
        let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != b'\n').collect();
        let request = Request::parse(&line).unwrap();
        assert_eq!(request.id, Some("[1, \"a\"]"));
        assert_eq!(request.token, "a.b.c");
        assert!(matches!(request.key, Some(RequestKey::Jwk("{\"kty\":\"oct\"}"))));
        let terms = request.terms(&Terms { allow_missing_expiry: true, leeway: 7, ..Terms::default() });
        assert_eq!((terms.iss, terms.aud, terms.sub, terms.typ), (Some("i"), Some(""), Some("s\n"), Some("t")));
        assert_eq!((terms.now, terms.leeway, terms.max_age), (Some(UnixSeconds(u64::MAX)), 0, Some(600)));
        assert!(terms.signature_only && !terms.allow_missing_expiry);
    }

    #[test]
    fn what_is_absent_is_as_on_the_command_line() {
        let request = Request::parse(br#"{"token":""}"#).unwrap();
        assert!(request.id.is_none() && request.key.is_none());
        let defaults = Terms {
            iss: Some("i"),
            leeway: 7,
            now: Some(UnixSeconds(1)),
            allow_missing_expiry: true,
            signature_only: true,
            ..Terms::default()
        };
        let terms = request.terms(&defaults);
        assert_eq!((terms.iss, terms.leeway, terms.now), (Some("i"), 7, Some(UnixSeconds(1))));
        assert!(terms.allow_missing_expiry && terms.signature_only);
    }
}
