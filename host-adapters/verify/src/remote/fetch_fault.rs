//! What goes wrong with settings and with fetches, in sentences for operators.

use crate::KeyFileError;
use crate::remote::foreign_text::{quoted, shortened};
use std::fmt;
use std::io;
use std::time::Duration;

/// What went wrong with a fetch, or with the settings of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchFault {
    /// The address is not a URL of the form that is allowed, for this reason.
    AddressMalformed(&'static str),
    /// The address is plain http, and no setting allows that for its host.
    PlainHttp {
        /// The host that the setting would have to name.
        host: String,
    },
    /// A text that should name a host for plain http does not.
    PlainHttpHost(String),
    /// A header of the settings cannot be sent.
    Header {
        /// The header's name.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The file with a header's value cannot be used.
    HeaderFile {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The proxy of the environment cannot be used.
    Proxy {
        /// The variable that names it.
        variable: &'static str,
        /// Its value without user name and password.
        value: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The given root certificates cannot be used.
    RootCertificates(&'static str),
    /// The redirect leads to this other scheme, host or port.
    RedirectElsewhere(String),
    /// There were more redirects than are followed.
    TooManyRedirects,
    /// The answer has another status than 200.
    Status {
        /// The status.
        status: u16,
        /// The answer's content type.
        content_type: Option<String>,
        /// Headers of the settings were left out, because the address is of another origin than the first one.
        headers_withheld: bool,
    },
    /// The answer is encoded in this way, although none was asked for.
    Encoded(String),
    /// The answer is empty.
    Empty,
    /// The answer is a page for people.
    Html {
        /// The answer's content type.
        content_type: Option<String>,
    },
    /// The answer is an OpenID configuration, and keys were asked for.
    OpenIdConfiguration {
        /// Where the configuration says that the keys are.
        jwks_uri: Option<String>,
    },
    /// The answer is a JSON object of another kind, with these members among others.
    OtherJson {
        /// The answer's content type.
        content_type: Option<String>,
        /// The names of its first members.
        members: Vec<String>,
    },
    /// The answer holds no key that can be used.
    NotKeys {
        /// What the reader of keys says.
        error: KeyFileError,
        /// The answer's content type.
        content_type: Option<String>,
    },
    /// The answer has more bytes than this limit.
    TooLarge(usize),
    /// The answer's head is longer than what is read of it.
    HeadTooLarge,
    /// It took longer than this.
    TimedOut(Duration),
    /// There is no secure connection, for this reason.
    Tls(String),
    /// The host's name could not be looked up, for this reason.
    HostNotFound(String),
    /// There is no connection, or it broke.
    Connection(io::ErrorKind),
    /// The proxy refused the connection, with this status if it gave one.
    ProxyRefused(Option<u16>),
    /// What came is not HTTP, or ended early.
    NotHttp,
    /// The OpenID configuration is not a JSON object with an `issuer` and a `jwks_uri`, for this reason.
    ConfigurationMalformed(&'static str),
    /// The OpenID configuration is that of another issuer.
    IssuerMismatch {
        /// The issuer that was asked for.
        expected: String,
        /// The issuer that the configuration names.
        found: String,
    },
    /// A part of this program failed over what was fetched.
    Fault,
    /// No thread could be started.
    Thread(io::ErrorKind),
}

impl fmt::Display for FetchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressMalformed(why) => write!(
                f,
                "The address is not allowed: {why}. Allowed is https://HOST, then maybe :PORT, /PATH and ?QUERY."
            ),
            Self::PlainHttp { host } => write!(
                f,
                "The address is plain http: anyone on the way can replace the keys. Use https, or allow plain http to \
                 this host by the setting danger-allow-plain-http-to with the value {}.",
                quoted(host)
            ),
            Self::PlainHttpHost(text) => write!(
                f,
                "danger-allow-plain-http-to: {} is not the name or the address of one host, such as \
                 \"keycloak.svc.cluster.local\"; write it without scheme, port, path and wildcards.",
                quoted(text)
            ),
            Self::Header { name, why } => write!(f, "The header {} cannot be sent: {why}.", quoted(name)),
            Self::HeaderFile { path, why } => write!(f, "The header file {} cannot be used: {why}.", quoted(path)),
            Self::Proxy { variable, value, why } => write!(
                f,
                "The environment variable {variable} has the value {}, which cannot be used: {why}. Allowed is \
                 http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if the proxy wants them.",
                quoted(value)
            ),
            Self::RootCertificates(why) => {
                write!(f, "The root certificates cannot be used: {why}. Allowed are X.509 certificates in PEM.")
            }
            Self::RedirectElsewhere(to) => write!(
                f,
                "The answer is a redirect to {}. Only redirects to the same scheme, host and port are followed; if \
                 the keys have moved there, name that address. (Elsewhere, such a redirect often leads to a login \
                 page.)",
                quoted(to)
            ),
            Self::TooManyRedirects => f.write_str("More than three redirects are not followed."),
            Self::Status { status, content_type, headers_withheld } => {
                write!(f, "The server answered with status {status}{}; 200 is needed.", In(content_type))?;
                match status {
                    401 | 403 if *headers_withheld => f.write_str(
                        " The headers of the settings were not sent there, because the address is on another host \
                         than the issuer; name the address of the keys itself.",
                    ),
                    401 | 403 => f.write_str(
                        " Does it want a token? The settings bearer-file, headers and header-files send one.",
                    ),
                    404 | 410 => f.write_str(" There is nothing at this address; is its path right?"),
                    _ => Ok(()),
                }
            }
            Self::Encoded(coding) => write!(
                f,
                "The answer is encoded ({}), although the request says `Accept-Encoding: identity`; the server has to \
                 send it plain.",
                shortened(coding, 60)
            ),
            Self::Empty => f.write_str("The answer (200) is empty; a key set is needed."),
            Self::Html { content_type } => write!(
                f,
                "The answer (200{}) is an HTML page, perhaps one to log in; a key set is needed.",
                Comma(content_type)
            ),
            Self::OpenIdConfiguration { jwks_uri } => {
                f.write_str(
                    "The answer is an OpenID configuration, not a key set. Name the issuer to discover its keys, or \
                     the address that the configuration has as jwks_uri",
                )?;
                match jwks_uri {
                    Some(uri) => write!(f, ": {}.", quoted(uri)),
                    None => f.write_str("."),
                }
            }
            Self::OtherJson { content_type, members } => {
                write!(f, "The answer (200{}) is JSON, but not a key set: ", Comma(content_type))?;
                if members.is_empty() {
                    return f.write_str("it has no members.");
                }
                let names: Vec<_> = members.iter().map(|name| quoted(name)).collect();
                write!(f, "it has the members {}; a key set has the member \"keys\".", names.join(", "))
            }
            Self::NotKeys { error, content_type } => {
                let error: String = error.to_string().escape_debug().collect();
                // The quotes of the error's own sentence need no escape.
                let error = error.replace("\\\"", "\"").replace("\\'", "'");
                write!(f, "The answer (200{}) gives no keys: {}", Comma(content_type), shortened(&error, 800))
            }
            Self::TooLarge(limit) => write!(f, "The document is longer than {limit} bytes."),
            Self::HeadTooLarge => f.write_str("The head of the answer is longer than 32 KiB."),
            Self::TimedOut(limit) => {
                write!(f, "The fetch did not end within {limit:?}; the setting timeout says how long it may take.")
            }
            Self::Tls(cause) => write!(f, "There is no secure connection: {cause}."),
            Self::HostNotFound(cause) => write!(f, "The host's name cannot be looked up: {cause}."),
            Self::Connection(kind) => write!(f, "There is no connection: {kind}."),
            Self::ProxyRefused(Some(407)) => f.write_str(
                "The proxy wants a user name and a password (status 407); write them into the variable, as \
                 http://USER:PASSWORD@HOST:PORT.",
            ),
            Self::ProxyRefused(Some(status)) => {
                write!(f, "The proxy refused the connection with status {status}.")
            }
            Self::ProxyRefused(None) => f.write_str("The proxy did not open a connection."),
            Self::NotHttp => f.write_str("What came is not a complete HTTP answer."),
            Self::ConfigurationMalformed(why) => write!(
                f,
                "The OpenID configuration cannot be used: {why}. It is a JSON object with the texts issuer and \
                 jwks_uri."
            ),
            Self::IssuerMismatch { expected, found } => {
                write!(
                    f,
                    "The OpenID configuration is that of another issuer: expected {}, found {}. They are compared byte \
                     by byte.",
                    quoted(expected),
                    quoted(found)
                )?;
                f.write_str(mismatch_hint(expected, found))
            }
            Self::Fault => {
                f.write_str("The document could not be read because of a fault in this program; please report it.")
            }
            Self::Thread(kind) => write!(f, "The thread that fetches could not be started: {kind}."),
        }
    }
}

/// Says by what small thing two names of an issuer differ, if it is one that people overlook.
fn mismatch_hint(expected: &str, found: &str) -> &'static str {
    let without_scheme = |name: &str| name.split_once("://").map(|(_, rest)| rest.to_owned());
    match () {
        () if expected.strip_suffix('/') == Some(found) => {
            " They differ by the slash at the end: leave it out of the expected issuer."
        }
        () if found.strip_suffix('/') == Some(expected) => {
            " They differ by the slash at the end: write it in the expected issuer too."
        }
        () if expected.eq_ignore_ascii_case(found) => " They differ in upper and lower case.",
        () if without_scheme(expected) == without_scheme(found) => " They differ in http and https.",
        () if found.contains('{') => {
            " The one found is a template for many tenants: name the issuer of one tenant, or the address of the keys."
        }
        () => "",
    }
}

/// ` (text/html)`, if there is a content type.
struct In<'c>(&'c Option<String>);

