//! The expected subjects: names, and prefixes of names.

use glowband_core::{Refusal, Text};

/// Accepts any subject if there are no names and no prefixes, else one of those.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subjects {
    names: Option<Vec<String>>,
    prefixes: Vec<String>,
}

impl Subjects {
    pub(crate) fn set_names(&mut self, names: Vec<String>) {
        self.names = Some(names);
    }

    pub(crate) fn add_prefix(&mut self, prefix: String) {
        self.prefixes.push(prefix);
    }

    /// Returns the only expected name, if there is exactly one and no prefix.
    pub(crate) fn only(&self) -> Option<&str> {
        match self.names.as_deref() {
            Some([only]) if self.prefixes.is_empty() => Some(only),
            _ => None,
        }
    }

    /// Returns true if the core's policy checks all of it.
    pub(crate) fn is_for_core(&self) -> bool {
        self.prefixes.is_empty() && self.names.as_ref().is_none_or(|names| names.len() == 1)
    }

    /// Checks the subject of a token.
    ///
    /// # Errors
    /// [`Refusal::SubjectMissing`] and [`Refusal::SubjectMismatch`].
    pub(crate) fn check(&self, subject: Option<Text<'_>>) -> Result<(), Refusal> {
        let subject = subject.ok_or(Refusal::SubjectMissing)?;
        let named = self.names.iter().flatten().any(|name| subject == **name);
        if named || self.prefixes.iter().any(|prefix| begins_with(subject, prefix)) {
            Ok(())
        } else {
            Err(Refusal::SubjectMismatch)
        }
    }
}

fn begins_with(text: Text<'_>, prefix: &str) -> bool {
    let mut bytes = text.bytes();
    prefix.bytes().all(|byte| bytes.next() == Some(byte))
}
