use super::*;
use crate::{Signer, public_jwk};
use glowband_core::{SignatureVerifier, scratch_needed};
use glowband_verify::{KeyReader, KeySet};

// Made by OpenSSL for these tests only.
const P256_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFclZoz/50GD/IAxobYpZuqge74SR4/bQPoNRp52f+enoAoGCCqGSM49
AwEHoUQDQgAESypRWsXovOU0NRv+mLqsPXMpnBm5gmLMSzcAad2n6s+/CTCqQvxj
joN3FSz5RqhGGHs6zH9O9QdE48cvvO6L7g==
-----END EC PRIVATE KEY-----
";
const P256_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVyVmjP/nQYP8gDGh
tilm6qB7vhJHj9tA+g1GnnZ/56ehRANCAARLKlFaxei85TQ1G/6Yuqw9cymcGbmC
YsxLNwBp3afqz78JMKpC/GOOg3cVLPlGqEYYezrMf071B0Tjxy+87ovu
-----END PRIVATE KEY-----
";
const P384_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIGkAgEBBDCeDW+9ECx3V6wzAnxndC2f/eHF8qeUWrLTo5kgF7J6YwtsFs3LDc+P
COyC5HPUQYmgBwYFK4EEACKhZANiAAQeQbX5/HVjhJ0ZbMQEQn5xOCvT0jKKYcV3
uvWC+dtLRO0vN+tUi/5gEweXyY3KbTg2lYeCZAnVDTHDaiFXYWndyOZnhOR1V+Q6
ztIuOkgSPcANEfPj2yrE4HqgwEslSq0=
-----END EC PRIVATE KEY-----
";
const ED25519: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAAywzR+kcEfx0SI/Y4AoUnSmsQ/P0/eZkbtiS3wteau
-----END PRIVATE KEY-----
";
const RSA_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC961PoeROs5LkE
ZNrrzx2D4ii37jQQe07Y5n2fZFVResiYBZ4Dn3xxLGRyExIPpvf3mOqYwsuMwxLE
RgZIaJuAZqTJv9ZDOiRCD2qan3F731d7loK4vyXQQAP0yOGsT/WmNVNg1kDmwX2w
BU8YvKPsUPPFedFNw+SORpO4WsDSWX8EcgB94pWuTFTILL7k6XoOQPfS690kEBVk
poc2yO7RM5Yzyk6eZJZ9ulPtHF+MczU9vTZjvSRbZlKtggH5KQKkowpa5UTRlJf0
jWL4tbUxLhWjzQNP5M/Kqs3gIUnQ0VXIuHYM9MRUA81kASmfpsUSvj66f0H19fIR
I75V/a0bAgMBAAECggEACemb3vKRP1ROZj22KEBBw+qfwdhFKWZDAd+N4PrfC4cQ
EmpnClaRq5dSKs4QaRBUhiMzsDao++pwMurAuzJfVpiE5ohq8EyH+SOBQE7Gh104
Q+Z7YWJaRxmzdMKwKX4G56tS2o2ncSPaO1mB/MJW//RkGza14PKZHeZUuxBcwUQv
4L4jZ+1LUfA8BIjFEPbGWlfDZZlBxgiD/cqOaqupeHoWip4WWAr6efijMFsuDuIA
xIEuFyxtqYe1MvqwJaUxbFJ4lUucjmA4rus48EV5LbOESmnDazj+BVxWhPfeaSmV
Os2lTSkzO+e8tBuvTA51aNHE6TpoxUBc2SBL/eCZaQKBgQDtIAlTiEtj2pxMaBLo
Lyvg5AisvL1Z3bMiDFAeaHI2dEBPrkDDkN1jgCneInOSJRKhq/bgdfgsA89AiyE8
0NXarF8fcLF2IK3QZnXDs9sgpmgYfy/eXhpHFg42GXwYZgA6wECeL6Y2Ro4EGPaG
nLbzKPzyQWf3GNgcYUnOM4UmnwKBgQDNCV0vFmDXgbm8P/NH37z1/Q1mLou4sHsB
NmigAaiZqwMgFyzRhy4R6ig1xf3dfWfgiuDcC/dZo1xuVNvnTgi26CcNGsY8njFn
/OxjzvqX5ZfIZotf71m7G1N7heyIYTkD1WBSCK1J4Ts+yiMI0GwzQpAHYVuEbThC
0Bycu/CUBQKBgQCrRxq1dZtPExcWsY4GnBwLo2sIqoPzJ4o+q7orXLIy1yGk7G7n
U/o15ttXEnd8Nr8QfFAkrdGGqXHIYzas4QO3og5LfXERrGUgRQIHTCCZotlJ6ITB
ECPW+P1m4l2amgLMbRW/rRdX2Pq3xvg7H3OejBq5OblI6G8hgLx47wncbQKBgE6N
S9oCZM+rr5DjnzzmBurnK/79ziHP2xA33BWRDRryXZwpxM3xUEEkyIrxc7UrmmR4
UHV9UCJTZ9INSMJxLv2EK5HltBT9Nkh0qcwDPBZ9q4znXHZAqMv6SB2GzXviY4mI
cgJ7uIgZdi00HAAAebOZyLxLHFi7z1YpjQyvJBhRAoGBAJhFVn54lUO5PhchZyRf
QIOSwUg4mwT0k5X7npswzthhizR7uaBMeqNYQKNiCszHEjbeC3uKLOjgDRS9jAJH
29NKO01ud5VfszW3coCMzoAScUw5Ce5ET0P2El+8OBaGpS9mWn7iXywBknpZkzcL
WhGzuXH4e4PrULMsL9NLKsXo
-----END PRIVATE KEY-----
";
const RSA_PKCS1: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAvetT6HkTrOS5BGTa688dg+Iot+40EHtO2OZ9n2RVUXrImAWe
A598cSxkchMSD6b395jqmMLLjMMSxEYGSGibgGakyb/WQzokQg9qmp9xe99Xe5aC
uL8l0EAD9MjhrE/1pjVTYNZA5sF9sAVPGLyj7FDzxXnRTcPkjkaTuFrA0ll/BHIA
feKVrkxUyCy+5Ol6DkD30uvdJBAVZKaHNsju0TOWM8pOnmSWfbpT7RxfjHM1Pb02
Y70kW2ZSrYIB+SkCpKMKWuVE0ZSX9I1i+LW1MS4Vo80DT+TPyqrN4CFJ0NFVyLh2
DPTEVAPNZAEpn6bFEr4+un9B9fXyESO+Vf2tGwIDAQABAoIBAAnpm97ykT9UTmY9
tihAQcPqn8HYRSlmQwHfjeD63wuHEBJqZwpWkauXUirOEGkQVIYjM7A2qPvqcDLq
wLsyX1aYhOaIavBMh/kjgUBOxoddOEPme2FiWkcZs3TCsCl+BuerUtqNp3Ej2jtZ
gfzCVv/0ZBs2teDymR3mVLsQXMFEL+C+I2ftS1HwPASIxRD2xlpXw2WZQcYIg/3K
jmqrqXh6FoqeFlgK+nn4ozBbLg7iAMSBLhcsbamHtTL6sCWlMWxSeJVLnI5gOK7r
OPBFeS2zhEppw2s4/gVcVoT33mkplTrNpU0pMzvnvLQbr0wOdWjRxOk6aMVAXNkg
S/3gmWkCgYEA7SAJU4hLY9qcTGgS6C8r4OQIrLy9Wd2zIgxQHmhyNnRAT65Aw5Dd
Y4Ap3iJzkiUSoav24HX4LAPPQIshPNDV2qxfH3CxdiCt0GZ1w7PbIKZoGH8v3l4a
RxYONhl8GGYAOsBAni+mNkaOBBj2hpy28yj88kFn9xjYHGFJzjOFJp8CgYEAzQld
LxZg14G5vD/zR9+89f0NZi6LuLB7ATZooAGomasDIBcs0YcuEeooNcX93X1n4Irg
3Av3WaNcblTb504ItugnDRrGPJ4xZ/zsY876l+WXyGaLX+9ZuxtTe4XsiGE5A9Vg
UgitSeE7PsojCNBsM0KQB2FbhG04QtAcnLvwlAUCgYEAq0catXWbTxMXFrGOBpwc
C6NrCKqD8yeKPqu6K1yyMtchpOxu51P6NebbVxJ3fDa/EHxQJK3RhqlxyGM2rOED
t6IOS31xEaxlIEUCB0wgmaLZSeiEwRAj1vj9ZuJdmpoCzG0Vv60XV9j6t8b4Ox9z
nowauTm5SOhvIYC8eO8J3G0CgYBOjUvaAmTPq6+Q45885gbq5yv+/c4hz9sQN9wV
kQ0a8l2cKcTN8VBBJMiK8XO1K5pkeFB1fVAiU2fSDUjCcS79hCuR5bQU/TZIdKnM
AzwWfauM51x2QKjL+kgdhs174mOJiHICe7iIGXYtNBwAAHmzmci8SxxYu89WKY0M
ryQYUQKBgQCYRVZ+eJVDuT4XIWckX0CDksFIOJsE9JOV+56bMM7YYYs0e7mgTHqj
WECjYgrMxxI23gt7iizo4A0UvYwCR9vTSjtNbneVX7M1t3KAjM6AEnFMOQnuRE9D
9hJfvDgWhqUvZlp+4l8sAZJ6WZM3C1oRs7lx+HuD61CzLC/TSyrF6A==
-----END RSA PRIVATE KEY-----
";
const P521_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIHcAgEBBEIAqIitc2TN3VS44cdFVpWOq/arlVAQ3vLQAEfFMTxSNser41AvGLvG
Q+FBIdKfncbtAeipmT5QpH5P5W5rgMvuyBKgBwYFK4EEACOhgYkDgYYABAGoWULR
YsWs3kF5lQXEKMWvI1F3I8e+UwslMJg/FFGliAmDm/tdwOEzAEWI9E46icb/4x/C
MDtbu30UtBRX+0f3sABXGf7LdaLFUw7tJ7FVuMmF5aQsSpABBWN6Xln2sMKlmi0E
B8UJqKgfX1knk2LE1v/9+VsnYlLi8EOQGQLtQe3gsw==
-----END EC PRIVATE KEY-----
";
const RSA_1024: &str = "\
-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBALzgk12dizFrptuz
ntwnqGHirvy8MZ4pMAoyzgw4wWonwnWNOZTKBqE4Jza6QCxyz+ilBdCrklJeCs21
ibVs7S8Y2NBU76tK+WDShKR+c+GBlhdmi0w/Baf0TQGdq77aQPBduy664L2RMk28
YLkQQhG448Ok8h3PTSPr13CAQ2aFAgMBAAECgYBaVsfldN8IqkbKuqT3A/jjqLqt
o43P6j9SAW7QJa1NCutVslCiO+bj4anP4VGkcN3ElnmrjwSTZOuh7HyLTCg9FaJ6
6Fla4lP7jiXM/Pjvq1LCmlN9AqyF/wJBadl8K7r+ZiI7NYoHuRiRJZV04ZEMTTbi
ks/jcMEph+AlTGkgGQJBAO0BLhIkjQO8+7wuyCgdYHKbqhkEjJsItTzEtQatQyi9
ud5HVTP0AUUqbDl8aSXOj6bc1nQHUuXnoimfaC1jSAcCQQDMA+0+Itp+2HL8e/VO
K+7WBMiAhRJWX6GwS2MMR6iVzQY9ERWe/Z1JRJuqqOb6n0zWGtsDlkeEZknfR4YS
wwITAkEAyJD4EQh3gZNboawhXLlHlpWfRB6ycrzSy0NYQvc7X233rmDFfPrgXE0D
Wz6qqQD+VmKK5ZQRFliIxhqNieN73wJBAMt/ozaWl3FtQA0fLEnkQqDSNpkTo33q
eCKcn9jQ5ZU+49kn4HQtr6U0vT2WqocVPRRXx1ylmwKy8T65Xj/6qmcCQQDYRAky
kD8VPHw8rkoiwPhNZn+DmW4Xb3+gIbodRv1d0iuO3u/9fVrAxmmROQEPVP3vbGLL
Zl3WPFwbwZZMgRJZ
-----END PRIVATE KEY-----
";

