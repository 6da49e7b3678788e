//! The routes for services: introspection, revocation and the feed of revocations.

use super::client::{Api, Ask, CALLER, FORM, PASSWORD, delete, empty_post, form, get, post, refresh, text, told};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const JANE: &str = "jane@example.org";
const INACTIVE: &str = r#"{"active":false}"#;

fn introspect(token: &str) -> Ask {
    form("/oauth/introspect", token).caller()
}

/// Asserts an error in the form of RFC 6749 §5.2.
#[track_caller]
fn oauth_error(api: &Api, status: u16, error: &str, ask: &Ask) {
    let answer = api.expect(status, ask);
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        (Some("application/json"), Some("no-store"))
    );
    let told = told(&answer);
    assert_eq!(told["error"], error, "{ask:?}: {answer:?}");
    assert!(told["error_description"].is_string());
    let challenge = answer.header("www-authenticate").map(|challenge| challenge.starts_with("Basic realm="));
    assert_eq!(challenge, (status == 401).then_some(true), "{answer:?}");
}

#[test]
fn every_kind_of_token_is_introspected() {
    let api = Api::with_callers(&[]);
    api.register(JANE);
    let login = |form: &str| {
        let body = json!({"email": JANE, "password": PASSWORD, "scope": "orders:read", "access_token": form, "client": "shop"});
        told(&api.expect(200, &post("/auth/login", &body).native()))
    };
    let (jwt, opaque) = (login("jwt"), login("opaque"));
    let me = told(&api.expect(200, &get("/auth/me").bearer(&text(&opaque, "access_token"))));
    assert_eq!(me["session_id"], opaque["session_id"]);
    for tokens in [&jwt, &opaque] {
        let answer = api.expect(200, &introspect(&text(tokens, "access_token")));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let told = told(&answer);
        for (name, expected) in [
            ("active", json!(true)),
            ("token_use", json!("access_token")),
            ("token_type", json!("Bearer")),
            ("scope", json!("orders:read")),
            ("client_id", json!("shop")),
            ("sub", me["id"].clone()),
            ("sid", tokens["session_id"].clone()),
            ("iss", json!(api.origin())),
            ("aud", json!(api.origin())),
        ] {
            assert_eq!(told[name], expected, "{name}");
        }
        assert_eq!(told["exp"].as_u64().unwrap() - told["iat"].as_u64().unwrap(), 600);
    }
    assert!(text(&opaque, "access_token").starts_with("gbo_"));

    let body = json!({"name": "n", "scope": "backup"});
    let made = told(&api.expect(201, &post("/auth/tokens", &body).bearer(&text(&jwt, "access_token"))));
    let told_of = |token: &str| told(&api.expect(200, &introspect(token)));
    let personal = told_of(&text(&made, "token"));
    assert_eq!(
        (&personal["token_use"], &personal["scope"], &personal["jti"]),
        (&json!("personal_token"), &json!("backup"), &made["id"])
    );
    assert!(personal.get("exp").is_none() && personal.get("sid").is_none());

    let old = text(&jwt, "refresh_token");
    let newest = told_of(&old);
    assert_eq!((&newest["token_use"], &newest["sid"]), (&json!("refresh_token"), &jwt["session_id"]));
    assert!(newest.get("token_type").is_none() && newest.get("aud").is_none());
    let body = json!({"refresh_token": old, "client": "shop"});
    let next = text(&told(&api.expect(200, &post("/auth/refresh", &body).native())), "refresh_token");
    assert_eq!(api.expect(200, &introspect(&old)).body, INACTIVE, "used up");
    assert_eq!(told_of(&next)["active"], true);
    // Introspection does not use up the refresh token.
    assert_eq!(told_of(&next)["active"], true);
}

