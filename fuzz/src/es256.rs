//! Keys by every arithmetic, and signatures whose scalars are chosen.

use crate::input::Input;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_core::{Es256Key, SignatureCheck, TableShape, UnixSeconds};
use glowband_p256 as wide;
use glowband_p256_narrow as narrow;
use glowband_verify::{EcdsaKey, HostEs256Key, HostVerifier, KeySet, OwnedPolicy, Preparation};
use p256::ecdsa::VerifyingKey;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::{FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// Signatures in one case at most: two batches of vectors, the second of which is not full.
const MOST: usize = 14;

/// One key by every arithmetic.
struct Keys {
    secret: Scalar,
    aws_lc: EcdsaKey,
    rust_crypto: Es256Key,
    /// The same, for hashes.
    prehash: VerifyingKey,
    /// Portable and by vectors, each with several shapes of tables.
    prepared: Vec<HostEs256Key>,
    wide: wide::PreparedKey<'static>,
    narrow: [narrow::PreparedKey<'static>; 2],
}

struct Everything {
    keys: Vec<Keys>,
    /// Keys of all shapes that vectors can use, by their names.
    batches: HostVerifier,
}

static EVERYTHING: LazyLock<Everything> = LazyLock::new(|| {
    // G itself and −2G meet the generator's own table; the others are any.
    let secrets = [Scalar::ONE, -Scalar::from(2_u64), scalar(&[0x5a; 32]), scalar(&[0xc3; 32])];
    let keys: Vec<_> = secrets.into_iter().map(Keys::new).collect();
    let shapes = [TableShape::Windows4, TableShape::Windows5, TableShape::Windows6, TableShape::Windows8];
    let mut set = KeySet::new();
    for (at, (secret, shape)) in secrets.iter().zip(shapes).enumerate() {
        let key = HostEs256Key::new(&sec1(secret), Preparation::never().shape(shape)).expect("a point");
        key.prepare();
        set.add(Some(at.to_string().as_bytes()), key);
    }
    Everything { keys, batches: HostVerifier::new(set, OwnedPolicy::issuer("i").audience("a")) }
});

impl Keys {
    fn new(secret: Scalar) -> Self {
        let point = sec1(&secret);
        let prepared = |preparation: Preparation| {
            let key = HostEs256Key::new(&point, preparation).expect("a point");
            key.prepare();
            key
        };
        let shapes = [TableShape::Comb2, TableShape::Comb8, TableShape::Windows4, TableShape::Windows6];
        let (fastest, portable) = (Preparation::never(), Preparation::never().portable());
        let mut all: Vec<_> = shapes.iter().map(|shape| prepared(portable.shape(*shape))).collect();
        all.extend(shapes.iter().map(|shape| prepared(fastest.shape(*shape))));
        Self {
            secret,
            aws_lc: EcdsaKey::es256(&point).expect("a point"),
            rust_crypto: Es256Key::from_sec1(&point).expect("a point"),
            prepared: all,
            prehash: VerifyingKey::from_sec1_bytes(&point).expect("a point"),
            wide: wide_key(&point, TableShape::Comb4),
            narrow: [narrow::TableShape::Comb2, narrow::TableShape::Windows5].map(|shape| narrow_key(&point, shape)),
        }
    }
}

fn wide_key(point: &[u8], shape: TableShape) -> wide::PreparedKey<'static> {
    let memory = || vec![[0; 64]; shape.entries()].leak();
    let key = wide::PreparedTable::build(shape, point, memory()).expect("a table");
    wide::PreparedKey::new(key, wide::PreparedTable::generator(shape, memory()).expect("a table")).expect("a key")
}

fn narrow_key(point: &[u8], shape: narrow::TableShape) -> narrow::PreparedKey<'static> {
    let memory = || vec![[0; 64]; shape.entries()].leak();
    let key = narrow::PreparedTable::build(shape, point, memory()).expect("a table");
    let generator = narrow::PreparedTable::generator(shape, memory()).expect("a table");
    narrow::PreparedKey::new(key, generator).expect("a key")
}

