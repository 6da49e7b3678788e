//! The client of a request: the other end of the connection, or the client that a trusted proxy names.

use crate::config::{ForwardedHeader, Settings};
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// The other end of the connection that a request came through: an extension of the request, added by the listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address; `None` for a Unix socket, whose access is controlled by file permissions.
    pub address: Option<IpAddr>,
    /// Whether the connection is TLS.
    pub tls: bool,
}

/// The client of a request, from trustworthy sources only: an extension of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address of the connection, or the address that trusted proxies report.
    pub(crate) address: IpAddr,
    /// Whether the client uses TLS, to this server or to a trusted proxy.
    pub(crate) https: bool,
    /// The id of this request in log lines and in the response's `X-Request-Id`.
    pub(crate) request_id: Arc<str>,
}

/// The trusted proxies and the header that they use.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    proxies: Vec<IpNet>,
    header: ForwardedHeader,
}

/// The origin of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedClient {
    pub(crate) address: IpAddr,
    pub(crate) https: bool,
    /// Whether the connection comes from a trusted proxy, which can set the request id.
    pub(crate) by_proxy: bool,
}

const FORWARDED: HeaderName = axum::http::header::FORWARDED;
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Trust {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { proxies: settings.trusted_proxies.clone(), header: settings.forwarded_header }
    }

    /// Each proxy appends the address of its own client. The list is therefore read from the right, as long as the address is
    /// that of a trusted proxy. Entries left of the first untrusted address are supplied by the client and ignored.
    pub(crate) fn resolve(&self, peer: Peer, headers: &HeaderMap) -> ResolvedClient {
        // File permissions control the access to a Unix socket, so its peers are trusted.
        let address = peer.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        if peer.address.is_some_and(|address| !self.trusts(address)) {
            return ResolvedClient { address, https: peer.tls, by_proxy: false };
        }
        let (hops, https) = match self.header {
            ForwardedHeader::XForwardedFor => (listed(headers, &X_FORWARDED_FOR), last_scheme(headers)),
            ForwardedHeader::Forwarded => {
                let hops = elements(headers, &FORWARDED, |line| parts(line, ','));
                let https = hops.last().and_then(|hop| parameter(hop, "proto")).map(|scheme| is_https(&scheme));
                (hops.into_iter().map(|hop| parameter(&hop, "for").unwrap_or_default()).collect(), https)
            }
        };
        let mut found = address;
        for hop in hops.iter().rev() {
            // An entry that is not an address, such as "unknown", hides the client. The proxy's address is used instead.
            let Some(next) = node(hop) else { break };
            found = next;
            if !self.trusts(next) {
                break;
            }
        }
        ResolvedClient { address: found, https: https.unwrap_or(peer.tls), by_proxy: true }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address))
    }
}

/// Returns the elements of all lines of a header, in order. An element that is not ASCII is not an address.
fn elements(headers: &HeaderMap, name: &HeaderName, parts: fn(&str) -> Vec<String>) -> Vec<String> {
    let lines = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    lines.flat_map(|line| parts(&line)).collect()
}

/// The `X-Forwarded` headers have no quotes.
fn listed(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    elements(headers, name, |line| line.split(',').map(|part| part.trim().to_owned()).collect())
}

/// Splits at separators outside of quotes.
///
/// The text is read from the right. A quote that a client opens and does not close therefore cannot include the element that
/// the proxy appended.
fn parts(text: &str, separator: char) -> Vec<String> {
    let (mut found, mut rest, mut quoted) = (Vec::new(), text, false);
    for (at, character) in text.char_indices().rev() {
        let (before, behind) = (text.get(..at).unwrap_or_default(), at + character.len_utf8());
        if character == separator && !quoted {
            found.push(rest.get(behind..).unwrap_or_default());
            rest = before;
        } else if character == '"' {
            let slashes = before.len() - before.trim_end_matches('\\').len();
            let escaped = quoted && slashes % 2 == 1;
            quoted = quoted == escaped;
        }
    }
    found.push(rest);
    found.iter().rev().map(|part| part.trim().to_owned()).collect()
}

