//! A proxy that opens tunnels (CONNECT), over TLS or plain, and keeps what it was asked.

use crate::issuer::{TlsSide, read_head};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub(crate) struct Tunnel {
    port: u16,
    tls: Option<TlsSide>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    /// A proxy that leads every CONNECT to the port on this machine, whatever its host.
    pub(crate) fn plain() -> Self {
        Self::run(None, 200)
    }

    /// A proxy that is itself reached by https.
    pub(crate) fn https() -> Self {
        Self::run(Some(TlsSide::new("localhost")), 200)
    }

    /// A proxy that refuses with this status.
    pub(crate) fn refusing(status: u16) -> Self {
        Self::run(None, status)
    }

    fn run(tls: Option<TlsSide>, status: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (heads, config) = (Arc::clone(&asked), tls.as_ref().map(|tls| Arc::clone(&tls.config)));
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let (heads, config) = (Arc::clone(&heads), config.clone());
                thread::spawn(move || {
                    let _ = match config {
                        None => tunnel(stream, &heads, status),
                        Some(config) => tunnel_in_tls(stream, &config, &heads, status),
                    };
                });
            }
        });
        Self { port, tls, asked }
    }

    /// The value for `HTTPS_PROXY`, with this before the host.
    pub(crate) fn url(&self, credentials: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{credentials}localhost:{}", self.port)
    }

    /// The proxy's own certificate.
    pub(crate) fn root(&self) -> &str {
        self.tls.as_ref().map_or("", |tls| &tls.root)
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(stream: &mut (impl Read + Write), heads: &Mutex<Vec<String>>, status: u16) -> io::Result<Option<TcpStream>> {
    let head = read_head(stream)?;
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    if status != 200 {
        stream.write_all(format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").as_bytes())?;
        stream.flush()?;
        return Ok(None);
    }
    let port = target.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(0);
    let server = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    stream.flush()?;
    Ok(Some(server))
}

fn tunnel(mut client: TcpStream, heads: &Mutex<Vec<String>>, status: u16) -> io::Result<()> {
    let Some(mut server) = answer(&mut client, heads, status)? else { return Ok(()) };
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from_client, &mut to_server));
    io::copy(&mut server, &mut client).map(drop)
}

/// TLS has one state for both directions, so they take turns.
fn tunnel_in_tls(
    client: TcpStream,
    config: &Arc<rustls::ServerConfig>,
    heads: &Mutex<Vec<String>>,
    status: u16,
) -> io::Result<()> {
    let connection = rustls::ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    let mut client = rustls::StreamOwned::new(connection, client);
    let Some(mut server) = answer(&mut client, heads, status)? else { return Ok(()) };
    client.sock.set_read_timeout(Some(Duration::from_millis(20)))?;
    server.set_read_timeout(Some(Duration::from_millis(20)))?;
    let mut buffer = [0; 16 * 1024];
    loop {
        match client.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => server.write_all(&buffer[..length])?,
            Err(error) if waits(&error) => {}
            Err(error) => return Err(error),
        }
        match server.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                client.write_all(&buffer[..length])?;
                client.flush()?;
            }
            Err(error) if waits(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn waits(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
