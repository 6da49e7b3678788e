//! Other libraries sign and we verify, and the other way round; and what is wrong is wrong to all of us.

pub(crate) mod foreign;

use crate::cli::program;
use foreign::Foreign;
use glowband_core::{Algorithm, Jwk, Policy, Refusal, UnixSeconds, Verifier};
use glowband_issue::{SigningKey, SigningKeyReader};
use glowband_tests::signing::{Es256Pair, encode, hs256};
use glowband_verify::{KeyReader, KeySet};
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::SystemTime;

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "door-42";

/// A key in all the forms that are needed: theirs to sign, theirs to verify, and ours.
struct KeyPair {
    algorithm: &'static str,
    private: Value,
    public: Value,
    ours: Ours,
}

enum Ours {
    /// Verified by the core; signed here.
    Secret(Vec<u8>),
    Pair(Box<Es256Pair>),
    /// Verified and signed by the host's crates.
    Host(Box<SigningKey>, Box<KeySet>),
}

impl KeyPair {
    fn hs256(byte: u8) -> Self {
        let jwk = json!({"kty": "oct", "k": encode([byte; 32])});
        Self { algorithm: "HS256", private: jwk.clone(), public: jwk, ours: Ours::Secret(vec![byte; 32]) }
    }

    fn es256(name: &str) -> Self {
        let text = std::fs::read_to_string(glowband_tests::vectors_folder().join("keys.json")).expect("keys.json");
        let private = serde_json::from_str::<Value>(&text).expect("json")[name].clone();
        let bytes = |member: &str| {
            use base64ct::Encoding;
            base64ct::Base64UrlUnpadded::decode_vec(private[member].as_str().expect("text")).expect("base64url")
        };
        let pair = Es256Pair::new(&bytes("d"), &bytes("x"), &bytes("y")).expect("a key pair");
        Self { algorithm: "ES256", public: pair.jwk(), private, ours: Ours::Pair(Box::new(pair)) }
    }

    /// A new key for an algorithm of the host. RSA keys take long to make, so those of RS256 serve for all six.
    fn host(algorithm: Algorithm, second: bool) -> Self {
        static RSA: OnceLock<[String; 2]> = OnceLock::new();
        let generate = |algorithm| {
            let key = SigningKey::generate(algorithm, None).expect("randomness");
            key.private_jwk().to_owned()
        };
        let rsa = RSA_ALGORITHMS.contains(&algorithm);
        let private = match rsa {
            true => RSA.get_or_init(|| [generate(Algorithm::Rs256), generate(Algorithm::Rs256)])[usize::from(second)]
                .clone(),
            false => generate(algorithm),
        };
        let mut private: Value = serde_json::from_str(&private).expect("json");
        // Neither side goes by names here.
        private.as_object_mut().expect("an object").remove("kid");
        private["alg"] = algorithm.name().into();
        let mut public = private.clone();
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            public.as_object_mut().expect("an object").remove(name);
        }
        let signer = SigningKeyReader::new().parse(private.to_string().as_bytes()).expect("a private key");
        let keys = KeyReader::new().parse(public.to_string().as_bytes()).expect("a key");
        Self { algorithm: algorithm.name(), private, public, ours: Ours::Host(Box::new(signer), Box::new(keys)) }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm, "typ": "JWT"}).to_string();
        match &self.ours {
            Ours::Secret(secret) => hs256(secret, header, claims.to_string()),
            Ours::Pair(pair) => pair.es256(header, claims.to_string()).expect("randomness"),
            Ours::Host(signer, _) => {
                signer.sign_compact(Some("JWT"), None, claims.to_string().as_bytes()).expect("randomness")
            }
        }
    }

    /// Our verdict, and the claims if it is a good one.
    fn verify(&self, token: &str) -> Result<Value, Refusal> {
        let policy = Policy::issuer(ISSUER).audience(AUDIENCE);
        let mut token = token.as_bytes().to_vec();
        if let Ours::Host(_, keys) = &self.ours {
            let verified = Verifier::new(&**keys, &policy).verify_in_place(&mut token, UnixSeconds(now()))?;
            return Ok(serde_json::from_slice(verified.payload()).expect("json"));
        }
        let jwk = self.public.to_string();
        let key = Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).expect("a key");
        let verified = Verifier::new(&key, &policy).verify_in_place(&mut token, UnixSeconds(now()))?;
        Ok(serde_json::from_slice(verified.payload()).expect("json"))
    }

    fn signed_by(&self, foreign: &mut Foreign, claims: &Value) -> String {
        let request = json!({"op": "sign", "alg": self.algorithm, "jwk": self.private, "header": {"kid": "k-1"}, "claims": claims});
        let answer = foreign.ask(&request);
        answer["token"].as_str().unwrap_or_else(|| panic!("{}: {answer}", foreign.name)).to_owned()
    }

    fn verified_by(&self, foreign: &mut Foreign, token: &str) -> Value {
        let request = json!({
            "op": "verify", "alg": self.algorithm, "jwk": self.public, "iss": ISSUER, "aud": AUDIENCE, "token": token,
        });
        foreign.ask(&request)
    }
}

