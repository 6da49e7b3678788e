//! An issuer's web server, over TLS or plain, that answers as it is told and counts what it is asked.

use crate::signer::pem;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What the server does when a path is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// 200 with this body.
    Document(String),
    /// 200 with this body and another header line.
    DocumentWith(String, &'static str),
    /// 200 with this content type and body; without a content type if it is empty.
    Typed(&'static str, String),
    /// 200 with these header lines and this body, byte by byte as it is.
    Bytes(&'static str, Vec<u8>),
    /// This status, with a body that says so.
    Status(u16),
    /// This status, with header lines and a body.
    StatusWith(u16, &'static str, &'static str),
    /// A redirect to this location.
    Redirect(String),
    /// The body, byte by byte, with a pause after each.
    Drip(String, Duration),
    /// A head that never ends, byte by byte, with a pause after each.
    DripHead(Duration),
    /// Half of the body that the head announces.
    Truncated(String),
    /// So many bytes.
    Flood(usize),
    /// Header lines without end.
    EndlessHead,
    /// Nothing; the connection is closed.
    HangUp,
    /// Something that is not HTTP.
    Noise,
    /// Another answer, after this long.
    After(Duration, Box<Answer>),
    /// 200 with this body, once the gate is open.
    Behind(Arc<AtomicBool>, String),
}

/// A certificate and its key, and the certificate in PEM.
pub(crate) struct TlsSide {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) root: String,
}

pub(crate) struct Issuer {
    shared: Arc<Shared>,
    address: SocketAddr,
    root: String,
    listener: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    tls: Option<Arc<ServerConfig>>,
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<HashMap<String, usize>>,
    heads: Mutex<Vec<String>>,
    connections: AtomicUsize,
    down: AtomicBool,
}

impl Issuer {
    /// An HTTPS server for `localhost` whose certificate is its own root.
    pub(crate) fn https() -> Self {
        Self::with_certificate_for("localhost")
    }

    /// One whose certificate is for this host.
    pub(crate) fn with_certificate_for(host: &str) -> Self {
        Self::with(TlsSide::new(host))
    }

    /// One with this certificate.
    pub(crate) fn with(tls: TlsSide) -> Self {
        Self::run(Some(tls.config), tls.root)
    }

    /// A server without TLS.
    pub(crate) fn plain() -> Self {
        Self::run(None, String::new())
    }

    fn run(tls: Option<Arc<ServerConfig>>, root: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            tls,
            answers: Mutex::new(HashMap::new()),
            asked: Mutex::new(HashMap::new()),
            heads: Mutex::new(Vec::new()),
            connections: AtomicUsize::new(0),
            down: AtomicBool::new(false),
        });
        let issuer = Self { shared, address, root, listener: Mutex::new(None) };
        issuer.listen(listener);
        issuer
    }

    fn listen(&self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        shared.down.store(false, Ordering::SeqCst);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.down.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    // A client that gives up is what many of these tests are about.
                    let _ = shared.serve(stream);
                });
            }
        });
        *self.listener.lock().unwrap() = Some(accepting);
    }

    /// Stops listening: connections are refused.
    pub(crate) fn go_down(&self) {
        if let Some(accepting) = self.listener.lock().unwrap().take() {
            self.shared.down.store(true, Ordering::SeqCst);
            // Wakes the thread, which then lets go of the port.
            drop(TcpStream::connect(self.address));
            accepting.join().unwrap();
        }
    }

    /// Listens at the same port again.
    pub(crate) fn come_back(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match TcpListener::bind(self.address) {
                Ok(listener) => return self.listen(listener),
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// From now on, the path is answered so.
    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.shared.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// The path as a URL.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://localhost:{}{path}", self.address.port())
    }

    /// The certificate to trust.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// How often the path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.shared.asked.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    /// The head of the latest request.
    pub(crate) fn latest_head(&self) -> String {
        self.shared.heads.lock().unwrap().last().cloned().unwrap_or_default()
    }

    /// The port that it listens at.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Connections of any kind, those without a request included.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl TlsSide {
    /// A self-signed certificate for this host.
    pub(crate) fn new(host: &str) -> Self {
        Self::made(&[host], |_| {})
    }

    /// What `openssl req -x509` makes: self-signed, and by its extensions that of an authority.
    pub(crate) fn authority(hosts: &[&str]) -> Self {
        Self::made(hosts, |parameters| parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
    }

    /// The same, with dates that have passed.
    pub(crate) fn expired_authority(host: &str) -> Self {
        Self::made(&[host], |parameters| {
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            parameters.not_before = date_time_ymd(2001, 1, 1);
            parameters.not_after = date_time_ymd(2002, 1, 1);
        })
    }

    /// One that is valid later.
    pub(crate) fn future_authority(host: &str) -> Self {
        Self::made(&[host], |parameters| {
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            parameters.not_before = date_time_ymd(2090, 1, 1);
            parameters.not_after = date_time_ymd(2091, 1, 1);
        })
    }

    /// An expired one that is not that of an authority.
    pub(crate) fn expired(host: &str) -> Self {
        Self::made(&[host], |parameters| parameters.not_after = date_time_ymd(2002, 1, 1))
    }

    fn made(hosts: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        // Each has a name of its own, or a verifier takes one for the other and blames the signature.
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test issuer {}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut parameters = CertificateParams::new(hosts).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        change(&mut parameters);
        let pair = KeyPair::generate().unwrap();
        let certificate = CertificateDer::from(parameters.self_signed(&pair).unwrap().der().to_vec());
        let key = PrivatePkcs8KeyDer::from(pair.serialize_der());
        let root = pem("CERTIFICATE", &certificate);
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.into())
            .unwrap();
        Self { config: Arc::new(config), root }
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.go_down();
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => self.converse(stream),
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                let mut stream = StreamOwned::new(connection, stream);
                self.converse(&mut stream)?;
                stream.conn.send_close_notify();
                stream.flush()
            }
        }
    }

    fn converse(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let head = read_head(&mut stream)?;
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        *self.asked.lock().unwrap().entry(path.clone()).or_default() += 1;
        self.heads.lock().unwrap().push(head);
        let answer = self.answers.lock().unwrap().get(&path).cloned().unwrap_or(Answer::Status(404));
        answer.give(&mut stream)?;
        stream.flush()
    }
}

