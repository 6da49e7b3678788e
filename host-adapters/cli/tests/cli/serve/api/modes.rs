//! Cross-site requests, and clients that pretend to be of another kind, on every route that handles refresh tokens.

use super::client::{Api, Ask, PASSWORD, clears_the_cookie, empty_post, post, text, told};
use serde_json::json;

const JANE: &str = "jane@example.org";

/// Every route that issues or accepts refresh tokens, with a valid body.
fn routes() -> Vec<Ask> {
    let body = json!({"email": JANE, "password": PASSWORD});
    vec![
        post("/auth/login", &body),
        post("/auth/register", &body),
        empty_post("/auth/refresh"),
        empty_post("/auth/logout"),
    ]
}

#[test]
fn requests_of_other_sites_cannot_use_a_login() {
    let api = Api::start(&["--allowed-origins", "https://app.example"]);
    api.register(JANE);
    let (_, token) = api.login_in_browser(JANE);
    let client = ("Glowband-Client", "browser");
    for route in routes() {
        let with_cookie = route.cookie(&token);
        for (name, headers) in [
            ("client_header_missing", &[][..]),
            ("client_header_missing", &[("Sec-Fetch-Site", "same-origin")]),
            ("cross_site", &[client]),
            ("cross_site", &[client, ("Origin", "https://evil.example")]),
            ("cross_site", &[client, ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin")]),
            ("cross_site", &[client, ("Origin", "null")]),
            ("cross_site", &[client, ("Sec-Fetch-Site", "cross-site")]),
            ("cross_site", &[client, ("Sec-Fetch-Site", "same-site")]),
            ("cross_site", &[client, ("Sec-Fetch-Site", "none")]),
            ("native_from_browser", &[("Glowband-Client", "native")]),
        ] {
            let ask = headers.iter().fold(with_cookie.clone(), |ask, header| ask.header(*header));
            let answer = api.refused(403, name, &ask);
            assert_eq!(answer.header("set-cookie"), None, "a refused request changes nothing");
        }
    }
    // Nothing was changed: the cookie is still the newest, and its login is open.
    let refreshed = api.expect(200, &empty_post("/auth/refresh").browser("https://app.example").cookie(&token));
    assert!(refreshed.header("access-control-allow-origin").is_some());
}

#[test]
fn forms_of_other_sites_are_refused() {
    let api = Api::start(&[]);
    let form = |media| {
        Ask::new("POST", "/auth/login")
            .header(("Content-Type", media))
            .header(("Origin", "https://evil.example"))
            .body(&json!({"email": JANE, "password": PASSWORD}).to_string())
    };
    // A form can send three media types and no custom headers.
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        api.refused(403, "client_header_missing", &form(media));
    }
    // Other methods never reach a handler, with or without a cookie.
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
        let answer = api.send(&Ask::new(method, "/auth/refresh").browser(&api.origin()).cookie("gbr_a"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
}

#[test]
fn a_native_client_that_looks_like_a_browser_is_refused() {
    let api = Api::start(&[]);
    for mark in [("Origin", api.origin().as_str()), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")] {
        for route in routes() {
            api.refused(403, "native_from_browser", &route.native().header(mark));
        }
    }
    for said in ["Native", "web", ""] {
        api.refused(400, "client_header_unknown", &routes()[0].clone().header(("Glowband-Client", said)));
    }
}

#[test]
fn a_refresh_token_is_accepted_only_where_it_was_issued() {
    let api = Api::start(&[]);
    let native = text(&api.register(JANE), "refresh_token");
    let (_, token) = api.login_in_browser(JANE);
    let body = |token: &str| post("/auth/refresh", &json!({"refresh_token": token}));
    let answer = api.refused(400, "refresh_token_in_body", &body(&token).browser(&api.origin()));
    assert_eq!(told(&answer)["field"], "refresh_token");
    api.refused(400, "refresh_token_in_body", &body(&token).browser(&api.origin()).cookie(&token));
    let logout = post("/auth/logout", &json!({"refresh_token": token})).browser(&api.origin()).cookie(&token);
    api.refused(400, "refresh_token_in_body", &logout);
    // The login of a cookie and a native login belong to different clients, unless both name the same client.
    let answer = api.refused(401, "invalid_grant", &body(&token).native());
    assert_eq!(answer.header("set-cookie"), None);
    let answer = api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()).cookie(&native));
    assert!(!clears_the_cookie(&answer));
    // No token at all.
    api.refused(401, "invalid_grant", &empty_post("/auth/refresh").browser(&api.origin()));
    api.refused(401, "invalid_grant", &empty_post("/auth/refresh").native());
    // Neither login was revoked by these requests.
    api.expect(200, &body(&native).native());
    api.expect(200, &empty_post("/auth/refresh").browser(&api.origin()).cookie(&token));
}

#[test]
fn a_login_is_refreshed_by_the_client_that_it_was_opened_for() {
    let api = Api::start(&[]);
    api.register(JANE);
    let body = json!({"email": JANE, "password": PASSWORD, "client": "shop"});
    let tokens = told(&api.expect(200, &post("/auth/login", &body).native()));
    let refresh = |client: Option<&str>| {
        let mut body = json!({"refresh_token": tokens["refresh_token"]});
        if let Some(client) = client {
            body["client"] = json!(client);
        }
        post("/auth/refresh", &body).native()
    };
    api.refused(401, "invalid_grant", &refresh(None));
    api.refused(401, "invalid_grant", &refresh(Some("Shop")));
    api.expect(200, &refresh(Some("shop")));
    let bad = json!({"email": JANE, "password": PASSWORD, "client": "a shop"});
    let answer = api.refused(400, "field_characters", &post("/auth/login", &bad).native());
    assert_eq!(told(&answer)["field"], "client");
}

#[test]
fn the_names_of_the_loopback_address_are_one_origin() {
    let api = Api::start(&[]);
    api.register(JANE);
    let port = api.address.port();
    let body = json!({"email": JANE, "password": PASSWORD});
    for origin in
        [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}"), format!("http://[::1]:{port}")]
    {
        api.expect(200, &post("/auth/login", &body).browser(&origin));
    }
    api.refused(403, "cross_site", &post("/auth/login", &body).browser("http://localhost"));
    api.refused(403, "cross_site", &post("/auth/login", &body).browser(&format!("https://localhost:{port}")));
}

#[test]
fn cors_is_closed_unless_origins_are_allowed() {
    let preflight = |origin: &str| {
        Ask::new("OPTIONS", "/auth/login")
            .header(("Origin", origin))
            .header(("Access-Control-Request-Method", "POST"))
            .header(("Access-Control-Request-Headers", "content-type,glowband-client"))
    };
    let closed = Api::start(&[]);
    let answer = closed.expect(405, &preflight("https://app.example"));
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (None, None));
    let open = Api::start(&["--allowed-origins", "https://app.example"]);
    let answer = open.expect(204, &preflight("https://app.example"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(open.expect(405, &preflight("https://evil.example")).header("access-control-allow-origin"), None);
    // Pages can also read refusals, so that they can show the reason.
    let body = json!({"email": JANE, "password": PASSWORD});
    let answer = open.refused(401, "invalid_credentials", &post("/auth/login", &body).browser("https://app.example"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"));
    let long = post("/auth/login", &json!({"email": "x".repeat(100_000)})).browser("https://app.example");
    let answer = open.refused(413, "body_too_large", &long);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}
