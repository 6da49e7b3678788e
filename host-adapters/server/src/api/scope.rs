//! The scope of a token: names separated by spaces (RFC 6749 §3.3).

use super::problem::Problem;
use std::fmt;

/// Scopes that every login can request, whatever the setting `scopes` contains.
pub(super) const OPENID: &str = "openid";
pub(super) const EMAIL: &str = "email";

/// The maximum number of names, and the maximum length of the scope in bytes.
const MOST: usize = 64;
pub(super) const LONGEST: usize = 1024;

/// Distinct names, in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope(Vec<String>);

impl Scope {
    /// Reads a scope. A text without names is the empty scope.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let mut names: Vec<String> = Vec::new();
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            if !name.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
                let detail =
                    "scope must be names separated by spaces; allowed in names: printable ASCII except \" and \\.";
                return Err(Problem::field("invalid_scope", "scope", detail));
            }
            if !names.iter().any(|own| own == name) {
                names.push(name.to_owned());
            }
        }
        if names.len() > MOST {
            let detail = format!("scope has too many names; allowed: at most {MOST}.");
            return Err(Problem::field("invalid_scope", "scope", detail));
        }
        Ok(Self(names))
    }

    /// Returns the scope of a stored text, which was checked before it was stored.
    pub(super) fn stored(text: Option<&str>) -> Self {
        Self(text.unwrap_or_default().split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    pub(super) fn of(names: &[String]) -> Self {
        Self(names.to_vec())
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|own| own == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Returns this scope if all its names are allowed.
    ///
    /// # Errors
    /// A name is not allowed. The error lists the allowed names.
    pub(super) fn within<'a>(self, allowed: impl Iterator<Item = &'a str> + Clone) -> Result<Self, Problem> {
        if self.names().all(|name| allowed.clone().any(|own| own == name)) {
            return Ok(self);
        }
        let allowed: Vec<&str> = allowed.collect();
        let detail = match allowed.as_slice() {
            [] => "scope must be omitted: this server allows no scopes here.".to_owned(),
            names => format!("scope has a name that is not allowed; allowed: {}.", names.join(", ")),
        };
        Err(Problem::field("invalid_scope", "scope", detail))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_dropped_and_invalid_names_refused() {
        assert_eq!(Scope::read(" b  a b ").unwrap().to_string(), "b a");
        assert_eq!(Scope::read("").unwrap(), Scope::default());
        for bad in ["a\tb", "\"", "\\", "é", "a\u{7f}"] {
            assert_eq!(Scope::read(bad).unwrap_err().name(), "invalid_scope", "{bad:?}");
        }
        let many: Vec<String> = (0..65).map(|name| name.to_string()).collect();
        assert!(Scope::read(&many.join(" ")).is_err() && Scope::read(&many[..64].join(" ")).is_ok());
    }

    #[test]
    fn the_error_lists_the_allowed_names() {
        let asked = || Scope::read("a b").unwrap();
        assert_eq!(asked().within(["b", "a"].into_iter()).unwrap(), asked());
        assert!(asked().within(["a", "ab"].into_iter()).unwrap_err().detail().ends_with("allowed: a, ab."));
        assert!(asked().within([].into_iter()).unwrap_err().detail().contains("omitted"));
        assert!(Scope::default().within([].into_iter()).is_ok());
    }
}
