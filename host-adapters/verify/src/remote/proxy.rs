//! The proxy that the environment names, with the precedence of curl.

use crate::remote::address::{host_and_port, port_number};
use crate::remote::no_proxy::NoProxy;
use crate::remote::{FetchError, FetchFault, foreign_text};
use std::ffi::OsString;

/// Whether a fetch goes through a proxy.
#[derive(Clone, Debug, Default)]
pub(crate) enum ProxyChoice {
    /// The environment has no say.
    #[default]
    Never,
    /// The environment names this proxy, with these exceptions.
    Environment { proxy: Result<NamedProxy, FetchError>, except: NoProxy },
}

/// A proxy that can be used.
#[derive(Clone, Debug)]
pub(crate) struct NamedProxy {
    proxy: ureq::Proxy,
    shown: String,
}

/// What curl looks at for an https address. A variable that is empty counts as absent. `HTTP_PROXY` is not for https.
const PROXY_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NOT_ENCODED: &str =
    "its user name or password is not percent-encoded as in a URL (`@` is %40, `:` is %3A, `/` is %2F, `%` is %25)";
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

impl ProxyChoice {
    /// Reads the variables of an environment.
    pub(crate) fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let given = |name: &'static str| variable(name).filter(|value| !value.is_empty()).map(|value| (name, value));
        let Some((name, value)) = PROXY_VARIABLES.into_iter().find_map(given) else {
            return Self::Never;
        };
        let except = EXCEPTIONS.into_iter().find_map(given);
        let except = except.map(|(_, list)| NoProxy::new(list.to_string_lossy())).unwrap_or_default();
        Self::Environment { proxy: NamedProxy::read(name, value), except }
    }

    /// Returns the proxy for an https request to this host.
    ///
    /// # Errors
    /// [`FetchFault::Proxy`] if one is named and cannot be used.
    pub(crate) fn for_host(&self, host: &str) -> Result<Option<&NamedProxy>, FetchError> {
        match self {
            Self::Environment { proxy, except } if !except.covers(host) => {
                proxy.as_ref().map(Some).map_err(FetchError::clone)
            }
            _ => Ok(None),
        }
    }
}

impl NamedProxy {
    fn read(variable: &'static str, value: OsString) -> Result<Self, FetchError> {
        let shown = foreign_text::address(&value.to_string_lossy());
        let refused = |why| FetchError::from(FetchFault::Proxy { variable, value: shown.clone(), why });
        let text = value.to_str().ok_or_else(|| refused("it is not UTF-8"))?;
        let (url, place) = parse(text).map_err(refused)?;
        let proxy = ureq::Proxy::new(&url).map_err(|_| refused(NOT_ENCODED))?;
        Ok(Self { proxy, shown: format!("{place} ({variable})") })
    }

    pub(crate) fn proxy(&self) -> &ureq::Proxy {
        &self.proxy
    }

