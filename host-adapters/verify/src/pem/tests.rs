mod certificates;

use super::*;
use crate::KeyReader;
use base64ct::{Base64, Encoding};
use glowband_core::Algorithm;

// Made by OpenSSL: `openssl pkey -pubout`, `openssl rsa -RSAPublicKey_out`.
const P256: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESypRWsXovOU0NRv+mLqsPXMpnBm5
gmLMSzcAad2n6s+/CTCqQvxjjoN3FSz5RqhGGHs6zH9O9QdE48cvvO6L7g==
-----END PUBLIC KEY-----
";
const P256_COMPRESSED: &str = "\
-----BEGIN PUBLIC KEY-----
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACSypRWsXovOU0NRv+mLqsPXMpnBm5
gmLMSzcAad2n6s8=
-----END PUBLIC KEY-----
";
const P384: &str = "\
-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEHkG1+fx1Y4SdGWzEBEJ+cTgr09IyimHF
d7r1gvnbS0TtLzfrVIv+YBMHl8mNym04NpWHgmQJ1Q0xw2ohV2Fp3cjmZ4TkdVfk
Os7SLjpIEj3ADRHz49sqxOB6oMBLJUqt
-----END PUBLIC KEY-----
";
const P521: &str = "\
-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBqFlC0WLFrN5BeZUFxCjFryNRdyPH
vlMLJTCYPxRRpYgJg5v7XcDhMwBFiPROOonG/+MfwjA7W7t9FLQUV/tH97AAVxn+
y3WixVMO7SexVbjJheWkLEqQAQVjel5Z9rDCpZotBAfFCaioH19ZJ5NixNb//flb
J2JS4vBDkBkC7UHt4LM=
-----END PUBLIC KEY-----
";
const SECP256K1: &str = "\
-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEOlhH3fBXJEaGEzwpLmian2ueNv3pPhTA
ztlSUJkGa9k6IunwIqd79iShyexsQFTkWbHPhrzcjImNngW460xEFw==
-----END PUBLIC KEY-----
";
const ED25519: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAeQIlf9jwaTb1WNoo5wlhNkyg5bQFLHoafOZOxeV5N9U=
-----END PUBLIC KEY-----
";
const RSA_1024: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC84JNdnYsxa6bbs57cJ6hh4q78
vDGeKTAKMs4MOMFqJ8J1jTmUygahOCc2ukAscs/opQXQq5JSXgrNtYm1bO0vGNjQ
VO+rSvlg0oSkfnPhgZYXZotMPwWn9E0Bnau+2kDwXbsuuuC9kTJNvGC5EEIRuOPD
pPIdz00j69dwgENmhQIDAQAB
-----END PUBLIC KEY-----
";
const RSA_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvetT6HkTrOS5BGTa688d
g+Iot+40EHtO2OZ9n2RVUXrImAWeA598cSxkchMSD6b395jqmMLLjMMSxEYGSGib
gGakyb/WQzokQg9qmp9xe99Xe5aCuL8l0EAD9MjhrE/1pjVTYNZA5sF9sAVPGLyj
7FDzxXnRTcPkjkaTuFrA0ll/BHIAfeKVrkxUyCy+5Ol6DkD30uvdJBAVZKaHNsju
0TOWM8pOnmSWfbpT7RxfjHM1Pb02Y70kW2ZSrYIB+SkCpKMKWuVE0ZSX9I1i+LW1
MS4Vo80DT+TPyqrN4CFJ0NFVyLh2DPTEVAPNZAEpn6bFEr4+un9B9fXyESO+Vf2t
GwIDAQAB
-----END PUBLIC KEY-----
";
const RSA_PKCS1: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAvetT6HkTrOS5BGTa688dg+Iot+40EHtO2OZ9n2RVUXrImAWeA598
cSxkchMSD6b395jqmMLLjMMSxEYGSGibgGakyb/WQzokQg9qmp9xe99Xe5aCuL8l
0EAD9MjhrE/1pjVTYNZA5sF9sAVPGLyj7FDzxXnRTcPkjkaTuFrA0ll/BHIAfeKV
rkxUyCy+5Ol6DkD30uvdJBAVZKaHNsju0TOWM8pOnmSWfbpT7RxfjHM1Pb02Y70k
W2ZSrYIB+SkCpKMKWuVE0ZSX9I1i+LW1MS4Vo80DT+TPyqrN4CFJ0NFVyLh2DPTE
VAPNZAEpn6bFEr4+un9B9fXyESO+Vf2tGwIDAQAB
-----END RSA PUBLIC KEY-----
";

