//! No live token is refused, for random schedules and orders of events.

use glowband_issue::rotation::{Change, commanded, due, timeline};
use glowband_issue::{KeyPlan, KeyState, RotationMode, RotationSchedule, UnixSeconds};
use proptest::prelude::*;
use std::time::Duration;

type Keys = Vec<(u32, KeyPlan)>;

/// An issuer with several processes, each of which may have read the key files some time ago.
struct Issuer {
    keys: Keys,
    made: u32,
    schedule: RotationSchedule,
    /// The keys on disk and the schedule, from each point in time on.
    history: Vec<(UnixSeconds, Keys, RotationSchedule)>,
}

struct Token {
    kid: u32,
    issued_at: u64,
    /// `exp` plus the verifiers' leeway.
    live_until: u64,
}

impl Issuer {
    fn new(schedule: RotationSchedule, now: u64) -> Self {
        let mut issuer = Self { keys: Vec::new(), made: 0, schedule, history: Vec::new() };
        issuer.keep_up(now);
        issuer
    }

    fn keep_up(&mut self, now: u64) {
        let now = UnixSeconds(now);
        for change in due(&self.keys, now, &self.schedule) {
            self.apply(change);
        }
        assert_eq!(due(&self.keys, now, &self.schedule), [], "no changes remain");
        self.record(now);
    }

    fn command(&mut self, now: u64, mode: RotationMode) {
        let change = commanded(&self.keys, UnixSeconds(now), &self.schedule, mode);
        if let Some(change) = change {
            self.apply(change);
        }
        self.record(UnixSeconds(now));
    }

    fn apply(&mut self, change: Change<u32>) {
        match change {
            Change::Announce(plan) => {
                self.made += 1;
                // Names must not determine the order.
                self.keys.push((self.made.wrapping_mul(0x9e37_79b9), plan));
            }
            Change::Replan(kid, plan) => {
                let key = self.keys.iter_mut().find(|(own, _)| *own == kid).expect("a key that is there");
                key.1 = plan;
            }
            Change::Remove(kid) => self.keys.retain(|(own, _)| *own != kid),
        }
    }

    fn record(&mut self, now: UnixSeconds) {
        self.history.push((now, self.keys.clone(), self.schedule));
    }

    /// Returns the keys of a process that read the files at `read_at`.
    fn as_read_at(&self, read_at: u64) -> Option<&(UnixSeconds, Keys, RotationSchedule)> {
        self.history.iter().rev().find(|(from, ..)| from.0 <= read_at)
    }

    /// Returns the keys and settings of the running processes. Each process reads again before half of `announce_for` has
    /// passed; `stale` is the passed part of that interval in thousandths.
    fn processes(&self, now: u64, stale: u64) -> Vec<(&Keys, &RotationSchedule)> {
        let start = self.history[0].0.0;
        let read_at = |announce: u64| now.saturating_sub(part(announce / 2, stale)).max(start);
        let all = self.history.iter().map(|(_, _, schedule)| read_at(schedule.announce_for().as_secs()));
        let alive = all.filter_map(|read_at| {
            let (_, keys, schedule) = self.as_read_at(read_at)?;
            (now - read_at <= schedule.announce_for().as_secs() / 2).then_some((keys, schedule))
        });
        alive.collect()
    }

    /// Returns the copies of the JWKS document that verifiers can have: time and keys. `age` is the passed part of the
    /// cache lifetime, `stale` the age of the keys that the copy was made from, both in thousandths.
    fn copies(&self, now: u64, age: u64, stale: u64) -> Vec<(u64, Vec<u32>)> {
        let start = self.history[0].0.0;
        let copied_at = |announce: u64| now.saturating_sub(part(announce / 2, age)).max(start);
        let all = self.history.iter().map(|(_, _, schedule)| copied_at(schedule.announce_for().as_secs()));
        let mut copies = Vec::new();
        for copied_at in all {
            for (keys, schedule) in self.processes(copied_at, stale) {
                if now - copied_at <= schedule.announce_for().as_secs() / 2 {
                    copies.push((copied_at, Self::published(keys, copied_at)));
                }
            }
        }
        copies
    }

