//! Objects whose member names resemble each other: none of them is taken for another, and none passes twice.

use glowband_core::{
    Claims, Header, Jwk, Limits, MEMBERS_WITHOUT_SLOTS, NameSlot, Policy, Refusal, UnixSeconds, Verifier,
};
use glowband_tests::accepts_all::{AcceptsAll, unsigned};
use glowband_tests::json_oracle::{Opinion, opinion};
use glowband_tests::name_families::document;

/// As many members as an object may have here: enough to fill the core's own slots, seldom many more.
const MOST: [usize; 4] = [20, 127, 140, 700];

pub fn compare(bytes: &[u8]) {
    let (first, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let document = document(bytes, MOST[usize::from(*first) % MOST.len()]);
    let text = document.text.as_bytes();
    if text.len() > 60_000 {
        return;
    }
    let expected = if document.twice { Err(Refusal::PayloadDuplicate) } else { Ok(()) };
    let other = if document.twice { Opinion::Bad } else { Opinion::Good };
    assert_eq!(opinion(text, 16, usize::MAX), other, "serde_json with a set of names: {}", document.text);

    let limits = Limits::DEFAULT.member_count(u16::MAX);
    let mut slots = vec![NameSlot::default(); document.open];
    let lent = Claims::read_with_slots(text, &limits, &mut slots).map(drop);
    assert_eq!(lent, expected, "with {} slots: {}", document.open, document.text);

    let fits = document.open <= MEMBERS_WITHOUT_SLOTS;
    let own = Claims::read(text, &limits).map(drop);
    assert!(own == expected || !fits && own == Err(Refusal::TooManyMembers), "{own:?}: {}", document.text);

    let header = Header::read(text, &limits).map(drop).unwrap_err();
    let refused = if document.twice { Refusal::HeaderDuplicate } else { Refusal::AlgorithmMissing };
    assert!(header == refused || !fits && header == Refusal::TooManyMembers, "{header:?}: {}", document.text);

    if document.members < MEMBERS_WITHOUT_SLOTS {
        let key = document.text.replacen('{', "{\"kty\":\"oct\",", 1);
        assert_eq!(Jwk::parse(key.as_bytes()).is_ok(), !document.twice, "{key}");
    }
    if own.is_ok() {
        let policy =
            Policy::danger_any_issuer_any_audience().allow_missing_expiry().limits(limits.token_bytes(1 << 17));
        let mut token = unsigned(text);
        let verified =
            Verifier::new(&AcceptsAll, &policy).verify_in_place(&mut token, UnixSeconds(0)).expect("it is good");
        for name in document.outermost.iter().take(8).chain(document.outermost.last()) {
            assert!(verified.claim(name).is_some(), "{name}: {}", document.text);
        }
    }
}
