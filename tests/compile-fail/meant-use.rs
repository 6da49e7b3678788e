//! Everything that the refused programs do wrong, done right.

use glowband_core::{
    Es256Key, Hs256Key, Key, KeyRing, Policy, Refusal, SignatureCheck, SignatureVerifier, UnixSeconds, Verified, Verifier,
};

fn subject<'r>(verified: &Verified<'r>) -> Option<&'r str> {
    verified.subject()?.as_str()
}

fn door(token: &[u8], point: &[u8], secret: &[u8]) -> Result<(), Refusal> {
    let mut room = [0; 512];
    let public: Es256Key = Es256Key::from_sec1(point)?;
    let shared: Hs256Key = Hs256Key::new(secret)?;
    let mut ring = KeyRing::<2>::new();
    ring.add(b"public", public)?;
    ring.add(b"shared", Key::from(shared.clone()))?;
    let policy = Policy::expect("https://id.example", "door-42");
    let proven = SignatureVerifier::new(&ring).verify(token, &mut room)?;
    let verified = proven.judge(&policy, UnixSeconds(1))?;
    let _ = (subject(&verified), shared.algorithm());
    let verified = Verifier::new(&ring, &policy).verify(token, UnixSeconds(1), &mut room)?;
    let _ = verified.claim("door");
    let mut own = token.to_vec();
    let verified = Verifier::new(&ring, &policy).verify_in_place(&mut own, UnixSeconds(1))?;
    let _ = verified.expires_at();
    own.clear();
    Ok(())
}

fn main() {
    let _ = door(b"", &[], &[]);
}
