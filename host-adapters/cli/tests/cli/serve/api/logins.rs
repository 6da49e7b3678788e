//! Logins and registrations: successes, refusals and limits.

use super::client::{Api, Ask, PASSWORD, clears_the_cookie, empty_post, form, get, post, refresh, text, told};
use serde_json::{Value, json};
use std::collections::HashSet;

const JANE: &str = "jane@example.org";

fn login(email: &str, password: &str) -> Ask {
    post("/auth/login", &json!({"email": email, "password": password})).native()
}

fn register(email: &str, password: &str) -> Ask {
    post("/auth/register", &json!({"email": email, "password": password})).native()
}

/// Returns an answer without the parts that differ from request to request.
fn shape(answer: &crate::serve::wire::Answer) -> (u16, String, Vec<Option<String>>) {
    let headers = ["www-authenticate", "content-type", "cache-control", "set-cookie", "content-length", "retry-after"];
    let headers = headers.iter().map(|name| answer.header(name).map(str::to_owned)).collect();
    (answer.status, answer.body.clone(), headers)
}

#[test]
fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let api = Api::start(&[]);
    api.register(JANE);
    let wrong = api.refused(401, "invalid_credentials", &login(JANE, "correct horse batterx"));
    assert!(wrong.header("www-authenticate").is_some_and(|challenge| !challenge.contains("error=")));
    let unknown = api.refused(401, "invalid_credentials", &login("unknown@example.org", PASSWORD));
    assert_eq!(shape(&wrong), shape(&unknown));
    // Upper and lower case of the address do not matter.
    api.expect(200, &login("  JANE@Example.ORG ", PASSWORD));
    // Those of the password do.
    api.refused(401, "invalid_credentials", &login(JANE, &PASSWORD.to_uppercase()));
    api.refused(401, "invalid_credentials", &login(JANE, &format!("{PASSWORD} ")));
}

#[test]
fn attempts_have_a_limit_per_account_and_per_address() {
    let api = Api::start(&["--login-attempts-per-account", "3/15m", "--login-attempts-per-address", "8/15m"]);
    api.register(JANE);
    api.register("joe@example.org");
    for _ in 0..3 {
        api.refused(401, "invalid_credentials", &login(JANE, "wrong"));
    }
    let answer = api.refused(429, "too_many_attempts", &login(JANE, PASSWORD));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    // Other accounts are not locked out until the limit of the address is reached, also by unknown accounts.
    api.expect(200, &login("joe@example.org", PASSWORD));
    let statuses: HashSet<u16> =
        (0..10).map(|name| api.send(&login(&format!("{name}@example.org"), "wrong")).status).collect();
    assert_eq!(statuses, HashSet::from([401, 429]));
    api.refused(429, "too_many_attempts", &login("joe@example.org", PASSWORD));
    // A refresh does not count as a login attempt.
    let metrics = api.send(&get("/metrics")).body;
    assert!(
        metrics.contains("glowband_login_attempts_total{outcome=\"limited\"}")
            || metrics.contains("outcome=\"limited\"")
    );
}

#[test]
fn registration_can_be_switched_off_and_is_limited() {
    let closed = Api::start(&["--registration", "false"]);
    // Refused before the body is read.
    for ask in [register(JANE, PASSWORD), Ask::new("POST", "/auth/register"), register(JANE, "x").native()] {
        closed.refused(403, "registration_closed", &ask);
    }
    let limited = Api::start(&["--registrations-per-address", "2/1h"]);
    limited.register("a@example.org");
    limited.register("b@example.org");
    let answer = limited.refused(429, "too_many_attempts", &register("c@example.org", PASSWORD));
    assert!(
        answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0))
    );
}

#[test]
fn an_address_in_use_and_a_weak_password_are_refused() {
    let api = Api::start(&[]);
    api.register(JANE);
    for spelling in [JANE, "JANE@example.org", "jane@EXAMPLE.org"] {
        let answer = api.refused(409, "email_taken", &register(spelling, PASSWORD));
        assert_eq!(told(&answer)["field"], "email");
    }
    for password in ["short", "password12345", "aaaaaaaaaaaaa", "joe@example.org"] {
        let answer = api.refused(400, "password_weak", &register("joe@example.org", password));
        assert_eq!(told(&answer)["field"], "password");
        assert!(!answer.body.contains(password) || password == "password12345");
    }
    for email in ["jane", "jane@", "@example.org", "a b@example.org", "jane@example.org, joe@example.org"] {
        let answer = api.refused(400, "email_malformed", &register(email, PASSWORD));
        assert_eq!(told(&answer)["field"], "email");
    }
    // The existing account is not changed.
    api.login(JANE);
}

#[test]
fn concurrent_registrations_create_one_account() {
    let api = Api::start(&[]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || scope.spawn(|| api.send(&register(JANE, PASSWORD)).status);
        let threads: Vec<_> = (0..6).map(|_| send()).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
}

#[test]
fn a_password_change_ends_all_other_logins() {
    let api = Api::start(&[]);
    let (here, there) = (api.register(JANE), api.login(JANE));
    let new = "another horse battery";
    let change = |current: &str, new: &str| {
        post("/auth/password", &json!({"current": current, "new": new})).bearer(&text(&here, "access_token"))
    };
    let answer = api.refused(403, "wrong_password", &change("wrong", new));
    assert_eq!(told(&answer)["field"], "current");
    let answer = api.refused(400, "password_weak", &change(PASSWORD, "short"));
    assert_eq!(told(&answer)["field"], "new");
    api.expect(204, &change(PASSWORD, new));
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&there, "access_token")));
    api.refused(401, "invalid_grant", &refresh(&text(&there, "refresh_token")));
    api.expect(200, &refresh(&text(&here, "refresh_token")));
    api.refused(401, "invalid_credentials", &login(JANE, PASSWORD));
    api.expect(200, &login(JANE, new));
}