fn reader(algorithm: Option<Algorithm>) -> SigningKeyReader {
    SigningKeyReader { algorithm, short_secrets: false }
}

fn verifies(keys: &KeySet, token: &str) -> bool {
    let mut scratch = vec![0; scratch_needed(token.as_bytes())];
    SignatureVerifier::new(keys).verify(token.as_bytes(), &mut scratch).is_ok()
}

#[test]
fn the_public_key_verifies_what_a_pem_key_signs() {
    for (text, algorithms) in [
        (P256_SEC1, &[Algorithm::Es256][..]),
        (P256_PKCS8, &[Algorithm::Es256]),
        (P384_SEC1, &[Algorithm::Es384]),
        (ED25519, &[Algorithm::EdDsa]),
        (P521_SEC1, &[Algorithm::Es512]),
        (RSA_PKCS8, RSA),
        (RSA_PKCS1, RSA),
    ] {
        assert_eq!(reader(None).parse(text.as_bytes()).unwrap().algorithm(), algorithms[0]);
        for algorithm in Algorithm::ALL {
            let key = reader(Some(*algorithm)).parse(text.as_bytes());
            if !algorithms.contains(algorithm) {
                assert!(matches!(key, Err(SigningKeyError::OtherAlgorithm(own)) if own == algorithms));
                continue;
            }
            let key = key.unwrap();
            let token = key.sign_compact(None, Some("k"), b"payload").unwrap();
            let pem = public_jwk::pem(&key.public_key().unwrap()).unwrap();
            let keys = KeyReader::new().parse(pem.as_bytes()).unwrap();
            assert!(verifies(&keys, &token), "{algorithm}");
            assert!(!verifies(&keys, &token.replacen('.', ".A", 1)));
        }
    }
}

