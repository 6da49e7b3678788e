//! What a key reader accepts, and when it prepares ES256 keys.

use crate::es256::{Preparation, Preparer};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyOptions {
    /// Accepts HMAC secrets under 32 bytes.
    pub(crate) short_secrets: bool,
    /// Skips HMAC secrets: a key set that everyone can read must not contain any.
    pub(crate) public_only: bool,
    pub(crate) preparation: Preparation,
}

impl KeyOptions {
    pub(crate) const fn new() -> Self {
        Self { short_secrets: false, public_only: false, preparation: Preparation::at_load() }
    }

    /// Creates the preparer that the keys of one set share.
    pub(crate) fn preparer(self) -> Arc<Preparer> {
        Arc::new(Preparer::new(self.preparation))
    }
}