    /// Returns scheme, host, port and the variable, for messages.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

/// Returns the proxy's URL with scheme and port, and the same without user name and password; or what is wrong.
fn parse(text: &str) -> Result<(String, String), &'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it holds a blank, a control character or a character that is not ASCII");
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let (scheme, default_port) = match scheme.to_ascii_lowercase() {
        scheme if scheme == "http" => (scheme, 80),
        scheme if scheme == "https" => (scheme, 443),
        scheme if scheme.starts_with("socks") => return Err("SOCKS proxies are not supported"),
        _ => return Err("its scheme is not http or https"),
    };
    // curl passes over a path as well.
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, _)) if user.contains('@') => return Err("`@` in a user name or password is written %40"),
        Some((user, place)) => (format!("{user}@"), place),
        None => (String::new(), authority),
    };
    // `%zz` would be sent as it stands.
    let encoded = |after: &str| after.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if !user.split('%').skip(1).all(encoded) {
        return Err(NOT_ENCODED);
    }
    if place.is_empty() || place.starts_with(':') {
        return Err("it names no host");
    }
    let (host, port) = host_and_port(place).ok_or("its host is not a name or an address")?;
    let port = match port {
        None => default_port,
        Some(digits) => port_number(digits).ok_or("its port is not a number from 1 to 65535")?,
    };
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    Ok((format!("{scheme}://{user}{host}:{port}"), format!("{scheme}://{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(variables: &[(&str, &str)]) -> ProxyChoice {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        ProxyChoice::from_environment(find)
    }

    /// What is asked for id.example, in words; or why nothing is.
    fn asked(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let choice = choice(variables);
        let proxy = choice.for_host("id.example").map_err(|error| error.to_string())?;
        Ok(proxy.map(|proxy| proxy.shown().to_owned()))
    }

    #[test]
    fn the_precedence_is_that_of_curl() {
        let all = [
            ("https_proxy", "http://one:1"),
            ("HTTPS_PROXY", "http://two:2"),
            ("all_proxy", "http://three:3"),
            ("ALL_PROXY", "http://four:4"),
        ];
        for (index, (name, value)) in all.into_iter().enumerate() {
            assert_eq!(asked(&all[index..]), Ok(Some(format!("{value} ({name})"))));
        }
        let with_empty = [("https_proxy", ""), ("HTTPS_PROXY", "http://two:2")];
        assert_eq!(asked(&with_empty), Ok(Some("http://two:2 (HTTPS_PROXY)".to_owned())));
        for none in [&[][..], &[("HTTP_PROXY", "http://a:1"), ("http_proxy", "http://b:1")], &[("https_proxy", "")]] {
            assert_eq!(asked(none), Ok(None));
        }
        let upper = [("https_proxy", "http://one:1"), ("no_proxy", ""), ("NO_PROXY", "*")];
        assert_eq!(asked(&upper), Ok(None));
        let lower = [("https_proxy", "http://one:1"), ("no_proxy", "x"), ("NO_PROXY", "*")];
        assert!(asked(&lower).is_ok_and(|proxy| proxy.is_some()));
    }

    #[test]
    fn values_that_curl_takes_are_taken() {
        for (value, place) in [
            ("proxy:3128", "http://proxy:3128"),
            ("proxy", "http://proxy:80"),
            ("http://proxy", "http://proxy:80"),
            ("HTTP://proxy:3128/", "http://proxy:3128"),
            ("https://proxy", "https://proxy:443"),
            ("http://[::1]:3128", "http://[::1]:3128"),
            ("[::1]:3128", "http://[::1]:3128"),
            ("http://user:word@proxy:3128", "http://proxy:3128"),
            ("http://us%40er:w%3Ard@proxy:3128/path?x", "http://proxy:3128"),
            ("user:word@proxy:3128", "http://proxy:3128"),
        ] {
            assert_eq!(asked(&[("HTTPS_PROXY", value)]), Ok(Some(format!("{place} (HTTPS_PROXY)"))), "{value}");
        }
        let ProxyChoice::Environment { proxy: Ok(named), .. } = choice(&[("ALL_PROXY", "http://u%40:w%3A@[::1]:1")])
        else {
            panic!("no proxy")
        };
        let proxy = named.proxy();
        assert_eq!((proxy.username(), proxy.password(), proxy.port()), (Some("u@"), Some("w:"), 1));
    }

    #[test]
    fn values_that_cannot_be_used_are_named_without_their_credentials() {
        for (value, shown, why) in [
            ("socks5://joe:sesame@proxy:1080", "socks5://proxy:1080", "SOCKS"),
            ("socks4://proxy:1080", "socks4://proxy:1080", "SOCKS"),
            ("socks5h://proxy", "socks5h://proxy", "SOCKS"),
            ("ftp://proxy:21", "ftp://proxy:21", "scheme"),
            ("http://", "http://", "no host"),
            ("http://:3128", "http://:3128", "no host"),
            ("http://joe:sesame@:3128", "http://:3128", "no host"),
            ("//proxy:3128", "//proxy:3128", "no host"),
            ("http://proxy:", "http://proxy:", "port"),
            ("http://proxy:0", "http://proxy:0", "port"),
            ("http://proxy:99999", "http://proxy:99999", "port"),
            ("http://joe:sesame@proxy:http", "http://proxy:http", "port"),
            ("http://joe:w@rd@proxy:3128", "http://proxy:3128", "%40"),
            ("http://joe:w%zz@proxy:3128", "http://proxy:3128", "percent-encoded"),
            ("http://joe:w%FF@proxy:3128", "http://proxy:3128", "percent-encoded"),
            ("http://joe:w/rd@proxy:3128", "http://proxy:3128", "port"),
            (" http://proxy:3128", " http://proxy:3128", "blank"),
            ("http://proxy:3128\n", "http://proxy:3128\\n", "blank"),
            ("http://pröxy:3128", "http://pröxy:3128", "ASCII"),
            ("::1", "::1", "host"),
        ] {
            let error = asked(&[("HTTPS_PROXY", value)]).unwrap_err();
            assert!(error.contains("HTTPS_PROXY") && error.contains(why), "{value:?}: {error}");
            assert!(error.contains(&format!("\"{}\"", shown.replace('\\', "\\\\"))), "{value:?}: {error}");
            assert!(!["sesame", "joe", "rd@"].iter().any(|secret| error.contains(secret)), "{value:?}: {error}");
        }
        // It is not asked for a host that is excepted.
        assert_eq!(asked(&[("HTTPS_PROXY", "socks5://proxy"), ("NO_PROXY", ".example")]), Ok(None));
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let choice = ProxyChoice::from_environment(|name| {
            (name == "ALL_PROXY").then(|| OsString::from_vec(b"http://pr\xffxy:1".to_vec()))
        });
        let error = choice.for_host("id.example").unwrap_err().to_string();
        assert!(error.contains("ALL_PROXY") && error.contains("UTF-8"), "{error}");
    }
}