#[test]
fn the_public_jwk_verifies_what_a_generated_key_signs() {
    for algorithm in Algorithm::ALL {
        let generated = SigningKey::generate(*algorithm, None).unwrap();
        let key = reader(None).parse(generated.private_jwk().as_bytes()).unwrap();
        assert_eq!((key.algorithm, key.key_id()), (*algorithm, Some(generated.kid())));
        let token = key.sign_compact(Some("JWT"), key.key_id(), b"{}").unwrap();
        let public = generated.public_jwk().unwrap_or(generated.private_jwk());
        assert!(verifies(&KeyReader::new().parse(public.as_bytes()).unwrap(), &token), "{algorithm}");
        // The private JWK verifies as well; its private members are ignored.
        assert!(verifies(&KeyReader::new().parse(generated.private_jwk().as_bytes()).unwrap(), &token));
        assert_eq!(generated.public_jwk().is_none(), HMAC.contains(algorithm));
        if let Some(public) = generated.public_jwk() {
            assert!(!public.contains("\"d\"") && !public.contains("\"p\""));
            assert_eq!(reader(None).parse(public.as_bytes()).err(), Some(SigningKeyError::NotPrivate));
        }
    }
}

#[test]
fn other_files_are_refused_with_their_reason() {
    let section = |label: &str| format!("-----BEGIN {label}-----\nMC4C\n-----END {label}-----\n");
    for (text, error) in [
        (section("ENCRYPTED PRIVATE KEY"), SigningKeyError::Encrypted),
        (section("PUBLIC KEY"), SigningKeyError::NotPrivate),
        (section("CERTIFICATE"), SigningKeyError::NotPrivate),
        (section("OPENSSH PRIVATE KEY"), SigningKeyError::PemLabel("OPENSSH PRIVATE KEY".to_owned())),
        (section("PRIVATE KEY"), SigningKeyError::Inconsistent),
        (RSA_1024.to_owned(), SigningKeyError::Inconsistent),
        ("secret".to_owned(), SigningKeyError::Refused(Refusal::KeyMalformed)),
        ("{}".to_owned(), SigningKeyError::Refused(Refusal::JwkMalformed)),
    ] {
        assert_eq!(reader(None).parse(text.as_bytes()).err(), Some(error), "{text}");
    }
    // OpenSSL puts a section with the curve before the key; it is skipped.
    let both = section("EC PARAMETERS") + P256_SEC1;
    assert!(reader(None).parse(both.as_bytes()).is_ok());
}

