//! What tokens can make the issuer's server do: very little.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks, policy};
use crate::traffic::{Tally, block_on, eventually, under_load};
use glowband_core::Refusal;
use glowband_verify::{HostVerifier, RemoteKeySet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const KEYS: &str = "/jwks.json";

fn ready(issuer: &Issuer, interval: Duration) -> RemoteKeySet {
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).refetch_interval(interval);
    let keys = keys.start().unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    keys
}

#[test]
fn ten_thousand_invented_kids_cause_a_handful_of_fetches() {
    const THREADS: usize = 8;
    const KIDS: usize = 10_000;
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    let interval = Duration::from_secs(10);
    let keys = ready(&issuer, interval);
    let verifier = HostVerifier::remote(keys.clone(), policy());
    let (tally, start, refused) = (Tally::default(), Instant::now(), AtomicU64::new(0));
    // One signature does for all of them: it is never looked at.
    let bogus = String::from_utf8(Signer::new("x").token()).unwrap();
    let rest = bogus.split_once('.').unwrap().1;
    under_load(&verifier, &signer.token(), 2, &tally, || {
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (verifier, refused) = (&verifier, &refused);
                scope.spawn(move || {
                    for number in 0..KIDS / THREADS {
                        use base64ct::{Base64UrlUnpadded, Encoding};
                        let header = format!(r#"{{"alg":"ES256","kid":"invented {thread} {number}"}}"#);
                        let token = format!("{}.{rest}", Base64UrlUnpadded::encode_string(header.as_bytes()));
                        let verdict = match thread % 2 {
                            0 => verifier.verify_blocking(token.as_bytes()),
                            _ => block_on(verifier.verify_fetching(token.as_bytes())),
                        };
                        assert_eq!(verdict.err(), Some(Refusal::KeyNotFound));
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
    });
    let intervals = usize::try_from(start.elapsed().as_secs() / interval.as_secs()).unwrap();
    // The first, three at once, and one per interval.
    tally.none_refused(issuer.asked(KEYS), 1 + 3 + intervals);
    let status = keys.status();
    println!(
        "counted: {} invented kids: {} fetches by them, {} turned away",
        refused.load(Ordering::SeqCst),
        status.refetches_by_unknown_kid,
        status.refetches_refused
    );
    assert_eq!(refused.load(Ordering::SeqCst), KIDS as u64);
    assert!(status.refetches_refused > 0);
    assert_eq!(status.generation, 2);
}

#[test]
fn all_who_wait_share_one_fetch() {
    const WAITING: usize = 24;
    let issuer = Issuer::https();
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    issuer.answer(KEYS, Answer::Document(jwks(&[&old])));
    let keys = ready(&issuer, Duration::from_secs(10));
    let verifier = HostVerifier::remote(keys.clone(), policy());
    let gate = Arc::new(AtomicBool::new(false));
    issuer.answer(KEYS, Answer::Behind(Arc::clone(&gate), jwks(&[&old, &new])));
    let token = new.token();
    let verified = AtomicU64::new(0);
    thread::scope(|scope| {
        for number in 0..WAITING {
            let (verifier, token, verified) = (&verifier, &token, &verified);
            scope.spawn(move || {
                let verdict = match number % 2 {
                    0 => verifier.verify_blocking(token),
                    _ => block_on(verifier.verify_fetching(token)),
                };
                verdict.unwrap();
                verified.fetch_add(1, Ordering::SeqCst);
            });
        }
        eventually("asked once", &keys, || issuer.asked(KEYS) == 2);
        // Who only verifies does not wait meanwhile.
        assert!(verifier.verify(&old.token()).is_ok());
        assert_eq!(verifier.verify(&token).err(), Some(Refusal::KeyNotFound));
        assert_eq!(keys.status().next_fetch, Duration::ZERO);
        gate.store(true, Ordering::SeqCst);
    });
    println!("counted: {} waited for one fetch, {} in all", verified.load(Ordering::SeqCst), issuer.asked(KEYS));
    assert_eq!(verified.load(Ordering::SeqCst), WAITING as u64);
    assert_eq!(issuer.asked(KEYS), 2);
    assert_eq!(keys.status().refetches_by_unknown_kid, 1);
}

#[test]
fn a_server_that_just_started_waits_for_its_first_keys() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    let gate = Arc::new(AtomicBool::new(false));
    issuer.answer(KEYS, Answer::Behind(Arc::clone(&gate), jwks(&[&signer])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).start().unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());
    assert!(keys.wait_ready(Duration::from_millis(10)).is_err());
    thread::scope(|scope| {
        scope.spawn(|| block_on(keys.ready()));
        // One names its key, the other does not.
        scope.spawn(|| verifier.verify_blocking(&signer.token()).unwrap());
        scope.spawn(|| block_on(verifier.verify_fetching(&signer.token_with(r#"{"alg":"ES256"}"#))).unwrap());
        thread::sleep(Duration::from_millis(50));
        gate.store(true, Ordering::SeqCst);
    });
    assert_eq!(issuer.asked(KEYS), 1);
}

#[test]
fn a_kid_that_the_issuer_does_not_have_is_asked_for_once() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    // The rate would allow many.
    let keys = ready(&issuer, Duration::from_millis(1));
    let verifier = HostVerifier::remote(keys.clone(), policy());
    let bogus = Signer::new("b").token();
    for _ in 0..200 {
        assert_eq!(verifier.verify_blocking(&bogus).err(), Some(Refusal::KeyNotFound));
    }
    assert_eq!(issuer.asked(KEYS), 2);
    assert_eq!(keys.status().refetches_refused, 199);
    // A failed fetch says nothing of a key: it may be asked for again.
    issuer.answer(KEYS, Answer::Status(503));
    let token = Signer::new("c").token();
    for _ in 0..2 {
        thread::sleep(Duration::from_millis(5));
        assert_eq!(verifier.verify_blocking(&token).err(), Some(Refusal::KeyNotFound));
    }
    assert!(issuer.asked(KEYS) >= 4);
}

#[test]
fn tokens_that_no_key_could_help_cause_no_fetch() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    let keys = ready(&issuer, Duration::from_millis(1));
    let verifier = HostVerifier::remote(keys.clone(), policy());
    let long = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(257));
    for (header, refusal) in [
        ("", Refusal::HeaderNotJson),
        (r#"{"alg":"none","kid":"b"}"#, Refusal::AlgorithmNone),
        (r#"{"alg":"ES256K","kid":"b"}"#, Refusal::AlgorithmUnsupported),
        (r#"{"alg":"ES256","kid":7}"#, Refusal::HeaderMalformed),
        (r#"{"alg":"ES256","kid":"b","crit":["x"]}"#, Refusal::CriticalHeader),
        (r#"{"alg":"ES256","kid":"b","jku":"https://evil.example","zip":"DEF"}"#, Refusal::HeaderForbidden),
        (r#"{"alg":"HS256","kid":"b"}"#, Refusal::KeyNotFound),
        (r#"{"alg":"RS256","kid":"a"}"#, Refusal::AlgorithmMismatch),
        (&long, Refusal::KeyNotFound),
    ] {
        let token = signer.token_with(header);
        assert_eq!(verifier.verify_blocking(&token).err(), Some(refusal), "{header}");
        assert_eq!(block_on(verifier.verify_fetching(&token)).err(), Some(refusal), "{header}");
    }
    assert_eq!(verifier.verify_blocking(b"a.b").err(), Some(Refusal::SegmentCount));
    let forged = Signer::new("a").token();
    assert_eq!(verifier.verify_blocking(&forged).err(), Some(Refusal::BadSignature));
    assert_eq!(issuer.asked(KEYS), 1);
    assert_eq!(keys.status().refetches_by_unknown_kid, 0);
}

#[test]
fn the_server_says_for_how_long_its_keys_are_good() {
    let issuer = Issuer::https();
    let body = jwks(&[&Signer::new("a")]);
    for (line, most) in [
        ("Cache-Control: public, max-age=7200", 7200),
        ("Cache-Control: max-age=5", 60),
        ("Cache-Control: no-store", 60),
        ("Cache-Control: max-age=31536000", 86_400),
        ("Vary: Accept", 900),
    ] {
        issuer.answer(KEYS, Answer::DocumentWith(body.clone(), line));
        let keys = ready(&issuer, Duration::from_secs(10));
        let next = keys.status().next_fetch.as_secs_f64();
        assert!(next <= f64::from(most) && next >= f64::from(most) * 0.9 - 15.0, "{line}: {next}");
    }
}
