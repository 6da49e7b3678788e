//! The limits of servers, and the memory for tokens with many members.

use glowband_core::{Claims, Limits, MEMBERS_WITHOUT_SLOTS, NameSlot, Policy, Refusal, SignatureVerified};
use glowband_core::{UnixSeconds, Verified};

/// The limits of servers: 64 KiB of token, 4096 members, nesting 16, sixteen keys.
///
/// They are the default of [`OwnedPolicy`](crate::OwnedPolicy). Identity providers put every group and every role of a user
/// into a token, and publish several keys without names.
pub const HOST_LIMITS: Limits = Limits::DEFAULT.token_bytes(64 * 1024).member_count(4096).keys_tried(16);

/// Validates claims as [`SignatureVerified::validate`] does, with memory for as many members as the policy's limits allow.
///
/// Only a token with more than [`MEMBERS_WITHOUT_SLOTS`] members needs an allocation, of at most four bytes for each five
/// bytes of its payload.
///
/// # Errors
/// As [`SignatureVerified::validate`].
pub fn validate<'r>(
    token: SignatureVerified<'r>,
    policy: &Policy<'_>,
    now: impl Into<Option<UnixSeconds>>,
) -> Result<Verified<'r>, Refusal> {
    let now = now.into();
    match token.validate(policy, now) {
        Err(Refusal::TooManyMembers) if needs_slots(&policy.limits_in_force()) => {
            token.validate_with_slots(policy, now, &mut slots_for(token.payload(), &policy.limits_in_force()))
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

/// Returns true if the limits allow more members than the core reads without slots.
fn needs_slots(limits: &Limits) -> bool {
    usize::from(limits.member_limit()) > MEMBERS_WITHOUT_SLOTS
}

fn slots_for(json: &[u8], limits: &Limits) -> Vec<NameSlot> {
    // The shortest member is `"":0,`.
    let count = usize::from(limits.member_limit()).min(json.len() / 5 + 1);
    vec![NameSlot::default(); count]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HostVerifier, KeyReader, OwnedPolicy};
    use aws_lc_rs::hmac;
    use base64ct::{Base64UrlUnpadded, Encoding as _};

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
        assert!(read_claims(rows.as_bytes(), &HOST_LIMITS.member_count(u16::MAX)).is_ok());
        let most = HOST_LIMITS.member_count(u16::MAX);
        let names: String = (0..9000_u32)
            .filter_map(|number| char::from_u32(0x4e00 + number))
            .map(|name| format!("\"{name}\":0,"))
            .collect();
        let flat = format!("{{{}}}", &names[..names.len() - 1]);
        assert_eq!(read_claims(flat.as_bytes(), &most).map(drop).err(), Some(Refusal::TokenTooLong));
        let flat = format!("{{{}}}", &names[..names.len() / 9 * 8 - 1]);
        assert_eq!(flat.len(), 64_001);
        assert!(read_claims(flat.as_bytes(), &most).is_ok());
    }

    const SECRET: &[u8] = b"an example secret of 32+ bytes..";

    fn signed(secret: &[u8], claims: &str) -> String {
        let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
        let input = format!("{}.{}", encode(br#"{"alg":"HS256"}"#), encode(claims.as_bytes()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
        format!("{input}.{}", encode(tag.as_ref()))
    }

    /// The shape of Keycloak's tokens: an object of roles for each client, and a list of groups.
    fn keycloak(clients: usize, roles: usize, groups: usize) -> String {
        let list = |front: &str, count: usize| {
            (1..=count).map(|number| format!("\"{front}{number}\"")).collect::<Vec<_>>().join(",")
        };
        let access: Vec<_> = (1..=clients)
            .map(|number| format!("\"app-{number:03}\":{{\"roles\":[{}]}}", list("role-", roles)))
            .collect();
        format!(
            "{{\"iss\":\"i\",\"aud\":[\"a\",\"account\"],\"exp\":2000000000,\"resource_access\":{{{}}},\"groups\":[{}]}}",
            access.join(","),
            list("/example/teams/team-", groups)
        )
    }

    #[test]
    fn tokens_of_large_identity_providers_are_good_by_default() {
        let keys = KeyReader::new().secret(SECRET).unwrap();
        let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("i").audience("a")).cache(1 << 20);
        let now = UnixSeconds(1_700_000_000);
        for (clients, roles, groups) in
            [(7, 1, 7), (62, 2, 10), (200, 10, 300), (1300, 1, 0), (3, 1, 350), (0, 0, 1700)]
        {
            let claims = keycloak(clients, roles, groups);
            let token = signed(SECRET, &claims);
            assert!(token.len() <= 64 * 1024, "{} bytes", token.len());
            let verified = verifier.verify_at(token.as_bytes(), now).unwrap();
            assert_eq!(verified.payload(), claims.as_bytes());
            assert_eq!(verified.audience(), ["a", "account"]);
            let read: serde_json::Value = verified.claims().unwrap();
            assert_eq!(read["groups"].as_array().unwrap().len(), groups);
            assert!(verifier.verify_at(token.as_bytes(), now).is_ok(), "from the cache");
            let batch = verifier.verify_batch_at(&[token.as_bytes(), token.as_bytes()], now);
            assert!(batch.iter().all(Result::is_ok));
        }
        // 2000 roles in one object, and one of them twice.
        let roles = |again: &str| {
            let roles: Vec<_> = (0..2000).map(|number| format!("\"role-{number}\":1")).collect();
            format!("{{\"iss\":\"i\",\"aud\":\"a\",\"exp\":2000000000,\"roles\":{{{}{again}}}}}", roles.join(","))
        };
        let verdict = |token: &str| verifier.verify_at(token.as_bytes(), now).map(drop);
        assert_eq!(verdict(&signed(SECRET, &roles(""))), Ok(()));
        assert_eq!(verdict(&signed(SECRET, &roles(",\"role-1\\u0037\":1"))), Err(Refusal::PayloadDuplicate));
        assert_eq!(verdict(&signed(SECRET, &keycloak(0, 0, 3000))), Err(Refusal::TokenTooLong));
    }

    #[test]
    fn a_policy_sets_its_own_limits() {
        let verdict = |limits: Limits, token: &str| {
            let keys = KeyReader::new().secret(SECRET).unwrap();
            let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("i").audience("a").limits(limits));
            let one = verifier.verify_at(token.as_bytes(), UnixSeconds(1)).map(drop);
            let mut several = verifier.verify_batch_at(&[token.as_bytes()], UnixSeconds(1));
            assert_eq!(several.remove(0).map(drop), one);
            one
        };
        let token = signed(SECRET, &keycloak(100, 1, 0));
        assert_eq!(verdict(HOST_LIMITS, &token), Ok(()));
        assert_eq!(verdict(Limits::DEFAULT, &token), Err(Refusal::TooManyMembers));
        assert_eq!(verdict(Limits::DEFAULT.member_count(205), &token), Ok(()));
        assert_eq!(verdict(Limits::DEFAULT.member_count(204), &token), Err(Refusal::TooManyMembers));
        assert_eq!(verdict(HOST_LIMITS.token_bytes(token.len() - 1), &token), Err(Refusal::TokenTooLong));
    }

    #[test]
    fn sixteen_keys_are_tried_by_default() {
        let others =
            |count: u8| (0..count).map(|number| Base64UrlUnpadded::encode_string(&[number; 32])).collect::<Vec<_>>();
        let verdict = |count: u8, limits: Limits| {
            let mut secrets = others(count);
            secrets.push(Base64UrlUnpadded::encode_string(SECRET));
            let jwks: Vec<_> = secrets.iter().map(|k| format!("{{\"kty\":\"oct\",\"k\":\"{k}\"}}")).collect();
            let keys = KeyReader::new().jwks(format!("{{\"keys\":[{}]}}", jwks.join(",")).as_bytes()).unwrap();
            let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("i").audience("a").limits(limits));
            verifier.verify_at(signed(SECRET, &keycloak(1, 1, 1)).as_bytes(), UnixSeconds(1)).map(drop)
        };
        assert_eq!(verdict(4, HOST_LIMITS), Ok(()));
        assert_eq!(verdict(15, HOST_LIMITS), Ok(()));
        assert_eq!(verdict(16, HOST_LIMITS), Err(Refusal::TooManyKeys));
        assert_eq!(verdict(4, HOST_LIMITS.keys_tried(4)), Err(Refusal::TooManyKeys));
    }
}