#[test]
fn invalid_tokens_are_inactive_without_further_details() {
    let api = Api::with_callers(&[]);
    let tokens = api.register(JANE);
    let id_token = {
        let body = json!({"email": JANE, "password": PASSWORD, "scope": "openid"});
        text(&told(&api.expect(200, &post("/auth/login", &body).native())), "id_token")
    };
    let access = text(&tokens, "access_token");
    for token in [
        "x",
        "gbr_",
        "gbo_",
        "gbp_",
        "gbr_AAAA",
        "%00",
        "%E2%82%AC",
        "a.b.c",
        &id_token,
        &access[..access.len() - 1],
        &format!("gbo_{}", "A".repeat(43)),
        &"x".repeat(8000),
    ] {
        assert_eq!(api.expect(200, &introspect(token)).body, INACTIVE, "{token}");
    }
    // When a login ends, all its tokens become inactive.
    let body = json!({"email": JANE, "password": PASSWORD, "access_token": "opaque"});
    let opaque = told(&api.expect(200, &post("/auth/login", &body).native()));
    for (tokens, bearer) in [(&tokens, &access), (&opaque, &text(&opaque, "access_token"))] {
        assert_ne!(api.expect(200, &introspect(bearer)).body, INACTIVE);
        api.expect(204, &empty_post("/auth/logout").bearer(bearer));
        assert_eq!(api.expect(200, &introspect(bearer)).body, INACTIVE);
        assert_eq!(api.expect(200, &introspect(&text(tokens, "refresh_token"))).body, INACTIVE);
    }
}

#[test]
fn introspection_needs_the_credential_of_a_caller() {
    let api = Api::with_callers(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let ask = form("/oauth/introspect", &bearer);
    oauth_error(&api, 401, "invalid_client", &ask);
    for credential in [
        "Basic b3JkZXJzOndyb25n",
        "Basic b3JkZXJzOg==",
        "Basic",
        "Basic !",
        &format!("Bearer {bearer}"),
        &CALLER.replace("Basic", "Digest"),
    ] {
        oauth_error(&api, 401, "invalid_client", &ask.clone().header(("Authorization", credential)));
    }
    oauth_error(&api, 401, "invalid_client", &ask.clone().caller().caller());
    // Without configured services, introspection is refused.
    oauth_error(&Api::start(&[]), 401, "invalid_client", &ask.caller());
}

#[test]
fn bad_requests_have_one_error() {
    let api = Api::with_callers(&[]);
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        let ask = Ask::new("POST", path).caller();
        for body in [
            "",
            "token=",
            "token",
            "other=x",
            "token=a&token=b",
            "token=a&token_type_hint=x&token_type_hint=y",
            "token=%",
            "token=%ff",
        ] {
            oauth_error(&api, 400, "invalid_request", &ask.clone().header(FORM).body(body));
        }
        oauth_error(
            &api,
            400,
            "invalid_request",
            &ask.clone().header(FORM).body(&format!("token={}", "x".repeat(8193))),
        );
        oauth_error(
            &api,
            400,
            "invalid_request",
            &ask.clone().header(FORM).body(&format!("token={}", "x".repeat(40_000))),
        );
        for media in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
            oauth_error(&api, 400, "invalid_request", &ask.clone().header(("Content-Type", media)).body("token=a"));
        }
        oauth_error(&api, 400, "invalid_request", &ask.clone().body("token=a"));
        // Unknown parameters are ignored (RFC 6749 §3.2), and the hint has no effect.
        api.expect(200, &ask.clone().header(FORM).body("token=a&token_type_hint=refresh_token&other=1"));
        assert_eq!(api.send(&get(path)).header("allow"), Some("POST"));
    }
}

