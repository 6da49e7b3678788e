//! A rotation on request, before the schedule requires it.

use super::key_plan::later;
use super::timeline::{active, in_order};
use super::{Change, KeyPlan, RotationSchedule};
use glowband_core::UnixSeconds;

/// How fast a requested rotation takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationMode {
    /// Announces the next key now. It signs after `announce_for`, when every verifier has it; no token is refused.
    Announced,
    /// The next key signs immediately: use this when the old key is compromised. Verifiers with an older copy of the
    /// JWKS document refuse new tokens until they fetch it again.
    Immediate,
}

/// Returns the change for a requested rotation, in addition to what is [`due`](super::due). Returns `None` if the next
/// key is already announced and need not sign earlier.
pub fn commanded<K: Clone + Ord>(
    keys: &[(K, KeyPlan)],
    now: UnixSeconds,
    schedule: &RotationSchedule,
    mode: RotationMode,
) -> Option<Change<K>> {
    let keys = in_order(keys);
    let active_at = active(&keys, now);
    let Some((_, active)) = keys.get(active_at) else {
        return Some(Change::Announce(KeyPlan::at_once(now, schedule)));
    };
    // Never the same second as the active key: the order would then depend on the keys' names.
    let at_once = UnixSeconds(now.0.max(active.active_from.0.saturating_add(1)));
    let margins = schedule.margins();
    match (mode, keys.get(active_at + 1)) {
        (RotationMode::Announced, Some(_)) => None,
        (RotationMode::Announced, None) => {
            let active_from = later(now, active.margins.or_longer(margins).announce_for).max(at_once);
            Some(Change::Announce(KeyPlan { announced_at: now, active_from, margins }))
        }
        (RotationMode::Immediate, Some((key, plan))) if plan.active_from > at_once => {
            Some(Change::Replan(key.clone(), KeyPlan { active_from: at_once, ..*plan }))
        }
        (RotationMode::Immediate, Some(_)) => None,
        (RotationMode::Immediate, None) => {
            Some(Change::Announce(KeyPlan { announced_at: now, active_from: at_once, margins }))
        }
    }
}
