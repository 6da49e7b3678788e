//! Nothing allocates: not a verification, not a refusal, not a key that is read. Counted for this thread by an
//! allocator of its own, over all vectors, in all ways of verifying.

use allocation_counter::measure;
use glowband_core::{
    Claims, Es256Key, Hs256Key, Jwk, Key, KeyRing, Limits, Refusal, ReplayWindow, SignatureVerifier, UnixSeconds,
    Verifier,
};
use glowband_tests::claims_text::{AUDIENCE, ClaimsText, ISSUER, NOW};
use glowband_tests::signing::{Es256Pair, encode, hs256};
use glowband_tests::trial::{self, DoorClaims, Keys};
use glowband_tests::vector::{Case, Presented, VectorFile, from_hex};
use std::hint::black_box;

const SECRET: [u8; 32] = [3; 32];

/// What the work allocates must be nothing.
fn without_allocation<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let mut result = None;
    let counted = measure(|| result = Some(black_box(work())));
    assert_eq!((counted.count_total, counted.bytes_total), (0, 0), "{name}");
    result.expect("it ran")
}

#[test]
fn the_counter_counts() {
    let counted = measure(|| drop(black_box(Vec::<u8>::with_capacity(100))));
    assert_eq!((counted.count_total, counted.bytes_total), (1, 100));
}

#[test]
fn no_vector_allocates() {
    let mut measured = 0;
    for vector in &VectorFile::read().vectors {
        let name = vector.name.as_str();
        match &vector.case {
            Case::Verify(presented) | Case::Jws(presented) | Case::Claims { presented, .. } => {
                token(name, presented, matches!(vector.case, Case::Claims { .. }));
            }
            Case::Key { jwk } => {
                let read = || Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).is_ok();
                without_allocation(name, read);
            }
            Case::Secret { secret_hex } => {
                let secret = from_hex(secret_hex);
                without_allocation(name, || Hs256Key::new(&secret).is_ok());
            }
            Case::Point { point_hex } => {
                let point = from_hex(point_hex);
                without_allocation(name, || Es256Key::from_sec1(&point).is_ok());
            }
            // The keys of a ring and the tokens of a window are counted below; the host has the rest.
            Case::Ring { .. } | Case::Replay { .. } | Case::KeyFile { .. } | Case::Request { .. } => continue,
        }
        measured += 1;
    }
    println!("{measured} vectors without an allocation");
    assert!(measured > 1000, "only {measured} vectors");
}

fn token(name: &str, presented: &Presented, into_struct: bool) {
    let Ok(keys) = Keys::read(&presented.keys) else { return };
    let entries = keys.entries();
    let token = presented.token.bytes();
    let now = presented.now.map(UnixSeconds);
    let mut scratches = trial::scratches(presented, &token);
    let mut own = token.clone();
    presented.policy.with(presented.limits, |policy| {
        let verifier = Verifier::new(entries.as_slice(), policy);
        let signatures = SignatureVerifier::new(entries.as_slice()).limits(trial::core_limits(presented.limits));
        for scratch in &mut scratches {
            without_allocation(name, || verifier.verify(&token, now, scratch).is_ok());
            without_allocation(name, || signatures.verify(&token, scratch).is_ok());
        }
        without_allocation(name, || verifier.verify_in_place(&mut own, now).is_ok());
        own.copy_from_slice(&token);
        without_allocation(name, || signatures.verify_in_place(&mut own).is_ok());
        own.copy_from_slice(&token);
        if let Ok(verified) = verifier.verify_in_place(&mut own, now) {
            without_allocation(name, || read_everything(&verified));
            if into_struct {
                let read = without_allocation(name, || verified.claims::<DoorClaims<'_>>().is_ok());
                let again = without_allocation(name, || verified.claims_with::<DoorClaims<'_>>(&mut [0; 256]).is_ok());
                assert_eq!(read, again);
            }
        }
    });
}

fn read_everything(verified: &glowband_core::Verified<'_>) -> usize {
    let texts = [verified.issuer(), verified.subject(), verified.token_id(), verified.header().key_id()];
    let mut read = texts.into_iter().flatten().map(|text| text.bytes().count()).sum::<usize>();
    read += verified.audience().map_or(0, |audience| audience.iter().map(|one| one.chars().count()).sum());
    read += usize::from(verified.claim("roles").is_some());
    let dates = [verified.expires_at(), verified.not_before(), verified.issued_at()];
    read + dates.into_iter().flatten().filter(|date| date.ceil() > 0).count()
}

#[test]
fn rings_and_windows_do_not_allocate() {
    let point = *Es256Pair::generate().expect("randomness").point();
    let ring = without_allocation("ring", || {
        let mut ring = KeyRing::<2>::new();
        ring.add(b"a", Hs256Key::new(&SECRET)?)?;
        ring.add(b"b", Key::from(Es256Key::from_sec1(&point)?))?;
        assert_eq!(ring.add(b"c", Hs256Key::new(&SECRET)?), Err(Refusal::KeyRingFull));
        ring.remove(b"b");
        Ok::<_, Refusal>(ring)
    });
    let ring = ring.expect("room for two");
    let policy = glowband_core::Policy::issuer(ISSUER).audience(AUDIENCE);
    let mut token = hs256(&SECRET, r#"{"alg":"HS256","kid":"a"}"#, ClaimsText::good().to_string()).into_bytes();
    without_allocation("window", || {
        let mut window = ReplayWindow::<4>::new();
        let verified = Verifier::new(&ring, &policy).verify_in_place(&mut token, UnixSeconds(NOW)).expect("good");
        assert_eq!((window.redeem(&verified), window.redeem(&verified)), (Ok(()), Err(Refusal::Replayed)));
    });
}

#[test]
fn long_and_deep_input_does_not_allocate() {
    let deep = format!("{{\"a\":{}", "[".repeat(60_000));
    without_allocation("nesting", || Claims::read(deep.as_bytes(), &Limits::DEFAULT).is_ok());
    let wide: Vec<String> = (0..128).map(|index| format!("\"m{index}\":\"\\u0061\"")).collect();
    let wide = format!("{{{}}}", wide.join(","));
    assert!(without_allocation("members", || Claims::read(wide.as_bytes(), &Limits::DEFAULT).is_ok()));
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, encode([5; 512]));
    assert!(without_allocation("jwk", || Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).is_ok()));
}
