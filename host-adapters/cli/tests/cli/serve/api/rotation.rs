//! Refresh tokens: once, again, too late, at once.

use super::client::{Api, Ask, clears_the_cookie, cookie, empty_post, get, post, refresh, text, told};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

const JANE: &str = "jane@example.org";

#[test]
fn a_lost_answer_is_given_again_and_an_older_token_ends_the_login() {
    let api = Api::start(&[]);
    let first = text(&api.register(JANE), "refresh_token");
    let second = told(&api.expect(200, &refresh(&first)));
    // The answer was lost: the same successor, and an access token that is good.
    let again = told(&api.expect(200, &refresh(&first)));
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    api.expect(200, &get("/auth/me").bearer(&text(&again, "access_token")));
    let third = told(&api.expect(200, &refresh(&text(&second, "refresh_token"))));
    // Now the first is an ancestor: two have had it.
    let problem = told(&api.refused(401, "invalid_grant", &refresh(&first)));
    for token in [text(&second, "refresh_token"), text(&third, "refresh_token")] {
        let told = told(&api.refused(401, "invalid_grant", &refresh(&token)));
        assert_eq!(told["detail"], problem["detail"], "theft is not told apart from anything else");
    }
    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&third, "access_token")));
    let metrics = api.send(&get("/metrics")).body;
    for line in [
        "glowband_refreshes_total{outcome=\"rotated\"} 2",
        "glowband_refreshes_total{outcome=\"replayed\"} 1",
        "glowband_refreshes_total{outcome=\"reuse\"} 1",
        "glowband_refreshes_total{outcome=\"revoked_for_reuse\"} 2",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[test]
fn without_a_window_a_token_is_good_once() {
    let api = Api::start(&["--replay-window", "0s"]);
    api.register(JANE);
    let (_, first) = api.login_in_browser(JANE);
    let ask = |token: &str| empty_post("/auth/refresh").browser(&api.origin()).cookie(token);
    let second = cookie(&api.expect(200, &ask(&first)));
    assert!(clears_the_cookie(&api.refused(401, "invalid_grant", &ask(&first))));
    assert!(clears_the_cookie(&api.refused(401, "invalid_grant", &ask(&second))));
}

#[test]
fn a_forged_token_burns_nothing() {
    let api = Api::start(&[]);
    let tokens = api.register(JANE);
    let token = text(&tokens, "refresh_token");
    let mut forged = Vec::new();
    for at in [4, token.len() / 2, token.len() - 1] {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        forged.push(format!("{}{other}{}", &token[..at], &token[at + 1..]));
    }
    forged.extend([format!("{token}A"), token[..token.len() - 1].to_owned(), token.replace("gbr_", "gbo_")]);
    for forged in forged {
        api.refused(401, "invalid_grant", &refresh(&forged));
        api.expect(204, &post("/auth/logout", &json!({"refresh_token": forged})).native());
    }
    api.expect(200, &refresh(&token));
}

#[test]
fn many_at_once_get_the_same_successor() {
    let api = Api::start(&[]);
    let token = text(&api.register(JANE), "refresh_token");
    let answers = at_once(&api, &vec![refresh(&token); 40]);
    let successors: HashSet<String> = answers
        .iter()
        .map(|(status, body)| {
            assert_eq!(*status, 200, "{body}");
            text(&serde_json::from_str(body).unwrap(), "refresh_token")
        })
        .collect();
    assert_eq!(successors.len(), 1);
    let metrics = api.send(&get("/metrics")).body;
    assert!(metrics.contains("glowband_refreshes_total{outcome=\"rotated\"} 1\n"), "{metrics}");
    api.expect(200, &refresh(successors.iter().next().unwrap()));
}

#[test]
fn a_logout_that_races_refreshes_wins() {
    let api = Api::start(&[]);
    api.register(JANE);
    for _ in 0..10 {
        let tokens = api.login(JANE);
        let token = text(&tokens, "refresh_token");
        let mut asks = vec![refresh(&token); 8];
        asks.insert(4, post("/auth/logout", &json!({"refresh_token": token})).native());
        let answers = at_once(&api, &asks);
        // Whatever came before it: afterwards no token of that login is alive.
        for (status, body) in &answers {
            match status {
                200 => {
                    let late: serde_json::Value = serde_json::from_str(body).unwrap();
                    api.refused(401, "invalid_grant", &refresh(&text(&late, "refresh_token")));
                    api.refused(401, "session_ended", &get("/auth/me").bearer(&text(&late, "access_token")));
                }
                204 => assert!(body.is_empty()),
                _ => assert!(*status == 401 && body.contains("invalid_grant"), "{status}: {body}"),
            }
        }
        assert_eq!(answers.iter().filter(|(status, _)| *status == 204).count(), 1);
    }
}

/// Sends all of them side by side.
fn at_once(api: &Api, asks: &[Ask]) -> Vec<(u16, String)> {
    let barrier = Barrier::new(asks.len());
    thread::scope(|scope| {
        let send = |ask| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                let answer = api.send(ask);
                (answer.status, answer.body)
            })
        };
        let threads: Vec<_> = asks.iter().map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
