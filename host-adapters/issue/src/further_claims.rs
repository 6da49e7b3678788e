//! Claims beyond those that this crate knows, as their callers name them.

use crate::issue_error::IssueError;
use crate::json_object::JsonObject;
use serde::Serialize;

/// Names and values, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct FurtherClaims {
    claims: Vec<(String, Result<Vec<u8>, ()>)>,
}

impl FurtherClaims {
    pub(crate) fn add(&mut self, name: &str, value: &impl Serialize) {
        self.claims.push((name.to_owned(), serde_json::to_vec(value).map_err(drop)));
    }

    /// Writes them all; none may have a name of `taken`, or one that came before.
    pub(crate) fn write(&self, target: &mut JsonObject, taken: &[&str]) -> Result<(), IssueError> {
        for (index, (name, value)) in self.claims.iter().enumerate() {
            let before = self.claims.iter().take(index).any(|(other, _)| other == name);
            if before || taken.contains(&name.as_str()) {
                return Err(IssueError::ClaimTaken(name.clone()));
            }
            target.raw(name, value.as_ref().map_err(|()| IssueError::ClaimUnfit(name.clone()))?);
        }
        Ok(())
    }
}
