//! Settings of a policy that several peers do not have.

use glowband_compare::answer::{Verdict, cannot_ask};
use glowband_tests::vector::Policy;

/// For peers that know no expected `typ`, no maximum age and no required `jti`.
pub fn none_of_type_age_and_id(policy: &Policy) -> Verdict {
    let asked = [
        (policy.typ.is_some(), "an expected `typ`"),
        (policy.max_age.is_some(), "a maximum age"),
        (policy.require_jti, "a required `jti`"),
    ];
    match asked.iter().find(|(is_asked, _)| *is_asked) {
        Some((_, what)) => Err(cannot_ask(what)),
        None => Ok(()),
    }
}