#[test]
fn wrong_current_passwords_count_against_the_login_limit() {
    let api = Api::start(&["--login-attempts-per-account", "3/15m"]);
    let bearer = text(&api.register(JANE), "access_token");
    let change = post("/auth/password", &json!({"current": "wrong", "new": "another horse battery"})).bearer(&bearer);
    for _ in 0..3 {
        api.refused(403, "wrong_password", &change);
    }
    api.refused(429, "too_many_attempts", &change);
    api.refused(429, "too_many_attempts", &login(JANE, PASSWORD));
}

#[test]
fn scopes_are_granted_or_refused_as_the_settings_say() {
    let api = Api::with_callers(&[]);
    api.register(JANE);
    let login = |more: Value| {
        let mut body = json!({"email": JANE, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post("/auth/login", &body).native()
    };
    let granted = |more: Value| told(&api.expect(200, &login(more)))["scope"].clone();
    assert_eq!(granted(json!({})), "orders:read orders:write", "all of the settings where nothing is asked for");
    assert_eq!(granted(json!({"scope": "orders:read"})), "orders:read");
    assert_eq!(granted(json!({"scope": ""})), "");
    assert_eq!(granted(json!({"scope": " openid  orders:read openid"})), "openid orders:read");
    for scope in ["admin", "orders:read admin", "ORDERS:READ", "orders:read\\"] {
        let answer = api.refused(400, "invalid_scope", &login(json!({"scope": scope})));
        assert_eq!(told(&answer)["field"], "scope");
    }
    // A refresh has the scope of its login.
    let tokens = told(&api.expect(200, &login(json!({"scope": "orders:read"}))));
    assert_eq!(told(&api.expect(200, &refresh(&text(&tokens, "refresh_token"))))["scope"], "orders:read");
}

#[test]
fn a_disabled_account_is_answered_like_a_wrong_password_and_its_tokens_are_refused() {
    let api = Api::with_callers(&[]);
    let (tokens, other) = (api.register(JANE), api.register("joe@example.org"));
    let (_, in_browser) = api.login_in_browser(JANE);
    let bearer = text(&tokens, "access_token");
    let personal = text(&told(&api.expect(201, &post("/auth/tokens", &json!({"name": "n"})).bearer(&bearer))), "token");
    let data = api.folder.path("glowband-data");
    crate::program::run(&["users", "disable", JANE, "--data", &data]).expect(0);

    let wrong = api.refused(401, "invalid_credentials", &login("unknown@example.org", PASSWORD));
    let disabled = api.refused(401, "invalid_credentials", &login(JANE, PASSWORD));
    assert_eq!(shape(&wrong), shape(&disabled));
    api.refused(401, "session_ended", &get("/auth/me").bearer(&bearer));
    api.refused(401, "unknown_token", &get("/auth/me").bearer(&personal));
    api.refused(401, "invalid_grant", &refresh(&text(&tokens, "refresh_token")));
    let answer =
        api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()).cookie(&in_browser));
    assert!(clears_the_cookie(&answer));
    for token in [&bearer, &personal, &text(&tokens, "refresh_token")] {
        assert_eq!(api.expect(200, &form("/oauth/introspect", token).caller()).body, r#"{"active":false}"#);
    }
    api.expect(200, &refresh(&text(&other, "refresh_token")));
    // After the account is enabled, it can log in again, but ended logins stay ended.
    crate::program::run(&["users", "enable", JANE, "--data", &data]).expect(0);
    api.login(JANE);
    api.refused(401, "invalid_grant", &refresh(&text(&tokens, "refresh_token")));
}

#[test]
fn the_audit_log_has_events_with_user_and_address() {
    let api = Api::start(&["--login-attempts-per-account", "2/15m"]);
    let tokens = api.register(JANE);
    let _ = api.send(&login(JANE, "wrong").header(("User-Agent", "curl/8.5")));
    let _ = api.send(&login(JANE, "wrong"));
    let _ = api.send(&login(JANE, "wrong"));
    let first = text(&tokens, "refresh_token");
    let next = text(&told(&api.expect(200, &refresh(&first))), "refresh_token");
    api.expect(200, &refresh(&next));
    api.refused(401, "invalid_grant", &refresh(&first));
    let data = api.folder.path("glowband-data");
    let lines = crate::program::run(&["audit", "list", "--json", "--data", &data]).expect(0).out;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in ["registered", "logged_in", "login_failed", "locked_out", "reuse_detected"] {
        let line = lines.iter().find(|line| line["event"] == event).unwrap_or_else(|| panic!("no {event}: {lines:?}"));
        assert_eq!((&line["actor"], &line["address"]), (&json!("user"), &json!("127.0.0.1")), "{line}");
    }
    assert!(lines.iter().any(|line| line["event"] == "login_failed" && line["agent"] == "curl/8.5"), "{lines:?}");
    let reuse = lines.iter().find(|line| line["event"] == "reuse_detected").unwrap();
    assert_eq!(reuse["session_id"], tokens["session_id"]);
}