#[test]
fn the_members_of_a_jwk_restrict_its_use() {
    let jwk = SigningKey::generate(Algorithm::Es256, None).unwrap().private_jwk().to_owned();
    let changed = |from: &str, to: &str| reader(None).parse(jwk.replacen(from, to, 1).as_bytes()).err();
    assert_eq!(changed("\"use\":\"sig\"", "\"use\":\"enc\""), Some(SigningKeyError::MayNotSign));
    assert_eq!(changed("\"use\":\"sig\"", "\"key_ops\":[\"verify\"]"), Some(SigningKeyError::MayNotSign));
    assert_eq!(changed("\"use\":\"sig\"", "\"key_ops\":[\"sign\"]"), None);
    assert_eq!(changed("ES256", "ES384"), Some(SigningKeyError::Refused(Refusal::JwkAlgorithmConflict)));
    assert_eq!(changed("ES256", "ES512"), Some(SigningKeyError::Refused(Refusal::JwkAlgorithmConflict)));
    assert_eq!(changed("ES256", "ES256K"), Some(SigningKeyError::Refused(Refusal::KeyUnsupported)));
    assert_eq!(changed("\"use\":\"sig\"", "\"key_ops\":[],\"use\":null"), None);
    assert_eq!(changed("\"d\":\"", "\"d\":\"AAAA"), Some(SigningKeyError::Refused(Refusal::JwkMalformed)));
    let other = SigningKey::generate(Algorithm::Es256, None).unwrap().private_jwk().to_owned();
    let private = |text: &str| text.rsplit_once("\"d\":").unwrap().1.to_owned();
    assert_eq!(changed(&private(&jwk), &private(&other)), Some(SigningKeyError::Inconsistent));
    let other = reader(Some(Algorithm::Hs256)).parse(jwk.as_bytes()).err();
    assert_eq!(other, Some(SigningKeyError::OtherAlgorithm(&[Algorithm::Es256])));
    let rsa = SigningKey::generate(Algorithm::Ps256, None).unwrap().private_jwk().to_owned();
    assert_eq!(reader(None).parse(rsa.as_bytes()).unwrap().algorithm, Algorithm::Ps256);
    let other = reader(Some(Algorithm::Rs256)).parse(rsa.as_bytes()).err();
    assert_eq!(other, Some(SigningKeyError::OtherAlgorithm(&[Algorithm::Ps256])));
}

