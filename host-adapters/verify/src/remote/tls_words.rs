//! Why a secure connection was not made, in words.

use crate::remote::foreign_text::{quoted, shortened};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

/// How many names of a certificate a message shows.
const NAMES: usize = 8;

/// Says why the handshake failed.
pub(crate) fn cause(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(certificate) => certificate_cause(certificate),
        Error::NoCertificatesPresented => "the server has no certificate".to_owned(),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants a client certificate, which is not supported".to_owned()
        }
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server has no certificate for this host".to_owned()
        }
        Error::AlertReceived(alert) => format!("the server refused the handshake ({alert:?})"),
        Error::InvalidMessage(_) => "the server does not speak TLS; is it plain http, or the wrong port?".to_owned(),
        Error::PeerIncompatible(why) => {
            format!("the server has no version or algorithm of TLS 1.2 and 1.3 in common with this program ({why:?})")
        }
        Error::General(why) if why.starts_with("No CA certificates") => {
            "this system has no root certificates: install them (the package is often called ca-certificates), or name \
             some by the setting root-certificates"
                .to_owned()
        }
        Error::General(why) => shortened(why, 200),
        other => format!("the handshake failed ({})", shortened(&other.to_string(), 200)),
    }
}

fn certificate_cause(error: &CertificateError) -> String {
    use CertificateError as Certificate;
    match error {
        Certificate::UnknownIssuer => "the server's certificate is not trusted: its issuer is not among the root \
                                       certificates (the setting root-certificates names others)"
            .to_owned(),
        Certificate::NotValidForNameContext { expected, presented } => wrong_name(expected, presented),
        Certificate::NotValidForName => "the server's certificate is for another host".to_owned(),
        Certificate::ExpiredContext { time, not_after } => format!(
            "the server's certificate expired {} ago, or this machine's clock is wrong",
            days(*not_after, *time)
        ),
        Certificate::Expired => "the server's certificate has expired, or this machine's clock is wrong".to_owned(),
        Certificate::NotValidYetContext { time, not_before } => format!(
            "the server's certificate is valid only in {}, or this machine's clock is wrong",
            days(*time, *not_before)
        ),
        Certificate::NotValidYet => {
            "the server's certificate is not valid yet, or this machine's clock is wrong".to_owned()
        }
        Certificate::Revoked => "the server's certificate is revoked".to_owned(),
        Certificate::BadEncoding => "the server's certificate is damaged".to_owned(),
        Certificate::BadSignature => "the signature of the server's certificate is wrong".to_owned(),
        Certificate::InvalidPurpose | Certificate::InvalidPurposeContext { .. } => {
            "the server's certificate is not for servers (its extended key usage lacks serverAuth)".to_owned()
        }
        Certificate::UnhandledCriticalExtension => {
            "the server's certificate has a critical extension that is not supported".to_owned()
        }
        Certificate::Other(other) => match other.0.to_string().as_str() {
            "CaUsedAsEndEntity" => {
                "the server's certificate is one of a certificate authority (CA:TRUE) and not itself among the root \
                 certificates. Add exactly this certificate to root-certificates, or make one without CA:TRUE: openssl \
                 req -x509 -addext basicConstraints=critical,CA:FALSE"
                    .to_owned()
            }
            "UnsupportedCertVersion" => "the server's certificate is not of version 3 (openssl req -x509 -addext \
                 subjectAltName=DNS:HOST makes one that is)"
                .to_owned(),
            why => format!("the server's certificate is not accepted ({})", shortened(why, 100)),
        },
        other => format!("the server's certificate is not accepted ({})", shortened(&format!("{other:?}"), 100)),
    }
}

/// Names the host that was asked for, and those that the certificate is for.
fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let expected = quoted(&expected.to_str());
    if presented.is_empty() {
        return format!(
            "the server's certificate names no host, and {expected} is asked for. (Its common name does not count; \
             openssl req -x509 -addext subjectAltName=DNS:HOST makes one that does)"
        );
    }
    let names: Vec<String> = presented.iter().take(NAMES).map(|name| quoted(bare_name(name))).collect();
    let more = match presented.len().saturating_sub(NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("the server's certificate is for {}{more}, and {expected} is asked for", names.join(", "))
}

/// Takes the name out of `DnsName("id.example")` and `IpAddress(10.0.0.1)`, as rustls hands them over.
fn bare_name(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inside.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(inside)
}

fn days(from: UnixTime, to: UnixTime) -> String {
    let seconds = to.as_secs().saturating_sub(from.as_secs());
    match (seconds / 86_400, seconds / 60) {
        (0, minutes) => format!("{minutes} min"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_bare_bounded_and_escaped() {
        assert_eq!(bare_name("DnsName(\"id.example\")"), "id.example");
        assert_eq!(bare_name("IpAddress(10.0.0.1)"), "10.0.0.1");
        assert_eq!(bare_name("DirectoryName"), "DirectoryName");
        let expected = ServerName::try_from("id.example").unwrap();
        let presented: Vec<String> = (0..1000).map(|number| format!("DnsName(\"{number}\u{1b}[2J\")")).collect();
        let text = wrong_name(&expected, &presented);
        assert!(text.contains("and 992 more") && text.contains("\"id.example\" is asked for"), "{text}");
        assert!(text.len() < 500 && !text.contains('\u{1b}'), "{text}");
        assert!(wrong_name(&expected, &[]).contains("subjectAltName"));
    }
}
