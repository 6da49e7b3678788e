//! A database that goes silent, is cut off, replaced or away, and comes back: on the binary, through a proxy that fails as
//! networks do.

use super::client::{Api, Ask, PASSWORD, get, post, private, refresh, text, told};
use crate::program::Folder;
use glowband_test_postgres::{Mute, Proxy};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const JANE: &str = "jane@example.org";
/// How soon all requests must succeed again after the database can be reached.
const SOON: Duration = Duration::from_secs(5);

/// A server whose database is behind a proxy, an account, and the access token of a login.
struct Behind {
    api: Api,
    proxy: Proxy,
    access_token: String,
}

/// `None` on a machine without PostgreSQL.
fn behind() -> Option<Behind> {
    let url = glowband_test_postgres::wanted()?.fresh_database().unwrap();
    let (proxy, url) = Proxy::before(&url).unwrap();
    let folder = Folder::new();
    let file = folder.file("database-url", url);
    private(&file);
    let generous = ["--login-attempts-per-account", "9999/1m", "--login-attempts-per-address", "9999/1m"];
    let api = Api::start_in(folder, &[&["--database-url-file", &file], &generous[..]].concat());
    let access_token = text(&api.register(JANE), "access_token");
    Some(Behind { api, proxy, access_token })
}

impl Behind {
    /// Sends a request that needs the database.
    fn me(&self) -> Ask {
        get("/auth/me").bearer(&self.access_token)
    }

    /// Returns whether the server is ready, and logins and refreshes succeed.
    fn is_good(&self) -> bool {
        let login = post("/auth/login", &json!({"email": JANE, "password": PASSWORD})).native();
        if self.api.send(&get("/readyz")).status != 200 {
            return false;
        }
        let answer = self.api.send(&login);
        assert!([200, 503].contains(&answer.status), "{answer:?}");
        answer.status == 200 && self.api.send(&refresh(&text(&told(&answer), "refresh_token"))).status == 200
    }

    #[track_caller]
    fn is_good_soon(&self) {
        let began = Instant::now();
        while !self.is_good() {
            assert!(began.elapsed() < SOON, "not good after {:?}: {}", began.elapsed(), self.api.server.log());
        }
        assert!(began.elapsed() < SOON + Duration::from_secs(1), "good after {:?}", began.elapsed());
        // Later requests succeed on every connection.
        for _ in 0..20 {
            self.api.expect(200, &self.me());
        }
    }

    /// Lets twenty clients send requests meanwhile. Each answer must be a success or say that the database is not available.
    fn under_load(&self, fault: impl FnOnce()) {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    while !ended.load(Ordering::Relaxed) {
                        let answer = self.api.send(&self.me());
                        assert!([200, 503].contains(&answer.status), "{answer:?}");
                        assert_eq!(answer.header("retry-after").is_some(), answer.status == 503, "{answer:?}");
                        std::thread::sleep(Duration::from_millis(10));
                    }
                });
            }
            // All connections are in use by then.
            std::thread::sleep(Duration::from_millis(500));
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fault));
            ended.store(true, Ordering::Relaxed);
            done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        });
    }
}

/// The host of the database is replaced, or a load balancer drops its connections: open connections stay silent, and new
/// connections work.
fn old_connections_are_silent_for_ever(mute: Mute) {
    let Some(behind) = behind() else { return };
    behind.under_load(|| {
        behind.proxy.mute(mute);
        behind.is_good_soon();
    });
    // The same with idle connections.
    std::thread::sleep(Duration::from_millis(1500));
    behind.proxy.mute(mute);
    behind.is_good_soon();
    assert!(behind.proxy.opened() > 1);
}

#[test]
fn connections_that_are_silent_in_both_directions_are_replaced() {
    old_connections_are_silent_for_ever(Mute::Both);
}

#[test]
fn connections_whose_answers_do_not_come_are_replaced() {
    old_connections_are_silent_for_ever(Mute::Answers);
}

#[test]
fn connections_whose_requests_do_not_arrive_are_replaced() {
    old_connections_are_silent_for_ever(Mute::Requests);
}

/// Makes the whole network silent for a time.
fn everything_is_silent_for(time: Duration) {
    let Some(behind) = behind() else { return };
    behind.under_load(|| {
        for mute in [Mute::Both, Mute::Answers, Mute::Requests] {
            behind.proxy.mute_all(mute);
            std::thread::sleep(time);
            behind.proxy.unmute();
            behind.is_good_soon();
        }
    });
}

#[test]
fn a_network_that_is_silent_for_a_second_does_no_harm() {
    everything_is_silent_for(Duration::from_secs(1));
}

#[test]
#[ignore = "takes two minutes: `cargo checks long-outages` runs it"]
fn a_network_that_is_silent_for_half_a_minute_does_no_harm() {
    everything_is_silent_for(Duration::from_secs(30));
}

#[test]
fn an_unavailable_database_is_reported_at_once_and_used_again_promptly() {
    let Some(behind) = behind() else { return };
    for _ in 0..3 {
        behind.proxy.lead_to(0);
        behind.proxy.cut();
        std::thread::sleep(Duration::from_millis(1200));
        // From the second request on, the outage is known.
        let first = Instant::now();
        behind.api.expect(503, &behind.me());
        assert!(first.elapsed() < Duration::from_secs(3), "{:?}", first.elapsed());
        for _ in 0..20 {
            let asked = Instant::now();
            let answer = behind.api.refused(503, "database_unavailable", &behind.me());
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
            assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());
        }
        assert_eq!(behind.api.send(&get("/readyz")).status, 503);
        behind.proxy.lead_back();
        let back = Instant::now();
        while behind.api.send(&behind.me()).status != 200 {
            assert!(back.elapsed() < Duration::from_secs(2), "{}", behind.api.server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        behind.is_good_soon();
    }
}

/// Without a check, each broken connection would cause one failed answer.
#[test]
fn connections_cut_while_idle_cause_no_failed_answer() {
    let Some(behind) = behind() else { return };
    let mut answers = BTreeMap::new();
    for _ in 0..3 {
        behind.under_load(|| {});
        assert!(behind.proxy.opened() > 4, "{}", behind.proxy.opened());
        std::thread::sleep(Duration::from_millis(1200));
        behind.proxy.cut();
        for _ in 0..30 {
            *answers.entry(behind.api.send(&behind.me()).status).or_insert(0) += 1;
        }
    }
    assert_eq!(answers, BTreeMap::from([(200, 90)]));
}

/// `pg_terminate_backend`, a restart and a failover end connections in this way.
#[test]
fn a_connection_cut_in_use_causes_at_most_one_failed_answer() {
    let Some(behind) = behind() else { return };
    behind.under_load(|| {});
    behind.proxy.cut();
    let statuses: Vec<u16> = (0..30).map(|_| behind.api.send(&behind.me()).status).collect();
    assert!(statuses.iter().filter(|status| **status != 200).count() <= 1, "{statuses:?}");
}
