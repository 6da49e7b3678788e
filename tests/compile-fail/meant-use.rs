//! Everything that the refused programs do wrong, done right.

use glowband_core::{
    Es256Key, Hs256Key, Key, KeyRing, Policy, Refusal, SignatureCheck, SignatureVerifier, UnixSeconds, Verified, Verifier,
};

fn subject<'r>(verified: &Verified<'r>) -> Option<&'r str> {
    verified.subject()?.as_str()
}

fn door(token: &[u8], point: &[u8], secret: &[u8]) -> Result<(), Refusal> {
    let mut scratch = [0; 512];
    let public: Es256Key = Es256Key::from_sec1(point)?;
    let shared: Hs256Key = Hs256Key::new(secret)?;
    let mut ring = KeyRing::<2>::new();
    ring.add(b"public", public)?;
    ring.add(b"shared", Key::from(shared.clone()))?;
    let policy = Policy::issuer("https://id.example").audience("door-42");
    let signed = SignatureVerifier::new(&ring).verify(token, &mut scratch)?;
    let verified = signed.validate(&policy, UnixSeconds(1))?;
    let _ = (subject(&verified), shared.algorithm());
    let verified = Verifier::new(&ring, &policy).verify(token, UnixSeconds(1), &mut scratch)?;
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
