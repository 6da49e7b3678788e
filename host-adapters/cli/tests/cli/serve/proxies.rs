//! The client address of a request, as trusted proxies and clients send it.

use super::process::Server;
use super::wire::get;
use crate::program::Folder;

/// Returns the client address in the log for a request with these headers.
fn client(server: &Server, headers: &[(&str, &str)]) -> String {
    let answer = get(server.address(), "/healthz", headers);
    let id = answer.header("x-request-id").unwrap().to_owned();
    let line = server.logs(&id);
    line.split("client=").nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn headers_of_untrusted_clients_are_ignored() {
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
fn addresses_are_read_up_to_the_first_untrusted_one() {
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
    // Two header lines form one list; a line that the client sent is left of the proxy's.
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
fn only_the_configured_header_is_read() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--trusted-proxies", "127.0.0.0/8", "--forwarded-header", "forwarded"]);
    let both = [("X-Forwarded-For", "203.0.113.1"), ("Forwarded", "for=\"[2001:db8::7]:4711\";proto=https")];
    assert_eq!(client(&server, &both), "2001:db8::7");
    assert_eq!(client(&server, &[("X-Forwarded-For", "203.0.113.1")]), "127.0.0.1");
    server.end();
}
