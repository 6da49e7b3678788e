use super::*;
use crate::SignatureCheck;

const EC: &str = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
const OCT: &str =
    r#""kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow""#;

fn key(members: &str) -> Result<Algorithm, Refusal> {
    let text = format!("{{{members}}}");
    Jwk::parse(text.as_bytes())?.key().map(|key| key.algorithm())
}

#[test]
fn type_and_curve_decide_the_algorithm() {
    assert_eq!(key(EC), Ok(Algorithm::Es256));
    assert_eq!(key(OCT), Ok(Algorithm::Hs256));
    assert_eq!(
        key(&format!(r#"{EC},"d":"not even base64 =","x5c":["a"],"vendor":{{"x":1}},"alg":"ES256","use":"sig""#)),
        Ok(Algorithm::Es256)
    );
    for other in [
        r#""kty":"RSA","n":"AQ","e":"AQAB""#,
        r#""kty":"OKP","crv":"Ed25519","x":"AA""#,
        r#""kty":"EC","crv":"P-384""#,
        r#""kty":"ec""#,
    ] {
        assert_eq!(key(other), Err(Refusal::KeyUnsupported), "{other}");
    }
}

#[test]
fn what_the_key_says_of_itself_binds() {
    for (members, refusal) in [
        (r#""alg":"ES384""#, Refusal::JwkAlgorithmConflict),
        (r#""alg":"HS256""#, Refusal::JwkAlgorithmConflict),
        (r#""alg":"es256""#, Refusal::KeyUnsupported),
        (r#""alg":"ES512""#, Refusal::JwkAlgorithmConflict),
        (r#""alg":"ES256K""#, Refusal::KeyUnsupported),
        (r#""alg":"""#, Refusal::KeyUnsupported),
        (r#""use":"x509-svid""#, Refusal::JwkMayNotVerify),
        (r#""use":"""#, Refusal::JwkMayNotVerify),
        (r#""use":"enc""#, Refusal::JwkMayNotVerify),
        (r#""key_ops":["sign"]"#, Refusal::JwkMayNotVerify),
        (r#""key_ops":[],"use":"enc""#, Refusal::JwkMayNotVerify),
        (r#""key_ops":[null]"#, Refusal::JwkMalformed),
        (r#""key_ops":"verify""#, Refusal::JwkMalformed),
        (r#""key_ops":["verify",1]"#, Refusal::JwkMalformed),
        (r#""key_ops":["verify"],"use":"enc""#, Refusal::JwkMayNotVerify),
        (r#""key_ops":["sign"],"use":"sig""#, Refusal::JwkMayNotVerify),
        (r#""use":7"#, Refusal::JwkMalformed),
        (r#""alg":{}"#, Refusal::JwkMalformed),
        (r#""kid":1"#, Refusal::JwkMalformed),
        (r#""crv":"P-256""#, Refusal::JwkMalformed),
    ] {
        assert_eq!(key(&format!("{EC},{members}")), Err(refusal), "{members}");
    }
    for members in [
        r#""key_ops":["sign","verify"],"use":"sig""#,
        r#""key_ops":[]"#,
        r#""key_ops":[ ],"use":"sig","alg":"ES256""#,
        r#""use":"jwt-svid""#,
    ] {
        assert_eq!(key(&format!("{EC},{members}")), Ok(Algorithm::Es256), "{members}");
    }
    for (alg, refusal) in [
        ("HS384", Refusal::KeyUnsupported),
        ("HS512", Refusal::KeyUnsupported),
        ("RS256", Refusal::JwkAlgorithmConflict),
    ] {
        assert_eq!(key(&format!(r#"{OCT},"alg":"{alg}""#)), Err(refusal), "{alg}");
        assert_eq!(key(&format!(r#"{OCT},"alg":"{alg}","use":"enc""#)), Err(Refusal::JwkMayNotVerify), "{alg}");
    }
}

#[test]
fn null_is_no_member() {
    for name in ["alg", "kid", "use", "key_ops", "x5c", "d", "n"] {
        let text = format!(r#"{{{EC},"{name}":null}}"#);
        let jwk = Jwk::parse(text.as_bytes()).unwrap();
        assert_eq!(jwk.key().map(|key| key.algorithm()), Ok(Algorithm::Es256), "{name}");
        assert!(jwk.key_id().is_none() && jwk.algorithm() == Ok(None));
    }
    assert_eq!(key(&format!(r#"{OCT},"crv":null"#)), Ok(Algorithm::Hs256));
    assert_eq!(key(&EC.replace("\"EC\"", "null")), Err(Refusal::JwkMalformed));
    assert_eq!(key(&EC.replace("\"P-256\"", "null")), Err(Refusal::JwkMalformed));
    assert_eq!(key(r#""kty":"EC","crv":"P-256","x":null,"y":null"#), Err(Refusal::JwkMalformed));
    assert_eq!(key(r#""kty":"oct","k":null"#), Err(Refusal::JwkMalformed));
}

#[test]
fn a_coordinate_is_a_number_whatever_its_zeros() {
    // A key whose x begins with a zero octet.
    let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
    let y = "R2kJ5JvLL3t-Lk9I3gKR-aiF2jARF8BWfpT4jgN4TPU";
    let x: [u8; 31] = {
        let mut x = [0; 31];
        Base64UrlUnpadded::decode("SNQt3IFcB7rX9YugGRsvcpEwfovSKO63qztDHo1w7g", &mut x).unwrap();
        x
    };
    let written = |first: &[u8]| Base64UrlUnpadded::encode_string(&[first, &x].concat());
    for zeros in [&[][..], &[0], &[0, 0]] {
        assert_eq!(ec(&written(zeros), y), Ok(Algorithm::Es256), "{zeros:?}");
    }
    assert_eq!(ec(&written(&[1]), y), Err(Refusal::PointInvalid));
    assert_eq!(ec(&written(&[1, 0]), y), Err(Refusal::JwkMalformed));
    assert_eq!(ec(&written(&[0, 0, 0]), y), Err(Refusal::JwkMalformed), "34 octets");
    assert_eq!(ec(&written(&[])[1..], y), Err(Refusal::JwkMalformed), "no base64url any more");
    assert_eq!(ec(&written(&[])[4..], y), Err(Refusal::PointInvalid), "another number");
    assert_eq!(ec("", y), Err(Refusal::JwkMalformed));
}

#[test]
fn padding_completes_four_characters() {
    let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
    assert_eq!(ec(&format!("{x}="), &format!("{y}=")), Ok(Algorithm::Es256));
    for wrong in ["==", "===", "====", "=A", " "] {
        assert_eq!(ec(&format!("{x}{wrong}"), y), Err(Refusal::JwkMalformed), "{wrong}");
    }
    assert_eq!(ec(&format!("{}=", &x[..42]), y), Err(Refusal::JwkMalformed));
    let oct = |k: &str| key(&format!(r#""kty":"oct","k":"{k}""#));
    assert_eq!(oct(&format!("{}==", "A".repeat(46))), Ok(Algorithm::Hs256), "34 bytes");
    assert_eq!(oct(&format!("{}=", "A".repeat(683))), Ok(Algorithm::Hs256), "512 bytes");
    assert_eq!(oct(&format!("{}==", "A".repeat(686))), Err(Refusal::SecretTooLong));
    assert_eq!(oct("="), Err(Refusal::JwkMalformed));
    assert_eq!(oct("===="), Err(Refusal::JwkMalformed));
}

#[test]
fn material_is_checked() {
    let ec = |x: &str, y: &str| key(&format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#));
    let zero = "A".repeat(43);
    assert_eq!(ec(&zero, &zero), Err(Refusal::PointInvalid));
    assert_eq!(key(r#""kty":"EC","crv":"P-256","x":"AA""#), Err(Refusal::JwkMalformed));
    let oct = |k: &str| key(&format!(r#""kty":"oct","k":"{k}""#));
    assert_eq!(oct(""), Err(Refusal::SecretTooShort));
    assert_eq!(oct(&"A".repeat(42)), Err(Refusal::SecretTooShort), "31 bytes");
    assert_eq!(oct(&"A".repeat(43)), Ok(Algorithm::Hs256), "32 bytes");
    assert_eq!(oct(&"A".repeat(683)), Ok(Algorithm::Hs256), "512 bytes");
    assert_eq!(oct(&"A".repeat(684)), Err(Refusal::SecretTooLong), "513 bytes");
    assert_eq!(oct(&"A".repeat(700)), Err(Refusal::SecretTooLong));
    assert_eq!(oct("not base64!"), Err(Refusal::JwkMalformed));
    assert_eq!(oct(&format!("!{}", "A".repeat(682))), Err(Refusal::JwkMalformed), "it is not too long");
    assert_eq!(oct(&format!("!{}", "A".repeat(683))), Err(Refusal::SecretTooLong));
    assert_eq!(oct(&format!("!{}", "A".repeat(300))), Err(Refusal::JwkMalformed));
    assert_eq!(key(r#""kty":"oct""#), Err(Refusal::JwkMalformed));
    assert_eq!(key(r#""k":"AAAA""#), Err(Refusal::JwkMalformed));
    assert_eq!(Jwk::parse(b"[]").err(), Some(Refusal::JwkMalformed));
}

#[test]
fn names_are_shown() {
    let text = format!(r#"{{{EC},"kid":"k1"}}"#);
    let jwk = Jwk::parse(text.as_bytes()).unwrap();
    assert!(jwk.key_type() == *"EC" && jwk.curve().unwrap() == *"P-256" && jwk.key_id().unwrap() == *"k1");
}

#[test]
fn debug_shows_no_material() {
    let text = format!("{{{OCT}}}");
    let shown = format!("{:?}", Jwk::parse(text.as_bytes()).unwrap());
    assert!(shown.contains("oct") && !shown.contains("AyM1"), "{shown}");
}
