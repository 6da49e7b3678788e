//! From plans and a moment to states.

use super::KeyPlan;
use super::key_plan::later;
use glowband_core::UnixSeconds;
use std::fmt;

/// What a key does at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// Published, so that verifiers have it when it begins to sign.
    Announced,
    /// Signs. There is always exactly one, if there is a key at all.
    Active,
    /// Published, so that the tokens that it signed are good until they end.
    Retiring,
    /// Neither published nor kept.
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

/// A key's state, since when it has it and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus<K> {
    /// The key, as the caller names it.
    pub key: K,
    /// What it does.
    pub state: KeyState,
    /// Since when.
    pub since: UnixSeconds,
    /// Until when; `None` for an active key without a successor, and for one that is gone.
    pub until: Option<UnixSeconds>,
}

/// The state of every key at a moment, in the order in which they sign.
///
/// The last key whose time has come signs; where the clock stands before all of them, the first does. The ones before it
/// retire from the moment when their successor began.
pub fn timeline<K: Clone + Ord>(keys: &[(K, KeyPlan)], now: UnixSeconds) -> Vec<KeyStatus<K>> {
    let keys = in_order(keys);
    let active = active(&keys, now);
    let status = |(index, (key, plan)): (usize, &(K, KeyPlan))| {
        let (state, since, until) = match keys.get(index + 1) {
            _ if index > active => (KeyState::Announced, plan.announced_at, Some(plan.active_from)),
            successor if index == active => {
                (KeyState::Active, plan.active_from, successor.map(|(_, next)| next.active_from))
            }
            // There is a successor: the active key comes later.
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

/// In the order in which they sign; the same in every process.
pub(super) fn in_order<K: Clone + Ord>(keys: &[(K, KeyPlan)]) -> Vec<(K, KeyPlan)> {
    let mut keys = keys.to_vec();
    keys.sort_by(|(one, a), (other, b)| {
        (a.active_from, a.announced_at, one).cmp(&(b.active_from, b.announced_at, other))
    });
    keys
}

/// The place of the key that signs.
pub(super) fn active<K>(in_order: &[(K, KeyPlan)], now: UnixSeconds) -> usize {
    in_order.iter().rposition(|(_, plan)| plan.active_from <= now).unwrap_or(0)
}
