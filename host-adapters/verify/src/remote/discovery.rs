//! OpenID Connect Discovery 1.0, as far as it leads to keys.

use crate::json_object;
use crate::remote::address::Address;
use crate::remote::plain_http::PlainHttp;
use crate::remote::{FetchError, FetchFault};
use serde::Deserialize;
use serde_json::{Map, Value};

/// An issuer and where its configuration is (§4).
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    name: String,
    /// Another name that its configuration may give it.
    template: Option<String>,
    configuration: Address,
    plain: PlainHttp,
}

/// The members that matter here (§3); what else there is, is passed over.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// Names an issuer, which is a URL without query and fragment.
    pub(crate) fn new(name: &str, plain: &PlainHttp) -> Result<Self, FetchError> {
        if name.contains('?') {
            return Err(FetchError::from(FetchFault::AddressMalformed("an issuer has no query (?)")).at(name));
        }
        Address::parse(name, plain)?;
        let base = name.strip_suffix('/').unwrap_or(name);
        let configuration = Address::parse(&format!("{base}/.well-known/openid-configuration"), plain)?;
        Ok(Self { name: name.to_owned(), template: None, configuration, plain: plain.clone() })
    }

    /// Also accepts a configuration that gives the issuer this name.
    pub(crate) fn or_named(self, template: Option<String>) -> Self {
        Self { template, ..self }
    }

    pub(crate) fn configuration(&self) -> &Address {
        &self.configuration
    }

    /// Returns where the keys are, by the issuer's configuration.
    ///
    /// Another host is fine, the issuer says it; less protection than the issuer itself has is not, but for hosts
    /// that a setting names.
    pub(crate) fn key_address(&self, document: &[u8]) -> Result<Address, FetchError> {
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let configuration: Configuration = json_object::read(document)
            .ok_or_else(|| FetchError::from(FetchFault::ConfigurationMalformed(fault_of(document))))?;
        if configuration.issuer != self.name && Some(&configuration.issuer) != self.template.as_ref() {
            let (expected, found) = (self.name.clone(), configuration.issuer);
            return Err(FetchFault::IssuerMismatch { expected, found }.into());
        }
        let plain = if self.configuration.is_secure() { &self.plain.without_loopback() } else { &self.plain };
        Address::parse(&configuration.jwks_uri, plain)
    }
}

/// Says what a configuration lacks.
fn fault_of(document: &[u8]) -> &'static str {
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(document) else {
        return match document.trim_ascii_start() {
            [] => "it is empty",
            [b'<', ..] => "it is HTML or XML, perhaps a page for people to log in",
            [b'{', ..] => "its JSON is damaged",
            _ => "it is not a JSON object",
        };
    };
    match (members.get("issuer"), members.get("jwks_uri")) {
        _ if members.contains_key("keys") => "it is a JWK set; name its address as one of keys, not of an issuer",
        (None, _) => "it has no issuer",
        (_, None) => "it has no jwks_uri",
        (Some(Value::String(_)), Some(Value::String(_))) => "it has a member twice",
        _ => "its issuer or its jwks_uri is not a text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(name: &str, document: &str) -> Result<String, FetchFault> {
        let mut plain = PlainHttp::default();
        plain.allow_loopback();
        plain.allow("named.example");
        let address = Issuer::new(name, &plain).and_then(|issuer| issuer.key_address(document.as_bytes()));
        address.map(|address| address.url().to_owned()).map_err(|error| error.fault().clone())
    }

    #[test]
    fn the_configuration_is_below_the_issuer() {
        for (name, url) in [
            ("https://id.example", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/realms/a", "https://id.example/realms/a/.well-known/openid-configuration"),
        ] {
            assert_eq!(Issuer::new(name, &PlainHttp::default()).unwrap().configuration().url(), url);
        }
        for name in ["https://id.example?a", "https://id.example#a", "id.example"] {
            let error = Issuer::new(name, &PlainHttp::default()).unwrap_err();
            assert!(matches!(error.fault(), FetchFault::AddressMalformed(_)), "{name}");
        }
        let error = Issuer::new("http://localhost", &PlainHttp::default()).unwrap_err();
        assert_eq!(*error.fault(), FetchFault::PlainHttp { host: "localhost".to_owned() });
    }

    #[test]
    fn a_template_is_another_name_of_the_issuer() {
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let common = "https://login.microsoftonline.com/common/v2.0";
        let document = |issuer: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://keys.example/k"}}"#);
        let read = |template: Option<&str>, issuer: &str| {
            let named = Issuer::new(common, &PlainHttp::default()).unwrap().or_named(template.map(str::to_owned));
            named.key_address(document(issuer).as_bytes()).map(drop)
        };
        assert_eq!(read(Some(template), template), Ok(()));
        assert_eq!(read(Some(template), common), Ok(()));
        for (template, found) in [(None, template), (Some(template), "https://login.microsoftonline.com/x/v2.0")] {
            let error = read(template, found).unwrap_err();
            assert!(matches!(error.fault(), FetchFault::IssuerMismatch { .. }), "{found}");
        }
    }

    #[test]
    fn only_the_issuer_itself_says_where_its_keys_are() {
        let name = "https://id.example";
        let document = |issuer: &str, uri: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{uri}","x":[{{}}]}}"#);
        let good = document(name, "https://keys.example/k");
        assert_eq!(keys(name, &good), Ok("https://keys.example/k".to_owned()));
        for other in ["https://id.example/", "https://ID.example", "https://evil.example", ""] {
            let (expected, found) = (name.to_owned(), other.to_owned());
            let mismatch = FetchFault::IssuerMismatch { expected, found };
            assert_eq!(keys(name, &document(other, "https://keys.example/k")), Err(mismatch));
        }
        for plain in ["http://id.example/k", "http://127.0.0.1/k"] {
            assert!(matches!(keys(name, &document(name, plain)), Err(FetchFault::PlainHttp { .. })), "{plain}");
        }
        assert!(keys(name, &document(name, "http://named.example/k")).is_ok());
        assert!(matches!(keys(name, &document(name, "file:///k")), Err(FetchFault::AddressMalformed(_))));
        assert!(keys(name, &format!("\u{feff}{good}")).is_ok());
        let list = format!(r#"["{name}","https://keys.example/k"]"#);
        let twice = good.replacen("{", r#"{"issuer":"https://id.example","#, 1);
        for (bad, why) in [
            ("", "it is empty"),
            ("[]", "it is not a JSON object"),
            (&list, "it is not a JSON object"),
            ("<html>", "it is HTML or XML, perhaps a page for people to log in"),
            ("{\"issuer\":", "its JSON is damaged"),
            ("{}", "it has no issuer"),
            (r#"{"keys":[]}"#, "it is a JWK set; name its address as one of keys, not of an issuer"),
            (r#"{"issuer":7,"jwks_uri":"x"}"#, "its issuer or its jwks_uri is not a text"),
            (r#"{"issuer":"https://id.example"}"#, "it has no jwks_uri"),
            (&twice, "it has a member twice"),
        ] {
            assert_eq!(keys(name, bad), Err(FetchFault::ConfigurationMalformed(why)), "{bad}");
        }
        let here = "http://localhost:81";
        assert!(keys(here, &document(here, "http://localhost:82/k")).is_ok());
    }
}
