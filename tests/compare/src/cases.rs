//! The vectors that are compared, each in its row: tokens to verify, and secrets that are too short.

use crate::not_shown;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_tests::signing;
use glowband_tests::vector::{Case, OneOrMany, Policy, Presented, Token, Vector, VectorFile, from_hex};
use serde_json::json;
use std::fs;

/// A class of mistakes, and what belongs to it.
pub struct Row {
    pub class: String,
    pub known_as: String,
    pub cases: Vec<Compared>,
}

/// A vector that is compared.
pub struct Compared {
    pub vector: Vector,
    pub question: Presented,
}

impl Compared {
    pub fn name(&self) -> &str {
        &self.vector.name
    }

    /// Whether the vectors have it accepted.
    pub fn good(&self) -> bool {
        self.vector.expected.number == 0
    }

    /// Why no peer can be asked, if so: what Glowband has besides token, keys, policy and time.
    pub fn ours_alone(&self) -> Option<&'static str> {
        if self.question.scratch.is_some() {
            Some("a buffer of the caller's")
        } else if self.question.limits.is_some() {
            Some("limits on length, depth or members")
        } else if self.question.now.is_none() {
            Some("a clock that is not set")
        } else {
            None
        }
    }
}

/// Classes that are no class of mistakes, but tell something that can be compared.
const BESIDES: [&str; 2] = ["ordinary use", "dates"];

/// Classes behind those of the threat table: what Glowband alone promises.
const OURS_ALONE: [&str; 5] = ["limits", "keys", "private claims", "replay", "requests"];

/// All rows that have a case, in the order of `classes.tsv`; and the classes whose evidence is no token, so that there is
/// nothing to compare.
pub fn read() -> (Vec<Row>, Vec<String>) {
    let folder = glowband_tests::vectors_folder();
    let text = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let file: VectorFile = serde_json::from_str(&text("threats.json")).expect("threats.json");
    rows(&text("classes.tsv"), file.vectors)
}

fn rows(classes: &str, vectors: Vec<Vector>) -> (Vec<Row>, Vec<String>) {
    let mut rows = Vec::new();
    let mut without = Vec::new();
    for line in classes.lines().skip(1) {
        let mut fields = line.split('\t').map(str::to_owned);
        let class = fields.next().unwrap_or_default();
        let known_as = fields.next().unwrap_or_default();
        if OURS_ALONE.contains(&class.as_str()) {
            continue;
        }
        if fields.next().as_deref() == Some("threats.json") {
            rows.push(Row { class, known_as, cases: Vec::new() });
        } else {
            without.push(class);
        }
    }
    for vector in vectors {
        let row = rows.iter_mut().find(|row| row.class == vector.threat);
        if let (Some(row), Some(question)) = (row, question(&vector))
            && !not_shown::CASES.contains(&vector.name.as_str())
        {
            row.cases.push(Compared { vector, question });
        }
    }
    rows.retain(|row| !row.cases.is_empty());
    rows.sort_by_key(|row| BESIDES.iter().position(|besides| *besides == row.class));
    (rows, without)
}

/// What a peer is asked, if the vector can be asked at all.
fn question(vector: &Vector) -> Option<Presented> {
    match &vector.case {
        Case::Verify(presented) => Some(presented.clone()),
        // Whether a secret may be used shows when a token is genuine under it.
        Case::Secret { secret_hex } => Some(genuine_under(&from_hex(secret_hex))),
        _ => None,
    }
}

fn genuine_under(secret: &[u8]) -> Presented {
    let claims = json!({"iss": "https://id.example", "aud": "door-42", "exp": 1_700_000_300});
    let token = signing::hs256(secret, r#"{"alg":"HS256","typ":"JWT"}"#, claims.to_string());
    Presented {
        token: Token::Text(token),
        keys: vec![json!({"kty": "oct", "k": Base64UrlUnpadded::encode_string(secret)})],
        policy: Policy {
            iss: Some(OneOrMany::One("https://id.example".to_owned())),
            aud: Some(OneOrMany::One("door-42".to_owned())),
            ..Policy::default()
        },
        now: Some(1_700_000_000),
        scratch: None,
        limits: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_that_is_a_token_is_in_a_row() {
        let (rows, without) = read();
        let compared: usize = rows.iter().map(|row| row.cases.len()).sum();
        assert!(compared > 1300, "{compared}");
        assert_eq!(without, ["timing", "cache mix-up", "kid-driven fetch", "JWKS SSRF", "framing"]);
        let last: Vec<_> = rows.iter().rev().take(2).rev().map(|row| row.class.as_str()).collect();
        assert_eq!(last, BESIDES);
    }

    #[test]
    fn what_is_not_shown_is_a_vector() {
        let text = fs::read_to_string(glowband_tests::vectors_folder().join("threats.json")).expect("vectors");
        let file: VectorFile = serde_json::from_str(&text).expect("vectors");
        for case in not_shown::CASES {
            assert!(file.vectors.iter().any(|vector| vector.name == *case), "{case}");
        }
    }

    #[test]
    fn a_secret_is_asked_as_a_token_that_is_genuine_under_it() {
        let question = genuine_under(&[0x5a; 32]);
        let outcomes = glowband_tests::trial::run(&Vector {
            name: String::new(),
            threat: String::new(),
            known_as: String::new(),
            case: Case::Verify(question),
            expected: glowband_tests::vector::Verdict { number: 0, name: "accepted".to_owned() },
        });
        assert!(!outcomes.is_empty() && outcomes.iter().all(|(_, outcome)| outcome.is_ok()), "{outcomes:?}");
    }
}
