//! The format of `vectors/threats.json`; `vectors/README.md` describes it for readers in other languages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
pub struct VectorFile {
    pub about: String,
    pub vectors: Vec<Vector>,
}

impl VectorFile {
    /// The committed file.
    ///
    /// # Panics
    /// If it is not there, or not in its own format.
    pub fn read() -> Self {
        let path = crate::vectors_folder().join("threats.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).expect("threats.json has its own format")
    }
}

/// One case: what is tried, and the verdict on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Vector {
    pub name: String,
    /// A class of `classes.tsv`.
    pub threat: String,
    /// What the class was known as, empty if it has no number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub known_as: String,
    #[serde(flatten)]
    pub case: Case,
    pub expected: Verdict,
}

/// A refusal by its frozen number and name, or 0 and `accepted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub number: u8,
    pub name: String,
}

/// What is tried.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Case {
    /// A JWT under a policy.
    Verify(Presented),
    /// The signature alone, over any payload; the policy does not count.
    Jws(Presented),
    /// A JWT that is accepted, and whose claims are then read into the struct named `into`.
    Claims {
        #[serde(flatten)]
        presented: Presented,
        into: String,
        unescape_bytes: usize,
    },
    /// A JWK, as text, made into a key.
    Key { jwk: String },
    /// An HMAC secret in raw bytes.
    Secret { secret_hex: String },
    /// A SEC1 point.
    Point { point_hex: String },
    /// Keys added to a ring of fixed capacity; the last one decides.
    Ring { capacity: usize, kid_bytes: usize, keys: Vec<Value> },
    /// Tokens redeemed one after the other; the last one decides, those before it have their own verdicts.
    Replay { capacity: usize, jti_bytes: usize, keys: Vec<Value>, policy: Policy, steps: Vec<Redemption> },
    /// A key file of the host, as text.
    KeyFile { content: String },
    /// A line of the command line's batch.
    Request { line: String },
}

/// A token and its verifier: keys, policy and time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Presented {
    pub token: Token,
    /// JWKs as in a JWK set: one with a `kid` is for tokens with that `kid` or none, one without is for all.
    pub keys: Vec<Value>,
    #[serde(default)]
    pub policy: Policy,
    /// Unix time; `null` if the clock is not set.
    pub now: Option<u64>,
    /// The buffer's length, where it is part of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scratch: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

/// A token as text, or, where it is no text or far too long, a recipe for its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Token {
    Text(String),
    Hex { hex: String },
    Repeated { prefix: String, unit: String, times: usize, suffix: String },
}

impl Token {
    /// The token's bytes.
    ///
    /// # Panics
    /// If the hexadecimal digits are wrong.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Hex { hex } => from_hex(hex),
            Self::Repeated { prefix, unit, times, suffix } => {
                [prefix.as_str(), &unit.repeat(*times), suffix].concat().into_bytes()
            }
        }
    }
}

/// What is expected; absent members are not checked or have their defaults.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub leeway: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    pub allow_missing_expiry: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub require_jti: bool,
}

/// One string, or several of which any will do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// Lowered or raised limits.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nesting: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<u8>,
}

/// One step of a replay sequence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redemption {
    pub token: String,
    pub now: Option<u64>,
    pub expected: Verdict,
}

/// Bytes of hexadecimal digits.
///
/// # Panics
/// On anything else.
pub fn from_hex(hex: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).expect("hex");
    hex.as_bytes().chunks(2).map(|pair| digit(&pair[0]) << 4 | digit(&pair[1])).collect()
}

/// Hexadecimal digits of bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Token {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Hex { hex: to_hex(error.as_bytes()) },
        }
    }
}
