//! The examples as programs of their own, asked over real sockets, with tokens that the command signs and that jose does.

use super::process::Server;
use super::tokens::{AUDIENCE, ISSUER, Issuer};
use super::{grpc, wanted};
use crate::cli::program::{build, file, glowband};
use crate::interop::foreign::Foreign;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

const WITHOUT_TOKEN: &str = "Bearer realm=\"orders\"";

#[test]
fn axum_serves_orders_to_good_tokens_only() {
    orders_api("axum-api");
}

#[test]
fn actix_serves_orders_to_good_tokens_only() {
    orders_api("actix-api");
}

#[test]
fn tonic_says_whose_token_it_was_shown() {
    if !wanted() {
        return;
    }
    let (issuer, mut jose) = (Issuer::new("tonic-service"), Foreign::jose());
    let server = start("tonic-service", &issuer);
    let ask = |token: Option<&str>| grpc::who_am_i(server.address, token);

    let status = ask(None).expect_err("there is no token");
    assert_eq!((status.code(), challenge_of(&status)), (tonic::Code::Unauthenticated, WITHOUT_TOKEN));
    let bad = bad_tokens(&issuer, &mut jose);
    for (name, token) in &bad {
        let status = ask(Some(token)).expect_err(name);
        assert_eq!(status.code(), tonic::Code::Unauthenticated, "{name}");
        assert!(challenge_of(&status).contains("error=\"invalid_token\""), "{name}: {status:?}");
    }
    let narrow = good_tokens(&issuer, &mut jose, "orders:list");
    for (signer, token) in &narrow {
        let status = ask(Some(token)).expect_err(signer);
        assert_eq!(status.code(), tonic::Code::PermissionDenied, "{signer}");
        assert!(challenge_of(&status).contains("error=\"insufficient_scope\""), "{signer}: {status:?}");
    }
    let good = good_tokens(&issuer, &mut jose, "orders:read profile");
    for (signer, token) in &good {
        let reply = ask(Some(token)).expect(signer);
        assert_eq!((reply.subject.as_str(), reply.scopes.join(" ")), ("alice", "orders:read profile".to_owned()));
    }
    println!("counted: tonic-service: {} calls refused, {} answered", 1 + bad.len() + narrow.len(), good.len());
}

fn orders_api(example: &str) {
    if !wanted() {
        return;
    }
    let (issuer, mut jose) = (Issuer::new(example), Foreign::jose());
    let server = start(example, &issuer);
    let list = |token| ask(server.address, "/orders", token, None);
    let place = |token, item: &str| ask(server.address, "/orders", token, Some(json!({"item": item})));

    let open = ask(server.address, "/hello", None, None);
    assert_eq!((open.status, open.json()), (200, json!({"hello": "world"})));
    for answer in [list(None), place(None, "wristband")] {
        assert_eq!((answer.status, answer.challenge.as_deref()), (401, Some(WITHOUT_TOKEN)));
        assert_eq!(answer.json()["name"], "no_token");
    }
    let bad = bad_tokens(&issuer, &mut jose);
    for (name, token) in &bad {
        for answer in [list(Some(token)), place(Some(token), "wristband")] {
            assert_eq!(answer.status, 401, "{name}");
            assert!(answer.says("invalid_token"), "{name}: {answer:?}");
        }
    }
    let readers = good_tokens(&issuer, &mut jose, "orders:read");
    for (signer, token) in &readers {
        let answer = place(Some(token), "wristband");
        assert_eq!(answer.status, 403, "{signer}");
        assert!(answer.says("insufficient_scope"), "{signer}: {answer:?}");
        assert!(answer.challenge.as_deref().is_some_and(|text| text.ends_with("scope=\"orders:write\"")));
        let answer = list(Some(token));
        assert_eq!((answer.status, answer.json()), (200, json!([])), "{signer}");
    }
    let writers = good_tokens(&issuer, &mut jose, "orders:read orders:write");
    for (id, (signer, token)) in (1..).zip(&writers) {
        let order = json!({"id": id, "by": "alice", "item": signer});
        let answer = place(Some(token), signer);
        assert_eq!((answer.status, answer.json()), (201, order.clone()));
        assert_eq!(list(Some(token)).json()[id - 1], order);
    }
    let (refused, served) = (2 + 2 * bad.len() + readers.len(), 1 + readers.len() + 2 * writers.len());
    println!("counted: {example}: {refused} requests refused, {served} served");
}

