//! Rules on claims of a verified token: roles, groups, permissions, the client.

use crate::claim_path::{ClaimPath, ClaimPathError};
use serde_json::Value;
use std::sync::Arc;

/// A rule on one claim, for [`Guard::require_claim`](crate::Guard::require_claim).
///
/// The claim may be a string, a number, a boolean, or an array of these. Values are compared with their JSON type:
/// `"true"` is not `true`. Numbers are compared exactly, however they are written: `2.0` and `20e-1` are 2, and a number
/// that exceeds every number type here equals only itself. A missing claim satisfies no rule.
///
/// ```
/// use glowband_http::ClaimRule;
///
/// let roles = ClaimRule::any_of("realm_access.roles", ["admin", "editor"])?;
/// let verified = ClaimRule::all_of("email_verified", [true])?;
/// # Ok::<(), glowband_http::ClaimPathError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClaimRule {
    subject: Subject,
    /// The allowed values.
    values: Vec<ClaimValue>,
    /// Whether the claim must contain all values, not only one.
    all: bool,
    /// The issuers whose tokens the rule applies to; `None` means all.
    issuers: Option<Arc<[Box<str>]>>,
}

#[derive(Clone, Debug)]
enum Subject {
    Claim(ClaimPath),
    /// The client that the token was issued to.
    Client,
}

/// An allowed value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// A string.
    Text(Box<str>),
    /// An integer.
    Number(i64),
    /// `true` or `false`.
    Bool(bool),
}

impl ClaimRule {
    /// Requires the claim to equal or contain at least one of the values. An empty list refuses every token.
    ///
    /// # Errors
    /// Returns [`ClaimPathError`] if `claim` is not a claim path.
    pub fn any_of<V: Into<ClaimValue>>(
        claim: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, ClaimPathError> {
        Ok(Self::new(Subject::Claim(ClaimPath::parse(claim)?), values, false))
    }

    /// Requires the claim to contain all of the values. An empty list refuses every token.
    ///
    /// # Errors
    /// Returns [`ClaimPathError`] if `claim` is not a claim path.
    pub fn all_of<V: Into<ClaimValue>>(
        claim: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, ClaimPathError> {
        Ok(Self::new(Subject::Claim(ClaimPath::parse(claim)?), values, true))
    }

    /// Requires the token to be issued to one of these clients: `client_id` (RFC 9068 §2.2), or `azp` (OpenID Connect
    /// Core §2) if there is no `client_id`.
    pub fn any_client_of<S: Into<Box<str>>>(clients: impl IntoIterator<Item = S>) -> Self {
        Self::new(Subject::Client, clients.into_iter().map(|client| ClaimValue::Text(client.into())), false)
    }

    /// Applies the rule only to tokens of these issuers (`iss`).
    #[must_use]
    pub fn of_issuers<S: Into<Box<str>>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.issuers = Some(issuers.into_iter().map(Into::into).collect());
        self
    }

    fn new<V: Into<ClaimValue>>(subject: Subject, values: impl IntoIterator<Item = V>, all: bool) -> Self {
        Self { subject, values: values.into_iter().map(Into::into).collect(), all, issuers: None }
    }

    /// Returns the claim's name for log lines.
    pub(crate) fn claim(&self) -> &str {
        match &self.subject {
            Subject::Claim(path) => path.as_str(),
            Subject::Client => "client_id",
        }
    }

    /// Returns whether a verified token satisfies the rule, or comes from an issuer that the rule does not apply to.
    pub(crate) fn is_met(&self, issuer: Option<&str>, claims: &Value) -> bool {
        if let Some(issuers) = &self.issuers
            && !issuers.iter().any(|own| Some(&**own) == issuer)
        {
            return true;
        }
        let value = match &self.subject {
            Subject::Claim(path) => path.find(claims),
            Subject::Client => client(claims),
        };
        let has = |wanted: &ClaimValue| match value {
            Some(Value::Array(values)) => values.iter().any(|value| wanted.is(value)),
            Some(value) => wanted.is(value),
            None => false,
        };
        if self.all { !self.values.is_empty() && self.values.iter().all(has) } else { self.values.iter().any(has) }
    }
}

/// Returns the client that the token was issued to: `client_id`, or else `azp`.
pub(crate) fn client(claims: &Value) -> Option<&Value> {
    let member = |name| claims.get(name).filter(|value: &&Value| !value.is_null());
    member("client_id").or_else(|| member("azp"))
}

impl ClaimValue {
    fn is(&self, value: &Value) -> bool {
        match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Number(number) => value.as_i64() == Some(*number),
            Self::Bool(truth) => value.as_bool() == Some(*truth),
        }
    }
}

