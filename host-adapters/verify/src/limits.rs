//! What one token may cost a server, and the memory that many members need.

use glowband_core::{Claims, Limits, MEMBERS_WITHOUT_SLOTS, NameSlot, Policy, Refusal, SignatureProven};
use glowband_core::{UnixSeconds, Verified};

/// The limits of hosts: 64 KiB of token, as many members as a token of that length can have, nesting 16, sixteen keys.
///
/// [`OwnedPolicy`](crate::OwnedPolicy) has them unless others are set. Identity providers put every group and every role
/// of a user into a token, and publish several keys without names.
pub const HOST_LIMITS: Limits = Limits::DEFAULT.token_bytes(64 * 1024).member_count(10_000).keys_tried(16);

/// Judges claims as [`SignatureProven::judge`] does, with memory for as many members as the policy's limits allow.
///
/// Only a token with more than [`MEMBERS_WITHOUT_SLOTS`] members costs an allocation, of at most four bytes for each five
/// bytes of its payload.
///
/// # Errors
/// As [`SignatureProven::judge`].
pub fn judge<'r>(
    proven: SignatureProven<'r>,
    policy: &Policy<'_>,
    now: impl Into<Option<UnixSeconds>>,
) -> Result<Verified<'r>, Refusal> {
    let now = now.into();
    match proven.judge(policy, now) {
        Err(Refusal::TooManyMembers) if needs_slots(&policy.limits_in_force()) => {
            proven.judge_with_slots(policy, now, &mut slots_for(proven.payload(), &policy.limits_in_force()))
        }
        verdict => verdict,
    }
}

/// Reads a claims set as [`Claims::read`] does, with memory for as many members as the limits allow.
///
/// # Errors
/// As [`Claims::read`].
pub fn read_claims<'t>(json: &'t [u8], limits: &Limits) -> Result<Claims<'t>, Refusal> {
    match Claims::read(json, limits) {
        Err(Refusal::TooManyMembers) if needs_slots(limits) => {
            Claims::read_with_slots(json, limits, &mut slots_for(json, limits))
        }
        read => read,
    }
}

/// Whether the limits allow more than what the core has room for.
fn needs_slots(limits: &Limits) -> bool {
    usize::from(limits.member_limit()) > MEMBERS_WITHOUT_SLOTS
}

fn slots_for(json: &[u8], limits: &Limits) -> Vec<NameSlot> {
    // No member is shorter than `"":0,`.
    let count = usize::from(limits.member_limit()).min(json.len() / 5 + 1);
    vec![NameSlot::default(); count]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(count: usize) -> String {
        let members: Vec<_> = (0..count).map(|number| format!("\"role-{number}\":1")).collect();
        format!("{{\"iss\":\"a\",{}}}", members.join(","))
    }

    #[test]
    fn as_many_members_as_the_limits_allow() {
        let read = |count, limits: Limits| {
            read_claims(flat(count).as_bytes(), &limits).map(|claims| claims.issuer().present().is_some())
        };
        assert_eq!(read(127, Limits::DEFAULT), Ok(true));
        assert_eq!(read(128, Limits::DEFAULT), Err(Refusal::TooManyMembers));
        assert_eq!(read(128, HOST_LIMITS), Ok(true));
        assert_eq!(read(3000, HOST_LIMITS), Ok(true));
        assert_eq!(read(299, HOST_LIMITS.member_count(300)), Ok(true));
        assert_eq!(read(300, HOST_LIMITS.member_count(300)), Err(Refusal::TooManyMembers));
    }

    #[test]
    fn the_shortest_members_have_slots_enough() {
        // Each nested object has its own empty name.
        let nested = format!("{}0{}", "{\"\":".repeat(14), "}".repeat(14));
        let rows = format!("{{\"\":[{}]}}", vec![nested.as_str(); 700].join(","));
        assert!(read_claims(rows.as_bytes(), &HOST_LIMITS).is_ok());
        let names: String = (0..9000_u32)
            .filter_map(|number| char::from_u32(0x4e00 + number))
            .map(|name| format!("\"{name}\":0,"))
            .collect();
        let flat = format!("{{{}}}", &names[..names.len() - 1]);
        assert_eq!(read_claims(flat.as_bytes(), &HOST_LIMITS).map(drop).err(), Some(Refusal::TokenTooLong));
        let flat = format!("{{{}}}", &names[..names.len() / 9 * 8 - 1]);
        assert_eq!(flat.len(), 64_001);
        assert!(read_claims(flat.as_bytes(), &HOST_LIMITS).is_ok());
    }
}
