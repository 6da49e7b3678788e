//! Servers whose refresh secret does not match the logins in their database.

use super::process::{Server, serve};
use super::wire::{connect, exchange, request};
use crate::accounts::place::Place;
use crate::program::Folder;

/// Registers an account on a running server, which also creates a login.
fn register(server: &Server) {
    let body = r#"{"email":"jane@example.org","password":"correct horse battery"}"#;
    let length = body.len().to_string();
    let headers =
        [("Content-Type", "application/json"), ("Glowband-Client", "native"), ("Content-Length", length.as_str())];
    let answer = exchange(connect(server.address()), &(request("POST", "/auth/register", &headers) + body));
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[test]
fn another_refresh_secret_is_refused_before_it_ends_every_login() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    register(&server);
    server.end();

    let kept = folder.path("glowband-data/kept");
    let secret = folder.path("glowband-data/refresh.key");
    std::fs::rename(&secret, &kept).unwrap();
    // A lost secret is not silently replaced.
    let output = serve(&folder, &["--listen", "127.0.0.1:0"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let words = "glowband-data/refresh.key: this file is missing, and sqlite:glowband-data/glowband.sqlite knows the";
    assert!(output.status.code() == Some(2) && err.contains(words), "{err}");
    assert!(!std::path::Path::new(&secret).exists());

    std::fs::write(&secret, "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let output = serve(&folder, &["--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    for words in [
        "sqlite:glowband-data/glowband.sqlite: its logins are made with another refresh secret than that of \
         glowband-data/refresh.key",
        "--accept-refresh-secret",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }

    // The right secret still works.
    std::fs::rename(&kept, &secret).unwrap();
    Server::start(&folder, &[]).end();
    // A lost secret is replaced only with the flag.
    std::fs::remove_file(&secret).unwrap();
    Server::start(&folder, &["--accept-refresh-secret"]).end();
    Server::start(&folder, &[]).end();
}

/// Two containers of one image on one new database, each with a data folder of its own.
#[test]
fn a_second_server_on_a_new_database_needs_the_secret_of_the_first() {
    for place in Place::each() {
        let start = |data: &str| {
            let mut command = serve(&place.folder, &["--listen", "127.0.0.1:0", "--data", data]);
            command.env("GLOWBAND_DATABASE", &place.url);
            command
        };
        let first = Server::spawn(&place.folder, &mut start("a"));
        let output = start("b").output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains("b/refresh.key: this file is missing, and "), "{err}");
        first.end();
        // The first server's secret stays valid.
        Server::spawn(&place.folder, &mut start("a")).end();
        std::fs::copy(place.folder.path("a/refresh.key"), place.folder.path("b/refresh.key")).unwrap();
        Server::spawn(&place.folder, &mut start("b")).end();
    }
}

#[test]
fn secrets_in_the_environment_replace_the_file() {
    let folder = Folder::new();
    let lines = "2 BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA,1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let start = |lines: &str| {
        let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
        command.env("GLOWBAND_REFRESH_SECRET", lines);
        command
    };
    let server = Server::spawn(&folder, &mut start(lines));
    register(&server);
    let log = server.end();
    assert!(!log.contains("BBBB") && !log.contains("AAAA"), "{log}");
    assert!(!std::path::Path::new(&folder.path("glowband-data/refresh.key")).exists());

    // One of them is enough, and an error does not contain a wrong one.
    Server::spawn(&folder, &mut start("1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).end();
    let output = start("1 AAAA").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && err.contains("error: GLOWBAND_REFRESH_SECRET: line 1: "), "{err}");
    assert!(!err.contains("AAAA"), "{err}");
}
