//! The content of a key file: a private JWK with an additional member `rotation`, the key's plan.

use super::folder_error::KeyFileProblem;
use crate::rotation::{KeyPlan, Margins};
use crate::signing_key::{SigningKey, SigningKeyReader};
use glowband_core::UnixSeconds;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

const PLAN: &str = "rotation";

#[derive(Deserialize)]
struct Planned {
    rotation: Option<Rotation>,
}

/// Points in time are seconds since 1970, durations are seconds.
#[derive(Deserialize)]
struct Rotation {
    announced_at: u64,
    active_from: u64,
    announce_for: u64,
    retire_for: u64,
}

/// Parses a key and its plan.
pub(super) fn read(text: &[u8]) -> Result<(SigningKey, KeyPlan), KeyFileProblem> {
    let key = SigningKeyReader::new().parse(text).map_err(KeyFileProblem::Key)?;
    let planned: Planned = serde_json::from_slice(text).map_err(|_| KeyFileProblem::NoPlan)?;
    let rotation = planned.rotation.ok_or(KeyFileProblem::NoPlan)?;
    let margins = Margins {
        announce_for: Duration::from_secs(rotation.announce_for),
        retire_for: Duration::from_secs(rotation.retire_for),
    };
    let plan = KeyPlan {
        announced_at: UnixSeconds(rotation.announced_at),
        active_from: UnixSeconds(rotation.active_from),
        margins,
    };
    Ok((key, plan))
}

/// Returns the private JWK with this plan, which replaces an existing plan. Returns `None` if it is not a JSON object.
///
/// The string is allocated once in full length, so that no copy of the key remains in memory.
pub(super) fn with_plan(private_jwk: &[u8], plan: &KeyPlan) -> Option<Zeroizing<String>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(private_jwk).ok()?;
    let rotation = format!(
        "{{\"announced_at\":{},\"active_from\":{},\"announce_for\":{},\"retire_for\":{}}}",
        plan.announced_at.0,
        plan.active_from.0,
        plan.margins.announce_for.as_secs(),
        plan.margins.retire_for.as_secs()
    );
    let kept = members.iter().filter(|(name, _)| *name != PLAN).map(|(name, value)| (name.as_str(), value.get()));
    let members: Vec<_> = kept.chain([(PLAN, rotation.as_str())]).collect();
    let length = members.iter().map(|(name, value)| 2 * name.len() + value.len() + 8).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for (index, (name, value)) in members.iter().enumerate() {
        text.push_str(if index == 0 { "{" } else { "," });
        text.push_str(&serde_json::to_string(name).ok()?);
        text.push(':');
        text.push_str(value);
    }
    text.push_str("}\n");
    Some(text)
}
