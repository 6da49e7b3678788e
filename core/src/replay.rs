//! One-time tokens: a list of redeemed tokens with a fixed capacity. When it is full, tokens are refused.

use crate::clock::UnixSeconds;
use crate::{Refusal, Verified};
use heapless::Vec;

/// Stores up to `N` redeemed tokens by their `jti` of up to `ID` bytes, each until it expires.
///
/// When it is full of unexpired tokens, the next one is refused, because its replay could not be detected. A token that
/// expires no later than one that was removed is refused too, because it may have been removed itself: neither setting the
/// clock back nor a policy with more leeway allows a second use. Tokens of several issuers share one window; if two of them
/// have the same `jti`, the second is refused.
#[derive(Clone, Debug, Default)]
pub struct ReplayWindow<const N: usize, const ID: usize = 40> {
    redeemed: Vec<Redeemed<ID>, N>,
    /// The latest expiry of a removed token, without the leeway.
    forgotten: Option<i64>,
}

#[derive(Clone, Debug)]
struct Redeemed<const ID: usize> {
    id: Vec<u8, ID>,
    /// The time from which the token is refused, without the leeway; `None` if it never expires.
    end: Option<i64>,
    /// The last second in which the policy that accepted the token accepts it again.
    until: Option<UnixSeconds>,
}

impl<const N: usize, const ID: usize> ReplayWindow<N, ID> {
    /// Creates an empty window.
    pub const fn new() -> Self {
        Self { redeemed: Vec::new(), forgotten: None }
    }

    /// Creates an empty window after a restart, for a device that stored only the latest expiry of its redeemed tokens
    /// (`exp`, or later). A token that expires no later is refused, because it may have been redeemed before.
    pub fn after_restart(latest_end: UnixSeconds) -> Self {
        Self { redeemed: Vec::new(), forgotten: Some(i64::try_from(latest_end.0).unwrap_or(i64::MAX)) }
    }

    /// Redeems a token. This succeeds once per token.
    ///
    /// # Errors
    /// [`Refusal::TokenIdMissing`], [`Refusal::TokenIdTooLong`], [`Refusal::Expired`], [`Refusal::Replayed`],
    /// [`Refusal::ReplayWindowFull`]; the window is then unchanged except for expired entries.
    pub fn redeem(&mut self, token: &Verified<'_>) -> Result<(), Refusal> {
        let given = token.token_id().filter(|id| !id.is_empty()).ok_or(Refusal::TokenIdMissing)?;
        let mut id = Vec::new();
        for byte in given.bytes() {
            id.push(byte).map_err(|_| Refusal::TokenIdTooLong)?;
        }
        if let Some(now) = token.validated_at() {
            self.forget(now);
        }
        if self.redeemed.iter().any(|entry| entry.id == id) {
            return Err(Refusal::Replayed);
        }
        if token.end().is_some_and(|end| Some(end) <= self.forgotten) {
            return Err(Refusal::Expired);
        }
        let entry = Redeemed { id, end: token.end(), until: token.acceptable_until() };
        self.redeemed.push(entry).map_err(|_| Refusal::ReplayWindowFull)
    }

    fn forget(&mut self, now: UnixSeconds) {
        let over = |entry: &Redeemed<ID>| entry.until.is_some_and(|until| until < now);
        let latest = self.redeemed.iter().filter(|entry| over(entry)).filter_map(|entry| entry.end).max();
        self.forgotten = self.forgotten.max(latest);
        self.redeemed.retain(|entry| !over(entry));
    }

    /// Returns the number of stored tokens, including expired ones until the next [`redeem`](Self::redeem).
    pub fn len(&self) -> usize {
        self.redeemed.len()
    }

    /// Returns true if no token is stored.
    pub fn is_empty(&self) -> bool {
        self.redeemed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Algorithm, Policy, SignatureCheck, SignatureMismatch, Verifier};
    use base64ct::{Base64UrlUnpadded, Encoding};

    struct AcceptAll;

