use super::*;
use crate::{KeyReader, KeySet};
use aws_lc_rs::hmac;
use base64ct::{Base64Url, Base64UrlUnpadded, Encoding};

const A: &str = "https://a.example";
const B: &str = "https://b.example";
const SECRET_A: &[u8] = b"an example secret of 32+ bytes..";
const SECRET_B: &[u8] = b"another example secret, 32+ bytes";
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn keys(secret: &[u8]) -> KeySet {
    KeyReader::new().secret(secret).unwrap()
}

fn tag(secret: &[u8], signed: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes()).as_ref().to_vec()
}

fn sign(secret: &[u8], header: &str, claims: &str) -> String {
    let signed = [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&tag(secret, &signed)))
}

fn token(secret: &[u8], iss: &str, aud: &str) -> String {
    sign(secret, r#"{"alg":"HS256"}"#, &format!(r#"{{"iss":"{iss}","aud":"{aud}","exp":2000000000,"sub":"s"}}"#))
}

fn issuers() -> [TrustedIssuer; 2] {
    [
        TrustedIssuer::new(keys(SECRET_A), OwnedPolicy::issuer(A).audience("a")),
        TrustedIssuer::new(keys(SECRET_B), OwnedPolicy::issuer(B).audience("b")),
    ]
}

fn verdict(verifier: &HostVerifier, token: &str) -> Result<String, Refusal> {
    let alone = verifier.verify_at(token.as_bytes(), NOW).map(|token| token.issuer().unwrap_or_default().to_owned());
    let together = verifier.verify_batch_at(&[token, "x", token], NOW);
    assert_eq!(
        together[0].as_ref().map(drop).map_err(|refusal| *refusal),
        alone.as_ref().map(drop).map_err(|refusal| *refusal)
    );
    assert_eq!(
        together[2].as_ref().map(drop).map_err(|refusal| *refusal),
        alone.as_ref().map(drop).map_err(|refusal| *refusal)
    );
    assert_eq!(together[1].as_ref().err(), Some(&Refusal::SegmentCount));
    alone
}

#[test]
fn each_issuer_has_its_own_keys_and_policy() {
    for verifier in
        [HostVerifier::for_issuers(issuers()).unwrap(), HostVerifier::for_issuers(issuers()).unwrap().cache(1 << 20)]
    {
        for _ in 0..2 {
            assert_eq!(verdict(&verifier, &token(SECRET_A, A, "a")), Ok(A.to_owned()));
            assert_eq!(verdict(&verifier, &token(SECRET_B, B, "b")), Ok(B.to_owned()));
        }
        for (token, refusal) in [
            // Keys and audiences do not help for another issuer.
            (token(SECRET_A, B, "b"), Refusal::BadSignature),
            (token(SECRET_B, A, "a"), Refusal::BadSignature),
            (token(SECRET_A, A, "b"), Refusal::AudienceMismatch),
            (token(SECRET_B, B, "a"), Refusal::AudienceMismatch),
            (token(SECRET_A, "https://c.example", "a"), Refusal::IssuerMismatch),
            (token(SECRET_A, "https://a.example/", "a"), Refusal::IssuerMismatch),
            (token(SECRET_A, "", "a"), Refusal::IssuerMismatch),
            (sign(SECRET_A, r#"{"alg":"HS256"}"#, r#"{"aud":"a","exp":2000000000}"#), Refusal::IssuerMissing),
            (
                sign(SECRET_A, r#"{"alg":"HS256"}"#, r#"{"iss":["https://a.example"],"aud":"a"}"#),
                Refusal::IssuerMalformed,
            ),
            (
                sign(SECRET_A, r#"{"alg":"HS256"}"#, r#"{"iss":"https://a.example","iss":"https://b.example"}"#),
                Refusal::PayloadDuplicate,
            ),
            (sign(SECRET_A, r#"{"alg":"HS256"}"#, "{claims}"), Refusal::PayloadNotJson),
            (sign(SECRET_A, r#"{"alg":"HS256"}"#, "[]"), Refusal::PayloadNotObject),
            // Form and header come first, as with one issuer.
            (sign(SECRET_A, r#"{"alg":"none"}"#, r#"{"iss":"https://c.example"}"#), Refusal::AlgorithmNone),
            (sign(SECRET_A, r#"{"alg":"HS256","crit":["b64"]}"#, "no claims"), Refusal::CriticalHeader),
            (sign(SECRET_A, "[]", r#"{"iss":"https://c.example"}"#), Refusal::HeaderNotJson),
            ("a.b.c.d.e".to_owned(), Refusal::EncryptedToken),
            ("{}".to_owned(), Refusal::JsonSerialization),
            (String::new(), Refusal::SegmentCount),
            ("a".repeat(1 << 20), Refusal::TokenTooLong),
            (
                token(SECRET_A, "https://c.example", "a").rsplit_once('.').unwrap().0.to_owned() + ".",
                Refusal::IssuerMismatch,
            ),
        ] {
            assert_eq!(verdict(&verifier, &token), Err(refusal), "{}", &token[..token.len().min(200)]);
        }
    }
}

/// What each issuer's token says must be what its own verifier alone would say.
#[test]
fn several_issuers_say_what_each_says_alone() {
    let [a, b] = issuers();
    let alone = [HostVerifier::of(Issuers::one(a)), HostVerifier::of(Issuers::one(b))];
    let together = HostVerifier::for_issuers(issuers()).unwrap();
    for (verifier, (iss, aud)) in alone.iter().zip([(A, "a"), (B, "b")]) {
        for secret in [SECRET_A, SECRET_B] {
            for exp in [1, 1_700_000_000, 2_000_000_000] {
                let claims = format!(r#"{{"iss":"{iss}","aud":"{aud}","exp":{exp}}}"#);
                for header in [r#"{"alg":"HS256"}"#, r#"{"alg":"HS256","kid":"k"}"#, r#"{"alg":"ES256"}"#] {
                    let token = sign(secret, header, &claims);
                    assert_eq!(
                        together.verify_at(token.as_bytes(), NOW).map(drop),
                        verifier.verify_at(token.as_bytes(), NOW).map(drop),
                        "{header} {claims}"
                    );
                }
            }
        }
    }
}

#[test]
fn replaced_keys_of_one_issuer_leave_the_cached_tokens_of_another() {
    let verifier = HostVerifier::for_issuers(issuers()).unwrap().cache(1 << 20);
    let (a, b) = (token(SECRET_A, A, "a"), token(SECRET_B, B, "b"));
    let hits = || verifier.cache_usage().unwrap().hits;
    for token in [&a, &b, &a, &b] {
        verifier.verify_at(token.as_bytes(), NOW).unwrap();
    }
    assert_eq!(hits(), 2);
    verifier.issuers().nth(1).unwrap().keys().replace(keys(SECRET_A));
    assert_eq!(verifier.verify_at(b.as_bytes(), NOW).err(), Some(Refusal::BadSignature));
    verifier.verify_at(a.as_bytes(), NOW).unwrap();
    assert_eq!(hits(), 3, "the other issuer's token is still known");
    verifier.verify_at(token(SECRET_A, B, "b").as_bytes(), NOW).unwrap();
    assert_eq!(verifier.cache_usage().unwrap().tokens, 2, "the replaced keys' token was dropped");
    verifier.issuers().nth(1).unwrap().keys().replace(keys(SECRET_B));
    verifier.verify_at(b.as_bytes(), NOW).unwrap();
    assert_eq!(hits(), 3);
}

#[test]
fn issuers_that_cannot_be_told_apart_are_refused() {
    let of = |policy| TrustedIssuer::new(keys(SECRET_A), policy);
    let error = |issuers: Vec<TrustedIssuer>| HostVerifier::for_issuers(issuers).err();
    let a = || of(OwnedPolicy::issuer(A).audience("a"));
    assert_eq!(error(vec![]), Some(IssuersError::None));
    assert_eq!(error(vec![a(), of(OwnedPolicy::danger_any_issuer_any_audience())]), Some(IssuersError::Unnamed(1)));
    let no_issuer = of(OwnedPolicy::any_issuer_of(Vec::<String>::new()).audience("a"));
    assert_eq!(error(vec![no_issuer]), Some(IssuersError::Unnamed(0)));
    let both = of(OwnedPolicy::any_issuer_of([B, A]).audience("a"));
    assert_eq!(error(vec![a(), both.clone()]), Some(IssuersError::DuplicateIssuer(A.to_owned())));
    let hole = "https://login.microsoftonline.com/{tenantid}/v2.0";
    assert_eq!(
        error(vec![a(), of(OwnedPolicy::issuer(hole).audience("a"))]),
        Some(IssuersError::Placeholder(hole.to_owned()))
    );
    let one = HostVerifier::for_issuers([both]).unwrap();
    assert!(one.verify_at(token(SECRET_A, A, "a").as_bytes(), NOW).is_ok());
}

#[test]
fn padded_tokens_choose_their_issuer_too() {
    let [a, b] = issuers();
    let lenient = TrustedIssuer::new(a.keys().clone(), a.policy().clone().danger_allow_padding());
    let verifier = HostVerifier::for_issuers([lenient, b]).unwrap();
    let padded = |secret: &[u8], iss: &str, aud: &str| {
        let claims = format!(r#"{{"iss":"{iss}","aud":"{aud}","exp":2000000000}}"#);
        let signed = [r#"{"alg":"HS256" }"#, &claims].map(|part| Base64Url::encode_string(part.as_bytes())).join(".");
        format!("{signed}.{}", Base64Url::encode_string(&tag(secret, &signed)))
    };
    assert_eq!(verdict(&verifier, &padded(SECRET_A, A, "a")), Ok(A.to_owned()));
    assert_eq!(verdict(&verifier, &padded(SECRET_B, A, "a")), Err(Refusal::BadSignature));
    assert_eq!(verdict(&verifier, &padded(SECRET_B, B, "b")), Err(Refusal::Base64Invalid), "its policy is strict");
    assert_eq!(verdict(&verifier, &padded(SECRET_A, "c", "a")), Err(Refusal::IssuerMismatch));
}
