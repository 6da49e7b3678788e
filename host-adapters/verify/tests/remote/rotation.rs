//! Keys change while tokens keep coming.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks, policy};
use crate::traffic::{Tally, block_on, eventually};
use glowband_verify::{HostVerifier, KeyReader, RemoteKeySet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const KEYS: &str = "/jwks.json";
const INTERVAL: Duration = Duration::from_millis(250);

#[test]
fn keys_rotate_without_a_dropped_request() {
    const ROTATIONS: usize = 6;
    let issuer = Issuer::https();
    let mut signer = Signer::new("key 0");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .refetch_interval(INTERVAL)
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy()).cache(1 << 20);
    let current = Mutex::new((0, Arc::new(signer.token())));
    // Which key's token each thread verified last: a key is retired when no thread uses it any more.
    let last: [AtomicUsize; 4] = Default::default();
    let (tally, over, start) = (Tally::default(), AtomicBool::new(false), Instant::now());
    thread::scope(|scope| {
        for (number, last) in last.iter().enumerate() {
            let (verifier, current, tally, over) = (&verifier, &current, &tally, &over);
            scope.spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    let (key, token) = current.lock().unwrap().clone();
                    let verdict = match number % 2 {
                        0 => verifier.verify_blocking(&token),
                        _ => block_on(verifier.verify_fetching(&token)),
                    };
                    tally.count(verdict.is_ok());
                    last.store(key, Ordering::SeqCst);
                    thread::sleep(Duration::from_micros(200));
                }
            });
        }
        for number in 1..=ROTATIONS {
            // Longer than the interval, so that the rate never stands in the way.
            thread::sleep(INTERVAL * 3 / 2);
            let next = Signer::new(&format!("key {number}"));
            // The issuer publishes a key, signs with it at once, and lets the one before go a moment later.
            issuer.answer(KEYS, Answer::Document(jwks(&[&signer, &next])));
            *current.lock().unwrap() = (number, Arc::new(next.token()));
            eventually("every thread is at the next key", &keys, || {
                let last = last.iter().map(|last| last.load(Ordering::SeqCst));
                last.min() == Some(number)
            });
            signer = next;
        }
        thread::sleep(Duration::from_millis(50));
        over.store(true, Ordering::SeqCst);
    });
    let intervals = usize::try_from(start.elapsed().as_millis() / INTERVAL.as_millis()).unwrap();
    tally.none_refused(issuer.asked(KEYS), 1 + 3 + intervals);
    // The empty set, the first keys, and one for each rotation.
    assert_eq!(keys.status().generation, 2 + ROTATIONS as u64);
    assert_eq!(keys.status().refetches_refused, 0);
}

#[test]
fn the_same_document_changes_nothing() {
    let issuer = Issuer::https();
    let signer = Signer::new("a");
    issuer.answer(KEYS, Answer::Document(jwks(&[&signer])));
    let keys = RemoteKeySet::jwks(issuer.url(KEYS))
        .root_certificates(issuer.root())
        .refresh_every(Duration::from_millis(100))
        .start()
        .unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy()).cache(1 << 20);
    let token = signer.token();
    verifier.verify(&token).unwrap();
    eventually("five fetches", &keys, || keys.status().fetches >= 5);
    assert_eq!(keys.status().generation, 2);
    verifier.verify(&token).unwrap();
    assert_eq!(verifier.cache_usage().unwrap().hits, 1);
    // Replaced by hand, they come back with the next fetch.
    keys.keys().replace(KeyReader::new().parse(jwks(&[&Signer::new("b")]).as_bytes()).unwrap());
    eventually("the issuer's keys", &keys, || verifier.verify(&token).is_ok());
    assert_eq!(keys.status().generation, 4);
}

#[test]
fn keys_of_the_last_run_serve_until_the_first_fetch() {
    let issuer = Issuer::https();
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let gate = Arc::new(AtomicBool::new(false));
    issuer.answer(KEYS, Answer::Behind(Arc::clone(&gate), jwks(&[&new])));
    let saved = KeyReader::new().parse(jwks(&[&old]).as_bytes()).unwrap();
    let keys = RemoteKeySet::jwks(issuer.url(KEYS)).root_certificates(issuer.root()).start_with(saved).unwrap();
    keys.wait_ready(Duration::ZERO).unwrap();
    let verifier = HostVerifier::remote(keys.clone(), policy());
    assert!(verifier.verify(&old.token()).is_ok());
    assert_eq!(keys.status().age, None);
    gate.store(true, Ordering::SeqCst);
    eventually("the issuer's keys", &keys, || verifier.verify(&new.token()).is_ok());
    assert!(verifier.verify(&old.token()).is_err());
}
