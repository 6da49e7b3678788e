//! Signals to a running server.

use super::process::Server;
use super::wire::{connect, get, read, request};
use crate::program::Folder;
use std::io::Write;
use std::time::{Duration, Instant};

#[test]
fn both_signals_stop_the_server_gracefully() {
    let folder = Folder::new();
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(&folder, &[]);
        server.signal(signal);
        assert_eq!(server.wait(), Some(0));
        assert!(server.log().contains("stopped"), "{}", server.log());
        // SQLite deletes these files when it closes the database.
        assert!(!std::path::Path::new(&folder.path("glowband-data/glowband.sqlite-wal")).exists());
    }
}

#[test]
fn an_open_request_is_answered_and_no_other_is_accepted() {
    let folder = Folder::new();
    let mut server = Server::start(&folder, &[]);
    let address = server.address();
    let mut begun = connect(address);
    let whole = request("GET", "/healthz", &[]);
    let (first, rest) = whole.split_at(20);
    begun.write_all(first.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    server.logs("stopping: no new connections");
    std::thread::sleep(Duration::from_millis(200));
    assert!(std::net::TcpStream::connect(address).is_err());
    begun.write_all(rest.as_bytes()).unwrap();
    assert_eq!(read(begun).status, 200);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_silent_client_delays_the_end_for_a_limited_time_and_a_second_signal_ends_it_at_once() {
    let folder = Folder::new();
    let mut server = Server::start(&folder, &[]);
    let mut silent = connect(server.address());
    silent.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let told = Instant::now();
    server.signal("TERM");
    server.logs("stopping: no new connections");
    assert!(told.elapsed() < Duration::from_secs(9));
    server.signal("TERM");
    assert_eq!(server.wait(), Some(1));
    assert!(told.elapsed() < Duration::from_secs(9), "{:?}", told.elapsed());
    assert!(server.log().contains("second signal"), "{}", server.log());
}

#[test]
fn a_hangup_reloads_the_keys_and_logs_it() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    server.signal("HUP");
    let line = server.logs("signing keys reloaded");
    assert!(line.contains("keys=1"), "{line}");
    server.logs("SIGHUP: other settings are only read when the server starts");
    assert_eq!(get(server.address(), "/readyz", &[]).status, 200);
    server.end();
}