    fn active(keys: &Keys, now: u64) -> u32 {
        let active: Vec<_> =
            timeline(keys, UnixSeconds(now)).into_iter().filter(|key| key.state == KeyState::Active).collect();
        assert_eq!(active.len(), 1, "exactly one key is active");
        active[0].key
    }

    fn published(keys: &Keys, now: u64) -> Vec<u32> {
        let keys = timeline(keys, UnixSeconds(now));
        keys.into_iter().filter(|key| key.state != KeyState::Gone).map(|key| key.key).collect()
    }
}

#[derive(Clone, Debug)]
enum Event {
    /// The maintenance runs, possibly very late.
    KeepUp,
    Rotate,
    /// The settings change, and the processes restart.
    Settings(u64, u64, u64),
    /// A process issues a token. The fields are the age of its keys and the token's lifetime, in thousandths.
    Issue(u64, u64),
    /// A verifier checks every live token. The fields are the age of its copy of the JWKS document, and the age of the
    /// keys that the copy was made from, in thousandths.
    Verify(u64, u64),
}

fn settings() -> impl Strategy<Value = (u64, u64, u64)> {
    (60..5_000_u64, 60..5_000_u64)
        .prop_flat_map(|(announce, retire)| (announce..20_000_u64, Just(announce), Just(retire)))
}

fn schedule((every, announce, retire): (u64, u64, u64)) -> RotationSchedule {
    let seconds = Duration::from_secs;
    RotationSchedule::new(seconds(every), seconds(announce), seconds(retire)).unwrap()
}

fn event() -> impl Strategy<Value = Event> {
    let share = || prop_oneof![Just(0), Just(1000), 0..=1000_u64];
    prop_oneof![
        4 => Just(Event::KeepUp),
        1 => Just(Event::Rotate),
        1 => settings().prop_map(|(every, announce, retire)| Event::Settings(every, announce, retire)),
        6 => (share(), share()).prop_map(|(stale, life)| Event::Issue(stale, life)),
        6 => (share(), share()).prop_map(|(age, stale)| Event::Verify(age, stale)),
    ]
}

