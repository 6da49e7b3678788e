//! Certificates of servers: what is trusted itself, and why others are not.

use crate::issuer::{Answer, Issuer, TlsSide};
use crate::signer::{Signer, jwks};
use glowband_verify::{FetchFault, RemoteKeySet};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

const KEYS: &str = "/jwks.json";

/// What a fetch says that trusts these certificates alone.
fn told(server: &Issuer, roots: &str) -> Result<usize, String> {
    server.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    match RemoteKeySet::jwks(server.url(KEYS)).root_certificates(roots).fetch() {
        Ok(keys) => Ok(keys.len()),
        Err(error) => {
            assert!(matches!(error.fault(), FetchFault::Tls(_)), "{error}");
            assert_eq!(server.asked(KEYS), 0, "no request goes to a server that is not trusted");
            Err(error.to_string())
        }
    }
}

#[test]
fn the_certificate_that_openssl_makes_is_good_where_it_is_named_itself() {
    let server = Issuer::with(TlsSide::authority(&["localhost"]));
    let other = Issuer::with(TlsSide::authority(&["localhost"]));
    assert_eq!(told(&server, server.root()), Ok(1));
    assert_eq!(told(&other, &[server.root(), other.root()].concat()), Ok(1));
}

#[test]
fn a_certificate_that_is_named_itself_is_still_checked_by_dates_and_names() {
    let expired = Issuer::with(TlsSide::expired_authority("localhost"));
    let error = told(&expired, expired.root()).unwrap_err();
    assert!(error.contains("expired") && error.contains("days ago"), "{error}");
    let future = Issuer::with(TlsSide::future_authority("localhost"));
    let error = told(&future, future.root()).unwrap_err();
    assert!(error.contains("valid only in") && error.contains("days"), "{error}");
    let misnamed = Issuer::with(TlsSide::authority(&["id.example", "10.0.0.1"]));
    let error = told(&misnamed, misnamed.root()).unwrap_err();
    assert!(error.contains("is for \"id.example\", \"10.0.0.1\", and \"localhost\" is asked for"), "{error}");
    let unnamed = Issuer::with(TlsSide::authority(&[]));
    let error = told(&unnamed, unnamed.root()).unwrap_err();
    assert!(error.contains("names no host") && error.contains("subjectAltName"), "{error}");
}

#[test]
fn other_certificates_are_refused_with_the_reason() {
    let (authority, plain) = (Issuer::with(TlsSide::authority(&["localhost"])), Issuer::https());
    let error = told(&authority, plain.root()).unwrap_err();
    assert!(error.contains("CA:TRUE") && error.contains("root-certificates"), "{error}");
    let error = told(&plain, authority.root()).unwrap_err();
    assert!(error.contains("issuer is not among the root certificates"), "{error}");
    let expired = Issuer::with(TlsSide::expired("localhost"));
    let error = told(&expired, expired.root()).unwrap_err();
    assert!(error.contains("expired"), "{error}");
}

#[test]
fn plain_http_at_an_https_address_is_named() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://localhost:{}{KEYS}", listener.local_addr().unwrap().port());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        // The client closes first, so that it reads what was written.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let builder = RemoteKeySet::jwks(url).root_certificates(Issuer::https().root());
    let error = builder.fetch().unwrap_err().to_string();
    assert!(error.contains("does not speak TLS"), "{error}");
    server.join().unwrap();
}
