//! A login from registration to logout, for browsers and native clients.

use super::client::{Api, PASSWORD, clears_the_cookie, cookie, delete, empty_post, get, post, refresh, text, told};
use serde_json::json;

const JANE: &str = "jane@example.org";

#[test]
fn a_native_client_registers_calls_refreshes_and_logs_out() {
    let api = Api::start(&[]);
    let ask = post("/auth/register", &json!({"email": JANE, "password": PASSWORD, "label": "Jane's phone"})).native();
    let answer = api.expect(201, &ask);
    assert_eq!((answer.header("cache-control"), answer.header("set-cookie")), (Some("no-store"), None));
    let first = told(&answer);
    assert_eq!(
        (&first["token_type"], &first["expires_in"], &first["scope"]),
        (&json!("Bearer"), &json!(600), &json!(""))
    );
    assert_eq!(first["refresh_expires_in"], 14 * 86_400);
    assert!(first.get("id_token").is_none());

    let me = told(&api.expect(200, &get("/auth/me").bearer(&text(&first, "access_token"))));
    assert_eq!((&me["email"], &me["session_id"]), (&json!(JANE), &first["session_id"]));

    let answer = api.expect(200, &refresh(&text(&first, "refresh_token")));
    assert_eq!((answer.header("cache-control"), answer.header("set-cookie")), (Some("no-store"), None));
    let second = told(&answer);
    assert_eq!(second["session_id"], first["session_id"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    for tokens in [&first, &second] {
        api.expect(200, &get("/auth/me").bearer(&text(tokens, "access_token")));
    }

    let logout = post("/auth/logout", &json!({"refresh_token": second["refresh_token"]})).native();
    assert_eq!(api.expect(204, &logout).header("set-cookie"), None);
    // The access token is refused at once, because this server checks the login in the database.
    for tokens in [&first, &second] {
        api.refused(401, "session_ended", &get("/auth/me").bearer(&text(tokens, "access_token")));
        api.refused(401, "invalid_grant", &refresh(&text(tokens, "refresh_token")));
    }
    // A second logout is not an error.
    api.expect(204, &logout);
}

#[test]
fn browsers_get_the_refresh_token_only_in_a_cookie() {
    let api = Api::start(&[]);
    let body = json!({"email": JANE, "password": PASSWORD});
    let answer = api.expect(201, &post("/auth/register", &body).browser(&api.origin()));
    let token = cookie(&answer);
    assert!(
        token.starts_with("gbr_")
            && !answer.body.contains("gbr_")
            && answer.header("cache-control") == Some("no-store")
    );
    let first = told(&answer);
    assert!(first.get("refresh_token").is_none());

    let answer = api.expect(200, &empty_post("/auth/refresh").browser(&api.origin()).cookie(&token));
    let next = cookie(&answer);
    assert!(next != token && !answer.body.contains("gbr_"));
    let second = told(&answer);
    assert_eq!(second["session_id"], first["session_id"]);

    let answer = api.expect(204, &empty_post("/auth/logout").browser(&api.origin()).cookie(&next));
    assert!(clears_the_cookie(&answer) && answer.body.is_empty());
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&second, "access_token")));
    // The refusal deletes the cookie of the client.
    let answer = api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()).cookie(&next));
    assert!(clears_the_cookie(&answer));
}

#[test]
fn logging_in_again_closes_the_login_that_the_cookie_held() {
    let api = Api::start(&[]);
    api.register(JANE);
    let (first, token) = api.login_in_browser(JANE);
    let ask = post("/auth/login", &json!({"email": JANE, "password": PASSWORD})).browser(&api.origin()).cookie(&token);
    let answer = api.expect(200, &ask);
    assert_ne!(told(&answer)["session_id"], first["session_id"], "a login is a new session (ASVS 7.2.4)");
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&first, "access_token")));
    api.expect(200, &empty_post("/auth/refresh").browser(&api.origin()).cookie(&cookie(&answer)));
}

#[test]
fn an_access_token_is_enough_to_log_out() {
    let api = Api::start(&[]);
    let tokens = api.register(JANE);
    let bearer = text(&tokens, "access_token");
    api.expect(204, &empty_post("/auth/logout").bearer(&bearer));
    api.refused(401, "session_ended", &empty_post("/auth/logout").bearer(&bearer));
    api.refused(401, "invalid_grant", &refresh(&text(&tokens, "refresh_token")));
    api.refused(401, "no_token", &empty_post("/auth/logout"));
    // A page without its cookie gets the same answer.
    // A browser without a cookie counts as logged out; duplicate or invalid cookies are deleted.
    api.expect(204, &empty_post("/auth/logout").browser(&api.origin()));
    let broken = empty_post("/auth/logout").browser(&api.origin()).cookie("no token");
    assert!(clears_the_cookie(&api.expect(204, &broken)));
}

