//! OpenID Connect Discovery 1.0, as far as it leads to keys.

use crate::json_object;
use crate::remote::FetchError;
use crate::remote::address::{Address, PlainHttp};
use serde::Deserialize;

/// An issuer and where its configuration is (§4).
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    name: String,
    /// Another name that its configuration may give it.
    template: Option<String>,
    configuration: Address,
}

/// The members that matter here (§3); what else there is, is passed over.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// The issuer by its name, which is a URL without query and fragment.
    pub(crate) fn new(name: &str, plain: PlainHttp) -> Result<Self, FetchError> {
        if name.contains('?') {
            return Err(FetchError::AddressMalformed);
        }
        Address::parse(name, plain)?;
        let base = name.strip_suffix('/').unwrap_or(name);
        let configuration = Address::parse(&format!("{base}/.well-known/openid-configuration"), plain)?;
        Ok(Self { name: name.to_owned(), template: None, configuration })
    }

    /// Also accepts a configuration that gives the issuer this name.
    pub(crate) fn or_named(self, template: Option<String>) -> Self {
        Self { template, ..self }
    }

    pub(crate) fn configuration(&self) -> &Address {
        &self.configuration
    }

    /// Where the keys are, by the issuer's configuration.
    ///
    /// Another host is fine, the issuer says it; less protection than the issuer itself has is not.
    pub(crate) fn key_address(&self, document: &[u8]) -> Result<Address, FetchError> {
        let configuration: Configuration = json_object::read(document).ok_or(FetchError::ConfigurationMalformed)?;
        if configuration.issuer != self.name && Some(&configuration.issuer) != self.template.as_ref() {
            return Err(FetchError::IssuerMismatch);
        }
        let plain = if self.configuration.is_secure() { PlainHttp::Never } else { PlainHttp::Loopback };
        Address::parse(&configuration.jwks_uri, plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(name: &str, document: &str) -> Result<String, FetchError> {
        let issuer = Issuer::new(name, PlainHttp::Loopback)?;
        issuer.key_address(document.as_bytes()).map(|address| address.url().to_owned())
    }

    #[test]
    fn the_configuration_is_below_the_issuer() {
        for (name, url) in [
            ("https://id.example", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/realms/a", "https://id.example/realms/a/.well-known/openid-configuration"),
        ] {
            assert_eq!(Issuer::new(name, PlainHttp::Never).unwrap().configuration().url(), url);
        }
        for name in ["https://id.example?a", "https://id.example#a", "id.example"] {
            assert_eq!(Issuer::new(name, PlainHttp::Never).err(), Some(FetchError::AddressMalformed), "{name}");
        }
        assert_eq!(Issuer::new("http://localhost", PlainHttp::Never).err(), Some(FetchError::PlainHttp));
    }

    #[test]
    fn a_template_is_another_name_of_the_issuer() {
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let common = "https://login.microsoftonline.com/common/v2.0";
        let document = |issuer: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://keys.example/k"}}"#);
        let read = |template: Option<&str>, issuer: &str| {
            let named = Issuer::new(common, PlainHttp::Never).unwrap().or_named(template.map(str::to_owned));
            named.key_address(document(issuer).as_bytes()).map(drop)
        };
        assert_eq!(read(Some(template), template), Ok(()));
        assert_eq!(read(Some(template), common), Ok(()));
        assert_eq!(read(None, template), Err(FetchError::IssuerMismatch));
        assert_eq!(read(Some(template), "https://login.microsoftonline.com/x/v2.0"), Err(FetchError::IssuerMismatch));
    }

    #[test]
    fn only_the_issuer_itself_says_where_its_keys_are() {
        let name = "https://id.example";
        let document = |issuer: &str, uri: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{uri}","x":[{{}}]}}"#);
        let good = document(name, "https://keys.example/k");
        assert_eq!(keys(name, &good), Ok("https://keys.example/k".to_owned()));
        for other in ["https://id.example/", "https://ID.example", "https://evil.example", ""] {
            assert_eq!(keys(name, &document(other, "https://keys.example/k")), Err(FetchError::IssuerMismatch));
        }
        for plain in ["http://id.example/k", "http://127.0.0.1/k"] {
            assert_eq!(keys(name, &document(name, plain)), Err(FetchError::PlainHttp), "{plain}");
        }
        assert_eq!(keys(name, &document(name, "file:///k")), Err(FetchError::AddressMalformed));
        let list = format!(r#"["{name}","https://keys.example/k"]"#);
        for bad in ["", "[]", &list, "{}", r#"{"issuer":7,"jwks_uri":"x"}"#, r#"{"issuer":"https://id.example"}"#] {
            assert_eq!(keys(name, bad), Err(FetchError::ConfigurationMalformed), "{bad}");
        }
        let twice = good.replace('}', r#","issuer":"https://id.example"}"#);
        assert_eq!(keys(name, &twice), Err(FetchError::ConfigurationMalformed));
        let here = "http://localhost:81";
        assert!(keys(here, &document(here, "http://localhost:82/k")).is_ok());
    }
}
