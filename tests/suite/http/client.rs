//! The least of an HTTP/1.1 client: what is sent is what the test wrote, byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    /// The value of the header; several are joined as RFC 9110 section 5.2 says.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values =
            self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let values: Vec<_> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The body as JSON.
    #[track_caller]
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends `GET path` with these header lines, and reads the answer to its end.
#[track_caller]
pub(super) fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out can be set");
    stream.write_all(request.as_bytes()).expect("the request is sent");
    read(BufReader::new(stream))
}

/// As [`get`], with `Authorization: Bearer token`.
#[track_caller]
pub(super) fn get_with(address: SocketAddr, path: &str, token: &str) -> Answer {
    get(address, path, &[("Authorization", &format!("Bearer {token}"))])
}

#[track_caller]
fn read(mut stream: BufReader<TcpStream>) -> Answer {
    let first = line(&mut stream);
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status line: {first:?}"));
    let mut headers = Vec::new();
    while let Some((name, value)) = line(&mut stream).split_once(':') {
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: String::new() };
    let mut body = Vec::new();
    if answer.header("transfer-encoding").is_some() {
        loop {
            let length = usize::from_str_radix(&line(&mut stream), 16).expect("a chunk's length");
            let mut chunk = vec![0; length + 2];
            stream.read_exact(&mut chunk).expect("a chunk");
            body.extend_from_slice(&chunk[..length]);
            if length == 0 {
                break;
            }
        }
    } else if let Some(length) = answer.header("content-length") {
        body.resize(length.parse().expect("a length"), 0);
        stream.read_exact(&mut body).expect("the whole body");
    }
    answer.body = String::from_utf8(body).expect("the body is text");
    answer
}

/// The next line of the head, without its end.
fn line(stream: &mut impl BufRead) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("the head is text");
    line.trim_end().to_owned()
}
