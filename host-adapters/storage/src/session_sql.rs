//! Parts of the statements on `sessions` that both databases share.

/// The columns of a session, in the order in which each database reads them.
macro_rules! session_columns {
    () => {
        "id, user_id, client, label, scope, salt, generation, key_id, state, created_at, rotated_at, last_seen_at, \
         idle_expires_at, absolute_expires_at, ended_number, in_doubt"
    };
}
pub(crate) use session_columns;

/// The number of session columns: the index of what a statement selects after them.
pub(crate) const SESSION_COLUMNS: usize = 16;

/// The condition that a session is alive: open, and expired neither way at the given moment. It is what
/// [`Session::alive`](glowband_session::Session::alive) says of a row, and the only place where SQL says so.
macro_rules! alive {
    ($($now:tt)+) => {
        concat!("state = 'open' AND idle_expires_at > ", $($now)+, " AND absolute_expires_at > ", $($now)+)
    };
}
pub(crate) use alive;
