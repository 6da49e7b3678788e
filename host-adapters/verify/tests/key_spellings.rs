//! Keys as issuers write them, each with a token that the key's owner signed: the spelling must not change the verdict.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512,
    RsaEncoding,
};
use base64ct::{Base64, Base64Url, Base64UrlUnpadded, Encoding};
use glowband_core::{Refusal, UnixSeconds};
use glowband_verify::{HostVerifier, KeyReader, KeySet, OwnedPolicy, PublicKey};
use serde_json::{Value, json};

const CLAIMS: &str = r#"{"iss":"https://id.example","aud":"api","sub":"alice","exp":4102444800}"#;

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn token(alg: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = json!({"alg": alg, "typ": "JWT", "kid": "k1"}).to_string();
    let input = format!("{}.{}", encode(header.as_bytes()), encode(CLAIMS.as_bytes()));
    let signature = sign(input.as_bytes());
    format!("{input}.{}", encode(&signature))
}

fn verdict(keys: KeySet, token: &str) -> Result<(), Refusal> {
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("https://id.example").audience("api"));
    verifier.verify_at(token.as_bytes(), UnixSeconds(1_700_000_000)).map(drop)
}

/// The token is good by the file, and another one is not.
fn accepted(file: &str, token: &str) {
    let keys = || KeyReader::new().parse(file.as_bytes()).unwrap_or_else(|error| panic!("{error}: {file}"));
    assert_eq!(verdict(keys(), token), Ok(()), "{file}");
    let (input, signature) = token.rsplit_once('.').expect("a signed token");
    let mut signature = Base64UrlUnpadded::decode_vec(signature).expect("base64url");
    signature[10] ^= 1;
    assert_eq!(verdict(keys(), &format!("{input}.{}", encode(&signature))), Err(Refusal::BadSignature), "{file}");
}

fn as_set(jwk: &Value) -> String {
    json!({"keys": [{"kty": "unknown", "kid": "k1"}, jwk]}).to_string()
}

fn rsa_signed(pair: &RsaPair, alg: &str, padding: &'static dyn RsaEncoding) -> String {
    token(alg, |input| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), input, &mut signature).expect("a signature");
        signature
    })
}

