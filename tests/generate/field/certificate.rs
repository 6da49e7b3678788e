//! DER by hand: public keys and self-signed certificates (RFC 5280), as little of them as key documents need.

use super::signers::Signer;

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const SECP384R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const SECP521R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

/// One value: tag, length, content.
pub(crate) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut all = vec![tag];
    match length {
        0..0x80 => all.push(u8::try_from(length).expect("short")),
        0x80..0x100 => all.extend([0x81, u8::try_from(length).expect("short")]),
        _ => {
            all.push(0x82);
            all.extend(u16::try_from(length).expect("a certificate is short").to_be_bytes());
        }
    }
    all.extend(content);
    all
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    value(0x30, &parts.concat())
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    value(0x06, bytes)
}

fn null() -> Vec<u8> {
    value(0x05, &[])
}

/// A positive INTEGER.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes.first().is_some_and(|byte| *byte >= 0x80) { &[0] } else { &[] };
    value(0x02, &[sign, bytes].concat())
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    value(0x03, &[&[0], bytes].concat())
}

/// An RSA key with the exponent 65537, of the type rsaEncryption, or RSASSA-PSS without parameters (RFC 4055 §1.2).
pub(crate) fn rsa_spki(modulus: &[u8], pss: bool) -> Vec<u8> {
    let algorithm = if pss { sequence(&[oid(RSASSA_PSS)]) } else { sequence(&[oid(RSA_ENCRYPTION), null()]) };
    let key = sequence(&[integer(modulus), integer(&[1, 0, 1])]);
    sequence(&[algorithm, bit_string(&key)])
}

/// A point on a named curve (RFC 5480 §2).
pub(crate) fn ec_spki(curve: &str, point: &[u8]) -> Vec<u8> {
    let curve = match curve {
        "P-256" => PRIME256V1,
        "P-384" => SECP384R1,
        _ => SECP521R1,
    };
    sequence(&[sequence(&[oid(EC_PUBLIC_KEY), oid(curve)]), bit_string(point)])
}

/// A certificate for the key and by the key, valid from 2024 to 2049. By a P-256 key it is another one in each run.
pub(crate) fn self_signed(name: &str, is_authority: bool, signer: &Signer) -> Vec<u8> {
    let (algorithm, alg) = match signer {
        Signer::Rsa(_) => (sequence(&[oid(SHA256_WITH_RSA), null()]), "RS256"),
        _ => (sequence(&[oid(ECDSA_WITH_SHA256)]), "ES256"),
    };
    let name = sequence(&[value(0x31, &sequence(&[oid(COMMON_NAME), value(0x0c, name.as_bytes())]))]);
    let validity = sequence(&[value(0x17, b"240101000000Z"), value(0x17, b"490101000000Z")]);
    let constraints = sequence(&if is_authority { vec![value(0x01, &[0xff])] } else { Vec::new() });
    let extension = sequence(&[oid(BASIC_CONSTRAINTS), value(0x01, &[0xff]), value(0x04, &constraints)]);
    let to_sign = sequence(&[
        value(0xa0, &integer(&[2])),
        integer(&[0x5a, 1]),
        algorithm.clone(),
        name.clone(),
        validity,
        name,
        signer.spki(),
        value(0xa3, &sequence(&[extension])),
    ]);
    let signature = signer.sign(alg, &to_sign);
    let signature = match signer {
        Signer::Rsa(_) => signature,
        // RFC 5480: r and s as two INTEGERs.
        _ => {
            let (r, s) = signature.split_at(signature.len() / 2);
            sequence(&[integer(without_zeros(r)), integer(without_zeros(s))])
        }
    };
    sequence(&[to_sign, algorithm, bit_string(&signature)])
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
