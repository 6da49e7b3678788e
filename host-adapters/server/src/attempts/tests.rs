use super::*;
use governor::clock::FakeRelativeClock;

fn attempts() -> (Attempts, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    (Attempts::with_time(AttemptLimits::default(), Time::ByHand(clock.clone())), clock)
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn v4(number: u32) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::from_bits(number))
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Fails at `account` until an attempt is refused.
fn exhaust(attempts: &Attempts, account: &Email, from: IpAddr) -> (usize, TooMany) {
    let mut count = 0;
    loop {
        match attempts.login(account, from, false) {
            Ok(attempt) => drop(attempt),
            Err(refused) => return (count, refused),
        }
        count += 1;
    }
}

#[test]
fn one_address_has_ten_attempts_at_an_account_and_waiting_for_retry_after_is_enough() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    let (count, refused) = exhaust(&attempts, &jane, v4(1));
    assert_eq!((count, refused), (10, TooMany { seconds: 90, of: Counted::AccountFromAddress, news: true }));
    // Neither the spelling of the address nor further refused attempts change the wait.
    let (count, refused) = exhaust(&attempts, &email("  JANE@Example.ORG "), v4(1));
    assert_eq!((count, refused.seconds, refused.news), (0, 90, false));
    clock.advance(Duration::from_millis(89_999));
    assert_eq!(exhaust(&attempts, &jane, v4(1)).1.seconds, 1);
    clock.advance(Duration::from_millis(1));
    assert_eq!(exhaust(&attempts, &jane, v4(1)).0, 1);
    clock.advance(Duration::from_secs(15 * 60));
    let (count, refused) = exhaust(&attempts, &jane, v4(1));
    assert_eq!((count, refused.news), (10, true), "a siege later, it is news again");
}

#[test]
fn failures_from_one_address_do_not_lock_other_addresses_out() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    exhaust(&attempts, &jane, v4(1));
    attempts.login(&jane, v4(2), false).unwrap().succeeded();
    attempts.login(&email("joe@example.org"), v4(1), false).unwrap().succeeded();
}

#[test]
fn a_thousand_unknown_addresses_share_a_hundred_attempts_and_known_ones_have_their_own() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    let guesses = (1..1000).filter(|from| attempts.login(&jane, v4(*from), false).is_ok()).count();
    assert_eq!(guesses, 100);
    let refused = attempts.login(&jane, v4(2000), false).unwrap_err();
    assert_eq!((refused.of, refused.seconds), (Counted::Account, 90));
    // The known address is accepted, also after a wrong password. Other addresses get one attempt every ninety seconds.
    drop(attempts.login(&jane, v4(0), false).unwrap());
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    clock.advance(Duration::from_secs(90));
    attempts.login(&jane, v4(2000), false).unwrap().succeeded();
    attempts.login(&jane, v4(2000), false).unwrap().succeeded();
    // The address stays known for thirty days. The lockout has ended by then.
    clock.advance(KNOWN_FOR);
    assert!(!attempts.0.is_known(attempts.0.hash.of(&(jane.key(), v4(0)))));
    // Failures from a known address count too.
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    assert_eq!(exhaust(&attempts, &jane, v4(0)).0, 10);
}

#[test]
fn a_success_refunds_its_own_pair_and_one_attempt_elsewhere() {
    let (attempts, _) = attempts();
    let (jane, mine) = (email("jane@example.org"), email("mallory@example.org"));
    for _ in 0..9 {
        drop(attempts.login(&jane, v4(1), false).unwrap());
        attempts.login(&mine, v4(1), false).unwrap().succeeded();
    }
    assert_eq!(exhaust(&attempts, &jane, v4(1)).0, 1, "logging in to an account of one's own gives no guess at others");
    let spray =
        (0..200).filter(|name| attempts.login(&email(&format!("{name}@example.org")), v4(1), false).is_ok()).count();
    assert_eq!(spray, 90, "of a hundred per address, ten went to jane");
    // A success from the known address refunds the pair's budget, but not the account's.
    for _ in 0..3 {
        drop(attempts.login(&mine, v4(3), false).unwrap());
    }
    attempts.login(&mine, v4(3), false).unwrap().succeeded();
    assert_eq!(exhaust(&attempts, &mine, v4(3)).0, 10);
}

