//! Addresses in settings: to listen on, of this server, of pages, of proxies.

use super::settings::Listen;
use axum::http::Uri;
use ipnet::IpNet;
use std::net::IpAddr;
use std::path::PathBuf;

/// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/glowband.sock`.
pub(super) fn listen(text: &str) -> Option<Listen> {
    match text.strip_prefix("unix:") {
        Some(path) => cfg!(unix).then(|| PathBuf::from(path)).filter(|path| path.is_absolute()).map(Listen::Unix),
        None => text.parse().ok().map(Listen::Tcp),
    }
}

/// `https://id.example`, `https://example.com/login`: scheme, host, port and path, nothing else, no slash at the end.
pub(super) fn public_url(text: &str) -> Option<String> {
    let parsed: Uri = text.parse().ok()?;
    let path = parsed.path();
    // Where there is no path, the parser says "/".
    let written = if path == "/" && !text.ends_with('/') { "" } else { path };
    let plain = parsed.query().is_none() && !text.contains('#') && !written.ends_with('/');
    (origin_of(&parsed)? + written == text && plain).then(|| text.to_owned())
}

/// `https://app.example`, `http://localhost:3000`: what a browser sends as `Origin`.
pub(super) fn origin(text: &str) -> Option<String> {
    let parsed: Uri = text.parse().ok()?;
    let origin = origin_of(&parsed)?;
    let default_port = if text.starts_with("https:") { ":443" } else { ":80" };
    // A browser leaves out the port that its scheme has anyway.
    (origin == text && !text.ends_with(default_port)).then_some(origin)
}

fn origin_of(parsed: &Uri) -> Option<String> {
    let scheme = parsed.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = parsed.authority()?.as_str();
    let host = parsed.host().filter(|host| !host.is_empty())?;
    let small = !authority.bytes().any(|byte| byte.is_ascii_uppercase());
    let port_is_one = match authority.strip_prefix(host)? {
        "" => true,
        port => port.strip_prefix(':').and_then(|digits| digits.parse::<u16>().ok()).is_some_and(|port| port > 0),
    };
    (small && port_is_one).then(|| format!("{scheme}://{authority}"))
}

/// `10.0.0.0/8`, or one address.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>().ok().filter(|network| network.trunc() == *network).or_else(one)
}

/// A scope (RFC 6749 §3.3).
pub(super) fn scope(text: &str) -> Option<String> {
    let allowed = |byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
    (!text.is_empty() && text.bytes().all(allowed)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners() {
        assert_eq!(listen("127.0.0.1:0"), Some(Listen::Tcp("127.0.0.1:0".parse().unwrap())));
        assert_eq!(listen("[::]:443"), Some(Listen::Tcp("[::]:443".parse().unwrap())));
        assert_eq!(listen("unix:/run/g.sock"), cfg!(unix).then(|| Listen::Unix("/run/g.sock".into())));
        for text in ["", "8080", ":8080", "localhost:8080", "127.0.0.1", "unix:", "unix:g.sock", "http://127.0.0.1:1"] {
            assert_eq!(listen(text), None, "{text}");
        }
    }

    #[test]
    fn public_urls_have_one_spelling() {
        for text in [
            "https://id.example",
            "http://127.0.0.1:8080",
            "https://[::1]:8443",
            "https://example.com/login",
            "https://a/b/c",
        ] {
            assert_eq!(public_url(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "id.example",
            "ftp://id.example",
            "https://",
            "https://id.example/",
            "https://ID.example",
            "/login",
            "https://user@id.example",
            "https://id.example?x",
            "https://id.example#x",
            "https://id.example/login/",
            "https://id.example:0",
            "https://id.example:99999",
            "https://id.example:",
            "HTTPS://id.example",
            "https://a b",
        ] {
            assert_eq!(public_url(text), None, "{text}");
        }
    }

    #[test]
    fn origins_are_what_a_browser_sends() {
        for text in ["https://app.example", "http://localhost:3000", "https://[::1]:8443"] {
            assert_eq!(origin(text).as_deref(), Some(text));
        }
        for text in
            ["*", "null", "https://app.example/", "https://app.example/x", "https://app.example:443", "http://a:80"]
        {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn networks_and_single_addresses() {
        for (text, expected) in
            [("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("::1", "::1/128"), ("fd00::/8", "fd00::/8")]
        {
            assert_eq!(network(text), expected.parse().ok());
        }
        for text in ["", "10.0.0.1/8", "10.0.0.0/33", "proxy", "10.0.0"] {
            assert_eq!(network(text), None, "{text}");
        }
    }

    #[test]
    fn scopes_have_no_quotes_and_no_spaces() {
        assert_eq!(scope("orders:read").as_deref(), Some("orders:read"));
        for text in ["", "a b", "\"", "\\", "é"] {
            assert_eq!(scope(text), None, "{text}");
        }
    }
}