#[test]
fn a_secret_is_for_the_requested_or_named_algorithm() {
    let refused = |error: Option<SigningKeyError>| error == Some(SigningKeyError::Refused(Refusal::SecretTooShort));
    for (algorithm, least) in [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)] {
        let key = reader(Some(algorithm)).secret(&vec![7; least]).unwrap();
        let token = key.sign_compact(None, None, b"{}").unwrap();
        let mut keys = KeyReader::new().secret(&vec![7; least]).unwrap();
        assert!(verifies(&keys, &token), "{algorithm}");
        keys.retain_algorithm(algorithm);
        assert!(verifies(&keys, &token), "{algorithm}");
        assert!(key.own_check().unwrap().algorithm() == algorithm);
        assert!(refused(reader(Some(algorithm)).secret(&vec![7; least - 1]).err()), "{algorithm}");
        let jwk = |bytes: usize, alg: &str| format!(r#"{{"kty":"oct","k":"{}"{alg}}}"#, "Bw".repeat(bytes / 3 * 2));
        let named = jwk(66, &format!(r#","alg":"{algorithm}""#));
        assert_eq!(reader(None).parse(named.as_bytes()).unwrap().algorithm(), algorithm);
        assert_eq!(reader(Some(algorithm)).parse(jwk(66, "").as_bytes()).unwrap().algorithm(), algorithm);
        let other = if algorithm == Algorithm::Hs256 { Algorithm::Hs512 } else { Algorithm::Hs256 };
        let error = reader(Some(other)).parse(named.as_bytes()).err();
        assert_eq!(error, Some(SigningKeyError::OtherAlgorithm(only(algorithm))));
    }
}

#[test]
fn a_private_number_may_lack_leading_zeros() {
    let written = |number: &[u8], field| full_length(number, field).map(|full| full.to_vec());
    assert_eq!(written(&[1, 2], 4), Ok(vec![0, 0, 1, 2]));
    assert_eq!(written(&[0, 1, 2, 3, 4], 4), Ok(vec![1, 2, 3, 4]));
    for wrong in [&[][..], &[1, 1, 2, 3, 4], &[0, 0, 1, 2, 3, 4]] {
        assert_eq!(written(wrong, 4), Err(Refusal::JwkMalformed.into()), "{wrong:?}");
    }
}

#[test]
fn a_secret_has_at_least_32_bytes_by_default() {
    assert!(reader(None).secret(&[1; 32]).is_ok());
    assert_eq!(reader(None).secret(&[1; 31]).err(), Some(SigningKeyError::Refused(Refusal::SecretTooShort)));
    let short = SigningKeyReader::new().danger_allow_short_secret();
    assert!(short.secret(b"secret").is_ok());
    assert_eq!(short.secret(b"").err(), Some(SigningKeyError::Refused(Refusal::SecretTooShort)));
    let jwk = br#"{"kty":"oct","k":"c2VjcmV0"}"#;
    assert!(short.parse(jwk).is_ok() && reader(None).parse(jwk).is_err());
    assert!(matches!(reader(Some(Algorithm::Es256)).secret(&[1; 32]), Err(SigningKeyError::OtherAlgorithm(_))));
}

#[test]
fn a_file_is_opened_and_parsed() {
    let path = std::env::temp_dir().join(format!("glowband-signing-key-{}", std::process::id()));
    std::fs::write(&path, P256_PKCS8).unwrap();
    assert_eq!(reader(None).open(&path).unwrap().algorithm(), Algorithm::Es256);
    std::fs::write(&path, vec![b' '; MAX_KEY_FILE + 1]).unwrap();
    assert_eq!(reader(None).open(&path).err(), Some(SigningKeyError::TooLong));
    std::fs::remove_file(&path).unwrap();
    let error = reader(None).open(&path).unwrap_err();
    assert_eq!(error, SigningKeyError::Unreadable { path: path.clone(), kind: io::ErrorKind::NotFound });
    assert_eq!(error.to_string(), format!("The key file {} cannot be read: entity not found.", path.display()));
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", reader(None).secret(&[7; 32]).unwrap()), "SigningKey(HS256, private)");
}
