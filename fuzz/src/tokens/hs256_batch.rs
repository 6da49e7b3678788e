//! HS256 in batches, where four hashes are interleaved by vector instructions: against one token after the other, and
//! against AWS-LC.

use crate::input::Input;
use glowband_core::UnixSeconds;
use glowband_tests::signing::{encode, hmac_sha256};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
use std::sync::LazyLock;

/// Secrets below, at and above the length of a block.
const SECRETS: [&[u8]; 4] = [&[1; 32], &[2; 63], &[3; 64], &[4; 65]];

static VERIFIER: LazyLock<HostVerifier> = LazyLock::new(|| {
    let keys: Vec<String> = SECRETS
        .iter()
        .enumerate()
        .map(|(kid, secret)| format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"}}"#, encode(secret)))
        .collect();
    let set = KeyReader::new().jwks(format!("{{\"keys\":[{}]}}", keys.join(",")).as_bytes()).expect("four keys");
    HostVerifier::new(set, OwnedPolicy::issuer("i").audience("a"))
});

/// A token from each four bytes: its key, how long it is, which bit of its tag is wrong, if one is.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (mut tokens, mut genuine) = (Vec::new(), Vec::new());
    while !input.is_empty() && tokens.len() < 24 {
        let kid = input.below(SECRETS.len());
        let padding = "x".repeat(usize::from(input.byte()));
        let header = encode(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
        let payload = encode(format!(r#"{{"iss":"i","aud":"a","exp":4000000000,"x":"{padding}"}}"#));
        let signed = format!("{header}.{payload}");
        let mut tag = hmac_sha256(SECRETS[kid], signed.as_bytes());
        let wrong = usize::from(input.byte());
        if wrong > 0 {
            tag[wrong / 8] ^= 1 << (wrong % 8);
        }
        tokens.push(format!("{signed}.{}", encode(tag)));
        genuine.push(wrong == 0);
    }
    let now = UnixSeconds(1);
    let batch: Vec<_> = VERIFIER
        .verify_batch_at(&tokens, now)
        .iter()
        .map(|one| one.as_ref().map(drop).map_err(|refusal| *refusal))
        .collect();
    let alone: Vec<_> = tokens.iter().map(|token| VERIFIER.verify_at(token.as_bytes(), now).map(drop)).collect();
    assert_eq!(batch, alone);
    assert_eq!(batch.iter().map(Result::is_ok).collect::<Vec<_>>(), genuine);
}
