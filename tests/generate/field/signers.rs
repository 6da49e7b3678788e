//! The keys of `field/signing-keys.json`: their signatures, and their public halves as issuers publish them.

use super::certificate;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self as sig, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use glowband_tests::signing::encode;
use serde_json::Value;

/// A key that signs.
pub(crate) enum Signer {
    Rsa(Box<RsaKeyPair>),
    /// A curve's pair, and its name.
    Ec(EcdsaKeyPair, &'static str),
    Ed25519(Ed25519KeyPair),
    Secret(Vec<u8>),
    /// No key: zeros in the place of a signature of this length.
    Zeros(usize),
}

/// All of them.
pub(crate) struct Signers {
    pub(crate) rsa: [Signer; 3],
    pub(crate) rsa_4096: Signer,
    pub(crate) p256: [Signer; 2],
    pub(crate) p384: Signer,
    pub(crate) p521: Signer,
    pub(crate) ed25519: Signer,
    /// Moduli of keys that do not exist any more.
    pub(crate) moduli: Vec<String>,
}

impl Signers {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let file: Value = serde_json::from_str(text).map_err(|error| format!("signing-keys.json: {error}"))?;
        let key = |name: &str| {
            let text = file["keys"][name]["pkcs8"].as_str().ok_or_else(|| format!("signing-keys.json: no {name}"))?;
            let der = Base64::decode_vec(text).map_err(|error| format!("signing-keys.json: {name}: {error}"))?;
            Signer::of(name, &der).ok_or_else(|| format!("signing-keys.json: {name} is no key pair"))
        };
        let moduli = file["moduli"].as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned));
        Ok(Self {
            rsa: [key("rsa-1")?, key("rsa-2")?, key("rsa-3")?],
            rsa_4096: key("rsa-4096")?,
            p256: [key("p256-1")?, key("p256-2")?],
            p384: key("p384")?,
            p521: key("p521")?,
            ed25519: key("ed25519")?,
            moduli: moduli.collect(),
        })
    }
}

impl Signer {
    fn of(name: &str, pkcs8: &[u8]) -> Option<Self> {
        let ec = |algorithm, curve| EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).ok().map(|pair| Self::Ec(pair, curve));
        match name.split('-').next()? {
            "rsa" => RsaKeyPair::from_pkcs8(pkcs8).ok().map(|pair| Self::Rsa(Box::new(pair))),
            "p256" => ec(&sig::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
            "p384" => ec(&sig::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
            "p521" => ec(&sig::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"),
            "ed25519" => Ed25519KeyPair::from_pkcs8(pkcs8).ok().map(Self::Ed25519),
            _ => None,
        }
    }

    /// The signature by this algorithm (RFC 7518 §3).
    pub(crate) fn sign(&self, alg: &str, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let padding: &dyn sig::RsaEncoding = match alg {
                    "RS256" => &sig::RSA_PKCS1_SHA256,
                    "RS384" => &sig::RSA_PKCS1_SHA384,
                    "RS512" => &sig::RSA_PKCS1_SHA512,
                    "PS256" => &sig::RSA_PSS_SHA256,
                    "PS384" => &sig::RSA_PSS_SHA384,
                    "PS512" => &sig::RSA_PSS_SHA512,
                    _ => panic!("{alg} is not RSA's"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, input, &mut signature).expect("the system has randomness");
                signature
            }
            Self::Ec(pair, _) => pair.sign(&random, input).expect("the system has randomness").as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(input).as_ref().to_vec(),
            Self::Zeros(length) => vec![0; *length],
            Self::Secret(secret) => {
                let algorithm = match alg {
                    "HS256" => hmac::HMAC_SHA256,
                    "HS384" => hmac::HMAC_SHA384,
                    "HS512" => hmac::HMAC_SHA512,
                    _ => panic!("{alg} is not HMAC's"),
                };
                hmac::sign(&hmac::Key::new(algorithm, secret), input).as_ref().to_vec()
            }
        }
    }

    /// Whether a signature is genuine; only asked of algorithms whose signatures are random.
    pub(crate) fn is_genuine(&self, alg: &str, input: &[u8], signature: &[u8]) -> bool {
        let by = |algorithm: &'static dyn sig::VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(algorithm, key).verify(input, signature).is_ok()
        };
        match (self, alg) {
            (Self::Ec(pair, "P-256"), _) => by(&sig::ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref()),
            (Self::Ec(pair, "P-384"), _) => by(&sig::ECDSA_P384_SHA384_FIXED, pair.public_key().as_ref()),
            (Self::Ec(pair, _), _) => by(&sig::ECDSA_P521_SHA512_FIXED, pair.public_key().as_ref()),
            (Self::Rsa(pair), "PS256") => by(&sig::RSA_PSS_2048_8192_SHA256, pair.public_key().as_ref()),
            (Self::Rsa(pair), "PS384") => by(&sig::RSA_PSS_2048_8192_SHA384, pair.public_key().as_ref()),
            (Self::Rsa(pair), "PS512") => by(&sig::RSA_PSS_2048_8192_SHA512, pair.public_key().as_ref()),
            _ => self.sign(alg, input) == signature,
        }
    }

