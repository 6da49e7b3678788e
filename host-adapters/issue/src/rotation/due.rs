//! The changes that the schedule requires at a given time.

use super::key_plan::later;
use super::timeline::{active, in_order};
use super::{KeyPlan, KeyState, RotationSchedule, timeline};
use glowband_core::UnixSeconds;

/// A change of one key. Changes are independent, so a crash between two of them leaves a valid state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<K> {
    /// Generate a key with this plan and publish it.
    Announce(KeyPlan),
    /// Store a new plan for an existing key.
    Replan(K, KeyPlan),
    /// Delete a key whose retirement has ended.
    Remove(K),
}

/// Returns the changes that the schedule requires at `now`. Usually the list is empty.
///
/// - Without a key, a new key is announced that signs immediately: no verifier can have an older copy of the JWKS
///   document.
/// - The next key is announced `announce_for` before the active key has signed for `rotate_every`. If this happens
///   late, the active key signs longer; the next key never signs earlier than `announce_for` after its announcement.
/// - Margins that the settings increase are stored with the announced and the active key. A key's margins never
///   decrease.
/// - A plan too far in the future, which only a wrong clock can have made, is replaced.
/// - A key whose retirement has ended is removed.
///
/// After the changes are applied, a second call with the same `now` returns none.
pub fn due<K: Clone + Ord>(keys: &[(K, KeyPlan)], now: UnixSeconds, schedule: &RotationSchedule) -> Vec<Change<K>> {
    let mut keys = in_order(keys);
    let mut changes = Vec::new();
    if keys.is_empty() {
        let first = KeyPlan::at_once(now, schedule);
        changes.push(Change::Announce(first));
        changes.extend(successor(&first, now, schedule).map(Change::Announce));
        return changes;
    }
    let active_at = active(&keys, now);
    for (index, (key, plan)) in keys.iter_mut().enumerate().skip(active_at) {
        let mut wanted = *plan;
        wanted.margins = plan.margins.or_longer(schedule.margins());
        let announce_for = wanted.margins.announce_for;
        if plan.announced_at > later(now, announce_for) {
            wanted.announced_at = now;
            wanted.active_from = if index == active_at { now } else { later(now, announce_for) };
        }
        if wanted != *plan {
            changes.push(Change::Replan(key.clone(), wanted));
            *plan = wanted;
        }
    }
    if let [.., (_, last)] = keys.as_slice()
        && active_at + 1 == keys.len()
    {
        changes.extend(successor(last, now, schedule).map(Change::Announce));
    }
    let gone = timeline(&keys, now).into_iter().filter(|key| key.state == KeyState::Gone);
    changes.extend(gone.map(|key| Change::Remove(key.key)));
    changes
}

/// Returns the plan of the next key if it must be announced now.
fn successor(active: &KeyPlan, now: UnixSeconds, schedule: &RotationSchedule) -> Option<KeyPlan> {
    let wanted = later(active.active_from, schedule.rotate_every());
    let soonest = later(now, active.margins.announce_for);
    (soonest >= wanted).then(|| KeyPlan { announced_at: now, active_from: soonest, margins: schedule.margins() })
}