/// A signature from each 72 bytes: which key, how it is made, two numbers, and what is signed.
pub fn compare(bytes: &[u8]) {
    let everything = &*EVERYTHING;
    let mut input = Input(bytes);
    let (mut tokens, mut verdicts) = (Vec::new(), Vec::new());
    while !input.is_empty() && tokens.len() < MOST {
        let kind = input.byte();
        let name = usize::from(kind & 3);
        let keys = &everything.keys[name];
        let (x, y, message): ([u8; 32], [u8; 32], [u8; 7]) = (input.take(), input.take(), input.take());
        let part = |json: String| Base64UrlUnpadded::encode_string(json.as_bytes());
        let header = part(format!(r#"{{"alg":"ES256","kid":"{name}"}}"#));
        let subject = Base64UrlUnpadded::encode_string(&message);
        let payload = part(format!(r#"{{"iss":"i","aud":"a","exp":4000000000,"sub":"{subject}"}}"#));
        let signed = format!("{header}.{payload}");
        let hash: [u8; 32] = Sha256::digest(signed.as_bytes()).into();
        let signature = signature(kind >> 2, &x, &y, &scalar(&hash), &keys.secret);
        verdicts.push(agreed(keys, signed.as_bytes(), &hash, &signature));
        genuine_of_scalars(keys, &chosen(kind >> 2, &x), &chosen(kind >> 2, &y));
        tokens.push(format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature)));
    }
    let batch = everything.batches.verify_batch_at(&tokens, UnixSeconds(1));
    assert_eq!(batch.iter().map(Result::is_ok).collect::<Vec<_>>(), verdicts);
}

/// What all say of a signature; a crash where they do not say the same.
fn agreed(keys: &Keys, signed: &[u8], hash: &[u8; 32], signature: &[u8; 64]) -> bool {
    let genuine = keys.aws_lc.check(signed, signature).is_ok();
    assert_eq!(keys.rust_crypto.check(signed, signature).is_ok(), genuine, "RustCrypto");
    for key in &keys.prepared {
        assert_eq!(key.check(signed, signature).is_ok(), genuine, "{key:?}");
    }
    assert_eq!(keys.wide.verify_hash(hash, signature).is_ok(), genuine, "64-bit limbs");
    for key in &keys.narrow {
        assert_eq!(key.verify_hash(hash, signature).is_ok(), genuine, "32-bit limbs");
    }
    genuine
}

/// A genuine signature whose two scalars are chosen is one of a hash that follows from them: only core's sources take it,
/// and RustCrypto. Its sums meet what those of a hash that just comes never do: the same point twice, or its opposite.
fn genuine_of_scalars(keys: &Keys, u1: &Scalar, u2: &Scalar) {
    let sum = ProjectivePoint::GENERATOR * (*u1 + *u2 * keys.secret);
    let r = scalar(&sum.to_affine().x().into());
    let (hash, signature) = match Option::<Scalar>::from(u2.invert()) {
        Some(inverse) => (*u1 * r * inverse, joined(&r, &(r * inverse))),
        None => return,
    };
    let hash = <[u8; 32]>::from(hash.to_repr());
    let genuine = sum != ProjectivePoint::IDENTITY;
    let other = p256::ecdsa::Signature::from_slice(&signature);
    assert_eq!(other.is_ok_and(|other| keys.prehash.verify_prehash(&hash, &other).is_ok()), genuine, "RustCrypto");
    assert_eq!(keys.wide.verify_hash(&hash, &signature).is_ok(), genuine, "64-bit limbs, of {u1:?} and {u2:?}");
    for key in &keys.narrow {
        assert_eq!(key.verify_hash(&hash, &signature).is_ok(), genuine, "32-bit limbs, of {u1:?} and {u2:?}");
    }
}

fn joined(r: &Scalar, s: &Scalar) -> [u8; 64] {
    let [r, s] = [r, s].map(|number| <[u8; 32]>::from(number.to_repr()));
    [r, s].concat().try_into().expect("it is as long")
}

/// A number, or the same digit in every window of some width: lanes and rows then meet each other.
fn chosen(kind: u8, bytes: &[u8; 32]) -> Scalar {
    match kind >> 3 & 3 {
        0 | 1 => scalar(bytes),
        2 => repeated(&Scalar::from(u64::from(bytes[31])), bytes[30]),
        _ => Scalar::from(u64::from(bytes[31])),
    }
}

/// r ‖ s, made in one of several ways.
fn signature(kind: u8, x: &[u8; 32], y: &[u8; 32], hash: &Scalar, secret: &Scalar) -> [u8; 64] {
    match kind & 7 {
        // As it comes.
        0 => [*x, *y].concat().try_into().expect("it is as long"),
        // The scalars u1 and u2 are chosen.
        1 | 2 => {
            let s = Option::<Scalar>::from(chosen(kind, x).invert()).map_or(Scalar::ONE, |inverse| *hash * inverse);
            joined(&(chosen(kind, y) * s), &s)
        }
        // Signed with a nonce that is chosen; then, perhaps, a bit is changed.
        kind => {
            let nonce = chosen(kind, x);
            let Some(inverse) = Option::<Scalar>::from(nonce.invert()) else { return [0; 64] };
            let point = (ProjectivePoint::GENERATOR * nonce).to_affine();
            let r = scalar(&point.x().into());
            let mut signature: [u8; 64] = joined(&r, &((*hash + r * secret) * inverse));
            if kind > 5 {
                signature[usize::from(y[0] % 64)] ^= 1 << (y[1] % 8);
            }
            signature
        }
    }
}

fn repeated(digit: &Scalar, width: u8) -> Scalar {
    let width = u32::from(4 + width % 5);
    (0..256 / width - 1).fold(Scalar::ZERO, |total, _| total * Scalar::from(1_u64 << width) + digit)
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

fn sec1(secret: &Scalar) -> Vec<u8> {
    let key = p256::ecdsa::SigningKey::from_slice(&secret.to_repr()).expect("it is not zero");
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}
