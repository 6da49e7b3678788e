//! Computes the states of keys from their plans.

use super::KeyPlan;
use super::key_plan::later;
use glowband_core::UnixSeconds;
use std::fmt;

/// The state of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// Published, so that verifiers have it before it signs.
    Announced,
    /// Signs. If there are keys, exactly one of them is active.
    Active,
    /// Published, so that the tokens that it signed stay valid until they expire.
    Retiring,
    /// Not published any more; its file is deleted.
    Gone,
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Announced => "announced",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Gone => "gone",
        })
    }
}

/// The state of a key and its duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus<K> {
    /// The key's name.
    pub key: K,
    /// The state.
    pub state: KeyState,
    /// When the state began.
    pub since: UnixSeconds,
    /// When the state ends; `None` for an active key without a successor, and for a key that is gone.
    pub until: Option<UnixSeconds>,
}

/// Returns the state of every key at `now`, in the order in which they sign.
///
/// The last key whose start time has passed is active; if the time of none has passed, the first is. Each earlier key
/// retires when its successor starts.
pub fn timeline<K: Clone + Ord>(keys: &[(K, KeyPlan)], now: UnixSeconds) -> Vec<KeyStatus<K>> {
    let keys = in_order(keys);
    let active = active(&keys, now);
    let status = |(index, (key, plan)): (usize, &(K, KeyPlan))| {
        let (state, since, until) = match keys.get(index + 1) {
            _ if index > active => (KeyState::Announced, plan.announced_at, Some(plan.active_from)),
            successor if index == active => {
                (KeyState::Active, plan.active_from, successor.map(|(_, next)| next.active_from))
            }
            // An earlier key has a successor, because the active key follows it.
            successor => {
                let retired_at = successor.map_or(plan.active_from, |(_, next)| next.active_from);
                let gone_from = later(retired_at, plan.margins.retire_for);
                if now >= gone_from {
                    (KeyState::Gone, gone_from, None)
                } else {
                    (KeyState::Retiring, retired_at, Some(gone_from))
                }
            }
        };
        KeyStatus { key: key.clone(), state, since, until }
    };
    keys.iter().enumerate().map(status).collect()
}

/// Sorts the keys by the time at which they sign. The result is the same in every process.
pub(super) fn in_order<K: Clone + Ord>(keys: &[(K, KeyPlan)]) -> Vec<(K, KeyPlan)> {
    let mut keys = keys.to_vec();
    keys.sort_by(|(one, a), (other, b)| {
        (a.active_from, a.announced_at, one).cmp(&(b.active_from, b.announced_at, other))
    });
    keys
}

/// Returns the index of the active key.
pub(super) fn active<K>(in_order: &[(K, KeyPlan)], now: UnixSeconds) -> usize {
    in_order.iter().rposition(|(_, plan)| plan.active_from <= now).unwrap_or(0)
}