/// The others take no time from the caller, so it is now.
fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs()
}

fn good() -> Value {
    json!({
        "iss": ISSUER, "aud": [AUDIENCE, "lift-1"], "sub": "Zoë \"the door\" \u{1f6aa}\n", "exp": now() + 600,
        "iat": now() - 1, "nbf": now() - 1, "jti": "1", "roles": ["a", {"b": null}],
    })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = good();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().expect("an object").remove(name);
    claims
}

/// What all of us refuse: the claims, our refusal, and the reason that the others give.
fn refused() -> [(Value, Refusal, &'static str); 9] {
    [
        (with("exp", now() - 60), Refusal::Expired, "expired"),
        (with("nbf", now() + 600), Refusal::NotYetValid, "not_yet_valid"),
        (with("aud", "door-43"), Refusal::AudienceMismatch, "audience"),
        (with("aud", json!(["door-4", "door-421"])), Refusal::AudienceMismatch, "audience"),
        (with("iss", "https://id.example/"), Refusal::IssuerMismatch, "issuer"),
        (with("iss", "https://id.exampl"), Refusal::IssuerMismatch, "issuer"),
        (without("exp"), Refusal::ExpiryMissing, "missing"),
        (without("iss"), Refusal::IssuerMissing, "missing"),
        (without("aud"), Refusal::AudienceMissing, "missing"),
    ]
}

const RSA_ALGORITHMS: [Algorithm; 6] =
    [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];

/// A key and another one for each algorithm: those of the core, and then the host's.
fn every_algorithm() -> Vec<(KeyPair, KeyPair)> {
    let core = [(KeyPair::hs256(7), KeyPair::hs256(8)), (KeyPair::es256("es256"), KeyPair::es256("es256_other"))];
    let hosts = Algorithm::ALL.iter().filter(|algorithm| !matches!(algorithm, Algorithm::Hs256 | Algorithm::Es256));
    core.into_iter()
        .chain(hosts.map(|algorithm| (KeyPair::host(*algorithm, false), KeyPair::host(*algorithm, true))))
        .collect()
}

#[test]
fn what_they_sign_we_verify() {
    for foreign in &mut Foreign::all() {
        for (key, other) in every_algorithm() {
            let claims = good();
            let token = key.signed_by(foreign, &claims);
            assert_eq!(key.verify(&token), Ok(claims), "{} {}", foreign.name, key.algorithm);
            assert_eq!(other.verify(&token), Err(Refusal::BadSignature), "{} {}", foreign.name, key.algorithm);
            for (claims, refusal, _) in refused() {
                let token = key.signed_by(foreign, &claims);
                assert_eq!(key.verify(&token), Err(refusal), "{} {} {claims}", foreign.name, key.algorithm);
            }
        }
    }
}

#[test]
fn what_we_sign_they_verify() {
    for foreign in &mut Foreign::all() {
        for (key, other) in every_algorithm() {
            let claims = good();
            let token = key.sign(&claims);
            assert_eq!(key.verify(&token).as_ref(), Ok(&claims));
            assert_eq!(key.verified_by(foreign, &token)["claims"], claims, "{} {}", foreign.name, key.algorithm);
            assert_eq!(
                other.verified_by(foreign, &token)["refused"],
                "signature",
                "{} {}",
                foreign.name,
                key.algorithm
            );
        }
    }
}

/// `glowband sign` with the same keys, as files.
#[test]
fn what_the_command_signs_they_verify() {
    for foreign in &mut Foreign::all() {
        for (key, _) in every_algorithm() {
            let name = format!("{}-{}.jwk", foreign.name, key.algorithm);
            let path = program::file(&name, &key.private.to_string());
            let (claims, path) = (good(), path.to_str().expect("text"));
            let run = program::glowband(&["sign", "--key", path, "--kid", "k-1", "--claims", "-"], &claims.to_string());
            let _ = std::fs::remove_file(path);
            assert_eq!(run.code, 0, "{}", run.err);
            let token = run.out.trim_end();
            assert_eq!(key.verify(token).as_ref(), Ok(&claims), "{}", key.algorithm);
            assert_eq!(key.verified_by(foreign, token)["claims"], claims, "{} {}", foreign.name, key.algorithm);
        }
    }
}

#[test]
fn what_we_refuse_they_refuse_for_the_same_reason() {
    for foreign in &mut Foreign::all() {
        for (key, _) in every_algorithm() {
            for (claims, refusal, reason) in refused() {
                let token = key.sign(&claims);
                assert_eq!(key.verify(&token), Err(refusal), "{claims}");
                let answer = key.verified_by(foreign, &token);
                assert_eq!(answer["refused"], reason, "{} {} {claims}: {answer}", foreign.name, key.algorithm);
            }
            for (token, refusal, reasons) in forged(&key) {
                assert_eq!(key.verify(&token), Err(refusal), "{token}");
                let answer = key.verified_by(foreign, &token);
                let given = answer["refused"].as_str().unwrap_or_else(|| panic!("{}: {answer}: {token}", foreign.name));
                assert!(reasons.contains(&given), "{} {refusal:?}: {answer}", foreign.name);
            }
        }
    }
}

/// Tokens that were changed after they were signed. Libraries say of some that they are malformed.
fn forged(key: &KeyPair) -> Vec<(String, Refusal, &'static [&'static str])> {
    let token = key.sign(&good());
    let (input, signature) = token.rsplit_once('.').expect("three segments");
    let (header, payload) = input.split_once('.').expect("two segments");
    let other_header = encode(json!({"alg": key.algorithm, "typ": "JWT", "kid": "x"}).to_string());
    let other_payload = encode(with("sub", "mallory").to_string());
    let none = encode(r#"{"alg":"none"}"#);
    let wrong = encode(vec![7; base64_length(signature)]);
    vec![
        (format!("{header}.{other_payload}.{signature}"), Refusal::BadSignature, &["signature"]),
        (format!("{other_header}.{payload}.{signature}"), Refusal::BadSignature, &["signature"]),
        (format!("{input}.{wrong}"), Refusal::BadSignature, &["signature"]),
        (format!("{input}."), Refusal::SignatureMissing, &["signature", "other"]),
        (format!("{none}.{payload}."), Refusal::AlgorithmNone, &["algorithm"]),
        (format!("{none}.{payload}.{signature}"), Refusal::AlgorithmNone, &["algorithm"]),
        (input.to_owned(), Refusal::SegmentCount, &["other"]),
    ]
}

fn base64_length(text: &str) -> usize {
    text.len() * 3 / 4
}
