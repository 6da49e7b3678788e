//! One-time tokens: a window of those already redeemed, of fixed capacity, that fails closed.

use crate::clock::UnixSeconds;
use crate::{Refusal, Verified};
use heapless::Vec;

/// Remembers up to `N` redeemed tokens by their `jti` of up to `ID` bytes, each until it expires by itself.
///
/// When it is full of unexpired tokens, the next one is refused: a replay could no longer be told apart. Tokens of
/// several issuers share one window; if two of them use the same `jti`, the second is refused.
#[derive(Clone, Debug, Default)]
pub struct ReplayWindow<const N: usize, const ID: usize = 40> {
    redeemed: Vec<Redeemed<ID>, N>,
}

#[derive(Clone, Debug)]
struct Redeemed<const ID: usize> {
    id: Vec<u8, ID>,
    /// The last second in which the token could still be presented; `None` if it has no end.
    until: Option<UnixSeconds>,
}

impl<const N: usize, const ID: usize> ReplayWindow<N, ID> {
    /// An empty window.
    pub const fn new() -> Self {
        Self { redeemed: Vec::new() }
    }

    /// Redeems a token: the first time it succeeds, then never again while the token lives.
    ///
    /// # Errors
    /// [`Refusal::TokenIdMissing`], [`Refusal::TokenIdTooLong`], [`Refusal::Replayed`],
    /// [`Refusal::ReplayWindowFull`]; the window is then unchanged but for expired entries.
    pub fn redeem(&mut self, token: &Verified<'_>) -> Result<(), Refusal> {
        let given = token.token_id().filter(|id| !id.is_empty()).ok_or(Refusal::TokenIdMissing)?;
        let mut id = Vec::new();
        for byte in given.bytes() {
            id.push(byte).map_err(|_| Refusal::TokenIdTooLong)?;
        }
        if let Some(now) = token.judged_at() {
            self.redeemed.retain(|entry| entry.until.is_none_or(|until| now <= until));
        }
        if self.redeemed.iter().any(|entry| entry.id == id) {
            return Err(Refusal::Replayed);
        }
        self.redeemed.push(Redeemed { id, until: token.acceptable_until() }).map_err(|_| Refusal::ReplayWindowFull)
    }

    /// How many tokens are remembered, expired ones included until the next [`redeem`](Self::redeem).
    pub fn len(&self) -> usize {
        self.redeemed.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.redeemed.is_empty()
    }
}
