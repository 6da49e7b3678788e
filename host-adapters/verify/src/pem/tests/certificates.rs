//! Certificates as keys: in PEM, in maps of names, and in a JWK.

use super::*;

/// A certificate by rcgen, issued by another one or by itself.
struct Made {
    pair: rcgen::KeyPair,
    parameters: rcgen::CertificateParams,
    der: Vec<u8>,
}

fn made(name: &str, issuer: Option<&Made>) -> Made {
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
    // Long over: what a certificate says of its dates is not asked.
    parameters.not_before = rcgen::date_time_ymd(1990, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(1991, 1, 1);
    let pair = rcgen::KeyPair::generate().unwrap();
    let certificate = match issuer {
        None => parameters.self_signed(&pair),
        Some(issuer) => {
            let issuer = rcgen::Issuer::from_params(&issuer.parameters, &issuer.pair);
            parameters.signed_by(&pair, &issuer)
        }
    };
    let der = certificate.unwrap().der().to_vec();
    Made { pair, parameters, der }
}

impl Made {
    fn pem(&self) -> String {
        encode("CERTIFICATE", &self.der)
    }

    fn public(&self) -> PublicKey {
        PublicKey::P256(self.pair.public_key_raw().to_vec())
    }
}

#[test]
fn the_key_of_a_certificate_is_read_and_a_chain_is_one_key() {
    let (root, one, other) = (made("root", None), made("signing", None), made("signing", None));
    let middle = made("middle", Some(&root));
    let leaf = made("leaf", Some(&middle));
    let read = |certificates: &[&Made]| {
        let text: String = certificates.iter().map(|made| format!("subject=x\n{}", made.pem())).collect();
        PublicKey::all_from_pem(text.as_bytes()).unwrap()
    };
    assert_eq!(read(&[&leaf]), [leaf.public()]);
    assert_eq!(read(&[&leaf, &middle, &root]), [leaf.public()]);
    assert_eq!(read(&[&root, &leaf, &middle]), [leaf.public()]);
    // Two keys that follow each other under one name, each certified by itself.
    assert_eq!(read(&[&one, &other]), [one.public(), other.public()]);
    assert_eq!(read(&[&root, &one]), [root.public(), one.public()]);
    let keys = KeyReader::new().parse(format!("{}{}", leaf.pem(), middle.pem()).as_bytes()).unwrap();
    assert_eq!((keys.key_count(), keys.skipped().len(), keys.skipped()[0].index), (1, 1, 1));
    let label = leaf.pem().replace("CERTIFICATE", "X509 CERTIFICATE");
    assert_eq!(PublicKey::all_from_pem(label.as_bytes()), Ok(vec![leaf.public()]));
    let mut cut = leaf.der.clone();
    cut.pop();
    for der in [&cut[..], &[leaf.der.as_slice(), &[0]].concat(), &[0x30, 0], &[0x30, 2, 0x30, 0], b""] {
        assert_eq!(PublicKey::from_certificate(der), Err(Refusal::KeyMalformed), "{der:?}");
    }
}

#[test]
fn a_map_of_names_to_certificates_or_keys_is_a_set() {
    let (one, other) = (made("one", None), made("other", None));
    let map = serde_json::json!({
        "one": one.pem(), "chain": other.pem() + &one.pem(), "key": P384, "rsa": RSA_SPKI, "none": 7, "empty": "",
        "private": empty("PRIVATE KEY"), "small": RSA_1024,
    });
    let keys = KeyReader::new().parse(map.to_string().as_bytes()).unwrap();
    let kid = |name: &str| {
        let found = keys.iter().filter(|(kid, _)| *kid == Some(name.as_bytes()));
        found.map(|(_, algorithm)| algorithm).collect::<Vec<_>>()
    };
    assert_eq!((kid("one"), kid("chain")), (vec![Algorithm::Es256], vec![Algorithm::Es256]));
    assert_eq!((kid("key"), kid("rsa")), (vec![Algorithm::Es384], RSA.to_vec()));
    let mut skipped: Vec<_> = keys.skipped().iter().map(ToString::to_string).collect();
    skipped.sort();
    assert_eq!(keys.key_count(), 4);
    assert_eq!(skipped.len(), 4, "{skipped:?}");
    assert!(
        skipped.iter().any(|key| key.contains("(kid \"none\"): The value is a number; allowed: PEM.")),
        "{skipped:?}"
    );
    assert!(skipped.iter().any(|key| key.contains("(kid \"small\"): n has 1024 bits")), "{skipped:?}");
    // Names that a set or a key would have.
    let named_keys = serde_json::json!({"keys": one.pem()}).to_string();
    assert_eq!(KeyReader::new().parse(named_keys.as_bytes()).unwrap().iter().next().unwrap().0, Some(&b"keys"[..]));
    let twice = format!(r#"{{"a":{0},"a":{0}}}"#, serde_json::json!(one.pem()));
    assert_eq!(KeyReader::new().parse(twice.as_bytes()).unwrap_err().refusal(), Refusal::KeyMalformed);
    let none = serde_json::json!({"a": empty("CERTIFICATE"), "b": "x"}).to_string();
    let error = KeyReader::new().parse(none.as_bytes()).unwrap_err().to_string();
    assert!(
        error.contains("None of 2 keys") && error.contains("key 0 (kid \"a\"): The bytes are not an X.509"),
        "{error}"
    );
}

#[test]
fn a_jwk_without_numbers_is_read_from_its_certificate() {
    let (made, other) = (made("one", None), made("other", None));
    let x5c = |der: &[u8]| serde_json::json!([Base64::encode_string(der), "not looked at"]);
    let read = |jwk: serde_json::Value| {
        let text = jwk.to_string();
        let keys = KeyReader::new().parse(text.as_bytes());
        keys.map(|_| PublicKey::from_jwk(&glowband_core::Jwk::parse(text.as_bytes()).unwrap()).unwrap())
    };
    let chain = x5c(&made.der);
    for jwk in [
        serde_json::json!({"kty": "EC", "x5c": chain}),
        serde_json::json!({"kty": "EC", "crv": "P-256", "x5c": chain, "alg": "ES256", "use": "sig", "x": null}),
        serde_json::json!({"kty": "EC", "x5c": [Base64::encode_string(&made.der).replace("MII", "M\nII")]}),
    ] {
        assert_eq!(read(jwk.clone()), Ok(made.public()), "{jwk}");
    }
    // Numbers count alone.
    let PublicKey::P256(point) = other.public() else { panic!() };
    let encode = |bytes: &[u8]| base64ct::Base64UrlUnpadded::encode_string(bytes);
    let both = serde_json::json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..]), "x5c": chain});
    assert_eq!(read(both), Ok(other.public()));
    for (jwk, words) in [
        (
            serde_json::json!({"kty": "RSA", "x5c": chain}),
            "x5c has a key of the type EC P-256; allowed for this JWK: \"RSA\".",
        ),
        (
            serde_json::json!({"kty": "EC", "crv": "P-384", "x5c": chain}),
            "x5c has a key of the type EC P-256; allowed for this JWK: \"EC P-384\".",
        ),
        (serde_json::json!({"kty": "EC", "x5c": []}), "x5c is empty; allowed: at least one certificate."),
        (
            serde_json::json!({"kty": "EC", "x5c": "x"}),
            "x5c is not a list of strings; allowed: certificates in base64.",
        ),
        (serde_json::json!({"kty": "EC", "x5c": ["*"]}), "x5c does not begin with a certificate in base64."),
        (serde_json::json!({"kty": "EC", "x5c": ["AAAA"]}), "x5c does not begin with an X.509 certificate in DER."),
        (
            serde_json::json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "x5c": chain}),
            "y is missing; allowed: a string of base64url.",
        ),
        (
            serde_json::json!({"kty": "EC", "x5c": chain, "alg": "RS256"}),
            "alg is \"RS256\"; allowed for this key: ES256.",
        ),
    ] {
        assert_eq!(read(jwk.clone()).unwrap_err().to_string(), words, "{jwk}");
    }
}
