//! Requirements of RFC 6749, 6750, 8725 and 9068, OpenID Connect, the browser BCP and ASVS.

use super::client::{Api, Ask, PASSWORD, cookie, empty_post, get, post, refresh, text, told};
use crate::serve::process::{Server, serve, within};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_issue::{
    AccessToken, Grant, IdToken, IssuedToken, IssuerKeys, KeyFolder, RotationSchedule, Signer, UnixSeconds,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const JANE: &str = "jane@example.org";

/// Returns a decoded part of a token, which is not verified.
fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Returns the server's signing key, to sign tokens that are not access tokens.
fn signer(api: &Api) -> Arc<dyn Signer> {
    let (keys, _) = KeyFolder::new(api.folder.path("glowband-data/keys")).load().unwrap();
    let keys = IssuerKeys::new(keys, RotationSchedule::default(), UnixSeconds(now())).unwrap();
    keys.signer(UnixSeconds(now())).unwrap()
}

fn wait(token: impl Future<Output = Result<IssuedToken, glowband_issue::IssueError>>) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(token).unwrap().as_str().to_owned()
}

/// RFC 6750 §3: the challenge has no error code if the request had no token.
#[test]
fn a_challenge_has_an_error_code_only_where_a_token_was_sent() {
    let api = Api::start(&[]);
    let token = text(&api.register(JANE), "access_token");
    for ask in [
        get("/auth/me"),
        get("/auth/me").header(("Authorization", "Basic YTpi")),
        // RFC 9700 §4.3.2 forbids tokens in the query (RFC 6750 §2.3).
        get(&format!("/auth/me?access_token={token}")),
        get("/auth/me").header(("Cookie", &format!("access_token={token}"))),
    ] {
        let answer = api.refused(401, "no_token", &ask);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"glowband\""), "{ask:?}");
    }
    let answer = api.refused(401, "bad_signature", &get("/auth/me").bearer(&tampered(&token)));
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with("Bearer realm=\"glowband\", error=\"invalid_token\", error_description=\""),
        "{challenge}"
    );
    assert_eq!(told(&answer)["code"], 17, "the frozen number");
    for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer \u{b5}"] {
        let answer = api.expect(400, &get("/auth/me").header(("Authorization", header)));
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"invalid_request\""), "{header}");
    }
    let two = get("/auth/me").bearer(&token).bearer(&token);
    assert_eq!(told(&api.expect(400, &two))["name"], "several_headers");
    // The scheme is case-insensitive.
    api.expect(200, &get("/auth/me").header(("Authorization", &format!("bEARER   {token}"))));
}

fn tampered(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    format!("{signed}.{first}{}", &signature[1..])
}

