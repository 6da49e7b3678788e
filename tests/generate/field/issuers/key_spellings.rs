//! One key in the spellings that issuers and operators have for it, and every algorithm.

use crate::field::certificate::rsa_spki;
use crate::field::shape::{Collection, Shape};
use crate::field::signers::{Signer, Signers, pem};
use base64ct::{Base64, Encoding as _};
use glowband_tests::signing::encode;

const PAYLOAD: &str = r#"{"iss":"https://id.example","aud":"api","sub":"alice","iat":1700000000,"exp":4102444800}"#;

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    jwk_of_rsa(all, signers);
    jwk_of_curves(all, signers);
    pem_files(all, signers);
    algorithms(all, signers);
    without_kid(all, signers);
}

fn shape<'s>(
    name: &'static str,
    about: &'static str,
    keys: &'static str,
    alg: &'static str,
    signer: &'s Signer,
) -> Shape<'s> {
    Shape {
        name,
        about,
        keys,
        signer,
        alg,
        header: format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"k1"}}"#),
        payload: PAYLOAD.to_owned(),
        iss: &["https://id.example"],
        aud: &["api"],
        typ: None,
        padded: false,
        opt_ins: &[],
    }
}

/// The key file, a good token, and one by another key.
fn pair(all: &mut Collection, shape: &Shape<'_>, keys: &str, other: &Signer) {
    let (folder, file) = shape.name.split_once('/').expect("folder and file");
    all.keys(&format!("{folder}/{}", shape.keys), keys);
    all.good(shape);
    let forged = Shape { signer: other, ..shape.clone() };
    all.refused(&forged, &format!("{file}-other-key"), "signed by another key", "bad_signature");
}

