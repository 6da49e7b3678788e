//! The replay window against a map: no token is redeemed twice while it lives.

use super::cases;
use glowband_core::{Policy, Refusal, ReplayWindow, UnixSeconds, Verifier};
use glowband_tests::accepts_all::{AcceptsAll, unsigned};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const CAPACITY: usize = 3;

/// A token by its `jti` and how long it lives, presented after a while to a policy with some leeway.
fn presentations() -> impl Strategy<Value = Vec<(String, u64, u64, u64)>> {
    vec(("[ab]{0,4}", 1..30u64, 0..10u64, prop::sample::select(vec![0u64, 0, 7, 20])), 0..25)
}

/// What the window stores of a token: its `exp`, and the first second in which its policy no longer accepts it.
struct Redeemed {
    exp: u64,
    end: u64,
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_window_is_a_small_map(presentations in presentations(), forward in any::<bool>()) {
        let mut window = ReplayWindow::<CAPACITY, 3>::new();
        let mut redeemed: BTreeMap<String, Redeemed> = BTreeMap::new();
        // Every token that was ever redeemed, and the latest `exp` of those that were dropped.
        let (mut ever, mut forgotten) = (BTreeSet::new(), 0);
        let mut now = 1000;
        for (id, life, pause, leeway) in presentations {
            // A clock may also be set back.
            now = if forward { now + pause } else { now + 4 - pause };
            let exp = now + life;
            let policy = Policy::danger_any_issuer_any_audience().leeway(leeway);
            let mut token = unsigned(format!("{{\"jti\":\"{id}\",\"exp\":{exp}}}"));
            let verified = Verifier::new(&AcceptsAll, &policy).verify_in_place(&mut token, UnixSeconds(now)).expect("alive");
            let expected = if id.is_empty() {
                Err(Refusal::TokenIdMissing)
            } else if id.len() > 3 {
                Err(Refusal::TokenIdTooLong)
            } else {
                let over = redeemed.values().filter(|entry| entry.end <= now).map(|entry| entry.exp);
                forgotten = over.max().unwrap_or(0).max(forgotten);
                redeemed.retain(|_, entry| entry.end > now);
                if redeemed.contains_key(&id) {
                    Err(Refusal::Replayed)
                } else if exp <= forgotten {
                    Err(Refusal::Expired)
                } else if redeemed.len() == CAPACITY {
                    Err(Refusal::ReplayWindowFull)
                } else {
                    redeemed.insert(id.clone(), Redeemed { exp, end: exp + leeway });
                    Ok(())
                }
            };
            prop_assert_eq!(window.redeem(&verified), expected);
            prop_assert!(window.redeem(&verified).is_err(), "redeemed twice in a row");
            if expected.is_ok() {
                prop_assert!(ever.insert((id, exp)), "redeemed twice in its life");
            }
        }
    }
}
