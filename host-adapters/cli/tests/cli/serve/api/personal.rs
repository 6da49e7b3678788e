//! Personal tokens.

use super::client::{Api, PASSWORD, delete, empty_post, get, post, text, told};
use serde_json::{Value, json};

const JANE: &str = "jane@example.org";

#[test]
fn a_token_is_created_shown_once_used_listed_and_revoked() {
    let api = Api::with_callers(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let ask = post("/auth/tokens", &json!({"name": "backup", "scope": "backup", "expires_in": 3600})).bearer(&bearer);
    let answer = api.expect(201, &ask);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let made = told(&answer);
    let token = text(&made, "token");
    assert!(token.starts_with("gbp_") && token.len() == 70 && token.contains(&text(&made, "id")));
    assert_eq!(made["expires_at"].as_u64().unwrap() - made["created_at"].as_u64().unwrap(), 3600);

    let me = told(&api.expect(200, &get("/auth/me").bearer(&token)));
    assert_eq!((&me["email"], &me["scope"], &me["personal_token_id"]), (&json!(JANE), &json!("backup"), &made["id"]));
    assert!(me.get("session_id").is_none());

    let answer = api.expect(200, &get("/auth/tokens").bearer(&bearer));
    assert!(!answer.body.contains(&token), "shown once");
    let listed = told(&answer)["tokens"].as_array().unwrap().clone();
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["name"]), (1, &made["id"], &json!("backup")));
    assert!(listed[0]["last_used_at"].is_u64());

    let path = format!("/auth/tokens/{}", text(&made, "id"));
    api.expect(204, &delete(&path).bearer(&bearer));
    api.refused(404, "token_not_found", &delete(&path).bearer(&bearer));
    api.refused(401, "unknown_token", &get("/auth/me").bearer(&token));
    assert_eq!(told(&api.expect(200, &get("/auth/tokens").bearer(&bearer)))["tokens"], json!([]));
}

#[test]
fn a_personal_token_cannot_do_what_a_login_can() {
    let api = Api::start(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let token = text(&told(&api.expect(201, &post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer))), "token");
    for ask in [
        post("/auth/tokens", &json!({"name": "another"})),
        get("/auth/tokens"),
        get("/auth/sessions"),
        empty_post("/auth/logout-all"),
        empty_post("/auth/logout"),
        post("/auth/password", &json!({"current": PASSWORD, "new": "another horse battery"})),
    ] {
        let answer = api.send(&ask.clone().bearer(&token));
        assert_eq!(answer.status, 403, "{ask:?}");
        assert_eq!(told(&answer)["name"], "insufficient_scope");
        assert!(answer.header("www-authenticate").unwrap().contains("error=\"insufficient_scope\""));
    }
}

#[test]
fn a_password_change_revokes_personal_tokens_on_request() {
    let api = Api::start(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let token = text(&told(&api.expect(201, &post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer))), "token");
    let change = |current: &str, new: &str, revoke: Value| {
        post("/auth/password", &json!({"current": current, "new": new, "revoke_tokens": revoke})).bearer(&bearer)
    };
    let second = "another horse battery";
    let answer = api.refused(400, "field_type", &change(PASSWORD, second, json!("yes")));
    assert_eq!(told(&answer)["field"], "revoke_tokens");
    api.expect(204, &change(PASSWORD, second, json!(false)));
    api.expect(200, &get("/auth/me").bearer(&token));
    api.expect(204, &change(second, PASSWORD, json!(true)));
    api.refused(401, "unknown_token", &get("/auth/me").bearer(&token));
}

#[test]
fn a_damaged_token_and_an_unknown_one_have_different_errors() {
    let api = Api::start(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let token = text(&told(&api.expect(201, &post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer))), "token");
    for damaged in [&token[..69], &format!("{token}0"), "gbp_", &token.replace("gbp_", "gbp_x")] {
        api.refused(401, "token_damaged", &get("/auth/me").bearer(damaged));
    }
    // A token of another server has a valid checksum.
    let stranger = glowband_issue::PersonalToken::generate().unwrap();
    api.refused(401, "unknown_token", &get("/auth/me").bearer(stranger.as_str()));
    api.refused(401, "unknown_token", &get("/auth/me").bearer(&format!("gbo_{}", "A".repeat(43))));
}

#[test]
fn a_token_has_no_more_scopes_than_the_login_that_created_it() {
    let api = Api::with_callers(&[]);
    api.register(JANE);
    let body = json!({"email": JANE, "password": PASSWORD, "scope": "orders:read"});
    let bearer = text(&told(&api.expect(200, &post("/auth/login", &body).native())), "access_token");
    let make = |scope: &str| post("/auth/tokens", &json!({"name": "n", "scope": scope})).bearer(&bearer);
    for scope in ["", "orders:read", "backup", "backup orders:read"] {
        api.expect(201, &make(scope));
    }
    let answer = api.expect(403, &make("orders:read orders:write"));
    assert_eq!(told(&answer)["name"], "insufficient_scope");
    api.refused(400, "invalid_scope", &make("openid"));
    api.refused(400, "invalid_scope", &make("admin"));
}

#[test]
fn tokens_per_account_are_limited_and_tokens_of_others_cannot_be_revoked() {
    let api = Api::start(&[]);
    let bearer = text(&api.register(JANE), "access_token");
    let other = text(&api.register("joe@example.org"), "access_token");
    let make = post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer);
    let made: Vec<Value> = (0..50).map(|_| told(&api.expect(201, &make))).collect();
    let answer = api.refused(409, "too_many_tokens", &make);
    assert!(answer.body.contains("50"));
    let path = format!("/auth/tokens/{}", text(&made[0], "id"));
    api.refused(404, "token_not_found", &delete(&path).bearer(&other));
    for id in ["x", "%00", "%ff", "0000000000000000", "..%2f..%2fme"] {
        api.expect(404, &delete(&format!("/auth/tokens/{id}")).bearer(&bearer));
    }
    api.expect(204, &delete(&path).bearer(&bearer));
    api.expect(201, &make);
    // Logging out everywhere does not revoke personal tokens.
    api.expect(204, &empty_post("/auth/logout-all").bearer(&bearer));
    api.expect(200, &get("/auth/me").bearer(&text(&made[1], "token")));
}
