//! Refresh tokens that are used once, twice, too late and concurrently.

use super::client::{Api, Ask, clears_the_cookie, cookie, empty_post, get, post, refresh, text, told};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

const JANE: &str = "jane@example.org";

#[test]
fn a_token_works_again_within_the_grace_period_and_an_older_one_ends_the_login() {
    let api = Api::start(&[]);
    let first = text(&api.register(JANE), "refresh_token");
    let second = told(&api.expect(200, &refresh(&first)));
    // After a lost answer, the client gets the same successor and a valid access token.
    let again = told(&api.expect(200, &refresh(&first)));
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    api.expect(200, &get("/auth/me").bearer(&text(&again, "access_token")));
    let third = told(&api.expect(200, &refresh(&text(&second, "refresh_token"))));
    // The first token is now an earlier generation: two clients have used it.
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
fn without_a_grace_period_a_token_works_once() {
    let api = Api::start(&["--replay-window", "0s"]);
    api.register(JANE);
    let (_, first) = api.login_in_browser(JANE);
    let ask = |token: &str| empty_post("/auth/refresh").browser(&api.origin()).cookie(token);
    let second = cookie(&api.expect(200, &ask(&first)));
    assert!(clears_the_cookie(&api.refused(401, "invalid_grant", &ask(&first))));
    assert!(clears_the_cookie(&api.refused(401, "invalid_grant", &ask(&second))));
}

#[test]
fn a_forged_token_revokes_nothing() {
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
fn concurrent_refreshes_get_the_same_successor() {
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
fn after_a_logout_no_concurrent_refresh_leaves_a_valid_token() {
    let api = Api::start(&[]);
    api.register(JANE);
    for _ in 0..10 {
        let tokens = api.login(JANE);
        let token = text(&tokens, "refresh_token");
        let mut asks = vec![refresh(&token); 8];
        asks.insert(4, post("/auth/logout", &json!({"refresh_token": token})).native());
        let answers = at_once(&api, &asks);
        // After the logout, no token of the login is valid.
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

/// Sends all requests concurrently.
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
