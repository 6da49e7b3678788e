//! TLS with a certificate of the test: handshakes, protocols, new certificates.

use super::process::{Server, serve};
use super::wire::{Answer, connect, exchange, request};
use crate::program::Folder;
use base64ct::{Base64, Encoding};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

/// A self-signed certificate and its key.
pub(super) struct Pair {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key_pem: String,
}

/// The paths of the two files.
pub(super) struct Stored {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Pair {
    pub(super) fn new(name: &str) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
        let (certificate_pem, key_pem) =
            (pem("CERTIFICATE", cert.der()), pem("PRIVATE KEY", &signing_key.serialize_der()));
        Self { certificate: cert.der().clone(), certificate_pem, key_pem }
    }

    pub(super) fn store(&self, folder: &Folder, name: &str) -> Stored {
        let certificate = folder.file(&format!("{name}.pem"), &self.certificate_pem);
        let key = folder.file(&format!("{name}.key"), &self.key_pem);
        fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
        Stored { certificate, key }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl Stored {
    pub(super) fn flags(&self) -> [&str; 4] {
        ["--tls-certificate", &self.certificate, "--tls-key", &self.key]
    }
}

/// Sends a request over TLS with these protocols, trusting only this certificate.
fn ask(address: SocketAddr, pair: &Pair, protocols: &[&str]) -> Result<(Answer, Option<Vec<u8>>), rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(pair.certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = connect(address);
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            inner.cloned().unwrap_or_else(|| rustls::Error::General(error.to_string()))
        })?;
    }
    let protocol = connection.alpn_protocol().map(<[u8]>::to_vec);
    if protocol.as_deref() == Some(b"h2") {
        let answer = Answer::default();
        return Ok((answer, protocol));
    }
    Ok((exchange(StreamOwned::new(connection, stream), &request("GET", "/healthz", &[])), protocol))
}

#[test]
fn a_certificate_makes_it_https() {
    let folder = Folder::new();
    let (pair, stranger) = (Pair::new("localhost"), Pair::new("localhost"));
    let server = Server::start(&folder, &pair.store(&folder, "a").flags());
    assert!(server.line.starts_with("glowband serves on https://127.0.0.1:"), "{}", server.line);
    let (answer, protocol) = ask(server.address(), &pair, &["http/1.1"]).unwrap();
    assert_eq!((answer.status, protocol.as_deref()), (200, Some(&b"http/1.1"[..])));
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    assert_eq!(ask(server.address(), &pair, &[]).unwrap().0.status, 200);
    assert_eq!(ask(server.address(), &pair, &["h2", "http/1.1"]).unwrap().1.as_deref(), Some(&b"h2"[..]));
    assert!(ask(server.address(), &stranger, &["http/1.1"]).is_err());
    // A client without TLS gets no answer and does no harm.
    let mut clear = connect(server.address());
    std::io::Write::write_all(&mut clear, request("GET", "/healthz", &[]).as_bytes()).unwrap();
    let mut rest = Vec::new();
    let _ = std::io::Read::read_to_end(&mut clear, &mut rest);
    assert!(!rest.starts_with(b"HTTP/"), "{rest:?}");
    assert_eq!(ask(server.address(), &pair, &["http/1.1"]).unwrap().0.status, 200);
    server.end();
}

#[test]
fn a_hangup_loads_a_new_certificate_but_not_an_invalid_one() {
    let folder = Folder::new();
    let (old, new) = (Pair::new("localhost"), Pair::new("localhost"));
    let stored = old.store(&folder, "a");
    let server = Server::start(&folder, &stored.flags());

    fs::write(&stored.certificate, &new.certificate_pem).unwrap();
    server.signal("HUP");
    let line = server.logs("certificate not reloaded");
    assert!(line.contains("this key does not belong to the certificate in"), "{line}");
    assert_eq!(ask(server.address(), &old, &["http/1.1"]).unwrap().0.status, 200);

    fs::write(&stored.key, &new.key_pem).unwrap();
    server.signal("HUP");
    server.logs("certificate reloaded");
    assert_eq!(ask(server.address(), &new, &["http/1.1"]).unwrap().0.status, 200);
    assert!(ask(server.address(), &old, &["http/1.1"]).is_err());
    server.end();
}

#[test]
fn changed_files_are_loaded_without_a_signal() {
    let folder = Folder::new();
    let (old, new) = (Pair::new("localhost"), Pair::new("localhost"));
    let stored = old.store(&folder, "a");
    let server = Server::start(&folder, &stored.flags());
    std::thread::sleep(Duration::from_millis(1_100));
    fs::write(&stored.certificate, &new.certificate_pem).unwrap();
    fs::write(&stored.key, &new.key_pem).unwrap();
    server.logs("certificate reloaded");
    assert_eq!(ask(server.address(), &new, &["http/1.1"]).unwrap().0.status, 200);
    server.end();
}

#[test]
fn a_key_of_another_certificate_is_refused_at_the_start() {
    let folder = Folder::new();
    let (one, other) = (Pair::new("localhost").store(&folder, "a"), Pair::new("localhost").store(&folder, "b"));
    let empty = folder.file("empty.pem", "");
    let open = Pair::new("localhost").store(&folder, "c");
    fs::set_permissions(&open.key, Permissions::from_mode(0o644)).unwrap();
    for (certificate, key, words) in [
        (&one.certificate, &other.key, "b.key: this key does not belong to the certificate in"),
        (&one.key, &one.key, "a.key: the file has no CERTIFICATE in PEM"),
        (&one.certificate, &one.certificate, "a.pem: "),
        (&empty, &one.key, "empty.pem: the file has no CERTIFICATE in PEM"),
        (
            &open.certificate,
            &open.key,
            "c.key: other users can read this secret (mode 0644; allowed: 0600): chmod 0600 ",
        ),
        (&folder.path("none.pem"), &one.key, "none.pem: No such file or directory"),
    ] {
        let arguments = ["--listen", "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key];
        let output = serve(&folder, &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains(words), "{words}: {err}");
    }
    assert!(!folder.names().contains(&"glowband-data".to_owned()));
}