    /// The modulus of an RSA key, without leading zeros.
    pub(crate) fn modulus(&self) -> &[u8] {
        let Self::Rsa(pair) = self else { panic!("no RSA key") };
        // RSAPublicKey (RFC 8017 appendix A.1.1): a SEQUENCE and an INTEGER, both with lengths of two octets.
        let [0x30, 0x82, _, _, 0x02, 0x82, high, low, rest @ ..] = pair.public_key().as_ref() else {
            panic!("a modulus of 2 048 bits or more")
        };
        let modulus = &rest[..usize::from(u16::from_be_bytes([*high, *low]))];
        modulus.strip_prefix(&[0]).unwrap_or(modulus)
    }

    /// The modulus as `n` of a JWK.
    pub(crate) fn n(&self) -> String {
        encode(self.modulus())
    }

    /// Both coordinates of a point, each as long as the curve's field.
    pub(crate) fn coordinates(&self) -> (Vec<u8>, Vec<u8>) {
        let Self::Ec(pair, _) = self else { panic!("no curve") };
        let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
        (x.to_vec(), y.to_vec())
    }

    /// The coordinates as `x` and `y` of a JWK.
    pub(crate) fn x_y(&self) -> (String, String) {
        match self {
            Self::Ed25519(pair) => (encode(pair.public_key()), String::new()),
            _ => {
                let (x, y) = self.coordinates();
                (encode(x), encode(y))
            }
        }
    }

    /// The public key in DER (RFC 5280 §4.1.2.7).
    pub(crate) fn spki(&self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => certificate::rsa_spki(self.modulus(), false),
            Self::Ec(pair, curve) => certificate::ec_spki(curve, pair.public_key().as_ref()),
            _ => panic!("no document has this key in DER"),
        }
    }

    /// A certificate for the key, signed by it, as `x5c` and PEM files have them.
    pub(crate) fn certificate(&self, name: &str, is_authority: bool) -> Vec<u8> {
        certificate::self_signed(name, is_authority, self)
    }

    /// The certificate in one line of base64, as `x5c` has it.
    pub(crate) fn x5c(&self, name: &str) -> String {
        Base64::encode_string(&self.certificate(name, false))
    }

    /// The SHA-1 hash of the certificate, as `x5t` has it.
    pub(crate) fn x5t(&self, name: &str) -> String {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.certificate(name, false));
        Base64UrlUnpadded::encode_string(hash.as_ref())
    }

    /// The SHA-256 hash of the certificate, as `x5t#S256` has it.
    pub(crate) fn x5t_s256(&self, name: &str) -> String {
        encode(digest::digest(&digest::SHA256, &self.certificate(name, false)))
    }
}

/// A PEM file with lines of this width.
pub(crate) fn pem(label: &str, der: &[u8], width: usize) -> String {
    let body = Base64::encode_string(der);
    let lines: Vec<&str> = (0..body.len()).step_by(width).map(|at| &body[at..body.len().min(at + width)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
