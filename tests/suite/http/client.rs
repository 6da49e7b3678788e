//! The least of an HTTP/1.1 client: what is sent is what the test wrote, byte by byte.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of the header; several are joined as RFC 9110 section 5.2 says.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values =
            self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let values: Vec<_> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends `GET path` with these header lines, and reads the answer to its end.
#[track_caller]
pub(crate) fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(address, "GET", path, headers, None).expect("the server answers")
}

/// Sends one request on a connection of its own, and reads the answer to its end.
///
/// # Errors
/// What happened to the connection before the answer was whole.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> io::Result<Answer> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    let mut request = request.into_bytes();
    request.extend_from_slice(body.unwrap_or_default());
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&request)?;
    read(BufReader::new(stream))
}

/// As [`get`], with `Authorization: Bearer token`.
#[track_caller]
pub(crate) fn get_with(address: SocketAddr, path: &str, token: &str) -> Answer {
    get(address, path, &[("Authorization", &format!("Bearer {token}"))])
}

/// Reads one answer.
///
/// # Errors
/// What happened to the connection before the answer was whole.
pub(crate) fn read(mut stream: BufReader<TcpStream>) -> io::Result<Answer> {
    let first = line(&mut stream)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| broken(&format!("no status line: {first:?}")))?;
    let mut headers = Vec::new();
    while let Some((name, value)) = line(&mut stream)?.split_once(':') {
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: String::new() };
    let mut body = Vec::new();
    if answer.header("transfer-encoding").is_some() {
        loop {
            let length = usize::from_str_radix(&line(&mut stream)?, 16).map_err(|_| broken("no length of a chunk"))?;
            let mut chunk = vec![0; length + 2];
            stream.read_exact(&mut chunk)?;
            body.extend_from_slice(&chunk[..length]);
            if length == 0 {
                break;
            }
        }
    } else if let Some(length) = answer.header("content-length") {
        body.resize(length.parse().map_err(|_| broken("no length of the body"))?, 0);
        stream.read_exact(&mut body)?;
    }
    answer.body = String::from_utf8(body).map_err(|_| broken("the body is no text"))?;
    Ok(answer)
}

/// The next line of the head, without its end.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(broken("the connection ended early"));
    }
    Ok(line.trim_end().to_owned())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, what)
}