impl Answer {
    fn give(self, mut stream: &mut (impl Read + Write)) -> io::Result<()> {
        match self {
            Answer::Document(body) => document(&mut stream, "Vary: Accept", &body),
            Answer::DocumentWith(body, line) => document(&mut stream, line, &body),
            Answer::After(pause, answer) => {
                thread::sleep(pause);
                answer.give(stream)
            }
            Answer::Behind(gate, body) => {
                while !gate.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(2));
                }
                document(&mut stream, "Vary: Accept", &body)
            }
            Answer::Typed("", body) => {
                begin(&mut stream, 200, &format!("Content-Length: {}\r\n\r\n{body}", body.len()))
            }
            Answer::Typed(content_type, body) => {
                let length = body.len();
                begin(
                    &mut stream,
                    200,
                    &format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"),
                )
            }
            Answer::Bytes(lines, body) => {
                begin(&mut stream, 200, &format!("{lines}\r\nContent-Length: {}\r\n\r\n", body.len()))?;
                stream.write_all(&body)
            }
            Answer::StatusWith(status, lines, body) => {
                begin(&mut stream, status, &format!("{lines}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
            }
            Answer::Status(status) => begin(&mut stream, status, "Content-Length: 4\r\n\r\noops"),
            Answer::Redirect(to) => begin(&mut stream, 302, &format!("Location: {to}\r\nContent-Length: 0\r\n\r\n")),
            Answer::Drip(body, pause) => {
                begin(&mut stream, 200, &format!("Content-Length: {}\r\n\r\n", body.len()))?;
                for byte in body.bytes() {
                    stream.write_all(&[byte])?;
                    stream.flush()?;
                    thread::sleep(pause);
                }
                Ok(())
            }
            Answer::DripHead(pause) => {
                begin(stream, 200, "X-Slow: ")?;
                loop {
                    stream.write_all(b"y")?;
                    stream.flush()?;
                    thread::sleep(pause);
                }
            }
            Answer::Truncated(body) => {
                let half = &body[..body.len() / 2];
                begin(&mut stream, 200, &format!("Content-Length: {}\r\n\r\n{half}", body.len()))
            }
            Answer::Flood(bytes) => {
                begin(&mut stream, 200, &format!("Content-Length: {bytes}\r\n\r\n"))?;
                let block = [b' '; 16 * 1024];
                (0..bytes / block.len()).try_for_each(|_| stream.write_all(&block))
            }
            Answer::EndlessHead => {
                begin(&mut stream, 200, "")?;
                loop {
                    stream.write_all(b"X-More: more and more and more and more and more and more and more\r\n")?;
                }
            }
            Answer::HangUp => Ok(()),
            Answer::Noise => stream.write_all(b"SSH-2.0-OpenSSH_10.0\r\nand so on\r\n\r\n"),
        }
    }
}

fn begin(stream: &mut impl Write, status: u16, rest: &str) -> io::Result<()> {
    stream.write_all(format!("HTTP/1.1 {status} As Told\r\nConnection: close\r\n{rest}").as_bytes())
}

fn document(stream: &mut impl Write, line: &str, body: &str) -> io::Result<()> {
    let rest = format!("Content-Type: application/json\r\n{line}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    begin(stream, 200, &rest)
}

/// Reads up to the empty line.
pub(crate) fn read_head(stream: &mut impl Read) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
