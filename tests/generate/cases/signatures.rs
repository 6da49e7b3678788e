//! Signatures that are absent, of another form, or for another message.

use crate::book::{Book, ES, HS};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::{encode, hmac_sha256, hs256, signing_input};
use glowband_tests::vector::from_hex;

/// The order of the curve's group.
const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

pub(crate) fn write(book: &mut Book) {
    lengths(book);
    psychic(book);
    der(book);
    other_messages(book);
    wrong_error_first(book);
}

/// A token with other signature bytes.
fn with_signature(token: &str, signature: &[u8]) -> String {
    let (input, _) = token.rsplit_once('.').expect("three segments");
    format!("{input}.{}", encode(signature))
}

fn signature_of(token: &str) -> Vec<u8> {
    let (_, signature) = token.rsplit_once('.').expect("three segments");
    Base64UrlUnpadded::decode_vec(signature).expect("base64url")
}

fn lengths(book: &mut Book) {
    book.threat("empty signature accepted");
    let good = ClaimsText::good().to_string();
    let (hs, es) = (book.hs256(HS, &good), book.es256(ES, &good));
    book.verify("signature-length/hs256/0", with_signature(&hs, &[])).refused("signature_missing");
    book.verify_es("signature-length/es256/0", with_signature(&es, &[])).refused("signature_missing");
    book.verify("signature-length/hs256/0/jws", with_signature(&hs, &[])).jws().refused("signature_missing");
    let (tag, pair) = (signature_of(&hs), signature_of(&es));
    for length in [1, 10, 16, 31] {
        book.verify(&format!("signature-length/hs256/{length}"), with_signature(&hs, &tag[..length]))
            .refused("signature_length");
    }
    for length in [1, 32, 63] {
        book.verify_es(&format!("signature-length/es256/{length}"), with_signature(&es, &pair[..length]))
            .refused("signature_length");
    }
    for (name, more) in [("33", 1), ("64", 32), ("4000", 3968)] {
        let longer = [tag.as_slice(), &vec![0; more]].concat();
        book.verify(&format!("signature-length/hs256/{name}"), with_signature(&hs, &longer))
            .refused("signature_length");
    }
    for (name, longer) in [
        ("65", [pair.as_slice(), &[0]].concat()),
        ("66-padded-halves", [&[0], &pair[..32], &[0], &pair[32..]].concat()),
        ("96", [pair.as_slice(), &[0; 32]].concat()),
    ] {
        book.verify_es(&format!("signature-length/es256/{name}"), with_signature(&es, &longer))
            .refused("signature_length");
    }
    book.verify("signature-length/hs256/zeros", with_signature(&hs, &[0; 32])).refused("bad_signature");
    book.verify_es("signature-length/es256/zeros", with_signature(&es, &[0; 64])).refused("bad_signature");
}

fn psychic(book: &mut Book) {
    book.threat("psychic signature");
    let good = ClaimsText::good().to_string();
    let token = book.es256(ES, &good);
    let n = from_hex(N);
    let ends_with = |byte: u8| [&n[..31], &[byte]].concat();
    let one = [&[0; 31], [1].as_slice()].concat();
    let values = [
        ("0", vec![0; 32]),
        ("1", one),
        ("n-1", ends_with(0x50)),
        ("n", n.clone()),
        ("n+1", ends_with(0x52)),
        ("max", vec![0xff; 32]),
    ];
    for (r_name, r) in &values {
        for (s_name, s) in &values {
            let token = with_signature(&token, &[r.as_slice(), s].concat());
            book.verify_es(&format!("psychic/r={r_name}/s={s_name}"), token).refused("bad_signature");
        }
    }
    let genuine = signature_of(&token);
    let (r, s) = genuine.split_at(32);
    for (name, value) in &values {
        let token_r = with_signature(&token, &[r, value].concat());
        book.verify_es(&format!("psychic/genuine-r/s={name}"), token_r).refused("bad_signature");
        let token_s = with_signature(&token, &[value, s].concat());
        book.verify_es(&format!("psychic/r={name}/genuine-s"), token_s).refused("bad_signature");
    }
    book.threat("ordinary use");
    // A signature and its twin with n - s are both genuine: RFC 7518 section 3.4 asks for no half.
    let twin = with_signature(&token, &[r, &n_minus(s)].concat());
    book.verify_es("signature/twin-with-n-minus-s", twin).accepted();
}

