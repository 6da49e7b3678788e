//! How long a login takes does not reveal whether the account exists.

use super::account::{post, register};
use super::serving::{Behind, Setup};
use super::wanted;
use serde_json::json;
use std::time::{Duration, Instant};

const ROUNDS: usize = 60;

#[test]
fn an_unknown_user_takes_as_long_as_a_wrong_password() {
    if !wanted() {
        return;
    }
    let server = Setup::new("timing", Behind::Sqlite).only();
    register(server.address, "ada@example.com");
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    // By turns, so that whatever else the machine does falls on both.
    for round in 0..ROUNDS {
        for (email, times) in
            [("ada@example.com".to_owned(), &mut wrong), (format!("unknown{round}@example.com"), &mut unknown)]
        {
            let begun = Instant::now();
            let body = json!({"email": email, "password": "this is not the password"});
            let answer = post(server.address, "/auth/login", None, &body).expect("an answer");
            times.push(begun.elapsed());
            assert_eq!(
                (answer.status, answer.json()["name"].as_str()),
                (401, Some("invalid_credentials")),
                "{answer:?}"
            );
        }
    }
    let (wrong, unknown) = (quartiles(wrong), quartiles(unknown));
    println!("counted: wrong password {:?}, unknown user {:?} (medians of {ROUNDS})", wrong.1, unknown.1);
    // Each median lies within the middle half of the other's times, or less than a twentieth apart.
    let apart = wrong.1.abs_diff(unknown.1);
    let within = |(low, _, high): (Duration, Duration, Duration), other: Duration| low <= other && other <= high;
    let noise = (within(wrong, unknown.1) && within(unknown, wrong.1)) || apart * 20 < wrong.1;
    assert!(noise, "{wrong:?} {unknown:?}");
}

fn quartiles(mut times: Vec<Duration>) -> (Duration, Duration, Duration) {
    times.sort();
    (times[times.len() / 4], times[times.len() / 2], times[times.len() * 3 / 4])
}
