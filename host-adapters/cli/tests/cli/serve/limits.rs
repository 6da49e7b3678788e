//! Limits for clients: connections, bytes and time.

use super::process::{Server, within};
use super::wire::{connect, exchange, get, read, request};
use crate::program::Folder;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

#[test]
fn a_content_length_beyond_the_limit_is_refused_before_the_body() {
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
fn a_missing_body_times_out() {
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
fn a_chunked_body_beyond_the_limit_is_refused() {
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
fn a_head_beyond_the_limit_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let long = "x".repeat(40_000);
    let answer = get(server.address(), "/healthz", &[("X-Long", &long)]);
    assert!((400..500).contains(&answer.status), "{answer:?}");
    server.end();
}

#[test]
fn invalid_http_does_no_harm() {
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

/// Opens a connection with an open request, whose body is missing.
fn busy(server: &Server) -> TcpStream {
    let mut stream = connect(server.address());
    let headers = [("Content-Type", "application/json"), ("Glowband-Client", "native"), ("Content-Length", "100")];
    stream.write_all((request("POST", "/auth/login", &headers) + "{").as_bytes()).unwrap();
    stream
}

/// Sends a request from this address and returns how long the answer took.
fn asked_from(server: &Server, address: [u8; 4]) -> Duration {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((address, 0))).unwrap();
        socket.connect(server.address()).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let answer = exchange(stream, &request("GET", "/healthz", &[]));
    assert_eq!(answer.status, 200, "{answer:?}");
    began.elapsed()
}

#[test]
fn one_address_cannot_keep_another_client_waiting() {
    let folder = Folder::new();
    for flags in
        [&["--max-connections", "200"][..], &["--max-connections", "200", "--max-connections-per-address", "999"]]
    {
        let server = Server::start(&folder, flags);
        // Sends nothing, or one request and then nothing.
        let mut held: Vec<_> = (0..200).map(|_| connect(server.address())).collect();
        for stream in &mut held[150..] {
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        std::thread::sleep(Duration::from_millis(300));
        for address in [[127, 0, 0, 2], [127, 0, 0, 1], [127, 0, 0, 3]] {
            let took = asked_from(&server, address);
            assert!(took < Duration::from_secs(2), "{address:?}: {took:?}");
        }
        let page = get(server.address(), "/metrics", &[]).body;
        let open = page.lines().find_map(|line| line.strip_prefix("glowband_open_connections ")).unwrap();
        let most = if flags.len() == 2 { 52 } else { 200 };
        assert!(open.parse::<usize>().unwrap() <= most, "{open}");
        server.end();
    }
}

#[test]
fn only_the_address_with_too_many_open_requests_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-connections", "16"]);
    let held: Vec<_> = (0..4).map(|_| busy(&server)).collect();
    std::thread::sleep(Duration::from_millis(300));
    let mut fifth = connect(server.address());
    let _ = fifth.write_all(request("GET", "/healthz", &[]).as_bytes());
    let mut answer = Vec::new();
    let _ = fifth.read_to_end(&mut answer);
    assert_eq!(answer, b"");
    server.logs("connection limit of a client reached");
    assert!(asked_from(&server, [127, 0, 0, 2]) < Duration::from_secs(2));
    drop(held);
    within(Duration::from_secs(10), "its turn", || {
        let mut stream = connect(server.address());
        let _ = stream.write_all(request("GET", "/healthz", &[]).as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.starts_with("HTTP/1.1 200").then_some(())
    });
    server.end();
}

#[test]
fn a_trusted_proxy_has_no_limit_of_its_own() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-connections", "16", "--trusted-proxies", "127.0.0.1"]);
    let held: Vec<_> = (0..12).map(|_| busy(&server)).collect();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(get(server.address(), "/healthz", &[]).status, 200);
    drop(held);
    server.end();
}

#[test]
fn connections_beyond_the_total_limit_wait() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--max-connections", "8", "--max-connections-per-address", "9"]);
    let mut held: Vec<_> = (0..8).map(|_| busy(&server)).collect();
    std::thread::sleep(Duration::from_millis(300));
    let mut ninth = connect(server.address());
    ninth.write_all(request("GET", "/healthz", &[]).as_bytes()).unwrap();
    server.logs("connection limit reached");
    ninth.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(ninth.read(&mut [0]).is_err(), "the ninth connection must still wait");
    held.pop();
    ninth.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(read(ninth).status, 200);
    server.end();
}

#[test]
fn a_silent_client_is_disconnected() {
    let folder = Folder::new();
    // One second for a request, and thirty seconds without any bytes.
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