/// Every refusal below `/oauth`, including those of the router and of request limits.
#[test]
fn every_error_has_the_form_of_oauth() {
    let api = Api::with_callers(&["--max-body", "1KiB", "--request-timeout", "2s"]);
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let ask = Ask::new(method, path);
            oauth_error(&api, 405, "invalid_request", &ask);
            assert_eq!(api.send(&ask).header("allow"), Some("POST"));
        }
        let long = form(path, &"x".repeat(2000)).caller();
        oauth_error(&api, 413, "invalid_request", &long);
        assert_eq!(api.send(&long).header("connection"), Some("close"));
        let slow =
            Ask::new("POST", path).header(FORM).caller().header(("Transfer-Encoding", "chunked")).body("5\r\ntoken");
        oauth_error(&api, 408, "invalid_request", &slow);
        oauth_error(&api, 404, "invalid_request", &form(&format!("{path}/x"), "x"));
    }
    for path in ["/oauth", "/oauth/", "/oauth/token", "/oauth/authorize?x=y"] {
        oauth_error(&api, 404, "invalid_request", &get(path));
        oauth_error(&api, 404, "invalid_request", &form(path, "x"));
    }
    // Other routes use problem documents.
    api.refused(404, "not_found", &get("/oauthx"));
    let document = told(&api.expect(200, &get("/openapi.json")));
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        for (status, answer) in document["paths"][path]["post"]["responses"].as_object().unwrap() {
            let name = answer["$ref"].as_str().unwrap_or("#/components/responses/OAuth");
            assert!(name.starts_with("#/components/responses/OAuth"), "{path} {status}: {answer}");
        }
    }
}

#[test]
fn revoking_needs_only_the_token_and_never_fails() {
    let api = Api::with_callers(&[]);
    let revoke = |token: &str| form("/oauth/revoke", token);
    for token in ["x", "gbr_x", "gbo_x", "gbp_x", "a.b.c", "%00"] {
        let answer = api.expect(200, &revoke(token));
        assert_eq!((answer.body.as_str(), answer.header("cache-control")), ("", Some("no-store")), "{token}");
    }
    oauth_error(&api, 401, "invalid_client", &revoke("x").header(("Authorization", "Basic b3JkZXJzOndyb25n")));
    api.expect(200, &revoke("x").caller());

    // A refresh token (also an old one) and a JWT access token end their login.
    let first = api.register(JANE);
    api.expect(200, &refresh(&text(&first, "refresh_token")));
    api.expect(200, &revoke(&text(&first, "refresh_token")));
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&first, "access_token")));
    let second = api.login(JANE);
    api.expect(200, &revoke(&text(&second, "access_token")));
    api.refused(401, "invalid_grant", &refresh(&text(&second, "refresh_token")));
    api.expect(200, &revoke(&text(&second, "access_token")));

    // An opaque token and a personal token are revoked without their login.
    let body = json!({"email": JANE, "password": PASSWORD, "access_token": "opaque"});
    let third = told(&api.expect(200, &post("/auth/login", &body).native()));
    let opaque = text(&third, "access_token");
    let personal = text(&told(&api.expect(201, &post("/auth/tokens", &json!({"name": "n"})).bearer(&opaque))), "token");
    for token in [&personal, &opaque] {
        api.expect(200, &revoke(token));
        api.refused(401, "unknown_token", &get("/auth/me").bearer(token));
    }
    api.expect(200, &refresh(&text(&third, "refresh_token")));
}

