//! Whatever the issuer does wrong has a name, and the keys that were there stay in force.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks, policy};
use crate::traffic::{Tally, eventually, under_load};
use glowband_verify::{FetchFault, HostVerifier, RemoteKeySet};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(1);
const SIZE: usize = 64 * 1024;
const KEYS: &str = "/jwks.json";

#[test]
fn every_fault_is_named_and_the_old_keys_stay() {
    let (issuer, other, plain) = (Issuer::https(), Issuer::https(), Issuer::plain());
    let signer = Signer::new("a");
    let good = Answer::Document(jwks(&[&signer]));
    for server in [&issuer, &other, &plain] {
        server.answer(KEYS, good.clone());
    }
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates([issuer.root(), other.root()].concat())
        .timeout(TIMEOUT)
        .size_limit(SIZE)
        .refresh_every(Duration::from_millis(200))
        .retry_within(Duration::from_millis(200)..=Duration::from_millis(200))
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());

    let broken = |fault: &FetchFault| matches!(fault, FetchFault::Connection(_) | FetchFault::NotHttp);
    let not_keys = |fault: &FetchFault| matches!(fault, FetchFault::NotKeys { .. });
    type Expected<'e> = &'e dyn Fn(&FetchFault) -> bool;
    let timed_out: Expected<'_> = &|fault| *fault == FetchFault::TimedOut(TIMEOUT);
    let elsewhere: Expected<'_> = &|fault| matches!(fault, FetchFault::RedirectElsewhere(_));
    let faults: Vec<(&str, Answer, Expected<'_>)> = vec![
        ("drips", Answer::Drip(jwks(&[&signer]), Duration::from_millis(50)), timed_out),
        ("drips its head", Answer::DripHead(Duration::from_millis(50)), timed_out),
        ("truncated", Answer::Truncated(jwks(&[&signer])), &broken),
        ("10 MB", Answer::Flood(10 << 20), &|fault| *fault == FetchFault::TooLarge(SIZE)),
        ("endless head", Answer::EndlessHead, &|fault| matches!(fault, FetchFault::HeadTooLarge | FetchFault::NotHttp)),
        ("redirect to another host", Answer::Redirect(other.url(KEYS)), elsewhere),
        ("redirect to http", Answer::Redirect(plain.url(KEYS)), elsewhere),
        ("redirect to a file", Answer::Redirect("file:///etc/passwd".to_owned()), elsewhere),
        ("redirect in a circle", Answer::Redirect("/round".to_owned()), &|fault| {
            *fault == FetchFault::TooManyRedirects
        }),
        ("500", Answer::Status(500), &|fault| matches!(fault, FetchFault::Status { status: 500, .. })),
        ("204", Answer::Status(204), &|fault| matches!(fault, FetchFault::Status { status: 204, .. })),
        ("not JSON", Answer::Document("not JSON".to_owned()), &not_keys),
        ("a page", Answer::Document("<html>Sign in</html>".to_owned()), &|fault| {
            matches!(fault, FetchFault::Html { .. })
        }),
        ("half of JSON", Answer::Document(jwks(&[&signer]).replace("]}", "")), &not_keys),
        ("no keys", Answer::Document(r#"{"keys":[]}"#.to_owned()), &not_keys),
        ("no usable key", Answer::Document(r#"{"keys":[{"kty":"EC","crv":"P-512"}]}"#.to_owned()), &not_keys),
        ("hangs up", Answer::HangUp, &broken),
        ("noise", Answer::Noise, &broken),
    ];
    issuer.answer("/round", Answer::Redirect("/round".to_owned()));

    let (tally, start) = (Tally::default(), Instant::now());
    under_load(&verifier, &signer.token(), 2, &tally, || {
        for (name, answer, expected) in faults {
            issuer.answer(KEYS, answer);
            a_fetch_from_now(name, &keys);
            let status = keys.status();
            let fault = status.last_error.as_ref().map(|error| error.fault());
            assert!(fault.is_some_and(expected), "{name}: {status:?}");
            assert_eq!(status.keys, 1, "{name}");
        }
        issuer.answer(KEYS, Answer::Redirect("/moved/here?v=2".to_owned()));
        issuer.answer("/moved/here?v=2", good.clone());
        a_fetch_from_now("redirect to the same host", &keys);
        assert_eq!(keys.status().last_error, None);
        assert!(issuer.asked("/moved/here?v=2") > 0);
        issuer.answer(KEYS, good);
        a_fetch_from_now("good again", &keys);
        assert_eq!(keys.status().last_error, None);
    });
    // A pause is at least half of the retry's.
    let limit = usize::try_from(start.elapsed().as_millis() / 100).unwrap() + 2;
    tally.none_refused(issuer.asked(KEYS), limit);
    assert_eq!((other.connections(), plain.connections()), (0, 0), "no redirect was followed to them");
    assert_eq!(keys.status().generation, 2, "the same keys all along");
}

fn fault(keys: &RemoteKeySet) -> Option<FetchFault> {
    keys.status().last_error.map(|error| error.fault().clone())
}

/// Waits for the end of a fetch that begins after this call does.
fn a_fetch_from_now(what: &str, keys: &RemoteKeySet) {
    let status = keys.status();
    let under_way = u64::from(status.next_fetch.is_zero());
    eventually(what, keys, || keys.status().fetches > status.fetches + under_way);
}

#[test]
fn the_time_limit_is_for_the_whole_exchange() {
    let issuer = Issuer::https();
    // Each part is quick enough on its own, both together are not.
    let slowly = |answer| Answer::After(TIMEOUT * 3 / 5, Box::new(answer));
    issuer.answer(KEYS, slowly(Answer::Redirect("/1".to_owned())));
    issuer.answer("/1", slowly(Answer::Document(jwks(&[&Signer::new("a")]))));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).timeout(TIMEOUT).start().unwrap();
    let start = Instant::now();
    keys.refetch(Some(b"a")).unwrap().wait();
    let took = start.elapsed();
    println!("counted: a fetch that may take {TIMEOUT:?} ended after {took:?}");
    assert_eq!(fault(&keys), Some(FetchFault::TimedOut(TIMEOUT)));
    assert_eq!(keys.status().keys, 0);
}

#[test]
fn a_server_that_says_nothing_is_left_in_time() {
    // The system accepts the connection, and no program answers the handshake.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://localhost:{}{KEYS}", silent.local_addr().unwrap().port());
    let keys = RemoteKeySet::jwks(url).root_certificates(Issuer::https().root()).timeout(TIMEOUT).start().unwrap();
    keys.refetch(None).unwrap().wait();
    assert_eq!(fault(&keys), Some(FetchFault::TimedOut(TIMEOUT)));
}

#[test]
fn a_wrong_certificate_gets_no_request() {
    let (issuer, stranger) = (Issuer::https(), Issuer::https());
    let misnamed = Issuer::with_certificate_for("id.example");
    for (server, root, cause) in [
        (&issuer, stranger.root(), "its issuer is not among the root certificates"),
        (&misnamed, misnamed.root(), "is for \"id.example\", and \"localhost\" is asked for"),
    ] {
        server.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
        let keys = RemoteKeySet::jwks(server.url(KEYS)).root_certificates(root).start().unwrap();
        eventually(cause, &keys, || matches!(fault(&keys), Some(FetchFault::Tls(why)) if why.contains(cause)));
        assert_eq!(server.asked(KEYS), 0);
        assert!(server.connections() > 0);
    }
    // The operating system does not know it either.
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).start().unwrap();
    eventually("system roots", &keys, || matches!(fault(&keys), Some(FetchFault::Tls(_))));
    assert_eq!(issuer.asked(KEYS), 0);
}

#[test]
fn the_issuer_goes_down_and_comes_back() {
    let issuer = Issuer::https();
    let (first, second) = (Signer::new("first"), Signer::new("second"));
    issuer.answer(KEYS, Answer::Document(jwks(&[&first])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .refresh_every(Duration::from_millis(200))
        .retry_within(Duration::from_millis(200)..=Duration::from_millis(400))
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());
    let (tally, start) = (Tally::default(), Instant::now());
    under_load(&verifier, &first.token(), 2, &tally, || {
        issuer.go_down();
        let failures = keys.status().failures;
        eventually("down", &keys, || keys.status().failures >= failures + 3);
        let status = keys.status();
        assert_eq!(fault(&keys), Some(FetchFault::Connection(ErrorKind::ConnectionRefused)));
        let age = status.age.unwrap();
        println!("counted: down: keys are {age:?} old after {} failures", status.failures);
        assert!(age >= Duration::from_millis(300), "{age:?}");
        assert!(verifier.verify_blocking(&second.token()).is_err());
        assert!(verifier.misses_its_issuer(), "the key may well exist");
        issuer.answer(KEYS, Answer::Document(jwks(&[&first, &second])));
        issuer.come_back();
        eventually("back", &keys, || verifier.verify(&second.token()).is_ok());
        assert!(keys.status().last_error.is_none() && !verifier.misses_its_issuer());
    });
    let limit = usize::try_from(start.elapsed().as_millis() / 100).unwrap() + 2;
    tally.none_refused(issuer.asked(KEYS), limit);
}

#[test]
fn keys_that_nobody_confirms_are_dropped_where_that_is_set() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .refresh_every(Duration::from_millis(300))
        .retry_within(Duration::from_millis(200)..=Duration::from_millis(200))
        .drop_after(Duration::from_secs(2))
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy()).cache(1 << 20);
    assert!(verifier.verify(&signer.token()).is_ok());
    issuer.go_down();
    eventually("dropped", &keys, || keys.status().keys == 0);
    assert!(keys.status().age.unwrap() >= Duration::from_secs(2));
    assert!(verifier.verify(&signer.token()).is_err());
    issuer.come_back();
    eventually("the same document again", &keys, || verifier.verify(&signer.token()).is_ok());
}

#[test]
fn dropping_the_last_handle_ends_the_fetching() {
    let issuer = Issuer::https();
    issuer.answer(KEYS, Answer::Document(jwks(&[&Signer::new("a")])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .refresh_every(Duration::from_millis(100))
        .start()
        .unwrap();
    eventually("some fetches", &keys, || keys.status().fetches > 2);
    drop(HostVerifier::remote(keys.clone(), policy()));
    drop(keys);
    // One may have been under way.
    thread::sleep(Duration::from_millis(500));
    let asked = issuer.asked(KEYS);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(issuer.asked(KEYS), asked);
}
