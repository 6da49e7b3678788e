//! Access tokens under the policy of an API (RFC 9068 §4).

use crate::samples::{ISSUER, NOW, Pair, grant};
use glowband_core::Refusal;
use glowband_issue::{ACCESS_TOKEN_TYPE, AccessToken, Algorithm, Grant, IssueError, UnixSeconds};
use glowband_verify::{HostVerifier, OwnedPolicy};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// The strictest possible policy.
fn api() -> OwnedPolicy {
    OwnedPolicy::issuer(ISSUER).audience("orders-api").token_type(ACCESS_TOKEN_TYPE).require_token_id().maximum_age(600)
}

#[tokio::test]
async fn an_api_accepts_access_tokens_of_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let pair = Pair::new(*algorithm);
        let token = AccessToken::new(grant(), "orders-api")
            .session("a-session")
            .scope("orders:read orders:write")
            .authenticated_at(UnixSeconds(1_699_999_000))
            .claim("roles", &["admin"])
            .sign(&pair.key)
            .await
            .unwrap();
        let verified = pair.verified(api(), token.as_str());
        let claims: Value = verified.claims().unwrap();
        let expected = json!({
            "iss": ISSUER, "sub": "alice", "aud": "orders-api", "client_id": "web", "iat": 1_700_000_000,
            "exp": 1_700_000_600, "jti": token.token_id(), "sid": "a-session", "scope": "orders:read orders:write",
            "auth_time": 1_699_999_000, "roles": ["admin"],
        });
        assert_eq!(claims, expected);
        let header: Value = serde_json::from_slice(verified.header()).unwrap();
        let kid = pair.keys().iter().next().unwrap().0.map(|kid| String::from_utf8_lossy(kid).into_owned());
        assert_eq!(header, json!({"alg": algorithm.name(), "typ": "at+jwt", "kid": kid}));
        assert!(verified.scopes().contains("orders:write"));
    }
}

#[tokio::test]
async fn optional_claims_are_absent_by_default() {
    let pair = Pair::new(Algorithm::Es256);
    let token = AccessToken::new(grant(), "orders-api").scope("").sign(&pair.key).await.unwrap();
    let claims: Value = pair.verified(api(), token.as_str()).claims().unwrap();
    let names: BTreeSet<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    // The required claims of RFC 9068 §2.2.
    assert_eq!(names, BTreeSet::from(["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]));
}

#[tokio::test]
async fn several_audiences_are_an_array() {
    let pair = Pair::new(Algorithm::Es256);
    let token = AccessToken::new(grant(), "a").also_for("orders-api").sign(&pair.key).await.unwrap();
    assert_eq!(pair.verified(api(), token.as_str()).audience(), ["a", "orders-api"]);
}

#[tokio::test]
async fn a_token_expires() {
    let pair = Pair::new(Algorithm::Es256);
    let token = AccessToken::new(grant(), "orders-api").sign(&pair.key).await.unwrap();
    let verifier = HostVerifier::new(pair.keys(), OwnedPolicy::issuer(ISSUER).audience("orders-api").leeway(0));
    let at = |moment| verifier.verify_at(token.as_str().as_bytes(), UnixSeconds(moment)).map(drop);
    assert_eq!(at(token.expires_at().0 - 1), Ok(()));
    assert_eq!(at(token.expires_at().0), Err(Refusal::Expired));
}

#[tokio::test]
async fn token_ids_are_128_random_bits() {
    let pair = Pair::new(Algorithm::Hs256);
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let token = AccessToken::new(grant(), "a").sign(&pair.key).await.unwrap();
        let id = token.token_id().unwrap().to_owned();
        assert_eq!(id.len(), 22);
        assert!(seen.insert(id));
    }
    let own = AccessToken::new(grant(), "a").token_id("mine").sign(&pair.key).await.unwrap();
    assert_eq!(own.token_id(), Some("mine"));
}

#[tokio::test]
async fn invalid_claims_are_refused_by_name() {
    let pair = Pair::new(Algorithm::Hs256);
    let good = grant();
    let year = Duration::from_secs(365 * 86_400);
    let token = |grant| AccessToken::new(grant, "a");
    for (token, error) in [
        (token(Grant { issuer: "", ..good }), IssueError::Empty("iss")),
        (token(Grant { subject: "", ..good }), IssueError::Empty("sub")),
        (token(Grant { client_id: "", ..good }), IssueError::Empty("client_id")),
        (AccessToken::new(good, ""), IssueError::Empty("aud")),
        (token(good).also_for(""), IssueError::Empty("aud")),
        (token(good).session(""), IssueError::Empty("sid")),
        (token(good).token_id(""), IssueError::Empty("jti")),
        (token(Grant { lifetime: Duration::from_millis(999), ..good }), IssueError::Lifetime),
        (token(Grant { lifetime: Duration::MAX, ..good }), IssueError::Lifetime),
        (token(Grant { issued_at: UnixSeconds(u64::MAX), ..good }), IssueError::Lifetime),
        (token(Grant { issued_at: UnixSeconds(1 << 53), lifetime: year, ..good }), IssueError::Lifetime),
        (token(good).scope(" a"), IssueError::Scope),
        (token(good).scope("a  b"), IssueError::Scope),
        (token(good).scope("a\tb"), IssueError::Scope),
        (token(good).scope("a\"b"), IssueError::Scope),
        (token(good).scope("ä"), IssueError::Scope),
        (token(good).claim("sub", &"mallory"), IssueError::ClaimTaken("sub".to_owned())),
        (token(good).claim("exp", &u64::MAX), IssueError::ClaimTaken("exp".to_owned())),
        (token(good).claim("x", &1).claim("x", &2), IssueError::ClaimTaken("x".to_owned())),
        (token(good).claim("x", &Unwritable), IssueError::ClaimUnfit("x".to_owned())),
    ] {
        assert_eq!(token.sign(&pair.key).await.map(drop), Err(error), "{token:?}");
    }
}

#[tokio::test]
async fn debug_never_shows_the_token() {
    let pair = Pair::new(Algorithm::Hs256);
    let token = AccessToken::new(grant(), "a").sign(&pair.key).await.unwrap();
    let signature = token.as_str().rsplit('.').next().unwrap();
    assert!(!format!("{token:?}").contains(signature));
}

struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("never"))
    }
}

proptest! {
    /// Every string in a claim is read back unchanged, and does not change other claims.
    #[test]
    fn every_string_is_read_back_unchanged(
        issuer in "\\PC{1,40}", subject in ".{1,40}", client in any::<String>(), audience in ".{1,40}",
        name in "[^a-z]{1,10}", value in any::<String>(),
    ) {
        let client = format!("c{client}");
        let pair = Pair::new(Algorithm::Hs256);
        let grant = Grant { issuer: &issuer, subject: &subject, client_id: &client, ..grant() };
        let token = AccessToken::new(grant, &audience).session(&client).claim(&name, &value);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let token = runtime.block_on(token.sign(&pair.key)).unwrap();
        let policy = OwnedPolicy::issuer(issuer.as_str()).audience(audience.as_str()).token_type(ACCESS_TOKEN_TYPE);
        let verified = HostVerifier::new(pair.keys(), policy.subject(subject.as_str()));
        let claims: Value = verified.verify_at(token.as_str().as_bytes(), NOW).unwrap().claims().unwrap();
        prop_assert_eq!(&claims["client_id"], &json!(client));
        prop_assert_eq!(&claims["sid"], &json!(client));
        prop_assert_eq!(&claims[&name], &json!(value));
        prop_assert_eq!(claims.as_object().unwrap().len(), 9);
    }
}
