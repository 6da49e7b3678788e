//! One connection on which requests and answers of HTTP/1.1 follow one another.
//!
//! Written here and not taken from a library, so that the load costs as little as it can of the cores that it shares
//! with the server.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Conversation {
    stream: TcpStream,
    host: String,
    /// What was received: the answer in hand, and perhaps the beginning of nothing else, as nothing else was asked.
    received: Vec<u8>,
    sent: Vec<u8>,
    body: Vec<u8>,
}

/// What is asked; the lines end in CR LF, the body is JSON.
pub struct Request<'a> {
    pub line: &'a str,
    /// Each with its name and without a line's end.
    pub headers: &'a [&'a str],
    pub body: &'a str,
}

pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a str,
    pub body: &'a str,
}

impl Conversation {
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: address.to_string(), received: Vec::new(), sent: Vec::new(), body: Vec::new() })
    }

    pub async fn ask(&mut self, request: &Request<'_>) -> io::Result<Answer<'_>> {
        self.write(request);
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        let end_of_head = loop {
            self.receive().await?;
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = std::str::from_utf8(&self.received[..end_of_head]).map_err(io::Error::other)?;
        let status =
            head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(|| io::Error::other("no status"))?;
        self.body.clear();
        match value(head, "content-length") {
            Some(length) => {
                let length: usize = length.parse().map_err(io::Error::other)?;
                while self.received.len() < end_of_head + length {
                    self.receive().await?;
                }
                self.body.extend_from_slice(&self.received[end_of_head..end_of_head + length]);
            }
            None if value(head, "transfer-encoding").is_some() => {
                while !unchunk(&self.received[end_of_head..], &mut self.body)? {
                    self.receive().await?;
                }
            }
            None => {}
        }
        let head = std::str::from_utf8(&self.received[..end_of_head]).map_err(io::Error::other)?;
        Ok(Answer { status, head, body: std::str::from_utf8(&self.body).map_err(io::Error::other)? })
    }

    fn write(&mut self, request: &Request<'_>) {
        use std::io::Write;
        self.sent.clear();
        let length = request.body.len();
        let kind = if length > 0 { "Content-Type: application/json\r\n" } else { "" };
        let written = write!(self.sent, "{} HTTP/1.1\r\nHost: {}\r\n{kind}", request.line, self.host)
            .and_then(|()| request.headers.iter().try_for_each(|header| write!(self.sent, "{header}\r\n")))
            .and_then(|()| {
                if length > 0 || request.line.starts_with("POST") {
                    write!(self.sent, "Content-Length: {length}\r\n")?;
                }
                write!(self.sent, "\r\n{}", request.body)
            });
        written.expect("memory takes it");
    }

    async fn receive(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The value of a header, by its name in lower case.
fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// All chunks as one body; false where the last one has not come yet.
fn unchunk(mut chunks: &[u8], body: &mut Vec<u8>) -> io::Result<bool> {
    body.clear();
    loop {
        let Some(end) = find(chunks, b"\r\n") else { return Ok(false) };
        let size = std::str::from_utf8(&chunks[..end]).map_err(io::Error::other)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        let rest = &chunks[end + 2..];
        if rest.len() < size + 2 {
            return Ok(false);
        }
        if size == 0 {
            return Ok(true);
        }
        body.extend_from_slice(&rest[..size]);
        chunks = &rest[size + 2..];
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// The text of a member of a JSON object that is written without spaces or escapes, as tokens are.
pub fn member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let start = json.find(&format!("\"{name}\":\""))? + name.len() + 4;
    json[start..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_become_one_body_when_the_last_has_come() {
        let whole = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let mut body = Vec::new();
        for cut in 0..whole.len() {
            assert!(!unchunk(&whole[..cut], &mut body).expect("nothing is wrong so far"), "cut at {cut}");
        }
        assert!(unchunk(whole, &mut body).expect("nothing is wrong"));
        assert_eq!(body, b"abcde");
        assert!(unchunk(b"x\r\nabc\r\n", &mut body).is_err());
    }

    #[test]
    fn headers_and_members_are_found() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX: y\r\n\r\n";
        assert_eq!(value(head, "content-length"), Some("12"));
        assert_eq!(value(head, "transfer-encoding"), None);
        assert_eq!(member(r#"{"a":"b","refresh_token":"gbr_x"}"#, "refresh_token"), Some("gbr_x"));
        assert_eq!(member(r#"{"a":1}"#, "a"), None);
    }
}
