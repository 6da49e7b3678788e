//! A row of `opaque_tokens`.

use crate::accounts::UserId;
use crate::database::{damaged, moment};
use glowband_session::{SessionId, StoreError, Timestamp};

/// What a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpaqueTokenRow {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) client: String,
    pub(crate) scope: Option<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// The columns of [`row`], in its order.
macro_rules! columns {
    () => {
        "session_id, token.user_id, token.client, token.scope, issued_at, expires_at"
    };
}
pub(super) use columns;

pub(super) type Columns = (Vec<u8>, String, String, Option<String>, i64, i64);

pub(super) fn row(
    (session_id, user_id, client, scope, issued_at, expires_at): Columns,
) -> Result<OpaqueTokenRow, StoreError> {
    let session_id = <[u8; 16]>::try_from(session_id).map_err(|_| damaged("session id"))?;
    Ok(OpaqueTokenRow {
        session_id: SessionId::from_bytes(session_id),
        user_id: user_id.parse().map_err(|_| damaged("user id"))?,
        client,
        scope,
        issued_at: moment(issued_at)?,
        expires_at: moment(expires_at)?,
    })
}
