//! Whom a request comes from, over a real socket: what proxies say, and what clients make up.

use super::process::Server;
use super::wire::get;
use crate::program::Folder;

/// The client that the log names for a request with these headers.
fn client(server: &Server, headers: &[(&str, &str)]) -> String {
    let answer = get(server.address(), "/healthz", headers);
    let id = answer.header("x-request-id").unwrap().to_owned();
    let line = server.logs(&id);
    line.split("client=").nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn headers_of_a_stranger_are_not_believed() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--trusted-proxies", "10.0.0.0/8"]);
    for header in
        [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.7"), ("X-Real-IP", "198.51.100.7")]
    {
        assert_eq!(client(&server, &[header]), "127.0.0.1", "{header:?}");
    }
    let made_up = [("X-Request-Id", "made-up"), ("X-Forwarded-Proto", "https")];
    let answer = get(server.address(), "/healthz", &made_up);
    assert_ne!(answer.header("x-request-id"), Some("made-up"));
    assert_eq!(answer.header("strict-transport-security"), None);
    server.end();
}

#[test]
fn a_trusted_proxy_is_believed_as_far_as_it_saw() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--trusted-proxies", "127.0.0.1,10.0.0.0/8"]);
    for (line, expected) in [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7, 10.0.0.4", "198.51.100.7"),
        ("unknown", "127.0.0.1"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
    ] {
        assert_eq!(client(&server, &[("X-Forwarded-For", line)]), expected, "{line}");
    }
    // Two lines are one list; a second one that a client smuggles in first is left of the proxy's.
    assert_eq!(
        client(&server, &[("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-For", "198.51.100.7")]),
        "198.51.100.7"
    );
    assert_eq!(
        client(&server, &[("Forwarded", "for=203.0.113.1"), ("X-Forwarded-For", "198.51.100.7")]),
        "198.51.100.7"
    );
    let answer =
        get(server.address(), "/healthz", &[("X-Request-Id", "from-the-proxy"), ("X-Forwarded-Proto", "https")]);
    assert_eq!(answer.header("x-request-id"), Some("from-the-proxy"));
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    server.end();
}

#[test]
fn the_header_of_the_rfc_is_read_where_it_is_chosen_and_then_alone() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--trusted-proxies", "127.0.0.0/8", "--forwarded-header", "forwarded"]);
    let both = [("X-Forwarded-For", "203.0.113.1"), ("Forwarded", "for=\"[2001:db8::7]:4711\";proto=https")];
    assert_eq!(client(&server, &both), "2001:db8::7");
    assert_eq!(client(&server, &[("X-Forwarded-For", "203.0.113.1")]), "127.0.0.1");
    server.end();
}
