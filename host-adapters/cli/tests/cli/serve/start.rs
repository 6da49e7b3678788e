//! The first start of a server, and later ones.

use super::process::{Server, address_in, serve};
use super::wire::get;
use crate::program::Folder;
use std::os::unix::fs::PermissionsExt;

fn mode(path: &str) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{path}: {error}")).permissions().mode() & 0o777
}

#[test]
fn the_first_start_creates_its_files_readable_only_by_their_owner() {
    let folder = Folder::new();
    // The default port may be in use on the machine that runs the test.
    let server = Server::start(&folder, &[]);
    assert!(server.line.starts_with("glowband serves on http://127.0.0.1:"), "{}", server.line);
    assert_eq!(get(server.address(), "/healthz", &[]).status, 200);
    assert_eq!(get(server.address(), "/readyz", &[]).body, "ready\n");

    assert_eq!(mode(&folder.path("glowband-data")), 0o700);
    assert_eq!(mode(&folder.path("glowband-data/keys")), 0o700);
    for file in ["glowband-data/refresh.key", "glowband-data/glowband.sqlite"] {
        assert_eq!(mode(&folder.path(file)), 0o600, "{file}");
    }
    let keys: Vec<_> = std::fs::read_dir(folder.path("glowband-data/keys")).unwrap().collect();
    for key in &keys {
        let path = key.as_ref().unwrap().path();
        assert_eq!(mode(path.to_str().unwrap()), 0o600, "{path:?}");
    }
    assert!(!keys.is_empty());
    let log = server.end();
    for words in [
        "note: created glowband-data",
        "note: signing key ",
        "note: there are no users yet; create one with POST http://127.0.0.1:",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[test]
fn the_second_start_creates_nothing() {
    let folder = Folder::new();
    Server::start(&folder, &[]).end();
    let secret = std::fs::read(folder.path("glowband-data/refresh.key")).unwrap();
    let log = Server::start(&folder, &["--registration", "false"]).end();
    assert!(!log.contains("note: created ") && !log.contains("was created"), "{log}");
    assert!(
        log.contains("note: there are no users yet, and registration is off; create one with glowband users add"),
        "{log}"
    );
    assert_eq!(std::fs::read(folder.path("glowband-data/refresh.key")).unwrap(), secret);
}

#[test]
fn a_second_listener_serves_the_metrics() {
    let folder = Folder::new();
    let mut server = Server::start(&folder, &["--metrics-listen", "127.0.0.1:0"]);
    let second = server.next_line();
    assert!(second.starts_with("glowband shows its metrics on http://127.0.0.1:"), "{second}");
    let (main, second) = (server.address(), address_in(&second));
    assert_eq!(get(main, "/metrics", &[]).status, 404);
    assert_eq!(get(main, "/readyz", &[]).status, 200);
    assert_eq!(get(second, "/metrics", &[]).status, 200);
    assert_eq!(get(second, "/readyz", &[]).status, 200);
    server.end();
}

#[test]
fn a_unix_socket_is_created_and_deleted() {
    let folder = Folder::new();
    // The path of a Unix socket may have at most about 100 bytes.
    let socket = std::env::temp_dir().join(format!("glowband-{}.sock", std::process::id()));
    let listen = format!("unix:{}", socket.display());
    let arguments = ["--listen", &listen, "--public-url", "https://id.example"];
    let start = || Server::spawn(&folder, &mut serve(&folder, &arguments));
    let ask = || {
        let stream = std::os::unix::net::UnixStream::connect(&socket).unwrap();
        let headers = [("X-Forwarded-For", "198.51.100.7"), ("X-Request-Id", "from-the-proxy")];
        super::wire::exchange(stream, &super::wire::request("GET", "/healthz", &headers))
    };

    let mut server = start();
    assert_eq!(server.line, format!("glowband serves on {listen}"));
    let answer = ask();
    assert_eq!((answer.status, answer.header("x-request-id")), (200, Some("from-the-proxy")));
    assert!(server.logs("from-the-proxy").contains("client=198.51.100.7"));
    // A socket in use is not replaced; a socket that a killed server has left behind is.
    let second = serve(&folder, &arguments).output().unwrap();
    assert_eq!(second.status.code(), Some(75));
    assert!(String::from_utf8(second.stderr).unwrap().contains("another program uses this address"));
    server.signal("KILL");
    server.wait();
    assert!(socket.exists());
    let server = start();
    assert_eq!(ask().status, 200);
    server.end();
    assert!(!socket.exists());
}

#[test]
fn forward_auth_works_only_if_it_is_enabled() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--forward-auth", "true"]);
    assert_eq!(get(server.address(), "/forward-auth/auth", &[]).status, 401);
    server.end();
    let server = Server::start(&folder, &[]);
    assert_eq!(get(server.address(), "/forward-auth/auth", &[]).status, 404);
}