impl From<&str> for ClaimValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for ClaimValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for ClaimValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for ClaimValue {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn any<V: Into<ClaimValue>>(claim: &str, values: impl IntoIterator<Item = V>, claims: Value) -> bool {
        ClaimRule::any_of(claim, values).unwrap().is_met(None, &claims)
    }

    fn all<V: Into<ClaimValue>>(claim: &str, values: impl IntoIterator<Item = V>, claims: Value) -> bool {
        ClaimRule::all_of(claim, values).unwrap().is_met(None, &claims)
    }

    #[test]
    fn values_are_compared_completely_and_with_their_type() {
        assert!(any("groups", ["a", "b"], json!({"groups": ["x", "b"]})));
        assert!(any("groups", ["b"], json!({"groups": "b"})));
        assert!(any("level", [2], json!({"level": [1, 2]})));
        assert!(any("email_verified", [true], json!({"email_verified": true})));
        for claims in [
            json!({}),
            json!({"groups": []}),
            json!({"groups": ["a "]}),
            json!({"groups": ["A"]}),
            json!({"groups": "a b"}),
            json!({"groups": "aa"}),
            json!({"groups": {"a": 1}}),
            json!({"groups": [["a"]]}),
            json!({"groups": null}),
            json!({"Groups": ["a"]}),
        ] {
            assert!(!any("groups", ["a"], claims.clone()), "{claims}");
            assert!(!all("groups", ["a"], claims.clone()), "{claims}");
        }
        assert!(!any("email_verified", [true], json!({"email_verified": "true"})));
        assert!(!any("email_verified", ["true"], json!({"email_verified": true})));
        assert!(!any("level", [2], json!({"level": 2.5})));
        assert!(!any("level", [2], json!({"level": "2"})));
    }

    #[test]
    fn all_of_needs_every_value_and_an_empty_list_refuses() {
        assert!(all("groups", ["a", "b"], json!({"groups": ["b", "c", "a"]})));
        assert!(!all("groups", ["a", "b"], json!({"groups": ["a", "c"]})));
        assert!(!all("groups", Vec::<String>::new(), json!({"groups": ["a"]})));
        assert!(!any("groups", Vec::<String>::new(), json!({"groups": ["a"]})));
    }

    #[test]
    fn a_client_is_client_id_or_azp() {
        let rule = ClaimRule::any_client_of(["shop", "web"]);
        for claims in [json!({"client_id": "shop"}), json!({"azp": "web"}), json!({"client_id": null, "azp": "web"})] {
            assert!(rule.is_met(None, &claims), "{claims}");
        }
        for claims in [
            json!({}),
            json!({"client_id": "x", "azp": "web"}),
            json!({"client_id": 7, "azp": "web"}),
            json!({"azp": ""}),
        ] {
            assert!(!rule.is_met(None, &claims), "{claims}");
        }
    }

    #[test]
    fn a_rule_of_one_issuer_does_not_apply_to_another() {
        let rule = ClaimRule::any_of("groups", ["a"]).unwrap().of_issuers(["https://id.example"]);
        assert!(rule.is_met(Some("https://other.example"), &json!({})));
        assert!(rule.is_met(None, &json!({})));
        assert!(!rule.is_met(Some("https://id.example"), &json!({})));
        assert!(rule.is_met(Some("https://id.example"), &json!({"groups": "a"})));
    }
}
