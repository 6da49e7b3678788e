//! Headers that the settings add to a fetch, such as a bearer token; read anew at every fetch, and never shown.

use crate::remote::{FetchError, FetchFault};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use ureq::http::{HeaderName, HeaderValue, header};
use zeroize::Zeroizing;

/// The headers of the settings. `Debug` shows their names alone.
#[derive(Clone, Default)]
pub(crate) struct RequestHeaders {
    given: Vec<(String, Source)>,
}

#[derive(Clone)]
enum Source {
    Text(Zeroizing<String>),
    File(PathBuf),
    /// A file with a token for `Authorization: Bearer`.
    BearerFile(PathBuf),
}

const MOST: usize = 32;
const LONGEST_VALUE: usize = 16 * 1024;
/// What the exchange itself says; two voices would contradict each other.
const OWN: [&str; 14] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

impl RequestHeaders {
    pub(crate) fn add(&mut self, name: String, value: String) {
        self.given.push((name, Source::Text(Zeroizing::new(value))));
    }

    pub(crate) fn add_file(&mut self, name: String, path: PathBuf) {
        self.given.push((name, Source::File(path)));
    }

    pub(crate) fn add_bearer_file(&mut self, path: PathBuf) {
        self.given.push((header::AUTHORIZATION.to_string(), Source::BearerFile(path)));
    }

    /// Reads the files and returns names and values as they are now.
    ///
    /// # Errors
    /// [`FetchFault::Header`] and [`FetchFault::HeaderFile`]; no value is in them.
    pub(crate) fn read(&self) -> Result<Vec<(HeaderName, HeaderValue)>, FetchError> {
        let mut read: Vec<(HeaderName, HeaderValue)> = Vec::with_capacity(self.given.len());
        for (text, source) in &self.given {
            let refused = |why| FetchError::from(FetchFault::Header { name: text.clone(), why });
            let name = HeaderName::from_bytes(text.as_bytes())
                .map_err(|_| refused("a header's name has letters, digits and -, and no blank or colon"))?;
            if OWN.contains(&name.as_str()) {
                return Err(refused("the fetch sets this header itself"));
            }
            if read.iter().any(|(known, _)| *known == name) {
                return Err(refused("it is given twice"));
            }
            if read.len() >= MOST {
                return Err(refused("there are more than 32 headers"));
            }
            let value = match source {
                Source::Text(value) => header_value(value.as_bytes()).map_err(refused)?,
                Source::File(path) => from_file(path, false)?,
                Source::BearerFile(path) => from_file(path, true)?,
            };
            read.push((name, value));
        }
        Ok(read)
    }
}

impl fmt::Debug for RequestHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.given.iter().map(|(name, _)| name)).finish()
    }
}

fn from_file(path: &PathBuf, bearer: bool) -> Result<HeaderValue, FetchError> {
    let refused =
        |why: String| FetchError::from(FetchFault::HeaderFile { path: path.to_string_lossy().into_owned(), why });
    let mut content = Zeroizing::new(Vec::with_capacity(LONGEST_VALUE + 64));
    let limit = u64::try_from(LONGEST_VALUE).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut content));
    read.map_err(|error| refused(error.to_string()))?;
    let text = content.trim_ascii();
    if !bearer {
        return header_value(text).map_err(|why| refused(why.to_owned()));
    }
    // RFC 6750 §2.1.
    let token = text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte));
    if !token && !text.is_empty() {
        return Err(refused(
            "a bearer token has letters, digits and -._~+/= alone; the file holds the token without \"Bearer\""
                .to_owned(),
        ));
    }
    header_value(text).map_err(|why| refused(why.to_owned()))?;
    let prefixed = Zeroizing::new([b"Bearer ", text].concat());
    header_value(&prefixed).map_err(|why| refused(why.to_owned()))
}

fn header_value(value: &[u8]) -> Result<HeaderValue, &'static str> {
    if value.is_empty() {
        return Err("its value is empty");
    }
    if value.len() > LONGEST_VALUE {
        return Err("its value is longer than 16 KiB");
    }
    if value.trim_ascii() != value {
        return Err("its value begins or ends with a blank");
    }
    if !value.iter().all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t')) {
        return Err("its value holds a line break, a control character or a character that is not ASCII");
    }
    let mut value = HeaderValue::from_bytes(value).map_err(|_| "its value cannot be sent")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)]) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        let mut given = RequestHeaders::default();
        headers.iter().for_each(|(name, value)| given.add((*name).to_owned(), (*value).to_owned()));
        let read = given.read().map_err(|error| error.to_string());
        assert!(!format!("{given:?}").contains("secret"));
        read
    }

    #[test]
    fn names_and_values_are_those_of_http() {
        let good = read(&[("X-Api-Key", "secret 1"), ("User-Agent", "gate/1"), ("Cookie", "a=b; c=d")]).unwrap();
        assert_eq!(good.len(), 3);
        assert!(good.iter().all(|(_, value)| value.is_sensitive()));
        for (name, value) in [
            ("", "secret"),
            ("X Key", "secret"),
            ("X-Key:", "secret"),
            ("X-Key\r\nX", "secret"),
            ("Schlüssel", "secret"),
            ("Host", "secret"),
            ("content-LENGTH", "secret"),
            ("Transfer-Encoding", "secret"),
            ("Accept-Encoding", "secret"),
            ("Proxy-Authorization", "secret"),
            ("X-Key", ""),
            ("X-Key", " secret"),
            ("X-Key", "secret\r\nX-More: 1"),
            ("X-Key", "secret\n"),
            ("X-Key", "secret\0"),
            ("X-Key", "secret ü"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains("header") && !error.contains("secret"), "{name:?}: {error}");
        }
        assert!(read(&[("X-Key", "secret"), ("x-key", "secret")]).unwrap_err().contains("twice"));
        assert!(read(&[("X-Key", &"s".repeat(LONGEST_VALUE + 1))]).unwrap_err().contains("16 KiB"));
        let many: Vec<String> = (0..=MOST).map(|number| format!("X-{number}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (&**name, "secret")).collect();
        assert!(read(&many).unwrap_err().contains("32"));
    }

    #[test]
    fn a_file_is_read_anew_and_never_quoted() {
        let path = std::env::temp_dir().join(format!("glowband-bearer-{}", std::process::id()));
        let mut headers = RequestHeaders::default();
        headers.add_bearer_file(path.clone());
        let missing = headers.read().unwrap_err();
        assert!(matches!(missing.fault(), FetchFault::HeaderFile { .. }), "{missing}");
        for (content, value) in [("one.two-3_~+/==\n", "Bearer one.two-3_~+/=="), ("  next\r\n", "Bearer next")] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(headers.read().unwrap(), [(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        }
        for content in ["", "\n", "Bearer secret", "secret\nsecret", "secret\u{e9}", &"s".repeat(LONGEST_VALUE + 1)] {
            std::fs::write(&path, content).unwrap();
            let error = headers.read().unwrap_err().to_string();
            assert!(error.contains("glowband-bearer") && !error.contains("secret"), "{content:?}: {error}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
