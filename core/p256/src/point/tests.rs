use super::*;
use crate::samples::{self, Random, sec1};
use p256::ecdsa::VerifyingKey;
use p256::elliptic_curve::bigint::U256;
use p256::elliptic_curve::ops::Reduce;
use p256::{FieldBytes, ProjectivePoint, Scalar};

fn scalar(random: &mut Random) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(random.bytes()))
}

fn theirs(secret: Scalar) -> Option<[u8; 65]> {
    Some(sec1(&VerifyingKey::from_affine((ProjectivePoint::GENERATOR * secret).to_affine()).ok()?))
}

/// The multiple of G, or nothing for infinity.
fn ours(secret: Scalar) -> Option<Affine> {
    theirs(secret).map(|point| Affine::from_sec1(&point).unwrap())
}

/// The same sum in coordinates with another ZZ.
fn scaled(point: &Affine, random: &mut Random) -> Sum {
    let z = FieldElement::new(&number::from_be_bytes(&random.bytes())).unwrap_or(FieldElement::ONE);
    let zz = z.square();
    let zzz = zz.mul(&z);
    Sum { x: point.x.mul(&zz), y: point.y.mul(&zzz), zz, zzz }
}

#[test]
fn sums_and_doubles_are_those_of_rustcrypto() {
    let mut random = Random(11);
    let small = (1..6_u64).flat_map(|k| [Scalar::from(k), -Scalar::from(k)]);
    let scalars: Vec<Scalar> = small.chain((0..10).map(|_| scalar(&mut random))).collect();
    let (mut opposite, mut equal) = (0, 0);
    for a in &scalars {
        for b in &scalars {
            let mut sum = scaled(&ours(*a).unwrap(), &mut random);
            sum.add(&ours(*b).unwrap());
            assert_eq!(sum.to_affine(), ours(*a + *b));
            assert_eq!(sum.is_infinity(), *a + *b == Scalar::ZERO);
            opposite += usize::from(*a + *b == Scalar::ZERO);
            equal += usize::from(a == b);
        }
        let mut double = scaled(&ours(*a).unwrap(), &mut random);
        double.double();
        assert_eq!(double.to_affine(), ours(a.double()));
        let mut alone = Sum::INFINITY;
        alone.add(&ours(*a).unwrap());
        assert_eq!(alone.to_affine(), ours(*a));
    }
    assert!(opposite >= 10 && equal >= 20);
    let mut nothing = Sum::INFINITY;
    nothing.double();
    assert!(nothing.is_infinity() && nothing.to_affine().is_none());
}

#[test]
fn a_sum_is_compared_with_a_point() {
    let mut random = Random(12);
    let (a, b) = (ours(scalar(&mut random)).unwrap(), ours(scalar(&mut random)).unwrap());
    let opposite = Affine { x: a.x, y: a.y.negated_if(true) };
    let sum = scaled(&a, &mut random);
    assert!(sum.is(&a) && !sum.is(&b) && !sum.is(&opposite));
    assert!(!Sum::INFINITY.is(&a));
    assert!(!Sum::INFINITY.is(&Affine { x: FieldElement::ZERO, y: FieldElement::ZERO }));
}

#[test]
fn points_are_read_as_rustcrypto_reads_them() {
    let mut random = Random(13);
    for round in 0..300 {
        let secret = scalar(&mut random);
        let bytes = theirs(secret).unwrap();
        let point = Affine::from_sec1(&bytes).unwrap();
        assert_eq!(point.to_sec1(), bytes);
        let mut compressed = [0; 33];
        compressed.copy_from_slice(&bytes[..33]);
        for form in [2, 3] {
            compressed[0] = form;
            let key = VerifyingKey::from_sec1_bytes(&compressed).unwrap();
            assert_eq!(Affine::from_sec1(&compressed).unwrap().to_sec1(), sec1(&key));
        }
        compressed[1..].copy_from_slice(&random.bytes());
        let theirs = VerifyingKey::from_sec1_bytes(&compressed).ok().map(|key| sec1(&key));
        assert_eq!(Affine::from_sec1(&compressed).map(Affine::to_sec1), theirs);
        let mut wrong = bytes;
        wrong[1 + round % 64] ^= 1 << (round % 8);
        assert!(Affine::from_sec1(&wrong).is_none());
    }
    assert_eq!(Affine::from_sec1(&theirs(Scalar::ONE).unwrap()), Some(Affine::GENERATOR));
}

#[test]
fn other_forms_of_a_point_are_refused() {
    let good = Affine::GENERATOR.to_sec1();
    let mut hybrid = good;
    hybrid[0] = 6;
    // Coordinates that are not below p.
    let mut above = [0xff; 65];
    above[0] = 4;
    above[1..33].copy_from_slice(&samples::hex(samples::P).to_be_bytes());
    for bytes in [&[][..], &[0], &[4], &good[..64], &good[1..], &hybrid, &above, &[4; 65], &[0; 65], &[2; 32]] {
        assert!(Affine::from_sec1(bytes).is_none(), "{bytes:?}");
    }
    assert!(Affine::from_sec1(&[good.as_slice(), &[0]].concat()).is_none());
}

#[test]
fn x_is_compared_modulo_n() {
    let mut random = Random(14);
    let words = |number: &U256| number::from_be_bytes(&number.to_be_bytes().into());
    let (p, n) = (samples::hex(samples::P), samples::hex(samples::N));
    let mut above = 0;
    // Coordinates around n, around p, around p − n, and elsewhere; a sum with any of them does here, on the curve or not.
    let starts = [n.wrapping_sub(&U256::from(20_u8)), p.wrapping_sub(&n).wrapping_sub(&U256::from(20_u8))];
    let near = starts.iter().flat_map(|start| (0..40_u8).map(|step| start.wrapping_add(&U256::from(step))));
    let ends = (1..20_u8).map(|step| p.wrapping_sub(&U256::from(step)));
    let elsewhere: Vec<U256> = (0..100).map(|_| U256::from_be_slice(&random.bytes())).collect();
    for x in near.chain(ends).chain(elsewhere).filter(|x| *x < p) {
        let point = Affine { x: FieldElement::new(&words(&x)).unwrap(), y: FieldElement::ONE };
        let sum = scaled(&point, &mut random);
        let r = if x < n { x } else { x.wrapping_sub(&n) };
        above += usize::from(x >= n);
        assert!(r == U256::ZERO || sum.has_x_modulo_n(&words(&r)), "{x}");
        assert!(!sum.has_x_modulo_n(&words(&r.wrapping_add(&U256::ONE))), "{x}");
        // r + n wraps around 2^256 or p for these; it is no coordinate then.
        let wrapped = if x < p.wrapping_sub(&n) { None } else { Some(x.wrapping_sub(&p.wrapping_sub(&n))) };
        if let Some(wrapped) = wrapped.filter(|wrapped| *wrapped < n && *wrapped != r && *wrapped != U256::ZERO) {
            assert!(!sum.has_x_modulo_n(&words(&wrapped)), "{x}");
        }
    }
    assert!(above > 30, "{above}");
    assert!(!Sum::INFINITY.has_x_modulo_n(&number::ONE));
}
