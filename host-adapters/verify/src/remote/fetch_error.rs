//! Why keys could not be fetched, in words for whoever runs the server.

use crate::KeyFileError;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why a key set could not be fetched. Shows nothing of what the other side sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// An address is no URL of the form that is allowed.
    AddressMalformed,
    /// An address is plain http.
    PlainHttp,
    /// A redirect leads to another scheme, host or port.
    RedirectElsewhere,
    /// There were more redirects than are followed.
    TooManyRedirects,
    /// The answer has another status than 200.
    Status(u16),
    /// The answer has more bytes than this limit.
    TooLarge(usize),
    /// The answer's head is longer than what is read of it.
    HeadTooLarge,
    /// It took longer than this.
    TimedOut(Duration),
    /// No secure connection, for this reason.
    Tls(&'static str),
    /// No connection, or one that broke.
    Connection(io::ErrorKind),
    /// What came is not HTTP, or ended early.
    NotHttp,
    /// What came holds no key that can be used.
    NotKeys(KeyFileError),
    /// The OpenID configuration is no JSON object with an `issuer` and a `jwks_uri`.
    ConfigurationMalformed,
    /// The OpenID configuration is that of another issuer.
    IssuerMismatch,
    /// The root certificates handed in are none.
    RootCertificates,
    /// A part of this program failed over what was fetched.
    Fault,
    /// No thread could be started.
    Thread(io::ErrorKind),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressMalformed => f.write_str(
                "The address is not allowed: it is https://host, then maybe :port, /path and ?query; no user name, \
                 no fragment.",
            ),
            Self::PlainHttp => f.write_str(
                "The address is plain http, which anybody on the way can change; only https is allowed, and http on \
                 a loopback address by danger_allow_plain_http_on_loopback().",
            ),
            Self::RedirectElsewhere => {
                f.write_str("The redirect leads elsewhere; only the same scheme, host and port are followed.")
            }
            Self::TooManyRedirects => f.write_str("More than three redirects are not followed."),
            Self::Status(status) => write!(f, "The server answered with status {status}; 200 is needed."),
            Self::TooLarge(limit) => write!(f, "The document is longer than {limit} bytes."),
            Self::HeadTooLarge => f.write_str("The head of the answer is longer than 32 KiB."),
            Self::TimedOut(limit) => write!(f, "The fetch took longer than {limit:?}."),
            Self::Tls(cause) => write!(f, "There is no secure connection: {cause}."),
            Self::Connection(kind) => write!(f, "There is no connection: {kind}."),
            Self::NotHttp => f.write_str("What came is no complete HTTP answer."),
            // Names of keys and members are quoted, without control characters and cut; nothing else of the document is.
            Self::NotKeys(error) => write!(f, "The document has no key that can be used. {error}"),
            Self::ConfigurationMalformed => {
                f.write_str("The OpenID configuration is no JSON object with the strings issuer and jwks_uri.")
            }
            Self::IssuerMismatch => {
                f.write_str("The OpenID configuration names another issuer; it is compared byte by byte.")
            }
            Self::RootCertificates => f.write_str("The root certificates are not all X.509 in PEM, or there is none."),
            Self::Fault => {
                f.write_str("The document could not be read because of a fault in this program; please report it.")
            }
            Self::Thread(kind) => write!(f, "The thread that fetches could not be started: {kind}."),
        }
    }
}

impl std::error::Error for FetchError {}

impl From<KeyFileError> for FetchError {
    fn from(error: KeyFileError) -> Self {
        Self::NotKeys(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyReader;

    #[test]
    fn keys_that_cannot_be_used_are_named_and_nothing_else_is_quoted() {
        let shown =
            |document: &str| FetchError::from(KeyReader::new().file(document.as_bytes()).unwrap_err()).to_string();
        assert_eq!(
            shown(r#"{"keys":[{"kty":"EC","crv":"P-512","kid":"a","x":"sent by them"}]}"#),
            "The document has no key that can be used. The only key cannot be used: key 0 (kid \"a\"): crv is \"P-512\"; \
             allowed for EC: P-256, P-384, P-521."
        );
        for document in [r#"{"sent":"sent by them"}"#, "sent by them", "<html>sent by them</html>"] {
            let error = shown(document);
            assert!(!error.contains("sent by them"), "{error}");
        }
        assert_eq!(
            FetchError::Connection(io::ErrorKind::ConnectionRefused).to_string(),
            "There is no connection: connection refused."
        );
    }
}