#[test]
fn only_a_logout_deletes_an_unknown_cookie() {
    let api = Api::start(&[]);
    let stray = format!("gbr_{}", "A".repeat(90));
    let answer = api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()).cookie(&stray));
    assert_eq!(answer.header("set-cookie"), None, "unknown is no verdict");
    assert!(clears_the_cookie(&api.expect(204, &empty_post("/auth/logout").browser(&api.origin()).cookie(&stray))));
}

#[test]
fn logging_out_everywhere_ends_every_login_of_that_account() {
    let api = Api::start(&[]);
    let (first, other) = (api.register(JANE), api.register("joe@example.org"));
    let (second, token) = api.login_in_browser(JANE);
    let answer = api.expect(204, &empty_post("/auth/logout-all").bearer(&text(&first, "access_token")));
    assert_eq!(answer.header("set-cookie"), None);
    for tokens in [&first, &second] {
        api.refused(401, "session_ended", &get("/auth/me").bearer(&text(tokens, "access_token")));
    }
    api.refused(401, "invalid_grant", &refresh(&text(&first, "refresh_token")));
    api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()).cookie(&token));
    api.expect(200, &get("/auth/me").bearer(&text(&other, "access_token")));
    // For a browser, the cookie is sent and deleted.
    let (third, token) = api.login_in_browser(JANE);
    let ask = empty_post("/auth/logout-all").bearer(&text(&third, "access_token")).cookie(&token);
    assert!(clears_the_cookie(&api.expect(204, &ask)));
}

#[test]
fn a_listing_shows_logins_and_ends_them_one_by_one() {
    let api = Api::start(&[]);
    let (first, other) = (api.register(JANE), api.register("joe@example.org"));
    let body = json!({"email": JANE, "password": PASSWORD, "client": "shop", "label": "Jane's phone"});
    let second = told(&api.expect(200, &post("/auth/login", &body).native()));
    let ask =
        post("/auth/login", &json!({"email": JANE, "password": PASSWORD})).native().header(("User-Agent", "curl/8"));
    let third = told(&api.expect(200, &ask));
    let bearer = text(&first, "access_token");
    let listed = told(&api.expect(200, &get("/auth/sessions").bearer(&bearer)));
    let listed = listed["sessions"].as_array().unwrap();
    assert_eq!(listed.len(), 3);
    let find =
        |tokens: &serde_json::Value| listed.iter().find(|session| session["id"] == tokens["session_id"]).unwrap();
    assert_eq!((&find(&second)["client"], &find(&second)["label"]), (&json!("shop"), &json!("Jane's phone")));
    assert_eq!((&find(&third)["client"], &find(&third)["label"]), (&json!("native"), &json!("curl/8")));
    assert!(find(&first).get("label").is_none());
    assert_eq!((&find(&first)["current"], &find(&second)["current"]), (&json!(true), &json!(false)));
    let age = find(&first)["absolute_expires_at"].as_u64().unwrap() - find(&first)["created_at"].as_u64().unwrap();
    assert_eq!(age, 30 * 86_400);

    let path = |tokens: &serde_json::Value| format!("/auth/sessions/{}", text(tokens, "session_id"));
    api.expect(204, &delete(&path(&second)).bearer(&bearer));
    api.refused(404, "session_not_found", &delete(&path(&second)).bearer(&bearer));
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&second, "access_token")));
    // A login of another user is not found.
    api.refused(404, "session_not_found", &delete(&path(&other)).bearer(&bearer));
    api.expect(200, &get("/auth/me").bearer(&text(&other, "access_token")));
    for id in ["x", "%00", "%ff", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB"] {
        let answer = api.expect(404, &delete(&format!("/auth/sessions/{id}")).bearer(&bearer));
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{id}");
    }
    // Even the user's current login can be ended.
    api.expect(204, &delete(&path(&first)).bearer(&bearer));
    api.refused(401, "session_ended", &get("/auth/sessions").bearer(&bearer));
}