/// `n - s`, big-endian, by school subtraction.
fn n_minus(s: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference = from_hex(N);
    for (digit, own) in difference.iter_mut().zip(s).rev() {
        let (first, below) = digit.overflowing_sub(*own);
        let (second, further) = first.overflowing_sub(borrow);
        *digit = second;
        borrow = u8::from(below || further);
    }
    difference
}

fn der(book: &mut Book) {
    book.threat("DER instead of r‖s");
    let good = ClaimsText::good().to_string();
    let token = book.es256(ES, &good);
    let genuine = signature_of(&token);
    let integer = |value: &[u8]| {
        let start = value.iter().position(|byte| *byte != 0).unwrap_or(31);
        let pad: &[u8] = if value[start] >= 0x80 { &[0] } else { &[] };
        let digits = [pad, &value[start..]].concat();
        [&[2, u8::try_from(digits.len()).expect("short")], digits.as_slice()].concat()
    };
    let sequence =
        |content: Vec<u8>| [&[0x30, u8::try_from(content.len()).expect("short")], content.as_slice()].concat();
    let whole = sequence([integer(&genuine[..32]), integer(&genuine[32..])].concat());
    let mut long_form = whole.clone();
    long_form.splice(1..1, [0x81]);
    for (name, signature, expected) in [
        ("genuine", whole.clone(), "signature_der"),
        ("small-numbers", sequence([integer(&[1; 32]), vec![2, 1, 1]].concat()), "signature_der"),
        ("minimal", vec![0x30, 6, 2, 1, 1, 2, 1, 1], "signature_der"),
        ("truncated", whole[..whole.len() - 1].to_vec(), "signature_length"),
        ("trailing-byte", [whole.as_slice(), &[0]].concat(), "signature_length"),
        ("long-form-length", long_form, "signature_length"),
        ("of-64-bytes", sequence(vec![2; 62]), "bad_signature"),
    ] {
        book.verify_es(&format!("der/{name}"), with_signature(&token, &signature)).refused(expected);
    }
    let hs = book.hs256(HS, &good);
    book.verify("der/as-hmac", with_signature(&hs, &whole)).refused("signature_length");
}

