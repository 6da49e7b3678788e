//! The login that a session is opened for, and the limits of its texts.

use crate::{StoreError, StoreErrorKind};

/// How many bytes a user id may have.
pub const MAX_USER_ID: usize = 255;
/// How many bytes a client's id may have.
pub const MAX_CLIENT: usize = 255;
/// How many bytes a label may have.
pub const MAX_LABEL: usize = 255;
/// How many bytes a scope may have.
pub const MAX_SCOPE: usize = 1024;

/// A login: the user and the client. The caller has authenticated them.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    user_id: &'a str,
    client: &'a str,
    label: Option<&'a str>,
    scope: Option<&'a str>,
}

impl<'a> Login<'a> {
    /// A login of this user by this client; only the same client may refresh the session. Neither may be empty or have
    /// control characters.
    pub const fn new(user_id: &'a str, client: &'a str) -> Self {
        Self { user_id, client, label: None, scope: None }
    }

    /// Sets the text that the user reads in a list of devices.
    pub const fn label(mut self, label: Option<&'a str>) -> Self {
        self.label = label;
        self
    }

    /// Sets the scope of the session's access tokens.
    pub const fn scope(mut self, scope: Option<&'a str>) -> Self {
        self.scope = scope;
        self
    }

    pub(crate) const fn parts(&self) -> (&'a str, &'a str, Option<&'a str>, Option<&'a str>) {
        (self.user_id, self.client, self.label, self.scope)
    }

    /// Checks the lengths and characters of the texts.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        bounded("user id", self.user_id, 1, MAX_USER_ID)?;
        bounded("client", self.client, 1, MAX_CLIENT)?;
        bounded("label", self.label.unwrap_or_default(), 0, MAX_LABEL)?;
        bounded("scope", self.scope.unwrap_or_default(), 0, MAX_SCOPE)
    }
}

fn bounded(what: &str, text: &str, least: usize, most: usize) -> Result<(), StoreError> {
    let refused = |why: String| Err(StoreError::new(StoreErrorKind::Refused, format!("the {what} {why}")));
    match text.len() {
        bytes if bytes < least => refused("is empty".to_owned()),
        bytes if bytes > most => refused(format!("has {bytes} bytes; at most {most} are allowed")),
        // Databases reject NUL, and other control characters do not belong in a list for people.
        _ if text.chars().any(char::is_control) => refused("has a control character; none is allowed".to_owned()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(login: Login<'_>) -> String {
        let error = login.check().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Refused);
        error.to_string()
    }

    #[test]
    fn texts_are_bounded_and_the_error_says_which() {
        let long = "x".repeat(1025);
        assert!(
            Login::new(&long[..255], &long[..255]).label(Some(&long[..255])).scope(Some(&long[..1024])).check().is_ok()
        );
        assert!(refused(Login::new("", "app")).contains("user id is empty"));
        assert!(refused(Login::new("u", "")).contains("client is empty"));
        assert!(refused(Login::new(&long[..256], "app")).contains("user id has 256 bytes; at most 255"));
        assert!(refused(Login::new("u", &long[..256])).contains("client has 256 bytes"));
        assert!(refused(Login::new("u", "app").label(Some(&long[..256]))).contains("label has 256 bytes"));
        assert!(refused(Login::new("u", "app").scope(Some(&long))).contains("scope has 1025 bytes"));
        assert!(refused(Login::new("u\0", "app")).contains("control character"));
        assert!(refused(Login::new("u", "app").label(Some("a\nb"))).contains("label has a control character"));
    }
}
