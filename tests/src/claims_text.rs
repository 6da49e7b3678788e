//! A claims set as text, member by member, so that a test can write what no serializer would.

use std::fmt;

pub const ISSUER: &str = "https://id.example";
pub const AUDIENCE: &str = "door-42";
/// When everything happens, unless a test says otherwise.
pub const NOW: u64 = 1_700_000_000;

/// Members in order; values are raw JSON.
#[derive(Clone, Debug)]
pub struct ClaimsText {
    members: Vec<(String, String)>,
}

impl ClaimsText {
    /// A claims set that the usual policy accepts at [`NOW`].
    pub fn good() -> Self {
        Self::none()
            .with("iss", "\"https://id.example\"")
            .with("sub", "\"alice\"")
            .with("aud", "\"door-42\"")
            .with("exp", "1700000300")
            .with("nbf", "1699999990")
            .with("iat", "1699999990")
            .with("jti", "\"t-1\"")
    }

    /// No members.
    pub fn none() -> Self {
        Self { members: Vec::new() }
    }

    /// Sets a member to raw JSON, in its place if it is there.
    #[must_use]
    pub fn with(mut self, name: &str, raw: &str) -> Self {
        match self.members.iter_mut().find(|(own, _)| own == name) {
            Some((_, value)) => raw.clone_into(value),
            None => self.members.push((name.to_owned(), raw.to_owned())),
        }
        self
    }

    /// Takes out a member.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.members.retain(|(own, _)| own != name);
        self
    }

    /// Adds a member even if it is there already.
    #[must_use]
    pub fn again(mut self, raw_name: &str, raw: &str) -> Self {
        self.members.push((raw_name.to_owned(), raw.to_owned()));
        self
    }
}

impl fmt::Display for ClaimsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<String> = self.members.iter().map(|(name, raw)| format!("\"{name}\":{raw}")).collect();
        write!(f, "{{{}}}", members.join(","))
    }
}
