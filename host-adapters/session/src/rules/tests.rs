use super::*;
use crate::{NewSession, Salt, SessionId};
use proptest::prelude::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn row(generation: u64, rotated_at: Timestamp) -> Session {
    let new = NewSession {
        id: SessionId::from_bytes([3; 16]),
        user_id: "alice".to_owned(),
        client: "app".to_owned(),
        label: None,
        scope: None,
        key_id: 0,
        salt: Salt::from_bytes([4; 16]),
        idle: SECOND * 100,
        absolute: SECOND * 1000,
    };
    Session { generation, rotated_at, ..new.into_session(rotated_at) }
}

fn rules(window: Duration) -> Rules {
    Rules::new(SECOND * 100, SECOND * 1000, window).unwrap()
}

#[test]
fn the_rows_of_the_specification() {
    let start = Timestamp(1_000_000);
    let checked = |presented, later| decide(&row(5, start), presented, start.after(later), &rules(SECOND * 10));
    assert_eq!(checked(5, SECOND * 99), Decision::Rotate);
    assert_eq!(checked(4, Duration::ZERO), Decision::Replay);
    assert_eq!(checked(4, Duration::from_millis(9_999)), Decision::Replay);
    assert_eq!(checked(4, SECOND * 10), Decision::Reuse);
    assert_eq!(checked(3, Duration::ZERO), Decision::Reuse);
    assert_eq!(checked(0, Duration::ZERO), Decision::Reuse);
    assert_eq!(checked(6, SECOND * 99), Decision::FastForward);
    let doubted = Session { in_doubt: true, ..row(5, start) };
    let in_doubt = |presented, later| decide(&doubted, presented, start.after(later), &rules(SECOND * 10));
    assert_eq!(in_doubt(5, SECOND * 99), Decision::Rotate);
    assert_eq!(in_doubt(4, SECOND), Decision::InDoubt);
    assert_eq!(in_doubt(4, SECOND * 99), Decision::InDoubt);
    assert_eq!(in_doubt(3, Duration::ZERO), Decision::Reuse);
    assert_eq!(in_doubt(4, SECOND * 100), Decision::Expired);
    assert_eq!(checked(5, SECOND * 100), Decision::Expired);
    assert_eq!(checked(0, SECOND * 100), Decision::Expired);
}

#[test]
fn bad_rules_are_refused() {
    let allowed = Rules::default();
    assert_eq!(Rules::new(allowed.idle(), allowed.absolute(), allowed.reuse_grace_period()), Ok(allowed));
    assert!(Rules::new(SECOND, SECOND, Duration::ZERO).is_ok());
    assert_eq!(Rules::new(Duration::ZERO, SECOND, SECOND), Err(RulesError::Idle));
    assert_eq!(Rules::new(SECOND * 2, SECOND, SECOND), Err(RulesError::Idle));
    assert_eq!(Rules::new(SECOND, Duration::MAX, SECOND), Err(RulesError::Absolute));
    assert_eq!(Rules::new(SECOND, SECOND, SECOND * 61), Err(RulesError::ReuseGracePeriod));
}

fn states() -> impl Strategy<Value = State> {
    prop_oneof![4 => Just(State::Open), 1 => Just(State::Closed), 1 => Just(State::RevokedForReuse)]
}

/// Rows and questions near each other, so that every decision is met often.
fn cases() -> impl Strategy<Value = (Session, u64, Timestamp, Rules)> {
    let generations =
        prop_oneof![(0_u64..4, 0_u64..4), (any::<u32>().prop_map(u64::from), any::<u32>().prop_map(u64::from))];
    (generations, states(), 0_u64..200_000, 0_u64..20_000, 0_u64..=60).prop_map(
        |((generation, presented), state, rotated, later, window)| {
            let row = Session { state, ..row(generation, Timestamp(rotated)) };
            // Also before the rotation: a clock that was set back.
            let now = Timestamp((rotated + later * 10).saturating_sub(50_000));
            (row, presented, now, rules(SECOND * u32::try_from(window).unwrap()))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4096,
        // Half the laws are about a part of the cases.
        max_global_rejects: 1 << 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_ended_session_stays_ended((row, presented, now, rules) in cases()) {
        let decision = decide(&row, presented, now, &rules);
        prop_assert_eq!(row.state == State::Closed, decision == Decision::Closed);
        prop_assert_eq!(row.state == State::RevokedForReuse, decision == Decision::RevokedForReuse);
        let alive = matches!(decision, Decision::Rotate | Decision::Replay | Decision::FastForward | Decision::Reuse);
        prop_assert_eq!(alive, row.alive(now));
    }

    #[test]
    fn the_newest_and_later_tokens_are_never_refused_while_the_session_lives((row, presented, now, rules) in cases()) {
        prop_assume!(row.alive(now) && presented >= row.generation);
        let expected = if presented == row.generation { Decision::Rotate } else { Decision::FastForward };
        prop_assert_eq!(decide(&row, presented, now, &rules), expected);
    }

    #[test]
    fn older_tokens_burn_unless_they_are_a_replay_in_time((row, presented, now, rules) in cases()) {
        prop_assume!(row.alive(now) && presented < row.generation);
        let grace = presented + 1 == row.generation && now.since(row.rotated_at) < rules.reuse_grace_period();
        prop_assert_eq!(decide(&row, presented, now, &rules), if grace { Decision::Replay } else { Decision::Reuse });
    }

    #[test]
    fn theft_stays_theft_as_time_and_generations_go_on(
        (row, presented, now, rules) in cases(), later in 0_u64..100_000, rotations in 0_u64..5,
    ) {
        prop_assume!(decide(&row, presented, now, &rules) == Decision::Reuse);
        let later = now.after(Duration::from_millis(later));
        let rotated_at = if rotations == 0 { row.rotated_at } else { later };
        let row = Session { generation: row.generation + rotations, rotated_at, ..row };
        prop_assert!(matches!(decide(&row, presented, later, &rules), Decision::Reuse | Decision::Expired));
    }

    #[test]
    fn a_wider_window_only_ever_forgives((row, presented, now, rules) in cases()) {
        let wider = self::rules(SECOND * 60);
        let (narrow, wide) = (decide(&row, presented, now, &rules), decide(&row, presented, now, &wider));
        prop_assert!(narrow == wide || (narrow, wide) == (Decision::Reuse, Decision::Replay));
    }
}
