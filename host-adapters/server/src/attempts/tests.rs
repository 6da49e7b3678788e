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

/// Fails at `account` until that is refused.
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
fn one_address_has_ten_guesses_at_an_account_and_waiting_as_told_is_enough() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    let (count, refused) = exhaust(&attempts, &jane, v4(1));
    assert_eq!((count, refused), (10, TooMany { seconds: 90, of: Counted::AccountFromAddress, news: true }));
    // Spelling does not matter, nor asking on.
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
fn whoever_fails_from_one_address_locks_nobody_else_out() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    exhaust(&attempts, &jane, v4(1));
    attempts.login(&jane, v4(2), false).unwrap().succeeded();
    attempts.login(&email("joe@example.org"), v4(1), false).unwrap().succeeded();
}

#[test]
fn a_thousand_addresses_have_a_hundred_guesses_and_the_owner_at_home_is_not_among_them() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    let guesses = (1..1000).filter(|from| attempts.login(&jane, v4(*from), false).is_ok()).count();
    assert_eq!(guesses, 100);
    let refused = attempts.login(&jane, v4(2000), false).unwrap_err();
    assert_eq!((refused.of, refused.seconds), (Counted::Account, 90));
    // At home, before and after a guess that was wrong; elsewhere one turn every ninety seconds.
    drop(attempts.login(&jane, v4(0), false).unwrap());
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    clock.advance(Duration::from_secs(90));
    attempts.login(&jane, v4(2000), false).unwrap().succeeded();
    attempts.login(&jane, v4(2000), false).unwrap().succeeded();
    // Home is home for thirty days; by then the siege is long over.
    clock.advance(KNOWN_FOR);
    assert!(!attempts.0.is_known(attempts.0.hash.of(&(jane.key(), v4(0)))));
    // From home too, guesses are counted.
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
    assert_eq!(exhaust(&attempts, &jane, v4(0)).0, 10);
}

#[test]
fn a_success_gives_back_only_what_is_its_own() {
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
    // The owner's success at home gives the pair's budget back, the account's not.
    for _ in 0..3 {
        drop(attempts.login(&mine, v4(3), false).unwrap());
    }
    attempts.login(&mine, v4(3), false).unwrap().succeeded();
    assert_eq!(exhaust(&attempts, &mine, v4(3)).0, 10);
}

#[test]
fn what_was_not_judged_costs_nothing_and_successes_have_an_end_too() {
    let (attempts, _) = attempts();
    let jane = email("jane@example.org");
    for _ in 0..1000 {
        attempts.login(&jane, v4(1), false).unwrap().was_not_judged();
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
fn attempts_side_by_side_count_before_any_of_them_is_judged() {
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
fn registrations_have_a_budget_of_their_own() {
    let (attempts, _) = attempts();
    let count = (0..30).filter(|_| attempts.registration(v4(1)).is_ok()).count();
    assert_eq!(count, 20);
    assert_eq!(attempts.registration(v4(1)).unwrap_err().seconds, 180);
    assert!(attempts.registration(v4(2)).is_ok());
    assert!(attempts.login(&email("jane@example.org"), v4(1), false).is_ok());
}

#[test]
fn a_million_addresses_take_no_more_memory_and_free_no_exhausted_pair() {
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
fn an_address_that_the_database_knows_is_let_in_during_a_siege() {
    let (attempts, clock) = attempts();
    let jane = email("jane@example.org");
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(0)));
    for from in 1..=100 {
        drop(attempts.login(&jane, v4(from), false).unwrap());
    }
    assert!(attempts.would_refuse_a_stranger(&jane, v4(0)));
    assert_eq!(attempts.login(&jane, v4(0), false).unwrap_err().of, Counted::Account);
    drop(attempts.login(&jane, v4(0), true).unwrap());
    // It is asked once a minute at most.
    attempts.keep_stranger(&jane, v4(200));
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(200)));
    clock.advance(STRANGER_FOR);
    assert!(attempts.would_refuse_a_stranger(&jane, v4(200)));
    // A registration is as good as a login.
    attempts.keep(&jane, v4(0));
    assert!(!attempts.would_refuse_a_stranger(&jane, v4(0)));
    attempts.login(&jane, v4(0), false).unwrap().succeeded();
}
