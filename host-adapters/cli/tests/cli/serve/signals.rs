//! What it is told while it runs.

use super::process::Server;
use super::wire::{connect, get, read, request};
use crate::program::Folder;
use std::io::Write;
use std::time::{Duration, Instant};

#[test]
fn both_signals_end_it_in_order() {
    let folder = Folder::new();
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(&folder, &[]);
        server.signal(signal);
        assert_eq!(server.wait(), Some(0));
        assert!(server.log().contains("stopped"), "{}", server.log());
        // What SQLite keeps beside a database that is open.
        assert!(!std::path::Path::new(&folder.path("glowband-data/glowband.sqlite-wal")).exists());
    }
}

#[test]
fn a_request_that_has_begun_is_answered_and_no_other_is_taken() {
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
fn a_client_that_says_nothing_does_not_hold_it_up_for_ever_and_a_second_signal_not_at_all() {
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
fn a_hangup_reads_the_keys_again_and_says_so() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    server.signal("HUP");
    let line = server.logs("signing keys reloaded");
    assert!(line.contains("keys=1"), "{line}");
    server.logs("SIGHUP: other settings are only read when the server starts");
    assert_eq!(get(server.address(), "/readyz", &[]).status, 200);
    server.end();
}