/// RFC 9068 §2: the claims of an access token.
#[test]
fn access_tokens_have_the_form_of_rfc_9068() {
    let api = Api::with_callers(&["--audience", "https://orders.example"]);
    api.register(JANE);
    let body = json!({"email": JANE, "password": PASSWORD, "client": "shop", "scope": "orders:read"});
    let tokens = told(&api.expect(200, &post("/auth/login", &body).native()));
    let token = text(&tokens, "access_token");
    let me = told(&api.expect(200, &get("/auth/me").bearer(&token)));
    let (header, claims) = (part(&token, 0), part(&token, 1));
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let jwks = told(&api.expect(200, &get("/.well-known/jwks.json")));
    let published: Vec<&Value> =
        jwks["keys"].as_array().unwrap().iter().filter(|key| key["kid"] == header["kid"]).collect();
    assert_eq!((published.len(), &published[0]["alg"], &published[0]["use"]), (1, &json!("ES256"), &json!("sig")));
    for (name, expected) in [
        ("iss", json!(api.origin())),
        ("aud", json!("https://orders.example")),
        ("sub", me["id"].clone()),
        ("client_id", json!("shop")),
        ("scope", json!("orders:read")),
        ("sid", tokens["session_id"].clone()),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    let time = |name: &str| claims[name].as_u64().unwrap();
    assert_eq!(time("exp") - time("iat"), tokens["expires_in"].as_u64().unwrap());
    assert!(time("auth_time") <= time("iat") && time("iat") <= now());
    assert!(claims["jti"].as_str().is_some_and(|id| id.len() >= 22));
    assert!(claims.get("email").is_none(), "services need not know");
    // The next token has another jti and the same auth_time.
    let body = json!({"refresh_token": tokens["refresh_token"], "client": "shop"});
    let next = part(&text(&told(&api.expect(200, &post("/auth/refresh", &body).native())), "access_token"), 1);
    assert_ne!(next["jti"], claims["jti"]);
    assert_eq!((&next["auth_time"], &next["sid"]), (&claims["auth_time"], &claims["sid"]));
    // A service can verify it with the address of the server alone.
    let keys = glowband_verify::KeyReader::new().jwks(jwks.to_string().as_bytes()).unwrap();
    let policy =
        glowband_verify::OwnedPolicy::issuer(api.origin()).audience("https://orders.example").token_type("at+jwt");
    let verified = glowband_verify::HostVerifier::new(keys, policy).verify(token.as_bytes()).unwrap();
    assert!(verified.scopes().contains("orders:read"));
}

/// RFC 8725 §3.11, RFC 9068 §4: tokens that the right key signed, but that are not access tokens of this server.
#[test]
fn tokens_of_another_kind_are_refused_despite_a_valid_signature() {
    let api = Api::start(&[]);
    let tokens = api.register(JANE);
    let me = told(&api.expect(200, &get("/auth/me").bearer(&text(&tokens, "access_token"))));
    let (origin, subject, session) = (api.origin(), text(&me, "id"), text(&tokens, "session_id"));
    let signer = signer(&api);
    let grant = |issuer, issued_at| Grant {
        issuer,
        subject: &subject,
        client_id: "native",
        issued_at: UnixSeconds(issued_at),
        lifetime: Duration::from_secs(600),
    };
    let access = |issuer, audience, issued_at| {
        wait(AccessToken::new(grant(issuer, issued_at), audience).session(&session).sign(&*signer))
    };
    api.expect(200, &get("/auth/me").bearer(&access(&origin, &origin, now())));
    for (name, token) in [
        ("expired", access(&origin, &origin, now() - 3600)),
        ("expired", access(&origin, &origin, now() - 601)),
        ("issued_in_future", access(&origin, &origin, now() + 3600)),
        ("issuer_mismatch", access("https://other.example", &origin, now())),
        ("audience_mismatch", access(&origin, "https://other.example", now())),
        ("token_type_mismatch", wait(IdToken::new(grant(&origin, now())).session(&session).sign(&*signer))),
        ("algorithm_none", unsigned(&access(&origin, &origin, now()))),
    ] {
        let answer = api.expect(401, &get("/auth/me").bearer(&token));
        let told = told(&answer);
        assert!(
            told["code"].is_u64() && answer.header("www-authenticate").unwrap().contains("invalid_token"),
            "{name}: {told}"
        );
        assert_eq!(told["name"], name);
    }
    // Without a login, or with an unknown one, the token is refused.
    let bare = wait(AccessToken::new(grant(&origin, now()), &origin).sign(&*signer));
    api.refused(401, "not_of_a_login", &get("/auth/me").bearer(&bare));
    for other in ["AAAAAAAAAAAAAAAAAAAAAA", "x", &text(&api.register("joe@example.org"), "session_id")] {
        let token = wait(AccessToken::new(grant(&origin, now()), &origin).session(other).sign(&*signer));
        api.refused(401, "session_ended", &get("/auth/me").bearer(&token));
    }
}

/// The same claims under `alg: none`.
fn unsigned(token: &str) -> String {
    let header = Base64UrlUnpadded::encode_string(br#"{"alg":"none","typ":"at+jwt"}"#);
    format!("{header}.{}.", token.split('.').nth(1).unwrap())
}

/// OpenID Connect Core §2, §3.1.3.6, §12.2.
#[test]
fn an_id_token_is_not_accepted_as_an_access_token() {
    let api = Api::start(&[]);
    api.register(JANE);
    let login = |more: Value| {
        let mut body = json!({"email": JANE, "password": PASSWORD, "client": "shop"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told(&api.expect(200, &post("/auth/login", &body).native()))
    };
    let tokens = login(json!({"scope": "openid email", "nonce": "n-0S6_WzA2Mj"}));
    let (access, id) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
    let (header, claims, of_access) = (part(&id, 0), part(&id, 1), part(&access, 1));
    assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!("ES256")));
    for (name, expected) in [
        ("iss", json!(api.origin())),
        ("aud", json!("shop")),
        ("sub", of_access["sub"].clone()),
        ("sid", tokens["session_id"].clone()),
        ("auth_time", of_access["auth_time"].clone()),
        ("nonce", json!("n-0S6_WzA2Mj")),
        ("email", json!(JANE)),
        ("email_verified", json!(false)),
        ("at_hash", json!(glowband_issue::at_hash(glowband_issue::Algorithm::Es256, &access))),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
    for path in ["/auth/me", "/auth/sessions", "/auth/tokens"] {
        assert_eq!(api.expect(401, &get(path).bearer(&id)).header("content-type"), Some("application/problem+json"));
    }
    // The next ID token is for the same login and has no nonce (§12.2).
    let body = json!({"refresh_token": tokens["refresh_token"], "client": "shop"});
    let next = part(&text(&told(&api.expect(200, &post("/auth/refresh", &body).native())), "id_token"), 1);
    assert_eq!(
        (&next["sub"], &next["auth_time"], &next["aud"]),
        (&claims["sub"], &claims["auth_time"], &claims["aud"])
    );
    assert!(next.get("nonce").is_none());
    // The e-mail address and the ID token are only issued on request.
    assert!(part(&text(&login(json!({"scope": "openid"})), "id_token"), 1).get("email").is_none());
    assert!(login(json!({"scope": "", "nonce": "n"})).get("id_token").is_none());
    // The same together with an opaque access token.
    let opaque = login(json!({"scope": "openid", "access_token": "opaque"}));
    let hash = glowband_issue::at_hash(glowband_issue::Algorithm::Es256, &text(&opaque, "access_token"));
    assert_eq!(part(&text(&opaque, "id_token"), 1)["at_hash"], hash);
}

/// Browser BCP §8.1 (draft-ietf-oauth-browser-based-apps): a rotated token does not outlive the first one.
#[test]
fn refreshing_never_moves_the_end_of_a_login() {
    let api = Api::start(&["--idle-lifetime", "1m", "--absolute-lifetime", "1m"]);
    api.register(JANE);
    let (first, token) = api.login_in_browser(JANE);
    assert!(first["refresh_expires_in"].as_u64().unwrap() <= 60 && first["expires_in"].as_u64().unwrap() <= 60);
    std::thread::sleep(Duration::from_millis(2100));
    let answer = api.expect(200, &empty_post("/auth/refresh").browser(&api.origin()).cookie(&token));
    let second = told(&answer);
    assert!(second["refresh_expires_in"].as_u64().unwrap() <= 58, "{second}");
    assert!(second["expires_in"].as_u64().unwrap() <= 58, "no access token outlives its login");
    let age = answer.header("set-cookie").unwrap().split("Max-Age=").nth(1).unwrap().split(';').next().unwrap();
    assert!(age.parse::<u64>().unwrap() <= 58);
    cookie(&answer);
}

/// ASVS 5.0: 3.3.1-3.3.4 cookies, 7.2.4 new sessions, 7.4 endings, 10.4.8 absolute expiry; RFC 6749 §5.1 no-store.
#[test]
fn answers_with_tokens_must_not_be_cached() {
    let api = Api::with_callers(&[]);
    let body = json!({"email": JANE, "password": PASSWORD});
    let origin = api.origin();
    let registered = api.expect(201, &post("/auth/register", &body).browser(&origin));
    let token = cookie(&registered);
    let bearer = text(&told(&registered), "access_token");
    for ask in [
        post("/auth/login", &body).browser(&origin),
        empty_post("/auth/refresh").browser(&origin).cookie(&token),
        post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer),
        get("/auth/tokens").bearer(&bearer),
        get("/auth/me").bearer(&bearer),
        get("/auth/sessions").bearer(&bearer),
        super::client::form("/oauth/introspect", &bearer).caller(),
        super::client::form("/oauth/revoke", "x"),
        get("/auth/revocations").caller(),
        get("/auth/me"),
        get("/nowhere"),
        Ask::new("PUT", "/auth/me"),
    ] {
        let answer = api.send(&ask);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{ask:?}: {answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{ask:?}");
    }
}

/// After a key rotation, valid tokens stay valid (RFC 9700 §4.12 leaves that to the issuer). Refresh tokens use no signing key.
#[test]
fn tokens_of_the_previous_key_stay_valid_after_a_rotation_and_a_restart() {
    let mut api = Api::start(&[]);
    let before = api.register(JANE);
    let keys = api.folder.path("glowband-data/keys");
    crate::program::run(&["keys", "rotate", "--now", "--folder", &keys]).expect(0);
    api.server.signal("HUP");
    let kid = |tokens: &Value| part(&text(tokens, "access_token"), 0)["kid"].clone();
    let after = within(Duration::from_secs(30), "the next key", || {
        Some(api.login(JANE)).filter(|tokens| kid(tokens) != kid(&before))
    });
    let published = told(&api.expect(200, &get("/.well-known/jwks.json")));
    let names: Vec<&Value> = published["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert!(names.contains(&&kid(&before)) && names.contains(&&kid(&after)), "{names:?}");
    for tokens in [&before, &after] {
        api.expect(200, &get("/auth/me").bearer(&text(tokens, "access_token")));
    }
    // The same after a restart at the same address, which is the issuer.
    api.server.signal("TERM");
    api.server.wait();
    let (address, folder) = (api.address.to_string(), api.folder);
    let server = Server::spawn(&folder, &mut serve(&folder, &["--listen", &address]));
    let api = Api { address: server.address(), server, folder };
    for tokens in [&before, &after] {
        api.expect(200, &get("/auth/me").bearer(&text(tokens, "access_token")));
    }
    api.expect(200, &refresh(&text(&before, "refresh_token")));
}