/// Returns the scheme that the nearest proxy reports.
fn last_scheme(headers: &HeaderMap) -> Option<bool> {
    listed(headers, &X_FORWARDED_PROTO).last().map(|scheme| is_https(scheme))
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

/// Returns a parameter of an element of `Forwarded` (RFC 7239 §4), without quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    let pairs = parts(element, ';');
    let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    // A repeated parameter is ignored.
    let value = values.next().filter(|_| values.next().is_none())?;
    Some(value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value).to_owned())
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(address)?
        }
        None => match text.split_once(':') {
            Some((address, port)) if is_port(port) => address,
            _ => text,
        },
    };
    address.parse().ok().map(|address: IpAddr| address.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const PROXY: &str = "10.0.0.2";

    fn trust(header: ForwardedHeader) -> Trust {
        let networks = ["10.0.0.0/8", "fd00::/8"];
        Trust { proxies: networks.map(|network| network.parse().unwrap()).to_vec(), header }
    }

    fn origin_by(header: ForwardedHeader, peer: Option<&str>, lines: &[(&'static str, &str)]) -> ResolvedClient {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let peer = Peer { address: peer.map(|address| address.parse().unwrap()), tls: false };
        trust(header).resolve(peer, &headers)
    }

    #[track_caller]
    fn expect(peer: &str, forwarded_for: &[&str], address: &str) {
        let lines: Vec<_> = forwarded_for.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let found = origin_by(ForwardedHeader::XForwardedFor, Some(peer), &lines);
        assert_eq!(found.address.to_string(), address, "{peer} {forwarded_for:?}");
    }

    #[test]
    fn headers_from_untrusted_addresses_are_ignored() {
        expect("192.0.2.9", &["198.51.100.1"], "192.0.2.9");
        let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")];
        let found = origin_by(ForwardedHeader::XForwardedFor, Some("192.0.2.9"), &lines);
        assert!(!found.https && !found.by_proxy);
    }

    #[test]
    fn the_right_most_that_is_no_proxy_is_the_client() {
        expect(PROXY, &[], PROXY);
        expect(PROXY, &["198.51.100.1"], "198.51.100.1");
        // The client wrote the first one itself.
        expect(PROXY, &["127.0.0.1, 198.51.100.1"], "198.51.100.1");
        expect(PROXY, &["10.9.9.9", "198.51.100.1"], "198.51.100.1");
        expect(PROXY, &["203.0.113.5, 198.51.100.1, 10.0.0.3, 10.0.0.4"], "198.51.100.1");
        expect(PROXY, &["203.0.113.5, 198.51.100.1", "10.0.0.3"], "198.51.100.1");
        // A request from within.
        expect(PROXY, &["10.0.0.7, 10.0.0.3"], "10.0.0.7");
        expect("fd00::1", &["2001:db8::1"], "2001:db8::1");
        // Quotes are a character like others.
        expect(PROXY, &["\", 198.51.100.1"], "198.51.100.1");
        expect(PROXY, &["\"203.0.113.5, 198.51.100.1"], "198.51.100.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        for text in ["198.51.100.1:4711", "::ffff:198.51.100.1", "[::ffff:198.51.100.1]:80"] {
            expect(PROXY, &[text], "198.51.100.1");
        }
        for text in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711"] {
            expect(PROXY, &[text], "2001:db8::1");
        }
    }

    #[test]
    fn what_is_no_address_hides_what_is_left_of_it() {
        for text in [
            "unknown",
            "",
            "_hidden",
            "198.51.100.1:x",
            "[2001:db8::1",
            "[2001:db8::1]x",
            "198.51.100.1 ;",
            "é",
            "1.2.3",
        ] {
            expect(PROXY, &[&format!("203.0.113.5, {text}")], PROXY);
            expect(PROXY, &[&format!("203.0.113.5, {text}, 10.0.0.3")], "10.0.0.3");
        }
        expect(PROXY, &["203.0.113.5,"], PROXY);
    }

    #[test]
    fn the_other_header_is_the_clients_to_write_and_not_read() {
        let lines = [("forwarded", "for=203.0.113.5;proto=https"), ("x-forwarded-for", "198.51.100.1")];
        let found = origin_by(ForwardedHeader::XForwardedFor, Some(PROXY), &lines);
        assert_eq!((found.address.to_string().as_str(), found.https), ("198.51.100.1", false));
        let lines =
            [("x-forwarded-for", "203.0.113.5"), ("x-forwarded-proto", "https"), ("forwarded", "for=198.51.100.1")];
        let found = origin_by(ForwardedHeader::Forwarded, Some(PROXY), &lines);
        assert_eq!((found.address.to_string().as_str(), found.https), ("198.51.100.1", false));
    }

    #[test]
    fn forwarded_as_the_rfc_has_it() {
        for (line, address, https) in [
            ("for=198.51.100.1", "198.51.100.1", false),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17", false),
            ("for=192.0.2.43, for=198.51.100.17;by=203.0.113.60;proto=HTTPS;host=\"a,b\"", "198.51.100.17", true),
            ("for=192.0.2.43;proto=https, for=10.0.0.3;proto=http", "192.0.2.43", false),
            ("for=203.0.113.5, for=unknown", PROXY, false),
            ("for=203.0.113.5, for=_gazonk", PROXY, false),
            ("for=203.0.113.5, by=10.0.0.3", PROXY, false),
            ("for=203.0.113.5, for=192.0.2.1;for=192.0.2.2", PROXY, false),
            ("for=198.51.100.1;host=\"a\\\",for=203.0.113.5\"", "198.51.100.1", false),
            ("for=\", for=198.51.100.1", "198.51.100.1", false),
            ("for=\"203.0.113.5;proto=https, for=198.51.100.1;proto=\"http\"", "198.51.100.1", false),
            ("for=\"a\\\\\", for=198.51.100.1;host=\"a\\\\\"", "198.51.100.1", false),
            ("for=198.51.100.1;host=\"a;for=203.0.113.5;proto=https\"", "198.51.100.1", false),
        ] {
            let found = origin_by(ForwardedHeader::Forwarded, Some(PROXY), &[("forwarded", line)]);
            assert_eq!((found.address.to_string().as_str(), found.https), (address, https), "{line}");
        }
    }

    #[test]
    fn the_scheme_is_what_the_nearest_proxy_says() {
        for (lines, https) in [
            (&["https"][..], true),
            (&["http"], false),
            (&["https, http"], false),
            (&["http", "https"], true),
            (&[], false),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-proto", *line)).collect();
            assert_eq!(origin_by(ForwardedHeader::XForwardedFor, Some(PROXY), &lines).https, https, "{lines:?}");
        }
    }

    #[test]
    fn a_socket_in_the_file_system_is_a_proxys() {
        let found = origin_by(ForwardedHeader::XForwardedFor, None, &[("x-forwarded-for", "198.51.100.1")]);
        assert_eq!((found.address.to_string().as_str(), found.by_proxy), ("198.51.100.1", true));
        assert_eq!(origin_by(ForwardedHeader::XForwardedFor, None, &[]).address.to_string(), "127.0.0.1");
    }
}