fn part(whole: u64, thousandths: u64) -> u64 {
    whole * thousandths / 1000
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Verifiers keep copies of the JWKS document for `announce_for / 2`, and processes have read the files up to
    /// `announce_for / 2` ago. No live token is refused.
    #[test]
    fn no_live_token_is_refused(
        first in settings(),
        events in proptest::collection::vec((prop_oneof![0..200_u64, 0..6_000_u64], event()), 1..120),
    ) {
        let start = 1_700_000_000;
        let mut now = start;
        let mut issuer = Issuer::new(schedule(first), now);
        let mut tokens: Vec<Token> = Vec::new();
        for (pause, event) in events {
            now += pause;
            match event {
                Event::KeepUp => issuer.keep_up(now),
                Event::Rotate => issuer.command(now, RotationMode::Announced),
                Event::Settings(every, announce, retire) => {
                    issuer.schedule = schedule((every, announce, retire));
                    issuer.keep_up(now);
                }
                Event::Issue(stale, life) => {
                    for (keys, schedule) in issuer.processes(now, stale) {
                        let kid = Issuer::active(keys, now);
                        let lives = part(schedule.retire_for().as_secs(), life);
                        tokens.push(Token { kid, issued_at: now, live_until: now + lives });
                    }
                }
                Event::Verify(age, stale) => {
                    tokens.retain(|token| now < token.live_until || now == token.issued_at);
                    for (copied_at, copy) in issuer.copies(now, age, stale) {
                        for token in &tokens {
                            let (of, at) = (copied_at - start, now - start);
                            prop_assert!(
                                copy.contains(&token.kid),
                                "at {at}, copy of {of}, token of {}: {:?}", token.issued_at - start, issuer.keys
                            );
                        }
                    }
                }
            }
        }
    }

    /// Any plans and any clock: no panic, and the changes come to an end.
    #[test]
    fn no_plan_and_no_clock_panics(
        plans in proptest::collection::vec((0..1_u64 << 40, 0..1_u64 << 40, 0..1_u64 << 33, 0..1_u64 << 33), 0..6),
        now in 0..1_u64 << 40,
        settings in settings(),
    ) {
        let plan = |(announced, active, announce, retire)| {
            let mut plan = KeyPlan::at_once(UnixSeconds(announced), &schedule(settings));
            plan.active_from = UnixSeconds(active);
            plan.margins.announce_for = Duration::from_secs(announce);
            plan.margins.retire_for = Duration::from_secs(retire);
            plan
        };
        let keys: Keys = (0..).zip(plans.into_iter().map(plan)).collect();
        let mut issuer = Issuer { made: 1000, keys, schedule: schedule(settings), history: Vec::new() };
        issuer.keep_up(now);
        let _ = Issuer::active(&issuer.keys, now);
        for mode in [RotationMode::Announced, RotationMode::Immediate] {
            issuer.command(now, mode);
            let _ = Issuer::active(&issuer.keys, now);
            issuer.keep_up(now);
        }
    }

    /// With regular maintenance, each key signs for `rotate_every`.
    #[test]
    fn keys_rotate_when_they_should(settings in settings(), turns in 1..6_u64) {
        let (every, announce, retire) = settings;
        let mut issuer = Issuer::new(schedule(settings), 0);
        let first = Issuer::active(&issuer.keys, 0);
        let step = 30;
        let end = (every + 2 * step) * turns + retire + 2 * step;
        let (mut active, mut since) = (first, 0);
        for now in (0..=end / step).map(|count| count * step) {
            issuer.keep_up(now);
            let key = Issuer::active(&issuer.keys, now);
            if key != active {
                // The next key is announced by the first maintenance after its time.
                prop_assert!((every..=every + 2 * step).contains(&(now - since)), "{} after {every}", now - since);
                (active, since) = (key, now);
            }
            prop_assert!(issuer.keys.len() as u64 <= 3 + retire / every, "old keys are removed");
        }
        prop_assert!(active != first && issuer.keys.iter().all(|(kid, _)| *kid != first));
        let _ = announce;
    }
}

fn at(seconds: u64) -> UnixSeconds {
    UnixSeconds(seconds)
}

/// Keys rotate every 1000 s, are announced for 100 s and retire for 60 s.
fn example() -> RotationSchedule {
    schedule((1000, 100, 60))
}

#[test]
fn a_key_goes_through_its_states() {
    let mut issuer = Issuer::new(example(), 0);
    issuer.keep_up(899);
    assert_eq!(issuer.keys.len(), 1);
    issuer.keep_up(900);
    let shown = |issuer: &Issuer, now| {
        let keys = timeline(&issuer.keys, at(now)).into_iter();
        keys.map(|key| (key.state, key.since.0, key.until.map(|until| until.0))).collect::<Vec<_>>()
    };
    use KeyState::{Active, Announced, Gone, Retiring};
    assert_eq!(shown(&issuer, 900), [(Active, 0, Some(1000)), (Announced, 900, Some(1000))]);
    assert_eq!(shown(&issuer, 999), [(Active, 0, Some(1000)), (Announced, 900, Some(1000))]);
    assert_eq!(shown(&issuer, 1000), [(Retiring, 1000, Some(1060)), (Active, 1000, None)]);
    assert_eq!(shown(&issuer, 1059), [(Retiring, 1000, Some(1060)), (Active, 1000, None)]);
    assert_eq!(shown(&issuer, 1060), [(Gone, 1060, None), (Active, 1000, None)]);
    issuer.keep_up(1060);
    assert_eq!(shown(&issuer, 1060), [(Active, 1000, None)]);
}

