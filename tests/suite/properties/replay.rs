//! The replay window against a map: no token is redeemed twice while it lives.

use super::{AcceptsAll, cases, unsigned};
use glowband_core::{Policy, Refusal, ReplayWindow, UnixSeconds, Verifier};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

const CAPACITY: usize = 3;

/// A token by its `jti` and how long it lives, presented after a while.
fn presentations() -> impl Strategy<Value = Vec<(String, u64, u64)>> {
    vec(("[ab]{0,4}", 1..30u64, 0..10u64), 0..25)
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_window_is_a_small_map(presentations in presentations(), leeway in 0..20u64, forward in any::<bool>()) {
        let policy = Policy::danger_any_issuer_any_audience().leeway(leeway);
        let mut window = ReplayWindow::<CAPACITY, 3>::new();
        // Each name with the first second in which its token is no longer accepted.
        let mut redeemed: BTreeMap<String, u64> = BTreeMap::new();
        let (mut now, mut latest) = (1000, 0);
        for (id, life, pause) in presentations {
            // A clock may also be set back; the window's own does not go with it.
            now = if forward { now + pause } else { now + 4 - pause };
            let exp = now + life;
            let mut token = unsigned(format!("{{\"jti\":\"{id}\",\"exp\":{exp}}}"));
            let verified = Verifier::new(&AcceptsAll, &policy).verify_in_place(&mut token, UnixSeconds(now)).expect("alive");
            let expected = if id.is_empty() {
                Err(Refusal::TokenIdMissing)
            } else if id.len() > 3 {
                Err(Refusal::TokenIdTooLong)
            } else {
                latest = latest.max(now);
                redeemed.retain(|_, end| latest < *end);
                if exp + leeway <= latest {
                    Err(Refusal::Expired)
                } else if redeemed.contains_key(&id) {
                    Err(Refusal::Replayed)
                } else if redeemed.len() == CAPACITY {
                    Err(Refusal::ReplayWindowFull)
                } else {
                    redeemed.insert(id, exp + leeway);
                    Ok(())
                }
            };
            prop_assert_eq!(window.redeem(&verified), expected);
            prop_assert_eq!(window.redeem(&verified).is_ok(), false, "redeemed twice in a row");
        }
    }
}