const RSA: &[Algorithm] = crate::public_key::RSA_ALGORITHMS;

fn algorithms(text: &str) -> Result<Vec<Algorithm>, KeyFileError> {
    let keys = KeyReader::new().pem(text.as_bytes())?;
    assert!(keys.iter().all(|(kid, _)| kid.is_none()));
    Ok(keys.iter().map(|(_, algorithm)| algorithm).collect())
}

fn words(text: &str) -> String {
    algorithms(text).unwrap_err().to_string()
}

fn empty(label: &str) -> String {
    format!("-----BEGIN {label}-----\nMC4C\n-----END {label}-----\n")
}

fn encode(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", Base64::encode_string(der))
}

/// The base64 of a text with one section, in one line.
fn body(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn the_type_of_key_decides_the_algorithm() {
    for (text, expected) in [
        (P256, &[Algorithm::Es256][..]),
        (P256_COMPRESSED, &[Algorithm::Es256]),
        (P384, &[Algorithm::Es384]),
        (P521, &[Algorithm::Es512]),
        (ED25519, &[Algorithm::EdDsa]),
        (RSA_SPKI, RSA),
        (RSA_PKCS1, RSA),
    ] {
        assert_eq!(algorithms(text).as_deref(), Ok(expected), "{text}");
        assert_eq!(algorithms(&text.replace('\n', "\r\n")).as_deref(), Ok(expected), "CRLF {text}");
        assert_eq!(algorithms(&format!("Issuer's key\n\n{text}\n\n")).as_deref(), Ok(expected), "text around {text}");
        assert_eq!(algorithms(text.trim_end()).as_deref(), Ok(expected), "no newline {text}");
    }
    let both = algorithms(&format!("{P256}{ED25519}"));
    assert_eq!(both, Ok(vec![Algorithm::Es256, Algorithm::EdDsa]));
}

#[test]
fn lines_are_as_long_as_they_are() {
    for text in [P256, P521, RSA_SPKI, RSA_PKCS1] {
        let expected = algorithms(text).unwrap();
        let label = if text == RSA_PKCS1 { "RSA PUBLIC KEY" } else { "PUBLIC KEY" };
        let body = body(text);
        let framed = |body: &str| format!("-----BEGIN {label}-----{body}-----END {label}-----");
        let wrapped = |width: usize, end: &str| {
            let lines: Vec<_> = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
            framed(&format!("{end}{}{end}", lines.join(end)))
        };
        let (start, rest) = body.split_at(17);
        for text in [
            wrapped(10_000, "\n"),
            wrapped(76, "\n"),
            wrapped(64, "\n\n"),
            wrapped(48, " \t\r\n"),
            wrapped(1, "\n"),
            wrapped(64, "\r"),
            wrapped(64, "\n    "),
            wrapped(64, " "),
            framed(&body),
            framed(&format!("\n\n{start}\n{rest}\n\n")),
            format!("\u{feff}{text}"),
            format!("key: |\n  {}\nother: 1\n", text.trim_end().replace('\n', "\n  ")),
            text.replace("-----\n", "-----  \n"),
        ] {
            assert_eq!(algorithms(&text).as_ref(), Ok(&expected), "{text}");
        }
    }
}

#[test]
fn other_keys_are_refused_by_what_they_are() {
    let error = algorithms(SECP256K1).unwrap_err();
    assert_eq!(error.refusal(), Refusal::KeyUnsupported);
    assert!(error.to_string().starts_with("The curve 1.3.132.0.10 is not supported; allowed: EC on P-256"), "{error}");
    let x25519 = encode(
        "PUBLIC KEY",
        &[&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0][..], &[7; 32]].concat(),
    );
    assert!(words(&x25519).starts_with("The key type 1.3.101.110 is not supported"), "{}", words(&x25519));
    let error = algorithms(RSA_1024).unwrap_err();
    assert_eq!(error.refusal(), Refusal::ModulusSize);
    assert_eq!(error.to_string(), "n has 1024 bits; allowed: 2048 to 8192.");
}

