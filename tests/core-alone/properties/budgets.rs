//! Buffers and limits: one less is refused, as many are enough, and more change nothing.

use super::cases;
use glowband_core::{Claims, Limits, MEMBERS_WITHOUT_SLOTS, NameSlot, Policy, Refusal, Verifier, scratch_needed};
use glowband_tests::accepts_all::{AcceptsAll, unsigned};
use proptest::collection::vec;
use proptest::prelude::*;

const POLICY: Policy<'static> = Policy::danger_any_issuer_any_audience().allow_missing_expiry();

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn scratch(note in "[a-z]{0,80}", more in 1..50usize) {
        let token = unsigned(format!("{{\"note\":\"{note}\"}}"));
        let needed = scratch_needed(&token);
        let verdict = |length: usize| Verifier::new(&AcceptsAll, &POLICY).verify(&token, None, &mut vec![0; length]).map(drop);
        prop_assert_eq!(verdict(needed - 1), Err(Refusal::ScratchTooSmall));
        prop_assert_eq!(verdict(needed), Ok(()));
        prop_assert_eq!(verdict(needed + more), Ok(()));
        prop_assert!(needed * 4 <= token.len() * 3, "{} bytes for {}", needed, token.len());
    }

    #[test]
    fn scratch_of_anything(token in vec(any::<u8>(), 0..100), length in 0..100usize) {
        let needed = scratch_needed(&token);
        let verdict = Verifier::new(&AcceptsAll, &POLICY).verify(&token, None, &mut vec![0; length]).map(drop);
        // It is said first, or not at all.
        prop_assert_eq!(verdict == Err(Refusal::ScratchTooSmall), length < needed);
    }

    #[test]
    fn length(note in "[a-z]{0,80}", limit in 60..200usize) {
        let token = unsigned(format!("{{\"note\":\"{note}\"}}"));
        let policy = POLICY.limits(Limits::DEFAULT.token_bytes(limit));
        let mut own = token.clone();
        let verdict = Verifier::new(&AcceptsAll, &policy).verify_in_place(&mut own, None).map(drop);
        prop_assert_eq!(verdict, if token.len() > limit { Err(Refusal::TokenTooLong) } else { Ok(()) });
    }

    #[test]
    fn nesting(depth in 1..20usize, limit in 1..20u8, arrays in any::<bool>(), width in 1..4usize) {
        let (open, close) = if arrays { ("[", "]") } else { ("{\"a\":", "}") };
        let one = format!("{}0{}", open.repeat(depth - 1), close.repeat(depth - 1));
        // Siblings do not add up.
        let members: Vec<String> = (0..width).map(|index| format!("\"m{index}\":{one}")).collect();
        let text = format!("{{{}}}", members.join(","));
        let verdict = Claims::read(text.as_bytes(), &Limits::DEFAULT.nesting_depth(limit)).map(drop);
        let allowed = usize::from(limit.min(16));
        prop_assert_eq!(verdict, if depth > allowed { Err(Refusal::NestingTooDeep) } else { Ok(()) });
    }

    #[test]
    fn members(outer in 1..140usize, inner in 0..20usize, limit in 1..300_u16, slots in 0..300_usize) {
        let mut members: Vec<String> = (1..outer).map(|index| format!("\"m{index}\":0")).collect();
        let nested: Vec<String> = (0..inner).map(|_| "{\"a\":[]}".to_owned()).collect();
        members.push(format!("\"x\":[{}]", nested.join(",")));
        let text = format!("{{{}}}", members.join(","));
        let limits = Limits::DEFAULT.member_count(limit);
        // The objects inside come and go one after the other.
        let open = outer + inner.min(1);
        let expected = |slots| if outer + inner > usize::from(limit) || open > slots { Err(Refusal::TooManyMembers) } else { Ok(()) };
        prop_assert_eq!(Claims::read(text.as_bytes(), &limits).map(drop), expected(MEMBERS_WITHOUT_SLOTS));
        let mut lent = vec![NameSlot::default(); slots];
        prop_assert_eq!(Claims::read_with_slots(text.as_bytes(), &limits, &mut lent).map(drop), expected(slots));
    }
}
