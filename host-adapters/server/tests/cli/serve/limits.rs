//! What clients may take: connections, bytes, time.

use super::process::{Server, within};
use super::wire::{connect, exchange, get, read, request};
use crate::program::Folder;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

#[test]
fn a_body_that_is_announced_as_too_long_is_refused_before_it_is_read() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-body", "1KiB"]);
    for (length, status) in [("1025", 413), ("99999999999", 413)] {
        let request =
            request("POST", "/auth/login", &[("Content-Type", "application/json"), ("Content-Length", length)]);
        let answer = exchange(connect(server.address()), &request);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(answer.body.contains("\"body_too_large\"") && answer.body.contains("1024 bytes"), "{answer:?}");
    }
    server.end();
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--request-timeout", "2s"]);
    let headers = [("Content-Type", "application/json"), ("Glowband-Client", "native"), ("Content-Length", "100")];
    let began = Instant::now();
    let mut slow = connect(server.address());
    slow.write_all((request("POST", "/auth/login", &headers) + "{\"email\":").as_bytes()).unwrap();
    let answer = read(slow);
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")), "{answer:?}");
    assert!(answer.body.contains("\"body_too_slow\""), "{answer:?}");
    assert!((1..10).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    server.end();
}

#[test]
fn a_body_in_pieces_that_is_longer_than_it_may_be_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-body", "1KiB"]);
    let headers =
        [("Content-Type", "application/json"), ("Glowband-Client", "native"), ("Transfer-Encoding", "chunked")];
    let piece = format!("100\r\n{}\r\n", " ".repeat(0x100));
    let whole = request("POST", "/auth/login", &headers) + &piece.repeat(5) + "0\r\n\r\n";
    let answer = exchange(connect(server.address()), &whole);
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.body.contains("\"body_too_large\"") && answer.body.contains("1024 bytes"), "{answer:?}");
    server.end();
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let long = "x".repeat(40_000);
    let answer = get(server.address(), "/healthz", &[("X-Long", &long)]);
    assert!((400..500).contains(&answer.status), "{answer:?}");
    server.end();
}

#[test]
fn what_is_no_http_does_no_harm() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    for noise in [
        &b"\0\0\0\0"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxx",
    ] {
        let mut stream = connect(server.address());
        stream.write_all(noise).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert_eq!(get(server.address(), "/healthz", &[]).status, 200);
    server.end();
}

#[test]
fn connections_beyond_the_limit_wait_for_their_turn() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-connections", "8"]);
    let mut held: Vec<_> = (0..8).map(|_| connect(server.address())).collect();
    std::thread::sleep(Duration::from_millis(300));
    let mut ninth = connect(server.address());
    ninth.write_all(request("GET", "/healthz", &[]).as_bytes()).unwrap();
    server.logs("No more connections are taken");
    ninth.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(ninth.read(&mut [0]).is_err(), "nobody may have answered yet");
    held.pop();
    ninth.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(read(ninth).status, 200);
    server.end();
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    let folder = Folder::new();
    // A second for a request, and thirty to lie still.
    let server = Server::start(&folder, &["--request-timeout", "1s"]);
    let began = Instant::now();
    let mut silent = connect(server.address());
    let mut slow = connect(server.address());
    slow.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").unwrap();
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    let _ = slow.read_to_end(&mut rest);
    assert!((20..50).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    within(Duration::from_secs(10), "their ends", || {
        let page = get(server.address(), "/metrics", &[]).body;
        page.lines().any(|line| line == "glowband_open_connections 1").then_some(())
    });
    server.end();
}
