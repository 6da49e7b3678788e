//! Determines what the token of a batch request is checked against.

use crate::expectations::Terms;
use crate::policy_settings::PolicySettings;
use glowband_core::UnixSeconds;
use glowband_text::batch_request::Request;
use std::borrow::Cow;

/// Returns the terms of a request: its own members, and the command line's flags in place of absent members.
///
/// # Errors
/// Returns why the request cannot be combined with the command line's tenants.
pub(super) fn terms<'t>(request: &Request<'_>, defaults: &'t Terms) -> Result<Cow<'t, Terms>, String> {
    let (now, signature_only) =
        (request.now.map(UnixSeconds).or(defaults.now), request.jws.unwrap_or(defaults.signature_only));
    if !has_expectations(request) {
        return Ok(if now == defaults.now && signature_only == defaults.signature_only {
            Cow::Borrowed(defaults)
        } else {
            Cow::Owned(Terms { now, signature_only, ..defaults.clone() })
        });
    }
    let given = &defaults.settings;
    let own = |member: &Option<Cow<'_, str>>, flags: &[String]| match member {
        Some(text) => vec![text.as_ref().to_owned()],
        None => flags.to_vec(),
    };
    let settings = PolicySettings {
        issuers: own(&request.iss, &given.issuers),
        audiences: own(&request.aud, &given.audiences),
        subjects: own(&request.sub, &given.subjects),
        token_types: own(&request.typ, &given.token_types),
        leeway: request.leeway.unwrap_or(given.leeway),
        max_age: request.max_age.or(given.max_age),
        allow_missing_expiry: request.allow_missing_expiry.unwrap_or(given.allow_missing_expiry),
        // The tenants belong to the issuer of the flags.
        tenants: if request.iss.is_some() { Vec::new() } else { given.tenants.clone() },
        ..given.clone()
    };
    Terms::new(settings, now, signature_only).map(Cow::Owned)
}

fn has_expectations(request: &Request<'_>) -> bool {
    let texts = [&request.iss, &request.aud, &request.sub, &request.typ];
    let numbers = [request.leeway, request.max_age];
    texts.iter().any(|text| text.is_some())
        || numbers.iter().any(|number| number.is_some())
        || request.allow_missing_expiry.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_text::batch_request::RequestKey;

    fn flags(settings: PolicySettings, now: Option<u64>, signature_only: bool) -> Terms {
        Terms::new(settings, now.map(UnixSeconds), signature_only).unwrap()
    }

    #[test]
    fn every_member_is_read() {
        let line = br#" {"id":[1, "a"],"token":"a.b\u002ec","jwk":{"kty":"oct"},"jws":true,"now":18446744073709551615,
            "iss":"i","aud":"","sub":"s\n","typ":"t","leeway":0,"max_age":600,"allow_missing_expiry":false} "#;
        let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != b'\n').collect();
        let request = Request::parse(&line).unwrap();
        assert_eq!(request.id, Some("[1, \"a\"]"));
        assert_eq!(request.token, "a.b.c");
        assert!(matches!(request.key, Some(RequestKey::Jwk("{\"kty\":\"oct\"}"))));
        let given = PolicySettings {
            issuers: vec!["a".into(), "b".into()],
            allow_missing_expiry: true,
            leeway: 7,
            danger_allow_padding: true,
            ..PolicySettings::default()
        };
        let defaults = flags(given, None, false);
        let own_terms = terms(&request, &defaults).unwrap();
        let own = &own_terms.settings;
        assert_eq!((own.issuers.as_slice(), own.audiences.as_slice()), (&["i".to_owned()][..], &[String::new()][..]));
        assert_eq!((own.subjects.as_slice(), own.token_types.as_slice()), (&["s\n".into()][..], &["t".into()][..]));
        assert_eq!((own_terms.now, own.leeway, own.max_age), (Some(UnixSeconds(u64::MAX)), 0, Some(600)));
        assert!(own_terms.signature_only && !own.allow_missing_expiry && own.danger_allow_padding);
    }

    #[test]
    fn absent_members_use_the_flags() {
        let request = Request::parse(br#"{"token":""}"#).unwrap();
        assert!(request.id.is_none() && request.key.is_none());
        let given = PolicySettings {
            issuers: vec!["i".into(), "j".into()],
            leeway: 7,
            allow_missing_expiry: true,
            ..PolicySettings::default()
        };
        let defaults = flags(given, Some(1), true);
        assert!(matches!(terms(&request, &defaults), Ok(Cow::Borrowed(_))));
        let request = Request::parse(br#"{"token":"","jws":false,"now":2}"#).unwrap();
        let own_terms = terms(&request, &defaults).unwrap();
        assert_eq!(
            (own_terms.settings.issuers.len(), own_terms.settings.leeway, own_terms.now),
            (2, 7, Some(UnixSeconds(2)))
        );
        assert!(own_terms.settings.allow_missing_expiry && !own_terms.signature_only);
    }

    #[test]
    fn a_request_with_an_issuer_ignores_the_tenants_of_the_flags() {
        let given = PolicySettings {
            issuers: vec!["https://login.microsoftonline.com/{tenantid}/v2.0".into()],
            tenants: vec!["72f988bf-86f1-41af-91ab-2d7cd011db47".into()],
            ..PolicySettings::default()
        };
        let defaults = flags(given, None, false);
        let request = Request::parse(br#"{"token":"","iss":"i"}"#).unwrap();
        assert_eq!(terms(&request, &defaults).unwrap().policy.issuers(), Some(&["i".to_owned()][..]));
        let request = Request::parse(br#"{"token":"","aud":"a"}"#).unwrap();
        let issuer = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
        assert_eq!(terms(&request, &defaults).unwrap().policy.issuers(), Some(&[issuer.to_owned()][..]));
    }
}
