//! The question that a time token answers: never asked twice, and answered in time or not at all.

use core::fmt;
use glowband_core::Text;

/// How long an answer may take, in milliseconds.
pub const NONCE_LIFE: u64 = 60_000;

/// A source of unpredictable bytes. Without one, nonces still never repeat.
pub trait Entropy {
    /// Eight fresh bytes.
    fn bytes(&mut self) -> [u8; 8];
}

/// A nonce: the number of the start, the number of the question, and eight bytes of entropy, in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nonce {
    starts: u32,
    question: u32,
    entropy: [u8; 8],
    asked_at: u64,
}

impl Nonce {
    pub(crate) fn new(starts: u32, question: u32, entropy: [u8; 8], asked_at: u64) -> Self {
        Self { starts, question, entropy, asked_at }
    }

    /// Whether this is the answer, now.
    pub(crate) fn is_answered_by(&self, answer: Text<'_>, now: u64) -> bool {
        let mut digits = heapless::String::<32>::new();
        let written = fmt::Write::write_fmt(&mut digits, format_args!("{self}")).is_ok();
        written && answer == *digits.as_str() && now.saturating_sub(self.asked_at) <= NONCE_LIFE
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:08x}{:016x}", self.starts, self.question, u64::from_be_bytes(self.entropy))
    }
}
