//! Small tokens through all ways; what each step shows of them.

use super::*;
use crate::{Algorithm, KeyEntry, SignatureCheck, SignatureMismatch};
use base64ct::{Base64UrlUnpadded, Encoding};

/// Finds genuine what begins with its byte.
struct Stamp(Algorithm, u8);

impl SignatureCheck for Stamp {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
    fn check(&self, _: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        if signature.first() == Some(&self.1) { Ok(()) } else { Err(SignatureMismatch) }
    }
}

const KEY: Stamp = Stamp(Algorithm::Hs256, 7);
const CLAIMS: &str = r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":100,"nbf":20,"iat":30.5,"jti":"t","x":[1]}"#;

fn token(header: &str, claims: &str, signature: &[u8]) -> Vec<u8> {
    let encode = Base64UrlUnpadded::encode_string;
    format!("{}.{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()), encode(signature)).into_bytes()
}

fn genuine(claims: &str) -> Vec<u8> {
    token(r#"{"alg":"HS256","typ":"at+jwt"}"#, claims, &[7; 32])
}

/// The verdict of both ways, which is the same.
fn verdict(key: &Stamp, token: &[u8]) -> Result<(), Refusal> {
    let verifier = SignatureVerifier::new(key);
    let in_place = verifier.verify_in_place(&mut token.to_vec()).map(drop);
    assert_eq!(verifier.verify(token, &mut [0; 256]).map(drop), in_place);
    in_place
}

#[test]
fn a_verified_token_shows_what_was_signed() {
    let policy = Policy::issuer("i").audience("b").leeway(5).maximum_age(50);
    let verifier = Verifier::new(&KEY, &policy);
    let (mut scratch, mut buffer) = ([0; 256], genuine(CLAIMS));
    let ways = [
        verifier.verify(&genuine(CLAIMS), UnixSeconds(40), &mut scratch).unwrap(),
        verifier.verify_in_place(&mut buffer, UnixSeconds(40)).unwrap(),
    ];
    for verified in ways {
        assert_eq!(verified.payload(), CLAIMS.as_bytes());
        assert!(verified.header().token_type().unwrap() == *"at+jwt");
        assert!(verified.issuer().unwrap() == *"i" && verified.subject().unwrap() == *"s");
        assert!(verified.token_id().unwrap() == *"t" && verified.audience().unwrap().contains("a"));
        let dates = [verified.expires_at(), verified.not_before(), verified.issued_at()];
        assert_eq!(dates.map(|date| date.unwrap().ceil()), [100, 20, 31]);
        assert!(verified.claim("x").unwrap().as_array().is_some() && verified.claim("y").is_none());
        assert_eq!(verified.validated_at(), Some(UnixSeconds(40)));
        // iat and the maximum age end it before exp does.
        assert_eq!((verified.acceptable_from(), verified.acceptable_until()), (UnixSeconds(25), Some(UnixSeconds(85))));
        let shown = format!("{verified:?}");
        assert!(
            shown.contains("Hs256")
                && shown.contains("validated_at: Some(UnixSeconds(40))")
                && !shown.contains("\"t\"")
        );
    }
}

#[test]
fn ranges_are_those_in_the_memory_that_was_decoded_in() {
    let policy = Policy::danger_any_issuer_any_audience();
    let verifier = Verifier::new(&KEY, &policy);
    let claims = r#"{"exp":100,"sub":"s\u0065","iss":"issuer","jti":"t","aud":"a"}"#;
    let token = token(r#"{"typ":"JWT","alg":"HS256","kid":"some"}"#, claims, &[7; 32]);
    let (mut scratch, mut buffer) = ([0; 256], token.clone());
    let ways = [
        verifier.verify(&token, UnixSeconds(40), &mut scratch).unwrap().ranges(),
        verifier.verify_in_place(&mut buffer, UnixSeconds(40)).unwrap().ranges(),
    ];
    for (ranges, memory) in ways.into_iter().zip([&scratch[..], &buffer]) {
        assert_eq!(&memory[ranges.header], br#"{"typ":"JWT","alg":"HS256","kid":"some"}"#);
        assert_eq!(&memory[ranges.payload], claims.as_bytes());
        let strings = [ranges.key_id, ranges.issuer, ranges.subject, ranges.token_id];
        let strings = strings.map(|range| String::from_utf8_lossy(&memory[range.unwrap()]).into_owned());
        assert_eq!(strings, ["some", "issuer", r"s\u0065", "t"]);
    }
    let none = genuine(r#"{"exp":100}"#);
    let ranges = verifier.verify(&none, UnixSeconds(40), &mut [0; 64]).unwrap().ranges();
    assert_eq!((ranges.key_id, ranges.issuer, ranges.subject, ranges.token_id), (None, None, None, None));
}

#[test]
fn a_fraction_of_nbf_is_reached_in_its_second() {
    let token = genuine(r#"{"exp":100,"nbf":40.9,"iat":40.5}"#);
    let policy = Policy::danger_any_issuer_any_audience();
    for (leeway, from) in [(0, 40), (5, 35), (60, 0)] {
        let policy = policy.leeway(leeway);
        let verifier = Verifier::new(&KEY, &policy);
        let mut scratch = [0; 128];
        let verified = verifier.verify(&token, UnixSeconds(from), &mut scratch).unwrap();
        assert_eq!(verified.acceptable_from(), UnixSeconds(from));
        if let Some(before) = from.checked_sub(1) {
            let refused = verifier.verify(&token, UnixSeconds(before), &mut [0; 128]).map(drop);
            assert_eq!(refused, Err(Refusal::NotYetValid));
        }
    }
}

#[test]
fn claims_of_the_wrong_type_are_refused_whatever_is_expected() {
    let policy = Policy::danger_any_issuer_any_audience();
    for (claim, refusal) in [
        ("iss", Refusal::IssuerMalformed),
        ("aud", Refusal::AudienceMalformed),
        ("sub", Refusal::SubjectMalformed),
        ("jti", Refusal::TokenIdMalformed),
        ("nbf", Refusal::NotBeforeMalformed),
        ("iat", Refusal::IssuedAtMalformed),
    ] {
        let token = genuine(&format!(r#"{{"exp":100,"{claim}":true}}"#));
        let verdict = Verifier::new(&KEY, &policy).verify(&token, UnixSeconds(40), &mut [0; 128]).map(drop);
        assert_eq!(verdict, Err(refusal));
    }
}

#[test]
fn it_is_accepted_from_the_first_second_to_the_last() {
    let policy = Policy::issuer("i").audience("a").leeway(5).maximum_age(50);
    let verifier = Verifier::new(&KEY, &policy);
    let at = |now| verifier.verify(&genuine(CLAIMS), UnixSeconds(now), &mut [0; 256]).map(drop);
    assert_eq!([at(24), at(25), at(85), at(86)], [Err(Refusal::IssuedInFuture), Ok(()), Ok(()), Err(Refusal::TooOld)]);
}

#[test]
fn a_proven_signature_shows_the_payload_whatever_it_is() {
    let mut scratch = [0; 64];
    let proven = SignatureVerifier::new(&KEY).verify(&genuine("no JSON"), &mut scratch).unwrap();
    assert_eq!((proven.payload(), proven.header().algorithm()), (b"no JSON".as_slice(), Algorithm::Hs256));
    assert!(format!("{proven:?}").ends_with("payload_bytes: 7 }"));
}

#[test]
fn the_room_may_be_just_large_enough() {
    let token = genuine(CLAIMS);
    let (verifier, needed) = (SignatureVerifier::new(&KEY), crate::scratch_needed(&token));
    assert!(verifier.verify(&token, &mut vec![0; needed]).is_ok());
    assert_eq!(verifier.verify(&token, &mut vec![0; needed - 1]).err(), Some(Refusal::ScratchTooSmall));
}

#[test]
fn a_signature_has_the_length_of_its_algorithm_and_is_verified() {
    let (hs256, es256) = (r#"{"alg":"HS256"}"#, r#"{"alg":"ES256"}"#);
    let elliptic = Stamp(Algorithm::Es256, 0x30);
    assert_eq!(verdict(&KEY, &token(hs256, "{}", &[7; 32])), Ok(()));
    assert_eq!(verdict(&KEY, &token(hs256, "{}", &[8; 32])), Err(Refusal::BadSignature));
    assert_eq!(verdict(&KEY, &token(hs256, "{}", &[])), Err(Refusal::SignatureMissing));
    assert_eq!(verdict(&KEY, &token(hs256, "{}", &[7; 31])), Err(Refusal::SignatureLength));
    let der = |length: u8| [&[0x30, length], [2; 70].as_slice()].concat();
    assert_eq!(verdict(&elliptic, &token(es256, "{}", &der(70))), Err(Refusal::SignatureDer));
    assert_eq!(verdict(&elliptic, &token(es256, "{}", &der(69))), Err(Refusal::SignatureLength));
    assert_eq!(verdict(&elliptic, &token(es256, "{}", &[0x30; 64])), Ok(()));
    assert_eq!(verdict(&KEY, &token(hs256, "{}", &der(70))), Err(Refusal::SignatureLength));
}

#[test]
fn a_claimed_signature_is_proven_by_its_key_or_by_a_verdict_on_it() {
    let token = genuine("{}");
    let other = Stamp(Algorithm::Hs256, 8);
    let one = [KeyEntry { kid: None, key: &KEY }];
    let both = [KeyEntry { kid: None, key: &other }, KeyEntry { kid: None, key: &KEY }];
    let wrong = [KeyEntry { kid: None, key: &other }];

    let (mut scratch, verifier) = ([0; 64], SignatureVerifier::new(&one));
    let claimed = verifier.parse(&token, &mut scratch).unwrap();
    assert_eq!((claimed.only_key(), claimed.signature()), (Some(0), [7; 32].as_slice()));
    let dot = token.iter().rposition(|byte| *byte == b'.').unwrap();
    assert_eq!(claimed.signing_input(), &token[..dot]);
    assert!(format!("{claimed:?}").starts_with("Unverified { header: Header"));
    assert!(claimed.verify_signature().is_ok());
    let by_verdict = |verdict| verifier.parse(&token, &mut [0; 64]).unwrap().with_verdict(verdict).map(drop);
    assert_eq!(by_verdict(Err(SignatureMismatch)), Err(Refusal::BadSignature));
    assert_eq!(by_verdict(Ok(())), Ok(()));

    // If several keys match, they verify the signature, whatever the verdict.
    let (mut scratch, verifier) = ([0; 64], SignatureVerifier::new(&both));
    let claimed = verifier.parse(&token, &mut scratch).unwrap();
    assert_eq!(claimed.only_key(), None);
    assert!(claimed.with_verdict(Err(SignatureMismatch)).is_ok());

    let (mut scratch, verifier) = ([0; 64], SignatureVerifier::new(&wrong));
    assert_eq!(verifier.parse(&token, &mut scratch).unwrap().verify_signature().err(), Some(Refusal::BadSignature));
}