#[test]
fn rsa_keys() {
    let pair = RsaPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let Ok(PublicKey::Rsa { modulus: n, exponent: e }) = PublicKey::from_pkcs1(public.as_ref()) else { panic!() };
    let rs256 = rsa_signed(&pair, "RS256", &RSA_PKCS1_SHA256);
    let jwk = |n: String, e: String| json!({"kty": "RSA", "kid": "k1", "n": n, "e": e});
    let zeros = |count: usize, number: &[u8]| [&vec![0; count], number].concat();
    for (n, e) in [
        (encode(&n), encode(&e)),
        (encode(&zeros(1, &n)), encode(&e)),
        (encode(&n), encode(&zeros(1, &e))),
        (encode(&zeros(3, &n)), encode(&zeros(5, &e))),
        (encode(&n), encode(&zeros(29, &e))),
        (Base64Url::encode_string(&n), Base64Url::encode_string(&e)),
        (Base64Url::encode_string(&zeros(1, &n)), Base64Url::encode_string(&zeros(1, &e))),
    ] {
        accepted(&as_set(&jwk(n.clone(), e.clone())), &rs256);
        accepted(&jwk(n, e).to_string(), &rs256);
    }
    let mut full = jwk(encode(&n), encode(&e));
    let absent = [
        "alg", "use", "key_ops", "crv", "x", "y", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "x5c", "x5t",
        "x5t#S256", "x5u", "exp", "nbf", "iat", "ext",
    ];
    for name in absent {
        full[name] = Value::Null;
    }
    accepted(&as_set(&full), &rs256);
    full["kid"] = Value::Null;
    accepted(&as_set(&full), &rs256);
    for (name, value) in [
        ("key_ops", json!([])),
        ("key_ops", json!(["verify"])),
        ("use", json!("sig")),
        ("use", json!("jwt-svid")),
        ("alg", json!("RS256")),
        ("x5c", json!([])),
    ] {
        let mut jwk = jwk(encode(&n), encode(&e));
        jwk[name] = value;
        accepted(&as_set(&jwk), &rs256);
        accepted(&format!("\u{feff}{jwk}\n"), &rs256);
    }
    for (name, value) in [("use", "x509-svid"), ("use", "enc"), ("alg", "RS512"), ("alg", "PS256")] {
        let mut jwk = jwk(encode(&n), encode(&e));
        jwk[name] = value.into();
        let refused = KeyReader::new().parse(jwk.to_string().as_bytes()).map_err(|error| error.refusal());
        let refused = refused.and_then(|keys| verdict(keys, &rs256));
        let expected = if name == "use" { Refusal::JwkMayNotVerify } else { Refusal::AlgorithmMismatch };
        assert_eq!(refused, Err(expected), "{jwk}");
    }

    // RFC 5280 section 4.1.2.7 around PKCS#1.
    const PREFIX: [u8; 24] =
        [0x30, 0x82, 1, 0x22, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 3, 0x82, 1, 0x0f, 0];
    let body = Base64::encode_string(&[&PREFIX, public.as_ref()].concat());
    let pem = |body: &str| format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    let lines = |width: usize| {
        let lines: Vec<_> = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join("\n")
    };
    for text in [pem(&body), pem(&lines(76)), pem(&lines(64)), pem(&lines(61)), pem(&lines(64).replace('\n', " \n"))] {
        accepted(&text, &rs256);
        accepted(&json!({"k1": text}).to_string(), &rs256);
    }

    // One key, six algorithms, each of them by its own name alone.
    let paddings: [(&str, &'static dyn RsaEncoding); 6] = [
        ("RS256", &RSA_PKCS1_SHA256),
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    for (alg, padding) in paddings {
        accepted(&as_set(&jwk(encode(&n), encode(&e))), &rsa_signed(&pair, alg, padding));
        for (other, _) in paddings.iter().filter(|(other, _)| *other != alg) {
            let keys = KeyReader::new().pem(pem(&body).as_bytes()).unwrap();
            assert_eq!(
                verdict(keys, &rsa_signed(&pair, other, padding)),
                Err(Refusal::BadSignature),
                "{alg} as {other}"
            );
        }
    }
}

/// A pair whose x begins with a zero octet, so that issuers write it in several ways.
fn pair_with_a_short_x(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    loop {
        let pair = EcdsaKeyPair::generate(algorithm).expect("a key pair");
        if pair.public_key().as_ref()[1] == 0 {
            return pair;
        }
    }
}

#[test]
fn ec_keys() {
    for (algorithm, alg, curve, field) in [
        (&ECDSA_P256_SHA256_FIXED_SIGNING, "ES256", "P-256", 32),
        (&ECDSA_P521_SHA512_FIXED_SIGNING, "ES512", "P-521", 66),
    ] {
        let pair = pair_with_a_short_x(algorithm);
        let (x, y) = pair.public_key().as_ref()[1..].split_at(field);
        let token = token(alg, |input| pair.sign(&SystemRandom::new(), input).unwrap().as_ref().to_vec());
        let zero = |number: &[u8]| [&[0], number].concat();
        for (x, y) in [
            (x.to_vec(), y.to_vec()),
            (x[1..].to_vec(), y.to_vec()),
            (zero(x), zero(y)),
            (x.iter().copied().skip_while(|octet| *octet == 0).collect(), y.to_vec()),
        ] {
            for encode in [encode, |bytes: &[u8]| Base64Url::encode_string(bytes)] {
                let jwk = json!({"kty": "EC", "crv": curve, "kid": "k1", "x": encode(&x), "y": encode(&y)});
                accepted(&as_set(&jwk), &token);
            }
        }
        let other = json!({"kty": "EC", "crv": curve, "x": encode(&x[2..]), "y": encode(&[&[1], y].concat())});
        assert!(KeyReader::new().parse(other.to_string().as_bytes()).is_err());
    }
}

#[test]
fn secrets_without_alg() {
    let secret: Vec<u8> = (0..64).collect();
    for (alg, hash, least) in
        [("HS256", hmac::HMAC_SHA256, 32), ("HS384", hmac::HMAC_SHA384, 48), ("HS512", hmac::HMAC_SHA512, 64)]
    {
        let signed =
            |secret: &[u8]| token(alg, |input| hmac::sign(&hmac::Key::new(hash, secret), input).as_ref().to_vec());
        let jwk = |secret: &[u8]| json!({"kty": "oct", "kid": "k1", "k": encode(secret)});
        accepted(&as_set(&jwk(&secret)), &signed(&secret));
        accepted(&as_set(&jwk(&secret[..least])), &signed(&secret[..least]));
        assert_eq!(verdict(KeyReader::new().secret(&secret).unwrap(), &signed(&secret)), Ok(()));
        if least > 32 {
            let keys = KeyReader::new().parse(as_set(&jwk(&secret[..least - 1])).as_bytes()).unwrap();
            assert_eq!(verdict(keys, &signed(&secret[..least - 1])), Err(Refusal::AlgorithmMismatch));
        }
    }
}

/// The certificate's public key is that of the pair which signs.
#[test]
fn certificates() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let pkcs8 = pair.to_pkcs8v1().unwrap();
    let own = rcgen::KeyPair::try_from(pkcs8.as_ref()).unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["id.example".to_owned()]).unwrap().self_signed(&own).unwrap();
    let token = token("ES256", |input| pair.sign(&SystemRandom::new(), input).unwrap().as_ref().to_vec());
    let (pem, der) = (certificate.pem(), Base64::encode_string(certificate.der()));
    accepted(&pem, &token);
    accepted(&json!({"k1": pem, "k2": "no certificate"}).to_string(), &token);
    accepted(&as_set(&json!({"kty": "EC", "kid": "k1", "x5c": [der]})), &token);
    accepted(
        &as_set(&json!({"kty": "EC", "kid": "k1", "crv": "P-256", "x5c": [der], "use": "sig", "alg": "ES256"})),
        &token,
    );
}
