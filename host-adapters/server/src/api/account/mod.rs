//! What a user may see and change of the account.

pub(super) mod me;
pub(super) mod password;
pub(super) mod personal_tokens;
pub(super) mod sessions;
