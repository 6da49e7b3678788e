use super::*;
use std::time::{Duration, Instant};

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).unwrap()
}

fn passwords(cost: Cost, parallel: usize, waiting: usize) -> Passwords {
    Passwords::new(&PasswordSettings { min_length: 10, cost, parallel, waiting }).unwrap()
}

fn is_right(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Right { .. })
}

#[tokio::test]
async fn a_hash_is_right_for_its_password_and_for_no_other() {
    let passwords = passwords(Cost::LOWEST, 2, 10);
    let stored = passwords.hash(password("correct horse")).await.unwrap();
    assert!(stored.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", stored.as_str());
    assert_eq!(format!("{stored:?}"), "StoredPassword(…)");
    assert_ne!(stored, passwords.hash(password("correct horse")).await.unwrap(), "a salt of its own");
    for (text, right) in [("correct horse", true), ("correct hors", false), ("Correct horse", false), ("", false)] {
        let verdict = passwords.verify(password(text), Some(stored.clone())).await.unwrap();
        assert_eq!(is_right(&verdict), right, "{text}");
        assert!(!matches!(verdict, Verdict::Right { better: Some(_) }));
    }
    assert!(!is_right(&passwords.verify(password("correct horse"), None).await.unwrap()));
    assert_eq!(passwords.figures().done, 7);
}

/// Made by the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 4 -l 32 -e`, and what
/// RFC 9106's predecessors left in databases.
#[tokio::test]
async fn hashes_of_other_programs_are_understood_and_renewed() {
    let passwords = passwords(Cost::LOWEST, 1, 10);
    for (stored, renewed) in [
        ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", true),
        ("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA", true),
        ("$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ", true),
    ] {
        let stored = StoredPassword::from_database(stored.to_owned());
        let Verdict::Right { better } = passwords.verify(password("password"), Some(stored)).await.unwrap() else {
            panic!("a published hash is refused");
        };
        assert_eq!(better.is_some(), renewed);
        let better = better.unwrap();
        assert!(is_right(&passwords.verify(password("password"), Some(better)).await.unwrap()));
    }
}

#[tokio::test]
async fn a_hash_is_renewed_when_its_cost_is_below_todays_and_not_otherwise() {
    let old = passwords(Cost::unchecked(16, 2), 1, 10).hash(password("correct horse")).await.unwrap();
    for (memory, iterations, renewed) in [(16, 2, false), (8, 1, false), (8, 4, false), (32, 1, true), (16, 3, true)] {
        let today = passwords(Cost::unchecked(memory, iterations), 1, 10);
        let Verdict::Right { better } = today.verify(password("correct horse"), Some(old.clone())).await.unwrap()
        else {
            panic!("the password is right");
        };
        assert_eq!(better.is_some(), renewed, "{memory} {iterations}");
        if let Some(better) = better {
            assert!(better.as_str().contains(&format!("m={memory},t={iterations},p=1")));
        }
    }
}

#[tokio::test]
async fn a_damaged_or_too_costly_hash_refuses_every_password() {
    let passwords = passwords(Cost::LOWEST, 1, 10);
    for stored in [
        "",
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
        "$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m",
    ] {
        let stored = StoredPassword::from_database(stored.to_owned());
        let verdict = passwords.verify(password("password"), Some(stored.clone())).await.unwrap();
        assert!(!is_right(&verdict), "{}", stored.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_queue_the_answer_is_busy_and_the_queue_is_served_in_full() {
    let passwords = passwords(Cost::unchecked(8 * 1024, 2), 1, 3);
    passwords.hash(password("correct horse")).await.unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.hash(password("correct horse")).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    let busy =
        answers.iter().filter(|answer| matches!(answer, Err(PasswordError::Busy(Busy { seconds: 1.. })))).count();
    let hashed = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(busy + hashed, 20);
    // One runs, three wait, and one more is accepted when one of them has finished.
    assert!(hashed >= 4 && busy >= 1, "{hashed} {busy}");
    let figures = passwords.figures();
    assert_eq!((figures.running, figures.waiting), (0, 0));
    assert_eq!((figures.done, figures.refused), (hashed as u64 + 1, busy as u64));
    assert!(figures.mean > Duration::ZERO);
}

#[tokio::test]
async fn a_caller_that_stops_waiting_leaves_the_queue() {
    let passwords = passwords(Cost::unchecked(64 * 1024, 4), 1, 1);
    let working = passwords.clone();
    let working = tokio::spawn(async move { working.hash(password("correct horse")).await });
    while passwords.figures().running == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        let waits = passwords.hash(password("correct horse"));
        assert!(tokio::time::timeout(Duration::from_millis(1), waits).await.is_err(), "it waits");
        assert_eq!(passwords.figures().waiting, 0);
    }
    assert!(working.await.unwrap().is_ok());
}

#[test]
fn settings_name_themselves() {
    for (settings, words) in [
        (PasswordSettings { min_length: 7, ..PasswordSettings::default() }, "password-min-length"),
        (PasswordSettings { parallel: 0, ..PasswordSettings::default() }, "allowed: 1 to 256"),
        (PasswordSettings { waiting: 0, ..PasswordSettings::default() }, "allowed: 1 to 1000000"),
    ] {
        assert!(Passwords::new(&settings).unwrap_err().to_string().contains(words));
    }
}

/// Returns the shortest times of interleaved checks. Other load on the machine only makes times longer.
async fn least_times(passwords: &Passwords, kept: &[Option<StoredPassword>], rounds: usize) -> Vec<Duration> {
    let mut times = vec![Vec::new(); kept.len()];
    for _ in 0..rounds {
        for (times, kept) in times.iter_mut().zip(kept) {
            let start = Instant::now();
            let verdict = passwords.verify(password("wrong password"), kept.clone()).await.unwrap();
            times.push(start.elapsed());
            assert!(!is_right(&verdict));
        }
    }
    times.into_iter().map(|times| times.into_iter().min().unwrap()).collect()
}

/// A hash takes tens of milliseconds and a skipped one microseconds, so a factor of 1.5 tells them apart. A busy machine
/// needs more rounds until each check ran undisturbed once.
#[tokio::test]
async fn an_unknown_user_takes_as_long_as_a_wrong_password_whatever_it_was_stored_at() {
    let today = passwords(Cost::default(), 1, 10);
    let current = today.hash(password("correct horse")).await.unwrap();
    let older = passwords(Cost::unchecked(8 * 1024, 1), 1, 10).hash(password("correct horse")).await.unwrap();
    let damaged = StoredPassword::from_database("$argon2id$".to_owned());
    let kept = [None, Some(current), Some(older), Some(damaged)];
    let mut least = vec![Duration::MAX; kept.len()];
    for _ in 0..20 {
        let times = least_times(&today, &kept, 10).await;
        least = least.into_iter().zip(times).map(|(one, other)| one.min(other)).collect();
        let (quickest, slowest) = (least.iter().min().unwrap(), least.iter().max().unwrap());
        if slowest.as_secs_f64() <= 1.5 * quickest.as_secs_f64() {
            return;
        }
    }
    panic!("unknown user, wrong password, at a lower cost, damaged: {least:?}");
}