fn jwk_of_rsa(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let (n, raw) = (one.n(), one.modulus());
    let set = |key: String| format!("{{\"keys\":[{{\"kty\":\"RSA\",\"kid\":\"k1\",{key}}}]}}\n");
    let zeros = |count: usize| encode([vec![0; count], raw.to_vec()].concat());
    let padded = |text: &str| format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    for (name, about, keys, text) in [
        (
            "keys-rsa/two-zeros",
            "n with two leading zero octets",
            "two-zeros.json",
            set(format!(r#""n":"{}","e":"AQAB""#, zeros(2))),
        ),
        (
            "keys-rsa/e-of-four-octets",
            "e with a leading zero octet",
            "e-of-four-octets.json",
            set(format!(r#""n":"{n}","e":"AAEAAQ""#)),
        ),
        (
            "keys-rsa/padded",
            "n with = at its end, and a leading zero octet",
            "padded.json",
            set(format!(r#""n":"{}","e":"AQAB""#, padded(&zeros(1)))),
        ),
        (
            "keys-rsa/null-members",
            "every optional member is null",
            "null-members.json",
            set(format!(
                r#""n":"{n}","e":"AQAB","use":null,"key_ops":null,"alg":null,"x5u":null,"x5c":null,"x5t":null,"x5t#S256":null,"d":null,"crv":null,"x":null,"y":null,"k":null"#
            )),
        ),
        (
            "keys-rsa/no-operations",
            "key_ops is an empty list beside use",
            "no-operations.json",
            set(format!(r#""n":"{n}","e":"AQAB","use":"sig","key_ops":[]"#)),
        ),
        (
            "keys-rsa/verify-and-more",
            "key_ops has verify among others",
            "verify-and-more.json",
            set(format!(r#""n":"{n}","e":"AQAB","key_ops":["wrapKey","verify"]"#)),
        ),
        (
            "keys-rsa/byte-order-mark",
            "a byte order mark before the JSON",
            "byte-order-mark.json",
            format!("\u{feff}{}", set(format!(r#""n":"{n}","e":"AQAB""#))),
        ),
        (
            "keys-rsa/numbered-members",
            "members of a vendor that differ in their last character",
            "numbered-members.json",
            set(format!(
                r#""n":"{n}","e":"AQAB","vendor-01":1,"vendor-02":2,"vendor-03":3,"vendor-04":4,"vendor-05":5,"vendor-06":6,"vendor-07":7,"vendor-08":8,"vendor-09":9"#
            )),
        ),
        (
            "keys-rsa/certificate-alone",
            "a JWK whose key is in x5c alone",
            "certificate-alone.json",
            set(format!(r#""use":"sig","x5c":["{}"]"#, one.x5c("id.example"))),
        ),
    ] {
        pair(all, &shape(name, about, keys, "RS256", one), &text, other);
    }
    let strange = set(format!(r#""n":"{n}","e":"AQAB""#))
        .replace("]}", r#",{"kty":"OKP","crv":"X25519","x":"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"},{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA"},{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}]}"#);
    let name = "keys-rsa/strange-neighbours";
    pair(
        all,
        &shape(name, "beside it stand keys of types that nothing here knows", "strange-neighbours.json", "RS256", one),
        &strange,
        other,
    );
}

fn jwk_of_curves(all: &mut Collection, signers: &Signers) {
    let [one, other] = &signers.p256;
    let (x, y) = one.coordinates();
    let set = |curve: &str, x: &[u8], y: &[u8]| {
        format!(
            "{{\"keys\":[{{\"kty\":\"EC\",\"crv\":\"{curve}\",\"kid\":\"k1\",\"x\":\"{}\",\"y\":\"{}\"}}]}}\n",
            encode(x),
            encode(y)
        )
    };
    let longer = |bytes: &[u8]| [&[0], bytes].concat();
    let name = "keys-ec/33-octets";
    pair(
        all,
        &shape(name, "both coordinates with a leading zero octet", "33-octets.json", "ES256", one),
        &set("P-256", &longer(&x), &longer(&y)),
        other,
    );
    let (x, y) = signers.p521.coordinates();
    let (short_x, _) = (&x[1..], assert_eq!(x[0], 0));
    let name = "keys-ec/p521-65-octets";
    pair(
        all,
        &shape(
            name,
            "a coordinate of P-521 without its leading zero octet",
            "p521-65-octets.json",
            "ES512",
            &signers.p521,
        ),
        &set("P-521", short_x, &y),
        &ES512_OTHER,
    );
}

/// Signs what the key of P-521 did not.
static ES512_OTHER: Signer = Signer::Zeros(132);

fn pem_files(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let spki = one.spki();
    let body = Base64::encode_string(&spki);
    let (begin, end) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----");
    let uneven = format!("{begin}\n{}\n{}\n{}\n{end}\n", &body[..10], &body[10..200], &body[200..]);
    for (name, about, keys, text) in [
        ("keys-pem/one-line", "the base64 in one line", "one-line.pem", format!("{begin}\n{body}\n{end}\n")),
        (
            "keys-pem/76-columns",
            "lines of 76 characters, as MIME has them",
            "76-columns.pem",
            pem("PUBLIC KEY", &spki, 76),
        ),
        ("keys-pem/uneven", "lines of different lengths", "uneven.pem", uneven),
        (
            "keys-pem/carriage-returns",
            "lines that end as on Windows, none at the end",
            "carriage-returns.pem",
            pem("PUBLIC KEY", &spki, 64).trim_end().replace('\n', "\r\n"),
        ),
        (
            "keys-pem/blanks",
            "blanks and a tab at the ends of lines",
            "blanks.pem",
            pem("PUBLIC KEY", &spki, 64).replace('\n', " \t\n"),
        ),
        (
            "keys-pem/blank-line",
            "an empty line after BEGIN and before END",
            "blank-line.pem",
            format!("{begin}\n\n{body}\n\n{end}\n"),
        ),
        (
            "keys-pem/byte-order-mark",
            "a byte order mark before BEGIN",
            "byte-order-mark.pem",
            format!("\u{feff}{}", pem("PUBLIC KEY", &spki, 64)),
        ),
        (
            "keys-pem/certificate",
            "a certificate in place of a key",
            "certificate.pem",
            pem("CERTIFICATE", &one.certificate("id.example", false), 64),
        ),
    ] {
        pair(all, &shape(name, about, keys, "RS256", one), &text, other);
    }
    let pss = pem("PUBLIC KEY", &rsa_spki(one.modulus(), true), 64);
    let with_pss = shape("keys-pem/rsassa-pss", "a key of the type RSASSA-PSS", "rsassa-pss.pem", "PS256", one);
    pair(all, &with_pss, &pss, other);
    let not_pss = Shape { alg: "RS256", header: r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#.to_owned(), ..with_pss };
    all.refused(
        &not_pss,
        "rsassa-pss-by-rs256",
        "a key of the type RSASSA-PSS signs by PSS alone",
        "algorithm_mismatch",
    );
}

fn algorithms(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "algorithms/rsa.json",
        format!("{{\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\"{}\",\"e\":\"AQAB\"}}\n", one.n()),
    );
    for (name, forged, alg) in [
        ("algorithms/rs384", "rs384-other-key", "RS384"),
        ("algorithms/rs512", "rs512-other-key", "RS512"),
        ("algorithms/ps256", "ps256-other-key", "PS256"),
        ("algorithms/ps384", "ps384-other-key", "PS384"),
        ("algorithms/ps512", "ps512-other-key", "PS512"),
    ] {
        let shape = shape(name, "an RSA key whose alg is not said", "rsa.json", alg, one);
        all.good(&shape);
        all.refused(&Shape { signer: other, ..shape }, forged, "signed by another key", "bad_signature");
    }
    let set = |curve: &str, signer: &Signer, alg: &str| {
        let (x, y) = signer.x_y();
        format!("{{\"kty\":\"EC\",\"crv\":\"{curve}\",\"kid\":\"k1\",\"alg\":\"{alg}\",\"x\":\"{x}\",\"y\":\"{y}\"}}\n")
    };
    all.keys("algorithms/p384.json", set("P-384", &signers.p384, "ES384"));
    all.keys("algorithms/p521.json", set("P-521", &signers.p521, "ES512"));
    all.good(&shape("algorithms/es384", "ECDSA on P-384", "p384.json", "ES384", &signers.p384));
    all.good(&shape("algorithms/es512", "ECDSA on P-521", "p521.json", "ES512", &signers.p521));
    let short = shape("algorithms/es512", "", "p521.json", "ES512", &ES512_OTHER);
    all.refused(&short, "es512-zeros", "r and s are zero", "bad_signature");
    let (x, _) = signers.ed25519.x_y();
    all.keys(
        "algorithms/ed25519.json",
        format!("{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k1\",\"x\":\"{x}\"}}\n"),
    );
    all.good(&shape("algorithms/eddsa", "Ed25519 under its old name", "ed25519.json", "EdDSA", &signers.ed25519));
    let secret: Vec<u8> = (0..64).collect();
    let key = |alg: &str, secret: &[u8]| {
        format!("{{\"kty\":\"oct\",\"kid\":\"k1\",\"alg\":\"{alg}\",\"k\":\"{}\"}}\n", encode(secret))
    };
    all.keys("algorithms/hs384.json", key("HS384", &secret[..48]));
    all.keys("algorithms/hs512.json", key("HS512", &secret));
    let (hs384, hs512) = (Signer::Secret(secret[..48].to_vec()), Signer::Secret(secret.clone()));
    all.good(&shape("algorithms/hs384", "a secret of 48 octets", "hs384.json", "HS384", &hs384));
    let long = shape("algorithms/hs512", "a secret of 64 octets", "hs512.json", "HS512", &hs512);
    all.good(&long);
    all.refused(&Shape { signer: &hs384, ..long }, "hs512-other-key", "signed by another key", "bad_signature");
}

fn without_kid(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let set = |count: usize| {
        let before = signers.moduli.iter().take(count - 1).enumerate();
        let mut keys: Vec<String> = before
            .map(|(at, n)| format!("{{\"kty\":\"RSA\",\"kid\":\"r{at}\",\"n\":\"{n}\",\"e\":\"AQAB\"}}"))
            .collect();
        keys.push(format!("{{\"kty\":\"RSA\",\"kid\":\"last\",\"n\":\"{}\",\"e\":\"AQAB\"}}", one.n()));
        format!("{{\"keys\":[\n{}\n]}}\n", keys.join(",\n"))
    };
    all.keys("keys-without-kid/sixteen.json", set(16));
    let shape = Shape {
        header: r#"{"alg":"RS256","typ":"JWT"}"#.to_owned(),
        ..shape(
            "keys-without-kid/sixteen",
            "the token names no key; the last of sixteen fits",
            "sixteen.json",
            "RS256",
            one,
        )
    };
    all.good(&shape);
    all.refused(&Shape { signer: other, ..shape }, "sixteen-other-key", "none of sixteen keys fits", "bad_signature");
}
