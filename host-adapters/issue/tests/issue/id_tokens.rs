//! ID tokens, which only the client accepts.

use crate::samples::{ISSUER, NOW, Pair, grant};
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Refusal;
use glowband_issue::{ACCESS_TOKEN_TYPE, Algorithm, Grant, ID_TOKEN_TYPE, IdToken, IssueError, UnixSeconds};
use glowband_verify::{HostVerifier, OwnedPolicy};
use serde_json::{Value, json};

#[tokio::test]
async fn the_client_accepts_id_tokens_of_every_algorithm() {
    for (algorithm, hash) in [
        (Algorithm::Hs256, &SHA256),
        (Algorithm::Es256, &SHA256),
        (Algorithm::Es384, &SHA384),
        (Algorithm::Rs256, &SHA256),
        (Algorithm::Ps256, &SHA256),
        (Algorithm::EdDsa, &SHA512),
    ] {
        let pair = Pair::new(algorithm);
        let token = IdToken::new(grant())
            .nonce("n-0S6_WzA2Mj")
            .authenticated_at(UnixSeconds(1_699_999_000))
            .access_token("an access token")
            .session("a-session")
            .email("alice@example.com", true)
            .claim("name", &"Alice")
            .sign(&pair.key)
            .await
            .unwrap();
        let policy = OwnedPolicy::issuer(ISSUER).audience("web").token_type(ID_TOKEN_TYPE);
        let hash = digest(hash, b"an access token");
        let half = Base64UrlUnpadded::encode_string(&hash.as_ref()[..hash.as_ref().len() / 2]);
        let claims: Value = pair.verified(policy, token.as_str()).claims().unwrap();
        let expected = json!({
            "iss": ISSUER, "sub": "alice", "aud": "web", "iat": 1_700_000_000, "exp": 1_700_000_600,
            "auth_time": 1_699_999_000, "nonce": "n-0S6_WzA2Mj", "at_hash": half, "sid": "a-session",
            "email": "alice@example.com", "email_verified": true, "name": "Alice",
        });
        assert_eq!(claims, expected);
    }
}

#[tokio::test]
async fn an_api_refuses_an_id_token_for_its_type_and_its_audience() {
    let pair = Pair::new(Algorithm::Es256);
    let token = IdToken::new(grant()).sign(&pair.key).await.unwrap();
    let refusal = |policy| HostVerifier::new(pair.keys(), policy).verify_at(token.as_str().as_bytes(), NOW).err();
    let api = OwnedPolicy::issuer(ISSUER).audience("orders-api");
    assert_eq!(refusal(api.clone()), Some(Refusal::AudienceMismatch));
    assert_eq!(refusal(api.clone().token_type(ACCESS_TOKEN_TYPE)), Some(Refusal::TokenTypeMismatch));
    // An API whose audience is the client's name refuses the type.
    assert_eq!(
        refusal(OwnedPolicy::issuer(ISSUER).audience("web").token_type(ACCESS_TOKEN_TYPE)),
        Some(Refusal::TokenTypeMismatch)
    );
}

#[tokio::test]
async fn optional_claims_are_absent_by_default() {
    let pair = Pair::new(Algorithm::Es256);
    let token = IdToken::new(grant()).sign(&pair.key).await.unwrap();
    let claims: Value = pair.verified(OwnedPolicy::issuer(ISSUER).audience("web"), token.as_str()).claims().unwrap();
    // The required claims of OpenID Connect Core §2.
    assert_eq!(claims.as_object().unwrap().keys().collect::<Vec<_>>(), ["aud", "exp", "iat", "iss", "sub"]);
}

#[tokio::test]
async fn invalid_claims_are_refused_by_name() {
    let pair = Pair::new(Algorithm::Hs256);
    let (long, longest) = ("a".repeat(256), "a".repeat(255));
    let about = |subject| IdToken::new(Grant { subject, ..grant() });
    for (token, error) in [
        (about(&long), Some(IssueError::Subject)),
        (about("ä"), Some(IssueError::Subject)),
        (about(""), Some(IssueError::Empty("sub"))),
        (about(&longest), None),
        (IdToken::new(grant()).nonce(""), Some(IssueError::Empty("nonce"))),
        (IdToken::new(grant()).email("", false), Some(IssueError::Empty("email"))),
        (IdToken::new(grant()).claim("aud", &"api"), Some(IssueError::ClaimTaken("aud".to_owned()))),
    ] {
        assert_eq!(token.sign(&pair.key).await.err(), error, "{token:?}");
    }
}