/// `, text/html`, if there is a content type.
struct Comma<'c>(&'c Option<String>);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|content_type| write!(f, " ({})", shortened(content_type, 80)))
    }
}

impl fmt::Display for Comma<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|content_type| write!(f, ", {}", shortened(content_type, 80)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_shows_both_names_and_what_is_easily_overlooked() {
        let told = |expected: &str, found: &str| {
            FetchFault::IssuerMismatch { expected: expected.to_owned(), found: found.to_owned() }.to_string()
        };
        let text = told("https://id.example", "https://id.example/");
        assert!(text.contains(r#"expected "https://id.example", found "https://id.example/""#), "{text}");
        assert!(text.ends_with("write it in the expected issuer too."), "{text}");
        assert!(told("https://id.example/", "https://id.example").ends_with("leave it out of the expected issuer."));
        assert!(told("https://id.example/A", "https://id.example/a").ends_with("upper and lower case."));
        assert!(told("https://id.example", "http://id.example").ends_with("http and https."));
        assert!(told("https://id.example/common", "https://id.example/{tenantid}").contains("template"));
        assert!(told("https://id.example", "https://evil.example").ends_with("byte by byte."));
        let long = told("https://id.example", &"\u{1b}".repeat(100_000));
        assert!(long.len() < 2000 && !long.contains('\u{1b}'), "{}", long.len());
    }

    #[test]
    fn sentences_name_settings_and_no_function() {
        for fault in [
            FetchFault::PlainHttp { host: "keycloak".to_owned() },
            FetchFault::AddressMalformed("it is not a URL"),
            FetchFault::Status { status: 401, content_type: Some("text/html".to_owned()), headers_withheld: false },
            FetchFault::TimedOut(Duration::from_secs(5)),
        ] {
            let text = fault.to_string();
            assert!(!text.contains("()") && !text.contains('_'), "{text}");
        }
    }
}
