//! A rotation that somebody asks for, before its time.

use super::key_plan::later;
use super::timeline::{active, in_order};
use super::{Change, KeyPlan, RotationSchedule};
use glowband_core::UnixSeconds;

/// How much a rotation may hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haste {
    /// Announces the next key now; it signs when every verifier has it, and no token is refused.
    Announced,
    /// The next key signs at once: the old one is in wrong hands. Verifiers that have only an old copy of the JWKS
    /// document refuse new tokens until they fetch it again.
    AtOnce,
}

/// What a command to rotate wants done, beside what is [`due`](super::due) anyway. Nothing, if a key that need not hurry
/// is announced already.
pub fn commanded<K: Clone + Ord>(
    keys: &[(K, KeyPlan)],
    now: UnixSeconds,
    schedule: &RotationSchedule,
    haste: Haste,
) -> Option<Change<K>> {
    let keys = in_order(keys);
    let active_at = active(&keys, now);
    let Some((_, active)) = keys.get(active_at) else {
        return Some(Change::Announce(KeyPlan::at_once(now, schedule)));
    };
    // Never in the same second as the active key, or their order would be a matter of their names.
    let at_once = UnixSeconds(now.0.max(active.active_from.0.saturating_add(1)));
    let margins = schedule.margins();
    match (haste, keys.get(active_at + 1)) {
        (Haste::Announced, Some(_)) => None,
        (Haste::Announced, None) => {
            let active_from = later(now, active.margins.or_longer(margins).announce_for).max(at_once);
            Some(Change::Announce(KeyPlan { announced_at: now, active_from, margins }))
        }
        (Haste::AtOnce, Some((key, plan))) if plan.active_from > at_once => {
            Some(Change::Replan(key.clone(), KeyPlan { active_from: at_once, ..*plan }))
        }
        (Haste::AtOnce, Some(_)) => None,
        (Haste::AtOnce, None) => Some(Change::Announce(KeyPlan { announced_at: now, active_from: at_once, margins })),
    }
}
