//! Claims that the application adds to a token.

use crate::issue_error::IssueError;
use crate::json_object::JsonObject;
use serde::Serialize;

/// Names and serialized values, in the order in which they were added. `Err` is a value that JSON cannot represent.
#[derive(Clone, Debug, Default)]
pub(crate) struct FurtherClaims {
    claims: Vec<(String, Result<Vec<u8>, ()>)>,
}

impl FurtherClaims {
    pub(crate) fn add(&mut self, name: &str, value: &impl Serialize) {
        self.claims.push((name.to_owned(), serde_json::to_vec(value).map_err(drop)));
    }

    /// Writes all claims. Returns an error for a name that is in `taken` or occurs twice.
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