#[test]
fn a_key_that_cannot_be_used_is_left_out_and_named() {
    let keys =
        KeyReader::new().pem(format!("{RSA_1024}{P256}{SECP256K1}{}", empty("DH PARAMETERS")).as_bytes()).unwrap();
    assert_eq!(keys.iter().map(|(_, algorithm)| algorithm).collect::<Vec<_>>(), [Algorithm::Es256]);
    let skipped: Vec<_> = keys.skipped().iter().map(|key| (key.index, key.refusal())).collect();
    assert_eq!(skipped, [(0, Refusal::ModulusSize), (2, Refusal::KeyUnsupported), (3, Refusal::KeyMalformed)]);
    let error = words(&format!("{RSA_1024}{SECP256K1}"));
    assert!(error.starts_with("None of 2 keys can be used: key 0: n has 1024 bits;"), "{error}");
}

#[test]
fn other_files_say_what_they_are() {
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        for text in [empty(label), format!("{P256}{}", empty(label))] {
            let error = algorithms(&text).unwrap_err();
            assert_eq!(error, KeyFileError::PrivateKey);
            assert!(error.to_string().contains("openssl pkey -in FILE -pubout"));
        }
    }
    assert_eq!(
        words(&empty("EC PARAMETERS")),
        "The PEM section is \"EC PARAMETERS\"; allowed: PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE."
    );
    assert_eq!(words(&empty("CERTIFICATE")), "The bytes are not an X.509 certificate in DER.");
}

#[test]
fn damage_is_refused_with_its_line() {
    for (text, words_of) in [
        (P256.replace("-----END PUBLIC KEY-----", ""), "Line 1: no END follows BEGIN PUBLIC KEY."),
        (format!("\n\n{}", P256.replace("-----END PUBLIC KEY-----", "")), "Line 3: no END follows BEGIN PUBLIC KEY."),
        (P256.replace("END PUBLIC", "END PRIVATE"), "Line 4: END PRIVATE KEY follows BEGIN PUBLIC KEY."),
        (P256.replace("MFkw", "MFk*"), "Line 2: a character is not base64."),
        (P256.replace("gmLM", "gm_M"), "Line 3: the base64 is that of URLs; PEM has + and / for - and _."),
        (
            P256.replace("7g==", "7g="),
            "Line 4: the base64 is incomplete: it has 123 characters; a multiple of 4 is needed.",
        ),
        (P256.replace("7g==", "7h=="), "Line 4: the base64 is incomplete: its end is damaged."),
        (P256.replace('\n', "\\n"), "Line 1: a backslash is not base64; line breaks are written as such, not as \\n."),
        (
            P256.replace("-----\nMFkw", "-----\nProc-Type: 4,ENCRYPTED\n\nMFkw"),
            "Line 2: the section has headers, as old encrypted keys have; none is allowed.",
        ),
        ("-----BEGIN PUBLIC KEY\n".to_owned(), "Line 1: -----BEGIN is not followed by a label and five dashes."),
    ] {
        let error = algorithms(&text).unwrap_err();
        assert_eq!((error.refusal(), error.to_string().as_str()), (Refusal::KeyMalformed, words_of), "{text}");
    }
    let refusal = |text: &str| algorithms(text).map_err(|error| error.refusal());
    assert_eq!(refusal(&P256.replace("MFkw", "MFkx")), Err(Refusal::KeyMalformed));
    assert_eq!(words(&empty("PUBLIC KEY")), "The bytes are not a SubjectPublicKeyInfo in DER.");
    // PKCS#1 under the label of the other form, and the other way round.
    assert_eq!(refusal(&RSA_PKCS1.replace("RSA PUBLIC", "PUBLIC")), Err(Refusal::KeyMalformed));
    assert_eq!(refusal(&RSA_SPKI.replace("PUBLIC", "RSA PUBLIC")), Err(Refusal::KeyMalformed));
}

