use super::*;
use crate::{EcdsaKey, HostVerifier, KeyReader, Preparation};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Verifier;
use std::collections::BTreeMap;

const SECRET: &[u8] = b"an example secret of 32+ bytes..";

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

struct Issuer {
    pairs: Vec<EcdsaKeyPair>,
}

impl Issuer {
    fn new() -> Self {
        Self { pairs: (0..3).map(|_| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()).collect() }
    }

    /// Three keys for ES256, the last two with the same name; one for HS256; and one that aws-lc alone knows.
    fn keys(&self, preparation: Preparation) -> KeySet {
        let mut jwks = vec![format!(r#"{{"kty":"oct","kid":"secret","k":"{}"}}"#, encode(SECRET))];
        for (pair, kid) in self.pairs.iter().zip(["one", "two", "two"]) {
            let point = pair.public_key().as_ref();
            let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
            jwks.push(format!(r#"{{"kty":"EC","crv":"P-256","kid":"{kid}","x":"{x}","y":"{y}"}}"#));
        }
        let set = format!(r#"{{"keys":[{}]}}"#, jwks.join(","));
        let mut keys = KeyReader::new().prepare(preparation).jwks(set.as_bytes()).unwrap();
        keys.add(Some(b"plain"), EcdsaKey::es256(self.pairs[0].public_key().as_ref()).unwrap());
        keys
    }

    fn token(&self, signer: Option<usize>, kid: &str, claims: &str) -> String {
        let algorithm = if signer.is_some() { "ES256" } else { "HS256" };
        let header = format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#);
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = match signer {
            Some(at) => self.pairs[at].sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec(),
            None => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", encode(&signature))
    }

    /// Of every kind: good, forged, cut, expired, unknown, unreadable; lengths differ.
    fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        for round in 0..160_usize {
            let expiry = if round % 7 == 0 { 1_000 } else { 2_000_000_000 };
            let padding = "x".repeat(round * 37 % 400);
            let claims = format!(r#"{{"iss":"i","aud":"a","exp":{expiry},"sub":"{round}","more":"{padding}"}}"#);
            let (signer, kid) = match round % 6 {
                0 => (None, "secret"),
                1 => (Some(1), "two"),
                2 => (Some(2), "two"),
                3 => (Some(0), "plain"),
                _ => (Some(0), "one"),
            };
            let mut token = self.token(signer, kid, &claims);
            match round % 11 {
                0 => token = token.replace("AA", "AB") + "A",
                1 => token.truncate(token.len() - 4),
                2 => token = self.token(signer, "unknown", &claims),
                3 => token = self.token(signer.map(|at| (at + 1) % 3), kid, &claims),
                4 => token = token.rsplit_once('.').unwrap().0.to_owned() + "." + &encode(&[1; 64]),
                5 => token = self.token(signer, kid, "not json"),
                6 => token = token.replacen('.', "", 1),
                _ => {}
            }
            tokens.push(token);
        }
        tokens.extend([String::new(), ".".repeat(9), "a".repeat(100_000)]);
        tokens
    }
}

type Answer = Result<(Option<String>, Vec<u8>), Refusal>;

fn answer(verdict: Result<VerifiedToken, Refusal>) -> Answer {
    verdict.map(|token| (token.subject().map(str::to_owned), token.payload().to_vec()))
}

#[test]
fn a_batch_gives_the_verdicts_that_each_token_gets_alone() {
    let issuer = Issuer::new();
    let tokens = issuer.tokens();
    let mut first: Option<Vec<Answer>> = None;
    for preparation in [Preparation::never(), Preparation::at_load().portable(), Preparation::at_load()] {
        let keys = issuer.keys(preparation);
        if preparation != Preparation::never() {
            keys.prepare();
        }
        let policy = || OwnedPolicy::issuer("i").audience("a");
        let verifier = HostVerifier::new(keys, policy());
        let now = UnixSeconds(1_700_000_000);
        let alone: Vec<_> = tokens.iter().map(|token| answer(verifier.verify_at(token.as_bytes(), now))).collect();
        for size in [1, 2, 7, 8, 9, 64, 65, 1000] {
            let batches = tokens.chunks(size).flat_map(|some| verifier.verify_batch_at(some, now));
            assert_eq!(batches.map(answer).collect::<Vec<_>>(), alone, "batches of {size}");
        }
        let cached = HostVerifier::new(verifier.keys().clone(), policy()).cache(1 << 20);
        for _ in 0..2 {
            let batch = cached.verify_batch_at(&tokens, now).into_iter().map(answer).collect::<Vec<_>>();
            assert_eq!(batch, alone);
        }
        assert_eq!(first.get_or_insert(alone.clone()), &alone, "the arithmetic changes no verdict");
    }
    let mut kinds = BTreeMap::new();
    for verdict in first.unwrap() {
        *kinds.entry(verdict.map_or_else(|refusal| format!("{refusal:?}"), |_| "good".into())).or_insert(0) += 1;
    }
    assert!(kinds.len() > 8 && kinds["good"] > 30, "{kinds:?}");
}

#[test]
fn every_short_text_is_refused_as_the_core_refuses_it() {
    let issuer = Issuer::new();
    let keys = issuer.keys(Preparation::never());
    let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..7 {
        let to = texts.len();
        for at in from..to {
            texts.extend(b".aA=".map(|byte| [texts[at].as_slice(), &[byte]].concat()));
        }
        from = to;
    }
    let policy = OwnedPolicy::danger_any_issuer_any_audience();
    let core: Vec<_> = texts
        .iter()
        .map(|text| policy.with(|policy| Verifier::new(&keys, policy).verify(text, None, &mut [0; 16]).map(drop)))
        .collect();
    let host = HostVerifier::new(issuer.keys(Preparation::never()), policy);
    let together = host.verify_batch_at(&texts, None);
    for ((text, core), together) in texts.iter().zip(core).zip(together) {
        let shown = String::from_utf8_lossy(text);
        assert_eq!(host.verify_at(text, None).map(drop), core, "{shown}");
        assert_eq!(together.map(drop), core, "{shown}");
    }
}
