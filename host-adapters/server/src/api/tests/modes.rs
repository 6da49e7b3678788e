//! Browser and native: the matrix of what a request says and shows.

use crate::api::client_mode::{ClientMode, Origins};
use crate::api::refresh_cookie;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const COOKIE: (&str, &str) = ("cookie", "theme=dark; __Host-gb_refresh=gbr_abc");
const BROWSER: (&str, &str) = ("glowband-client", "browser");
const NATIVE: (&str, &str) = ("glowband-client", "native");

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).fold(HeaderMap::new(), |mut headers, (name, value)| {
        headers.append(name, value);
        headers
    })
}

fn verdict(pairs: &[(&'static str, &str)]) -> Result<ClientMode, (u16, &'static str)> {
    let origins = Origins::new("https://id.example", &["https://app.example".to_owned()]);
    ClientMode::of(&headers(pairs), &origins).map_err(|problem| (problem.status().as_u16(), problem.name()))
}

#[test]
fn the_matrix_of_browser_requests() {
    let (own, app, evil) =
        (("origin", "https://id.example"), ("origin", "https://app.example"), ("origin", "https://evil.example"));
    let site = |value| ("sec-fetch-site", value);
    let good = Ok(ClientMode::Browser);
    let cross = Err((403, "cross_site"));
    for (shown, expected) in [
        (&[own][..], good),
        (&[own, site("same-origin")], good),
        (&[app], good),
        (&[app, site("cross-site")], good),
        (&[app, site("same-site")], good),
        (&[site("same-origin")], good),
        (&[evil], cross),
        (&[evil, site("same-origin")], cross),
        (&[evil, site("cross-site")], cross),
        (&[own, site("cross-site")], cross),
        (&[own, own], cross),
        (&[own, evil], cross),
        (&[("origin", "null")], cross),
        (&[("origin", "")], cross),
        (&[("origin", "https://id.example/")], cross),
        (&[("origin", "https://id.example:443")], cross),
        (&[("origin", "https://ID.example")], cross),
        (&[("origin", "http://id.example")], cross),
        (&[("origin", "https://id.example.evil")], cross),
        (&[("origin", "https://sub.id.example")], cross),
        (&[site("same-site")], cross),
        (&[site("cross-site")], cross),
        (&[site("none")], cross),
        (&[site("same-origin"), site("same-origin")], cross),
        (&[], cross),
    ] {
        let mut with = vec![BROWSER, COOKIE];
        with.extend_from_slice(shown);
        assert_eq!(verdict(&with), expected, "{shown:?}");
        // Without the header nothing else helps: a form of any page can send the rest.
        assert_eq!(verdict(&with[1..]), Err((403, "client_header_missing")), "{shown:?}");
    }
}

#[test]
fn a_native_client_shows_nothing_of_a_browser() {
    assert_eq!(verdict(&[NATIVE]), Ok(ClientMode::Native));
    assert_eq!(verdict(&[NATIVE, ("cookie", "theme=dark")]), Ok(ClientMode::Native));
    for mark in [
        COOKIE,
        ("cookie", "__Host-gb_refresh=\"not a token\""),
        ("cookie", "__Host-gb_refresh=a; __Host-gb_refresh=b"),
        ("origin", "https://id.example"),
        ("origin", "null"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ] {
        assert_eq!(verdict(&[NATIVE, mark]), Err((403, "native_from_browser")), "{mark:?}");
    }
}

#[test]
fn the_header_says_one_of_two_words_once() {
    let own = ("origin", "https://id.example");
    for said in ["Browser", "NATIVE", "", "native, browser", "web"] {
        assert_eq!(verdict(&[("glowband-client", said), own]), Err((400, "client_header_unknown")), "{said}");
    }
    assert_eq!(verdict(&[BROWSER, NATIVE, own]), Err((400, "client_header_unknown")));
    assert_eq!(verdict(&[BROWSER, BROWSER, own]), Err((400, "client_header_unknown")));
}

#[test]
fn the_names_of_a_loopback_address_are_one_origin() {
    let accepts =
        |public_url: &str, origin: &str| Origins::new(public_url, &[]).expect(&headers(&[("origin", origin)])).is_ok();
    for origin in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        assert!(accepts("http://127.0.0.1:8080", origin), "{origin}");
        assert!(accepts("http://localhost:8080", origin), "{origin}");
        assert!(!accepts("http://127.0.0.1:8081", origin), "{origin}");
        assert!(!accepts("https://id.example:8080", origin), "{origin}");
    }
    assert!(accepts("https://id.example:443/auth", "https://id.example"));
    assert!(accepts("http://[2001:db8::1]", "http://[2001:db8::1]"));
    assert!(accepts("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080"));
    assert!(!accepts("", "") && !accepts("nonsense", "nonsense"));
}

#[test]
fn the_cookie_is_host_only_secure_strict_and_unseen_by_scripts() {
    let set = refresh_cookie::set("gbr_abc", 1_209_600).unwrap();
    let expected = "__Host-gb_refresh=gbr_abc; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Strict";
    assert_eq!(set.to_str().unwrap(), expected);
    assert!(set.is_sensitive() && !format!("{set:?}").contains("gbr_abc"));
    let cleared = refresh_cookie::cleared().unwrap();
    let expected = "__Host-gb_refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict";
    assert_eq!(cleared.to_str().unwrap(), expected);
    assert_eq!(refresh_cookie::of(&headers(&[COOKIE])).unwrap(), Some("gbr_abc"));
    assert_eq!(refresh_cookie::of(&headers(&[("cookie", "__Host-gb_refresh=")])).unwrap(), None, "an emptied one");
    let two = headers(&[COOKIE, COOKIE]);
    assert_eq!(refresh_cookie::of(&two).map_err(|problem| problem.name()), Err("several_cookies"));
}
