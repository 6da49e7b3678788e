//! Which hosts plain http may reach: none, unless a setting that names the danger says so.

use crate::remote::{FetchError, FetchFault};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The hosts that keys may come from without https.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlainHttp {
    loopback: bool,
    /// In lower case, an IPv6 address without brackets.
    hosts: Vec<String>,
}

impl PlainHttp {
    /// Allows `localhost`, 127.0.0.0/8 and `::1`.
    pub(crate) fn allow_loopback(&mut self) {
        self.loopback = true;
    }

    /// Allows one host at every port. [`check`](Self::check) validates it.
    pub(crate) fn allow(&mut self, host: &str) {
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        self.hosts.push(bare.to_ascii_lowercase());
    }

    /// Refuses what is not the name or the address of one host.
    pub(crate) fn check(&self) -> Result<(), FetchError> {
        let is_host = |host: &str| is_name(host) || host.parse::<Ipv6Addr>().is_ok();
        match self.hosts.iter().find(|host| !is_host(host)) {
            Some(host) => Err(FetchFault::PlainHttpHost(host.clone()).into()),
            None => Ok(()),
        }
    }

    /// Returns whether plain http may go to this host, written as in a URL but without brackets.
    pub(crate) fn reaches(&self, host: &str) -> bool {
        let listed = |known: &String| match (known.parse::<Ipv6Addr>(), host.parse::<Ipv6Addr>()) {
            (Ok(known), Ok(host)) => known == host,
            _ => known.eq_ignore_ascii_case(host),
        };
        (self.loopback && is_loopback(host)) || self.hosts.iter().any(listed)
    }

    /// Returns what an issuer with https may lead to: the hosts that are named, and not this machine's own services.
    pub(crate) fn without_loopback(&self) -> Self {
        Self { loopback: false, hosts: self.hosts.clone() }
    }
}

/// Returns whether a text is a host name or an IPv4 address.
pub(crate) fn is_name(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !host.is_empty() && host.bytes().all(allowed)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_are_named_are_reached() {
        let mut plain = PlainHttp::default();
        assert!(!plain.reaches("localhost") && !plain.reaches("keycloak"));
        for host in ["keycloak.svc.Cluster.local", "10.0.0.7", "[2001:DB8::1]", "::2"] {
            plain.allow(host);
        }
        assert_eq!(plain.check(), Ok(()));
        for host in ["keycloak.svc.cluster.local", "KEYCLOAK.svc.cluster.local", "10.0.0.7", "2001:db8:0::1", "0::2"] {
            assert!(plain.reaches(host), "{host}");
        }
        for host in
            ["svc.cluster.local", "a.keycloak.svc.cluster.local", "keycloak.svc.cluster.local.", "10.0.0.70", "::1"]
        {
            assert!(!plain.reaches(host), "{host}");
        }
        plain.allow_loopback();
        assert!(plain.reaches("127.1.2.3") && !plain.without_loopback().reaches("localhost"));
        assert!(plain.without_loopback().reaches("10.0.0.7"));
    }

    #[test]
    fn what_is_not_one_host_is_refused() {
        for text in
            ["", "*", "*.svc", "http://keycloak", "keycloak:8080", "keycloak/", "10.0.0.0/8", "a b", "[::1", "ü"]
        {
            let mut plain = PlainHttp::default();
            plain.allow(text);
            assert!(plain.check().is_err(), "{text}");
        }
    }
}
