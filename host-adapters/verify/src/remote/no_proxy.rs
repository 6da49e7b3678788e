//! `NO_PROXY` as curl reads it: which hosts are asked without the proxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The value of `NO_PROXY`: names and networks, with commas or blanks between them.
///
/// A name stands for itself and all names below it, with a dot before it or without. `*` alone stands for every host. An
/// address may be a network (`10.0.0.0/8`). Ports and other wildcards match nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy(String);

impl NoProxy {
    pub(crate) fn new(list: impl Into<String>) -> Self {
        Self(list.into())
    }

    /// Returns whether this host is contacted without the proxy. An IPv6 address is given without brackets.
    pub(crate) fn covers(&self, host: &str) -> bool {
        if self.0 == "*" {
            return true;
        }
        let mut entries = self.0.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
        match host.parse::<IpAddr>() {
            Ok(address) => entries.any(|entry| network_holds(entry, address)),
            Err(_) => entries.any(|entry| name_covers(entry, host)),
        }
    }
}

fn name_covers(entry: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).as_bytes();
    let entry = entry.strip_suffix('.').unwrap_or(entry);
    let entry = entry.strip_prefix('.').unwrap_or(entry).as_bytes();
    let Some(before) = host.len().checked_sub(entry.len()).filter(|_| !entry.is_empty()) else {
        return false;
    };
    let (front, end) = host.split_at(before);
    end.eq_ignore_ascii_case(entry) && (front.is_empty() || front.ends_with(b"."))
}

fn network_holds(entry: &str, address: IpAddr) -> bool {
    // In brackets or not, as in a URL: `[::1]`, `[2001:db8::]/32`.
    let entry: String = entry.chars().filter(|c| !matches!(c, '[' | ']')).collect();
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, leading_number(bits)),
        None => (&*entry, 0),
    };
    match address {
        IpAddr::V4(address) => network.parse::<Ipv4Addr>().is_ok_and(|network| {
            let differ = u32::from(network) ^ u32::from(address);
            same_beginning(u128::from(differ), 32, bits)
        }),
        IpAddr::V6(address) => network.parse::<Ipv6Addr>().is_ok_and(|network| {
            let differ = u128::from(network) ^ u128::from(address);
            same_beginning(differ, 128, bits)
        }),
    }
}

/// Returns whether no bit differs among the first `bits` of `width`; no number, or 0, means all of them.
fn same_beginning(differ: u128, width: u32, bits: u32) -> bool {
    let bits = if bits == 0 { width } else { bits };
    bits <= width && differ.checked_shr(width - bits).unwrap_or(0) == 0
}

/// Returns the number that a text begins with, or 0 without one.
fn leading_number(text: &str) -> u32 {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    match text.get(..end) {
        None | Some("") => 0,
        Some(digits) => digits.parse().unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, `NO_PROXY`, and whether curl 7.88.1 went past the proxy. Recorded from
    /// `no_proxy=LIST https_proxy=http://127.0.0.1:1 curl -sv --connect-to ::127.0.0.1:2 https://HOST/`, by the port
    /// that it tried.
    const CURL: &[(&str, &str, bool)] = &[
        ("example.com", "example.com", true),
        ("www.example.com", "example.com", true),
        ("nonexample.com", "example.com", false),
        ("example.com", ".example.com", true),
        ("www.example.com", ".example.com", true),
        ("example.com", "EXAMPLE.com", true),
        ("example.com", "example.com.", true),
        ("example.com.", "example.com", true),
        ("example.com", "a.b,example.com", true),
        ("example.com", "a.b, example.com", true),
        ("example.com", "a.b example.com", true),
        ("example.com", "a.b\texample.com", true),
        ("example.com", " example.com ", true),
        ("example.com", "a.b , example.com ,c", true),
        ("example.com", ",,example.com", true),
        ("example.com", "a;example.com", false),
        ("example.com", "a.b\nexample.com", false),
        ("example.com", "*", true),
        ("10.1.2.3", "*", true),
        ("example.com", "a.b,*", false),
        ("example.com", "*,a.b", false),
        ("example.com", " * ", false),
        ("www.example.com", "*.example.com", false),
        ("example.com", "*.com", false),
        ("www.example.com", "www.*", false),
        ("example.com", "example.com:2", false),
        ("example.com", "https://example.com", false),
        ("example.com", "com", true),
        ("example.com", ".com", true),
        ("example.com", "..example.com", false),
        ("example.com", ".", false),
        ("example.com", "", false),
        ("example.com", "xample.com", false),
        ("example.com", "10.0.0.0/8", false),
        ("keycloak.svc.cluster.local", ".svc,.cluster.local", true),
        ("kube.svc", ".svc", true),
        ("svc", ".svc", true),
        ("localhost", "localhost", true),
        ("localhost", "127.0.0.1", false),
        ("localhost", "", false),
        ("127.0.0.1", "localhost", false),
        ("127.0.0.1", "127.0.0.0/8", true),
        ("10.1.2.3", "10.0.0.0/8", true),
        ("10.1.2.3", "192.168.0.0/16,10.0.0.0/8", true),
        ("10.1.2.3", "10.0.0.0/16", false),
        ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.3/32", true),
        ("10.1.2.3", "10.1.2.2/31", true),
        ("10.1.2.3", "10.1.2.4/31", false),
        ("10.1.2.3", "10.0.0.0/33", false),
        ("10.1.2.3", "10.0.0.0/0", false),
        ("10.1.2.3", "10.0.0.0/", false),
        ("10.0.0.0", "10.0.0.0/", true),
        ("10.1.2.3", "10.0.0.0/x", false),
        ("10.1.2.3", "10.1.2.3/x", true),
        ("10.1.2.3", "10.0.0.0/8x", true),
        ("10.1.2.3", "10.0.0.0/08", true),
        ("10.1.2.3", "10.0.0.0/-1", false),
        ("10.1.2.3", "10/8", false),
        ("10.1.2.3", ".10.1.2.3", false),
        ("10.1.2.3", "2.3", false),
        ("10.1.2.3", "10.", false),
        ("10.1.2.3", "10.1.2.3.", false),
        ("10.1.2.3", "10.1.2.3:2", false),
        ("10.1.2.3", "::ffff:10.1.2.3", false),
        ("::ffff:10.1.2.3", "10.0.0.0/8", false),
        ("::1", "::1", true),
        ("2001:db8::5", "2001:db8::5", true),
        ("2001:db8::5", "2001:db8::6/0", false),
        ("2001:db8::5", "2001:db8::/129", false),
        ("2001:db9::5", "2001:db8::/32", false),
        ("2001:db8::5", "*", true),
    ];

    #[test]
    fn curl_decides_alike() {
        for (host, list, past) in CURL {
            assert_eq!(NoProxy::new(*list).covers(host), *past, "{host} {list:?}");
        }
    }

    /// curl 7.88 compares IPv6 addresses as texts; its manual promises networks, and URLs have brackets.
    #[test]
    fn ipv6_is_compared_as_addresses() {
        for (host, list, past) in [
            ("::1", "[::1]", true),
            ("::1", "0:0:0:0:0:0:0:1", true),
            ("2001:db8::5", "2001:db8::/32", true),
            ("2001:db8::5", "[2001:db8::]/32", true),
            ("2001:db8::5", "[2001:db8::/32]", true),
            ("2001:db9::5", "2001:db8::/31", true),
            ("2001:dba::5", "2001:db8::/31", false),
            ("2001:db8::5", "[2001:db8::6]", false),
        ] {
            assert_eq!(NoProxy::new(list).covers(host), past, "{host} {list:?}");
        }
    }
}