/// DER of short parts.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match content.len() {
        short @ 0..128 => vec![u8::try_from(short).unwrap()],
        long => [&[0x82][..], &u16::try_from(long).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, &content].concat()
}

/// A SubjectPublicKeyInfo for RSASSA-PSS around the numbers of `RSA_PKCS1`.
fn pss(parameters: Option<&[Vec<u8>]>) -> String {
    let numbers = Base64::decode_vec(&body(RSA_PKCS1)).unwrap();
    let oid = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    let parameters = parameters.map_or(vec![], |fields| tlv(0x30, &[&fields.concat()]));
    let algorithm = tlv(0x30, &[&oid, &parameters]);
    encode("PUBLIC KEY", &tlv(0x30, &[&algorithm, &tlv(3, &[&[0], &numbers])]))
}

#[test]
fn the_parameters_of_an_rsassa_pss_key_bind_it() {
    let hash =
        |number: u8| tlv(0x30, &[&[0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, number], &[5, 0]]);
    let mgf1 = |hash: &[u8]| tlv(0x30, &[&[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08], hash]);
    let parameters = |digest: u8, mask: u8, salt: u8| {
        vec![tlv(0xa0, &[&hash(digest)]), tlv(0xa1, &[&mgf1(&hash(mask))]), tlv(0xa2, &[&[2, 1, salt]])]
    };
    let all = [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];
    assert_eq!(algorithms(&pss(None)).as_deref(), Ok(all.as_slice()));
    for (number, (algorithm, length)) in (1..).zip(all.into_iter().zip([32, 48, 64])) {
        assert_eq!(algorithms(&pss(Some(&parameters(number, number, length)))), Ok(vec![algorithm]));
        // The key says the least salt; without one it says 20.
        assert_eq!(algorithms(&pss(Some(&parameters(number, number, 0)))), Ok(vec![algorithm]));
        assert_eq!(algorithms(&pss(Some(&parameters(number, number, 20)[..2]))), Ok(vec![algorithm]));
        for other in [
            parameters(number, number, length + 1),
            parameters(number, number % 3 + 1, length),
            parameters(number, number, length)[..1].to_vec(),
            [parameters(number, number, length), vec![tlv(0xa3, &[&[2, 1, 2]])]].concat(),
        ] {
            let error = algorithms(&pss(Some(&other))).unwrap_err();
            assert_eq!(error.refusal(), Refusal::KeyUnsupported);
            assert!(error.to_string().starts_with("The RSASSA-PSS parameters have no algorithm in JOSE"), "{error}");
        }
    }
    // SHA-1 is what is meant where nothing is said, and SHA-224 is number 4.
    for other in [vec![], parameters(4, 4, 20)] {
        assert_eq!(algorithms(&pss(Some(&other))).unwrap_err().refusal(), Refusal::KeyUnsupported);
    }
    let trailing = [parameters(1, 1, 32), vec![vec![5, 0]]].concat();
    assert_eq!(algorithms(&pss(Some(&trailing))).unwrap_err().refusal(), Refusal::KeyMalformed);
}
