//! What is to be done now so that keys change as the schedule wants it.

use super::key_plan::later;
use super::timeline::{active, in_order};
use super::{KeyPlan, KeyState, RotationSchedule, timeline};
use glowband_core::UnixSeconds;

/// One thing to be done. Each touches one key only, so that a stop between two of them leaves a good state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<K> {
    /// Make a new key with this plan, and publish it.
    Announce(KeyPlan),
    /// Lay this down about a key that is there.
    Replan(K, KeyPlan),
    /// Forget a key that is gone.
    Remove(K),
}

/// What the schedule wants done at this moment: nothing, most of the time.
///
/// - Without a key, one is made that signs at once: there is nobody yet who could have an older copy of the JWKS document.
/// - A new key is announced `announce_for` before the active one has signed for `rotate_every`. Whoever is late with
///   that makes the active key sign longer, never the new one too early.
/// - Margins that grow are written down with the announced and the active key; they do not shrink before the key is gone.
/// - A plan that lies in the future as only a wrong clock could have made it is made anew.
/// - A key that is gone is removed.
///
/// Doing what it says and asking again gives nothing more to do.
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

/// The plan for the key after the active one, if it is time to announce it.
fn successor(active: &KeyPlan, now: UnixSeconds, schedule: &RotationSchedule) -> Option<KeyPlan> {
    let wanted = later(active.active_from, schedule.rotate_every());
    let soonest = later(now, active.margins.announce_for);
    (soonest >= wanted).then(|| KeyPlan { announced_at: now, active_from: soonest, margins: schedule.margins() })
}
