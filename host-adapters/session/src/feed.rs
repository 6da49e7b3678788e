//! The feed of ended sessions, for verifiers that cannot wait until access tokens expire.

use crate::{Ending, SessionId, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A session that ended before it expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The session: the `sid` of its access tokens.
    pub session_id: SessionId,
    /// How it ended.
    pub ending: Ending,
    /// Its position in the feed.
    pub cursor: FeedCursor,
}

impl Revocation {
    /// When it ended.
    pub const fn ended_at(&self) -> Timestamp {
        self.cursor.ended_at()
    }
}

/// A part of the feed, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The revocations after the given cursor.
    pub revocations: Vec<Revocation>,
    /// The cursor for the next page.
    pub next: FeedCursor,
    /// Whether there are more revocations after this page.
    pub more: bool,
}

/// A position in the feed: a reader that continues from the last one it saw misses nothing.
///
/// Positions are numbered under a lock, in the order in which the endings become visible. A number is the time in microseconds
/// since 1970, or the last number plus one if the clock has not advanced. So a database that was restored from a backup does not
/// use numbers again that readers have passed already. `Display` and `FromStr` are for URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedCursor {
    number: u64,
    id: SessionId,
}

/// The error for a text that is not a [`FeedCursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedCursorError;

impl FeedCursor {
    /// The position before all others.
    pub const START: Self = Self { number: 0, id: SessionId::from_bytes([0; 16]) };

    /// Returns the position with this number. Sessions that were ended together share a number; their ids order them.
    pub const fn new(number: u64, id: SessionId) -> Self {
        Self { number, id }
    }

    /// The number.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The session.
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// Returns when a session with this position ended.
    pub const fn ended_at(&self) -> Timestamp {
        Self::number_moment(self.number)
    }

    /// Returns the time that a number stands for.
    pub const fn number_moment(number: u64) -> Timestamp {
        Timestamp(number / MICROS)
    }

    /// Returns the number that follows `last` at the time `now`.
    pub const fn next_number(last: u64, now: Timestamp) -> u64 {
        let by_clock = now.0.saturating_mul(MICROS);
        let by_order = last.saturating_add(1);
        if by_clock > by_order { by_clock } else { by_order }
    }

    /// Returns the lowest number of an ending from `moment` on.
    pub const fn first_number(moment: Timestamp) -> u64 {
        moment.0.saturating_mul(MICROS)
    }
}

/// Microseconds in a millisecond.
const MICROS: u64 = 1000;

impl fmt::Display for FeedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.number, self.id)
    }
}

impl FromStr for FeedCursor {
    type Err = FeedCursorError;

    fn from_str(text: &str) -> Result<Self, FeedCursorError> {
        let (number, id) = text.split_once('.').ok_or(FeedCursorError)?;
        let cursor = Self::new(number.parse().map_err(|_| FeedCursorError)?, id.parse().map_err(|_| FeedCursorError)?);
        // `+7` and `007` are no spellings of 7; databases hold no more than i64.
        let one_spelling = cursor.number <= i64::MAX as u64 && cursor.number.to_string() == number;
        if one_spelling { Ok(cursor) } else { Err(FeedCursorError) }
    }
}

impl fmt::Display for FeedCursorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid position in the feed; allowed: a value that the feed returned as `next`")
    }
}

impl std::error::Error for FeedCursorError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = FeedCursor::new(1_700_000_000_000_001, SessionId::random().unwrap());
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!(FeedCursor::START.to_string().parse(), Ok(FeedCursor::START));
        for wrong in [
            "",
            "7",
            "7.",
            ".AAAAAAAAAAAAAAAAAAAAAA",
            "+7.AAAAAAAAAAAAAAAAAAAAAA",
            "07.AAAAAAAAAAAAAAAAAAAAAA",
            "9223372036854775808.AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(wrong.parse::<FeedCursor>(), Err(FeedCursorError), "{wrong}");
        }
    }

    #[test]
    fn numbers_follow_the_clock_and_never_repeat() {
        assert_eq!(FeedCursor::next_number(5, Timestamp(7)), 7_000);
        assert_eq!(FeedCursor::next_number(7_000, Timestamp(7)), 7_001);
        assert_eq!(FeedCursor::next_number(9_000, Timestamp(7)), 9_001);
        assert_eq!(FeedCursor::new(7_001, SessionId::from_bytes([1; 16])).ended_at(), Timestamp(7));
    }
}
