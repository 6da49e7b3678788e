use super::*;
use crate::KeyReader;
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

fn algorithms(text: &str) -> Result<Vec<Algorithm>, KeyFileError> {
    let keys = KeyReader::new().pem(text.as_bytes())?;
    assert!(keys.iter().all(|(kid, _)| kid.is_none()));
    Ok(keys.iter().map(|(_, algorithm)| algorithm).collect())
}

fn empty(label: &str) -> String {
    format!("-----BEGIN {label}-----\nMC4C\n-----END {label}-----\n")
}

#[test]
fn the_type_of_key_decides_the_algorithm() {
    for (text, expected) in [
        (P256, &[Algorithm::Es256][..]),
        (P256_COMPRESSED, &[Algorithm::Es256]),
        (P384, &[Algorithm::Es384]),
        (ED25519, &[Algorithm::EdDsa]),
        (RSA_SPKI, &[Algorithm::Rs256, Algorithm::Ps256]),
        (RSA_PKCS1, &[Algorithm::Rs256, Algorithm::Ps256]),
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
fn other_keys_are_refused() {
    for text in [P521, SECP256K1] {
        let error = algorithms(text).unwrap_err();
        assert_eq!((error.refusal(), &error), (Refusal::KeyUnsupported, &KeyFileError::PemUnsupported), "{text}");
    }
    assert_eq!(algorithms(RSA_1024), Err(KeyFileError::Refused(Refusal::ModulusSize)));
}

#[test]
fn other_files_say_how_to_get_a_public_key() {
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let error = algorithms(&empty(label)).unwrap_err();
        assert_eq!(error, KeyFileError::PrivateKey);
        assert!(error.to_string().contains("openssl pkey -in FILE -pubout"));
    }
    let error = algorithms(&empty("CERTIFICATE")).unwrap_err();
    assert!(error.to_string().contains("openssl x509 -in FILE -pubkey"));
    assert_eq!(error.refusal(), Refusal::KeyMalformed);
    let error = algorithms(&empty("EC PARAMETERS")).unwrap_err();
    assert_eq!(error, KeyFileError::PemLabel("EC PARAMETERS".to_owned()));
}

#[test]
fn damage_is_refused() {
    for text in [
        P256.replace("-----END PUBLIC KEY-----", ""),
        P256.replace("END PUBLIC", "END PRIVATE"),
        P256.replace("MFkw", "MFk*"),
        P256.replace("-----\nMFkw", "-----\nProc-Type: 4,ENCRYPTED\n\nMFkw"),
    ] {
        assert_eq!(algorithms(&text), Err(KeyFileError::PemMalformed), "{text}");
    }
    assert_eq!(algorithms(&P256.replace("MFkw", "MFkx")), Err(KeyFileError::Refused(Refusal::KeyMalformed)));
    assert_eq!(algorithms(&empty("PUBLIC KEY")), Err(KeyFileError::Refused(Refusal::KeyMalformed)));
    // PKCS#1 under the label of the other form, and the other way round.
    let swapped = RSA_PKCS1.replace("RSA PUBLIC", "PUBLIC");
    assert_eq!(algorithms(&swapped), Err(KeyFileError::Refused(Refusal::KeyMalformed)));
    let swapped = RSA_SPKI.replace("PUBLIC", "RSA PUBLIC");
    assert_eq!(algorithms(&swapped), Err(KeyFileError::Refused(Refusal::KeyMalformed)));
}