    impl SignatureCheck for AcceptAll {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Hs256
        }
        fn check(&self, _: &[u8], _: &[u8]) -> Result<(), SignatureMismatch> {
            Ok(())
        }
    }

    fn redeem<const N: usize>(window: &mut ReplayWindow<N, 4>, claims: &str, now: u64) -> Result<(), Refusal> {
        redeem_with(window, claims, now, 0)
    }

    fn redeem_with<const N: usize>(
        window: &mut ReplayWindow<N, 4>,
        claims: &str,
        now: u64,
        leeway: u64,
    ) -> Result<(), Refusal> {
        let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        let token = format!("{}.{}.{}", encode(r#"{"alg":"HS256"}"#), encode(claims), "A".repeat(43));
        let policy = Policy::danger_any_issuer_any_audience().leeway(leeway);
        let mut scratch = [0; 256];
        let verified = Verifier::new(&AcceptAll, &policy).verify(token.as_bytes(), UnixSeconds(now), &mut scratch)?;
        window.redeem(&verified)
    }

    #[test]
    fn a_token_opens_once_and_is_forgotten_when_it_is_over() {
        let mut window = ReplayWindow::<2, 4>::new();
        assert!(window.is_empty());
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":10}"#, 1), Ok(()));
        assert!(!window.is_empty());
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":10}"#, 9), Err(Refusal::Replayed));
        assert_eq!(redeem(&mut window, r#"{"jti":"\u0061","exp":10}"#, 9), Err(Refusal::Replayed));
        assert_eq!(redeem(&mut window, r#"{"jti":"b","exp":20}"#, 9), Ok(()));
        assert_eq!(redeem(&mut window, r#"{"jti":"c","exp":20}"#, 9), Err(Refusal::ReplayWindowFull));
        assert_eq!(redeem(&mut window, r#"{"jti":"c","exp":20}"#, 10), Ok(()), "a is over");
        assert_eq!(window.len(), 2);
        assert_eq!(redeem(&mut window, r#"{"jti":"","exp":20}"#, 10), Err(Refusal::TokenIdMissing));
        assert_eq!(redeem(&mut window, r#"{"jti":"abcde","exp":20}"#, 10), Err(Refusal::TokenIdTooLong));
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_second_try() {
        let mut window = ReplayWindow::<2, 4>::new();
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":10}"#, 1), Ok(()));
        assert_eq!(redeem(&mut window, r#"{"jti":"b","exp":20}"#, 15), Ok(()), "a is deleted");
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":10}"#, 5), Err(Refusal::Expired));
        assert_eq!(redeem(&mut window, r#"{"jti":"c","exp":30}"#, 5), Ok(()));
    }

    #[test]
    fn a_restart_gives_no_second_try() {
        let mut window = ReplayWindow::<2, 4>::after_restart(UnixSeconds(10));
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":10}"#, 1), Err(Refusal::Expired));
        assert_eq!(redeem(&mut window, r#"{"jti":"b","exp":11}"#, 1), Ok(()));
        let mut window = ReplayWindow::<2, 4>::after_restart(UnixSeconds(u64::MAX));
        assert_eq!(redeem(&mut window, r#"{"jti":"a","exp":11}"#, 1), Err(Refusal::Expired));
    }

    #[test]
    fn a_policy_with_more_leeway_gives_no_second_try() {
        let mut window = ReplayWindow::<2, 4>::new();
        assert_eq!(redeem_with(&mut window, r#"{"jti":"a","exp":100}"#, 99, 0), Ok(()));
        assert_eq!(redeem_with(&mut window, r#"{"jti":"a","exp":100}"#, 105, 60), Err(Refusal::Expired));
        assert_eq!(redeem_with(&mut window, r#"{"jti":"b","exp":101}"#, 105, 60), Ok(()));
        assert_eq!(redeem_with(&mut window, r#"{"jti":"b","exp":101}"#, 105, 60), Err(Refusal::Replayed));
    }
}
