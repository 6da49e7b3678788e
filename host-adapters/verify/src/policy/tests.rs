use super::*;
use crate::KeyReader;
use base64ct::{Base64Url, Base64UrlUnpadded, Encoding};
use glowband_core::Hs256Key;

const TOKEN: &[u8] = include_bytes!("../../examples/door.jwt").trim_ascii();
const SECRET: &[u8] = b"an example secret of 32+ bytes..";
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn verdict_on(policy: &OwnedPolicy, token: &[u8]) -> Result<(), Refusal> {
    let key = Hs256Key::new(SECRET).unwrap();
    let mut scratch = vec![0; token.len()];
    policy.validate(policy.verify_signature(&key, token, &mut scratch)?, NOW).map(drop)
}

fn verdict(policy: &OwnedPolicy) -> Result<(), Refusal> {
    verdict_on(policy, TOKEN)
}

fn sign_text(signed: &str) -> Vec<u8> {
    use aws_lc_rs::hmac;
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed.as_bytes()).as_ref().to_vec()
}

fn sign(header: &str, claims: &str) -> String {
    let encode = |text: &[u8]| Base64UrlUnpadded::encode_string(text);
    let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
    format!("{signed}.{}", encode(&sign_text(&signed)))
}

fn token(claims: &str) -> String {
    sign(r#"{"alg":"HS256","typ":"at+jwt"}"#, &format!(r#"{{"exp":4000000000,{claims}}}"#))
}

#[test]
fn each_expectation_reaches_the_core() {
    let good = OwnedPolicy::issuer("https://id.example").audience("door-42");
    assert_eq!(verdict(&good), Ok(()));
    assert_eq!(verdict(&OwnedPolicy::issuer("https://id.example/").audience("door-42")), Err(Refusal::IssuerMismatch));
    assert_eq!(verdict(&OwnedPolicy::issuer("https://id.example").audience("door-43")), Err(Refusal::AudienceMismatch));
    let several = OwnedPolicy::any_issuer_of(["a", "https://id.example"]).any_audience_of(["a", "door-42"]);
    assert_eq!(verdict(&several), Ok(()));
    let none = OwnedPolicy::any_issuer_of(Vec::<String>::new()).danger_any_audience();
    assert_eq!(verdict(&none), Err(Refusal::IssuerMismatch));
    let others = OwnedPolicy::danger_any_issuer().any_audience_of(["a", "b"]);
    assert_eq!(verdict(&others), Err(Refusal::AudienceMismatch));
    assert_eq!(verdict(&good.clone().subject("bob")), Err(Refusal::SubjectMismatch));
    assert_eq!(verdict(&good.clone().token_type("logout+jwt")), Err(Refusal::TokenTypeMismatch));
    assert_eq!(verdict(&good.clone().maximum_age(5)), Err(Refusal::IssuedAtMissing));
    assert_eq!(verdict(&good.clone().require_token_id()), Err(Refusal::TokenIdMissing));
    assert_eq!(verdict(&OwnedPolicy::danger_any_issuer_any_audience()), Ok(()));
    assert_eq!(verdict(&good.limits(Limits::DEFAULT.token_bytes(10))), Err(Refusal::TokenTooLong));
}

#[test]
fn clocks_may_differ_by_half_a_minute_unless_the_policy_says_otherwise() {
    let policy = OwnedPolicy::danger_any_issuer_any_audience();
    let at = |nbf: u64, exp: u64| sign(r#"{"alg":"HS256"}"#, &format!(r#"{{"nbf":{nbf},"exp":{exp}}}"#));
    let good = at(NOW.0 + 30, NOW.0 + 60);
    assert_eq!(verdict_on(&policy, good.as_bytes()), Ok(()));
    assert_eq!(verdict_on(&policy.clone().leeway(0), good.as_bytes()), Err(Refusal::NotYetValid));
    assert_eq!(verdict_on(&policy, at(NOW.0 + 31, NOW.0 + 60).as_bytes()), Err(Refusal::NotYetValid));
    assert_eq!(verdict_on(&policy, at(NOW.0 - 90, NOW.0 - 29).as_bytes()), Ok(()));
    assert_eq!(verdict_on(&policy, at(NOW.0 - 90, NOW.0 - 30).as_bytes()), Err(Refusal::Expired));
}

#[test]
fn subjects_are_names_or_beginnings() {
    let policy =
        OwnedPolicy::danger_any_issuer_any_audience().any_subject_of(["alice", "bob"]).subject_prefix("repo:a/");
    for (subject, expected) in [
        ("alice", Ok(())),
        ("bob", Ok(())),
        ("bobby", Err(Refusal::SubjectMismatch)),
        ("repo:a/b:ref:refs/heads/main", Ok(())),
        ("repo:a/", Ok(())),
        ("repo:a", Err(Refusal::SubjectMismatch)),
        ("repo:ab/c", Err(Refusal::SubjectMismatch)),
        ("REPO:a/b", Err(Refusal::SubjectMismatch)),
        ("", Err(Refusal::SubjectMismatch)),
        ("\\u0061lice", Ok(())),
        ("repo\\u003aa/b", Ok(())),
    ] {
        assert_eq!(verdict_on(&policy, token(&format!(r#""sub":"{subject}""#)).as_bytes()), expected, "{subject}");
    }
    assert_eq!(verdict_on(&policy, token(r#""iss":"a""#).as_bytes()), Err(Refusal::SubjectMissing));
    assert_eq!(verdict_on(&policy, token(r#""sub":7"#).as_bytes()), Err(Refusal::SubjectMalformed));
    let none = OwnedPolicy::danger_any_issuer_any_audience().any_subject_of(Vec::<String>::new());
    assert_eq!(verdict_on(&none, token(r#""sub":"alice""#).as_bytes()), Err(Refusal::SubjectMismatch));
    let only_prefix = OwnedPolicy::danger_any_issuer_any_audience().subject_prefix("repo:");
    assert_eq!(verdict_on(&only_prefix, token(r#""sub":"repo:x""#).as_bytes()), Ok(()));
    assert_eq!(verdict_on(&only_prefix, token(r#""sub":"alice""#).as_bytes()), Err(Refusal::SubjectMismatch));
    assert_eq!(verdict_on(&only_prefix, token(r#""iss":"alice""#).as_bytes()), Err(Refusal::SubjectMissing));
}

#[test]
fn types_and_algorithms_are_lists() {
    let any = OwnedPolicy::danger_any_issuer_any_audience();
    let types = any.clone().any_token_type_of(["JWT", "at+jwt"]);
    let of_type = |typ: &str| sign(&format!(r#"{{"alg":"HS256"{typ}}}"#), r#"{"exp":4000000000}"#);
    for (typ, expected) in [
        (r#","typ":"at+jwt""#, Ok(())),
        (r#","typ":"application/AT+JWT""#, Ok(())),
        (r#","typ":"jwt""#, Ok(())),
        (r#","typ":"logout+jwt""#, Err(Refusal::TokenTypeMismatch)),
        ("", Err(Refusal::TokenTypeMissing)),
    ] {
        assert_eq!(verdict_on(&types, of_type(typ).as_bytes()), expected, "{typ}");
    }
    let none = any.clone().any_token_type_of(Vec::<String>::new());
    assert_eq!(verdict_on(&none, of_type(r#","typ":"JWT""#).as_bytes()), Err(Refusal::TokenTypeMismatch));
    assert_eq!(verdict(&any.clone().algorithms([Algorithm::Es256, Algorithm::Hs256])), Ok(()));
    assert_eq!(verdict(&any.clone().algorithms([Algorithm::Es256])), Err(Refusal::AlgorithmMismatch));
    assert_eq!(verdict(&any.algorithms([])), Err(Refusal::AlgorithmMismatch));
}

#[test]
fn a_tenant_must_be_listed_and_be_the_one_of_the_issuer() {
    const A: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const B: &str = "11111111-2222-3333-4444-555555555555";
    const C: &str = "99999999-2222-3333-4444-555555555555";
    let policy = OwnedPolicy::tenants("https://login.microsoftonline.com/{tenantid}/v2.0", [B, A]).unwrap();
    let policy = policy.danger_any_audience();
    let of =
        |issuer: &str, tid: &str| token(&format!(r#""iss":"https://login.microsoftonline.com/{issuer}/v2.0"{tid}"#));
    let tid = |tid: &str| format!(r#","tid":"{tid}""#);
    for (issuer, tid, expected) in [
        (A, tid(A), Ok(())),
        (B, tid(B), Ok(())),
        (A, tid(B), Err(Refusal::IssuerMismatch)),
        (C, tid(C), Err(Refusal::IssuerMismatch)),
        (A, String::new(), Err(Refusal::IssuerMismatch)),
        (A, r#","tid":7"#.to_owned(), Err(Refusal::IssuerMismatch)),
        (A, r#","tid":null"#.to_owned(), Err(Refusal::IssuerMismatch)),
        ("{tenantid}", tid(A), Err(Refusal::IssuerMismatch)),
        ("common", tid(A), Err(Refusal::IssuerMismatch)),
    ] {
        assert_eq!(verdict_on(&policy, of(issuer, &tid).as_bytes()), expected, "{issuer}{tid}");
    }
    assert_eq!(verdict_on(&policy, token(&format!(r#""tid":"{A}""#)).as_bytes()), Err(Refusal::IssuerMissing));
}

/// The signature covers what was sent: with the padding where there is some.
#[test]
fn padded_tokens_get_in_by_a_setting_that_warns() {
    let strict = OwnedPolicy::danger_any_issuer_any_audience();
    let lenient = strict.clone().danger_allow_padding();
    let pad = |text: &[u8]| Base64Url::encode_string(text);
    let mut padded = 0;
    for filler in ["", "x", "xx", "xxx"] {
        let header = format!(r#"{{"alg":"HS256","x":"{filler}"}}"#);
        let claims = format!(r#"{{"exp":4000000000,"y":"{filler}"}}"#);
        let signed = format!("{}.{}", pad(header.as_bytes()), pad(claims.as_bytes()));
        let token = format!("{signed}.{}", pad(&sign_text(&signed)));
        assert!(padding::is_padded(token.as_bytes()), "a tag of 32 bytes is padded");
        padded += usize::from(signed.contains('='));
        assert_eq!(verdict_on(&strict, token.as_bytes()), Err(Refusal::Base64Invalid), "{token}");
        assert_eq!(verdict_on(&lenient, token.as_bytes()), Ok(()), "{token}");
        // Without its padding the signed part is another text.
        let stripped = token.replace('=', "");
        let expected = if signed.contains('=') { Err(Refusal::BadSignature) } else { Ok(()) };
        assert_eq!(verdict_on(&lenient, stripped.as_bytes()), expected, "{stripped}");
        let forged = token.replacen("eyJleHAiOjQ", "eyJleHAiOjU", 1);
        assert_eq!(verdict_on(&lenient, forged.as_bytes()), Err(Refusal::BadSignature));
        for bad in [format!("{token}="), format!("={token}"), token.replacen('.', "=.", 1)] {
            assert_eq!(verdict_on(&lenient, bad.as_bytes()), Err(Refusal::Base64Invalid), "{bad}");
        }
        let short = lenient.clone().limits(Limits::DEFAULT.token_bytes(token.len() - 1));
        assert_eq!(verdict_on(&short, token.as_bytes()), Err(Refusal::TokenTooLong));
    }
    assert!(padded > 2);
    assert_eq!(verdict_on(&lenient, TOKEN), Ok(()));
    let set = KeyReader::new().secret(SECRET).unwrap();
    assert!(lenient.verify_signature(&set, TOKEN, &mut [0; 512]).is_ok());
}