fn other_messages(book: &mut Book) {
    book.threat("claims before proof");
    let good = ClaimsText::good();
    let text = good.to_string();
    let (hs, es) = (book.hs256(HS, &text), book.es256(ES, &text));
    let (tag, pair) = (signature_of(&hs), signature_of(&es));
    let forged = good.clone().with("sub", "\"mallory\"").to_string();
    let swap = |input: String, signature: &[u8]| format!("{input}.{}", encode(signature));
    for (name, header, payload) in [
        ("payload", HS, forged.as_str()),
        ("header", r#"{"alg":"HS256","typ":"jwt"}"#, &text),
        ("kid-added", r#"{"alg":"HS256","typ":"JWT","kid":"x"}"#, &text),
    ] {
        let token = swap(signing_input(header, payload), &tag);
        book.verify(&format!("forged/hs256/{name}"), token).refused("bad_signature");
        let token = swap(signing_input(header.replace("HS", "ES"), payload), &pair);
        book.verify_es(&format!("forged/es256/{name}"), token).refused("bad_signature");
    }
    for (name, index) in [("first-bit", 0), ("middle-bit", 16), ("last-bit", 31)] {
        let mut changed = tag.clone();
        changed[index] ^= 1;
        book.verify(&format!("forged/hs256/{name}"), with_signature(&hs, &changed)).refused("bad_signature");
        let mut changed = pair.clone();
        changed[2 * index] ^= 1;
        book.verify_es(&format!("forged/es256/{name}"), with_signature(&es, &changed)).refused("bad_signature");
    }
    let swapped = [&pair[32..], &pair[..32]].concat();
    book.verify_es("forged/es256/halves-swapped", with_signature(&es, &swapped)).refused("bad_signature");
    let reversed: Vec<u8> = [pair[..32].iter().rev(), pair[32..].iter().rev()].into_iter().flatten().copied().collect();
    book.verify_es("forged/es256/little-endian", with_signature(&es, &reversed)).refused("bad_signature");

    let other = book.keys.other_secret.clone();
    book.verify("forged/hs256/other-secret", hs256(&other, HS, &text)).refused("bad_signature");
    let by_other = book.es256_by_other(ES, &text);
    let other_key = [book.keys.other_pair.jwk()];
    book.verify_es("forged/es256/other-key/control", by_other.as_str()).keys(other_key).accepted();
    book.verify_es("forged/es256/other-key", by_other).refused("bad_signature");
    let secret = book.keys.secret.clone();
    for (name, message) in [
        ("payload-only", encode(&text)),
        ("decoded-parts", format!("{HS}.{text}")),
        ("without-dot", signing_input(HS, &text).replace('.', "")),
        ("with-trailing-dot", format!("{}.", signing_input(HS, &text))),
        ("nothing", String::new()),
    ] {
        let token = with_signature(&hs, &hmac_sha256(&secret, message.as_bytes()));
        book.verify(&format!("forged/hs256/tag-over-{name}"), token).refused("bad_signature");
    }
}

/// Payloads that have something else wrong with them, under signatures that are not genuine.
fn wrong_error_first(book: &mut Book) {
    let good = ClaimsText::good();
    let payloads: [(&str, Vec<u8>, &str); 10] = [
        ("expired", good.clone().with("exp", "1").to_string().into(), "expired"),
        ("not-yet-valid", good.clone().with("nbf", "1800000000").to_string().into(), "not_yet_valid"),
        ("other-issuer", good.clone().with("iss", "\"x\"").to_string().into(), "issuer_mismatch"),
        ("other-audience", good.clone().with("aud", "\"x\"").to_string().into(), "audience_mismatch"),
        ("exp-of-wrong-type", good.clone().with("exp", "\"1\"").to_string().into(), "expiry_malformed"),
        ("no-exp", good.clone().without("exp").to_string().into(), "expiry_missing"),
        ("duplicate", good.clone().again("iss", "1").to_string().into(), "payload_duplicate"),
        ("not-json", b"hello".to_vec(), "payload_not_json"),
        ("not-utf-8", b"{\"a\":\"\xff\"}".to_vec(), "payload_not_json"),
        (
            "deep",
            good.clone().with("x", &format!("{}{}", "[".repeat(40), "]".repeat(40))).to_string().into(),
            "nesting_too_deep",
        ),
    ];
    for (name, payload, true_error) in payloads {
        book.threat("wrong error first");
        let (hs, es) = (book.hs256(HS, &payload), book.es256(ES, &payload));
        book.verify(&format!("error-first/{name}/hs256/control"), hs.as_str()).refused(true_error);
        book.verify_es(&format!("error-first/{name}/es256/control"), es.as_str()).refused(true_error);
        let token = with_signature(&hs, &[7; 32]);
        book.verify(&format!("error-first/{name}/hs256"), token.as_str()).refused("bad_signature");
        book.verify_es(&format!("error-first/{name}/es256"), with_signature(&es, &[7; 64])).refused("bad_signature");
        book.threat("claims before proof");
        book.verify(&format!("error-first/{name}/clock-unknown"), token.as_str()).now(None).refused("bad_signature");
        book.verify(&format!("error-first/{name}/signature-missing"), with_signature(&hs, &[]))
            .refused("signature_missing");
        book.verify(&format!("error-first/{name}/signature-short"), with_signature(&hs, &[7; 31]))
            .refused("signature_length");
    }
    book.threat("claims before proof");
    let tag = encode([7; 32]);
    for (name, payload) in
        [("padded", "e30="), ("bad-alphabet", "e+/0"), ("impossible-length", "e30AA"), ("non-canonical", "e31")]
    {
        let token = format!("{}.{payload}.{tag}", encode(HS));
        book.verify(&format!("error-first/payload-{name}"), token).refused("bad_signature");
    }
}