#[test]
fn unchecked_attempts_cost_nothing_and_successes_are_limited_too() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    for _ in 0..1000 {
        attempts.login(&jane, v4(1), false).unwrap().was_not_checked();
    }
    for _ in 0..100 {
        attempts.login(&jane, v4(1), false).unwrap().succeeded();
    }
    assert_eq!(attempts.login(&jane, v4(1), false).unwrap_err().of, Counted::Successes);
    let (count, refused) = exhaust(&attempts, &email("joe@example.org"), v4(1));
    assert_eq!((count, refused.of), (10, Counted::AccountFromAddress), "successes took nothing of the address's");
    assert_eq!(attempts.refused(), 2);
}

#[test]
fn concurrent_attempts_count_before_any_password_is_checked() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    let open: Vec<_> = (0..20).filter_map(|_| attempts.login(&jane, v4(1), false).ok()).collect();
    assert_eq!(open.len(), 10);
}

#[test]
fn a_network_of_ipv6_is_one_address_and_ipv4_in_ipv6_is_ipv4() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    exhaust(&attempts, &jane, address("2001:db8:0:1::1"));
    assert!(attempts.login(&jane, address("2001:db8:0:1:ffff::2"), false).is_err());
    assert!(attempts.login(&jane, address("2001:db8:0:2::1"), false).is_ok());
    exhaust(&attempts, &jane, address("::ffff:192.0.2.1"));
    assert!(attempts.login(&jane, address("192.0.2.1"), false).is_err());
}

#[test]
fn registrations_have_their_own_budget() {
    let (attempts, _) = attempts();
    let count = (0..30).filter(|_| attempts.registration(v4(1)).is_ok()).count();
    assert_eq!(count, 20);
    assert_eq!(attempts.registration(v4(1)).unwrap_err().seconds, 180);
    assert!(attempts.registration(v4(2)).is_ok());
    assert!(attempts.login(&email("jane@example.org"), v4(1), false).is_ok());
}

#[test]
fn a_million_addresses_take_no_more_memory_and_evict_no_exhausted_pair() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    exhaust(&attempts, &jane, v4(1));
    let bytes = |shared: &Shared| {
        let tables = [&shared.pair, &shared.account, &shared.address, &shared.successes, &shared.registrations];
        tables.iter().map(|budget| budget.bytes()).sum::<usize>()
            + shared.known.bytes()
            + shared.strangers.bytes()
            + shared.reported.bytes()
    };
    let before = bytes(&attempts.0);
    assert!(before <= 32 << 20, "{before}");
    for number in 0..1_000_000 {
        let account = email(&format!("{}@example.org", number % 1009));
        let _ = attempts.login(&account, v4(1 << 24 | number), false);
        let _ = attempts.registration(v4(1 << 24 | number));
    }
    assert_eq!(bytes(&attempts.0), before);
    assert!(attempts.login(&jane, v4(1), false).is_err(), "jane's pair is still exhausted");
}

#[test]
fn an_address_that_the_database_knows_is_accepted_during_a_lockout() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(0)));
    for from in 1..=100 {
        drop(attempts.login(&jane, v4(from), false).unwrap());
    }
    assert!(attempts.would_refuse_a_stranger(&jane, v4(0)));
    assert_eq!(attempts.login(&jane, v4(0), false).unwrap_err().of, Counted::Account);
    drop(attempts.login(&jane, v4(0), true).unwrap());
    // The database is asked at most once a minute.
    attempts.keep_stranger(&jane, v4(200));
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(200)));
    clock.advance(STRANGER_FOR);
    assert!(attempts.would_refuse_a_stranger(&jane, v4(200)));
    // A registration makes an address known, as a login does.
    attempts.keep(&jane, v4(0));
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(0)));
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
}