/// Starts an example with the issuer's public key, on a port that is free.
fn start(example: &str, issuer: &Issuer) -> Server {
    let mut command = Command::new(build(example));
    Server::start(command.arg("--keys").arg(&issuer.public).args(["--listen", "127.0.0.1:0"]))
}

/// One of each signer, for alice.
fn good_tokens(issuer: &Issuer, jose: &mut Foreign, scope: &str) -> [(&'static str, String); 2] {
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": scope, "exp": now() + 600});
    [("glowband", issuer.sign(scope)), ("jose", signed_by_jose(jose, &issuer.private_jwk(), "at+jwt", &claims))]
}

/// Tokens that are good but for one thing: forged, expired, or an ID token.
fn bad_tokens(issuer: &Issuer, jose: &mut Foreign) -> [(&'static str, String); 8] {
    let good = issuer.sign("orders:read orders:write");
    let (input, signature) = good.rsplit_once('.').expect("three segments");
    // The first character holds six bits of the signature, so a change of it is another signature.
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let stranger = Issuer::new(&format!("{}-stranger", &signature[..8]));
    let named = |claims: Value| {
        let mut all = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": "orders:read orders:write"});
        all.as_object_mut().expect("an object").extend(claims.as_object().expect("an object").clone());
        all
    };
    let (live, over) = (named(json!({"exp": now() + 600})), named(json!({"exp": now() - 600})));
    let elsewhere = named(json!({"exp": now() + 600, "aud": "lift-1"}));
    let own = issuer.private_jwk();
    [
        ("a changed signature", format!("{input}.{first}{}", &signature[1..])),
        ("a stranger's, from glowband", stranger.sign("orders:read orders:write")),
        ("a stranger's, from jose", signed_by_jose(jose, &stranger.private_jwk(), "at+jwt", &live)),
        ("an expired one, from glowband", issuer.sign_claims(&over, &[])),
        ("an expired one, from jose", signed_by_jose(jose, &own, "at+jwt", &over)),
        ("an ID token, from glowband", id_token(&own, &live)),
        ("an ID token, from jose", signed_by_jose(jose, &own, "JWT", &live)),
        ("one for another audience", signed_by_jose(jose, &own, "at+jwt", &elsewhere)),
    ]
}

fn id_token(key: &Value, claims: &Value) -> String {
    let name = format!("{}.id-token.jwk", key["kid"].as_str().expect("a key's name"));
    let path = file(&name, &key.to_string());
    let signed =
        glowband(&["sign", "--key", &path.to_string_lossy(), "--typ", "JWT", "--claims", "-"], &claims.to_string());
    let _ = std::fs::remove_file(path);
    assert_eq!(signed.code, 0, "{}", signed.err);
    signed.out.trim().to_owned()
}

fn signed_by_jose(jose: &mut Foreign, key: &Value, typ: &str, claims: &Value) -> String {
    let header = json!({"typ": typ, "kid": key["kid"]});
    let answer = jose.ask(&json!({"op": "sign", "alg": "ES256", "jwk": key, "header": header, "claims": claims}));
    answer["token"].as_str().unwrap_or_else(|| panic!("jose: {answer}")).to_owned()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

#[derive(Debug)]
struct Answer {
    status: u16,
    challenge: Option<String>,
    body: String,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn says(&self, error: &str) -> bool {
        self.challenge.as_deref().is_some_and(|text| text.contains(&format!("error=\"{error}\"")))
    }
}

/// GET, or POST where there is something to send.
#[track_caller]
fn ask(address: SocketAddr, path: &str, token: Option<&str>, sent: Option<Value>) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().uri(format!("http://{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = match sent {
        None => agent.run(request.body(()).expect("a request")),
        Some(sent) => {
            let request = request.method("POST").header("content-type", "application/json");
            agent.run(request.body(sent.to_string()).expect("a request"))
        }
    };
    let mut answer = answer.expect("an answer");
    let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().expect("text").to_owned());
    let body = answer.body_mut().read_to_string().expect("the body is text");
    Answer { status: answer.status().as_u16(), challenge, body }
}

fn challenge_of(status: &tonic::Status) -> &str {
    status.metadata().get("www-authenticate").and_then(|value| value.to_str().ok()).unwrap_or_default()
}