#[test]
fn the_feed_lists_every_ended_login_once_and_in_order() {
    let api = Api::with_callers(&[]);
    let feed = |query: &str| get(&format!("/auth/revocations{query}")).caller();
    let start = told(&api.expect(200, &feed("")));
    assert_eq!((&start["revocations"], &start["more"]), (&json!([]), &json!(false)));
    api.register(JANE);
    let logins: Vec<Value> = (0..5).map(|_| api.login(JANE)).collect();
    // Closed in four ways, and revoked for reuse.
    api.expect(204, &empty_post("/auth/logout").bearer(&text(&logins[0], "access_token")));
    api.expect(204, &post("/auth/logout", &json!({"refresh_token": logins[1]["refresh_token"]})).native());
    let path = format!("/auth/sessions/{}", text(&logins[2], "session_id"));
    api.expect(204, &delete(&path).bearer(&text(&logins[3], "access_token")));
    let token = text(&logins[4], "refresh_token");
    let next = text(&told(&api.expect(200, &refresh(&token))), "refresh_token");
    api.expect(200, &refresh(&next));
    api.refused(401, "invalid_grant", &refresh(&token));
    api.expect(204, &empty_post("/auth/logout-all").bearer(&text(&logins[3], "access_token")));

    let mut seen = Vec::new();
    let mut after = text(&start, "next");
    loop {
        let page = told(&api.expect(200, &feed(&format!("?limit=2&after={after}"))));
        seen.extend(page["revocations"].as_array().unwrap().clone());
        after = text(&page, "next");
        if page["more"] == false {
            break;
        }
        assert_eq!(page["revocations"].as_array().unwrap().len(), 2);
    }
    // Six, because the login of the registration was ended together with the last one.
    let order: Vec<&Value> = seen.iter().map(|ended| &ended["sid"]).collect();
    let expected: Vec<&Value> = [0, 1, 2, 4].iter().map(|at| &logins[*at]["session_id"]).collect();
    assert_eq!((order.len(), &order[..4]), (6, &expected[..]));
    let reasons: Vec<&str> = seen.iter().map(|ended| ended["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["closed", "closed", "closed", "burnt", "closed", "closed"]);
    assert!(seen.iter().all(|ended| ended["ended_at"].as_u64().is_some_and(|at| at > 1_700_000_000)));
    // The same cursor returns nothing new, and the beginning returns everything.
    assert_eq!(told(&api.expect(200, &feed(&format!("?after={after}"))))["revocations"], json!([]));
    assert_eq!(told(&api.expect(200, &feed("?limit=1000")))["revocations"].as_array().unwrap().len(), 6);
}

#[test]
fn a_waiting_request_is_answered_as_soon_as_a_login_ends() {
    let api = Api::with_callers(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let ask = get("/auth/revocations?wait=8").caller();
    let began = Instant::now();
    let told = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| told(&api.expect(200, &ask)));
        std::thread::sleep(Duration::from_millis(300));
        api.expect(204, &empty_post("/auth/logout").bearer(&bearer));
        waiting.join().unwrap()
    });
    assert_eq!(told["revocations"].as_array().unwrap().len(), 1);
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    // Without such an event, it is answered after the requested time.
    let began = Instant::now();
    let ask = get(&format!("/auth/revocations?wait=1&after={}", text(&told, "next"))).caller();
    api.expect(200, &ask);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn the_feed_checks_its_parameters() {
    let api = Api::with_callers(&[]);
    for (query, name, field) in [
        ("?limit=0", "parameter_value", "limit"),
        ("?limit=1001", "parameter_value", "limit"),
        ("?limit=-1", "parameter_value", "limit"),
        ("?limit=%2B1", "parameter_value", "limit"),
        ("?limit=", "parameter_value", "limit"),
        ("?wait=9", "parameter_value", "wait"),
        ("?wait=x", "parameter_value", "wait"),
        ("?after=", "parameter_value", "after"),
        ("?after=1", "parameter_value", "after"),
        ("?after=01.AAAAAAAAAAAAAAAAAAAAAA", "parameter_value", "after"),
        ("?limit=1&limit=1", "parameter_duplicate", "limit"),
        ("?cursor=1", "parameter_unknown", "cursor"),
    ] {
        let answer = api.refused(400, name, &get(&format!("/auth/revocations{query}")).caller());
        assert_eq!(told(&answer)["field"], field, "{query}");
    }
    api.refused(400, "query_malformed", &get("/auth/revocations?limit=%ff").caller());
    // The credentials are checked before the parameters.
    let answer = api.refused(401, "invalid_client", &get("/auth/revocations?limit=0"));
    assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "));
    let bearer = text(&api.register(JANE), "access_token");
    api.refused(401, "invalid_client", &get("/auth/revocations").bearer(&bearer));
}