#[test]
fn plans_of_a_wrong_clock_are_replaced() {
    // The keys were made while the clock was years ahead; then the clock was corrected.
    let mut issuer = Issuer::new(example(), 900_000);
    issuer.keep_up(900_900);
    let (first, second) = (issuer.keys[0].0, issuer.keys[1].0);
    issuer.keep_up(10_000);
    assert_eq!(Issuer::active(&issuer.keys, 10_000), first);
    assert_eq!(Issuer::active(&issuer.keys, 10_099), first);
    assert_eq!(Issuer::active(&issuer.keys, 10_100), second);
    // A clock that is slightly ahead does not count as wrong.
    let mut issuer = Issuer::new(example(), 10_030);
    assert_eq!(due(&issuer.keys, at(10_000), &example()), []);
    issuer.keep_up(10_000);
    assert_eq!(issuer.keys[0].1.active_from, at(10_030));
}

#[test]
fn a_command_rotates_once() {
    let mut issuer = Issuer::new(example(), 0);
    let first = Issuer::active(&issuer.keys, 0);
    issuer.command(10, RotationMode::Announced);
    issuer.command(20, RotationMode::Announced);
    assert_eq!(issuer.keys.len(), 2, "a key is already announced");
    assert_eq!(Issuer::active(&issuer.keys, 109), first);
    assert_ne!(Issuer::active(&issuer.keys, 110), first);
}

#[test]
fn an_urgent_rotation_activates_the_announced_key_at_once() {
    let mut issuer = Issuer::new(example(), 0);
    let first = Issuer::active(&issuer.keys, 0);
    issuer.command(50, RotationMode::Announced);
    issuer.command(60, RotationMode::Immediate);
    assert_eq!(issuer.keys.len(), 2, "verifiers already have the announced key");
    assert_ne!(Issuer::active(&issuer.keys, 60), first);
    assert!(Issuer::published(&issuer.keys, 119).contains(&first), "the old tokens stay valid until they expire");
    assert!(!Issuer::published(&issuer.keys, 120).contains(&first));
}

#[test]
fn an_urgent_rotation_in_the_second_of_a_rotation_works() {
    let mut issuer = Issuer::new(example(), 0);
    let mut seen = vec![Issuer::active(&issuer.keys, 0)];
    for round in 0..20 {
        issuer.command(round, RotationMode::Immediate);
        let key = Issuer::active(&issuer.keys, round + 1);
        assert!(!seen.contains(&key));
        seen.push(key);
    }
}

#[test]
fn margins_grow_with_the_settings_and_do_not_shrink_before_the_key_is_gone() {
    let mut issuer = Issuer::new(example(), 0);
    issuer.schedule = schedule((1000, 200, 500));
    issuer.keep_up(10);
    issuer.schedule = example();
    issuer.keep_up(20);
    issuer.keep_up(900);
    // The rotation waits for older copies with longer cache lifetimes, and for older tokens.
    let keys = timeline(&issuer.keys, at(1200));
    assert_eq!((keys[0].state, keys[0].until), (KeyState::Retiring, Some(at(1600))));
    assert_eq!((keys[1].state, keys[1].since), (KeyState::Active, at(1100)));
}

#[test]
fn schedules_outside_the_limits_are_refused() {
    use glowband_issue::ScheduleError::{AnnounceFor, RetireFor, RotateEvery};
    let made = |every, announce, retire| {
        let seconds = Duration::from_secs;
        RotationSchedule::new(seconds(every), seconds(announce), seconds(retire)).err()
    };
    assert_eq!(made(60, 60, 60), None);
    assert_eq!(made(60, 59, 60), Some(AnnounceFor));
    assert_eq!(made(60, 60, 59), Some(RetireFor));
    assert_eq!(made(99, 100, 60), Some(RotateEvery));
    assert_eq!(made(u64::MAX, 100, 60), Some(RotateEvery));
    assert_eq!(made(u64::MAX, u64::MAX, 60), Some(AnnounceFor));
    assert_eq!(made(100, 100, u64::MAX), Some(RetireFor));
    assert!(example().jwks_max_age() * 2 <= example().announce_for());
}
