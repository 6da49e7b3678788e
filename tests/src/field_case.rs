//! The format of `field/*/cases.jsonl`: a token as a real issuer makes it, its keys, and the right verdict; one JSON object
//! a line.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One token with its keys, what is expected of it, and the verdict.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldCase {
    /// Folder and file of the token, without its ending.
    pub name: String,
    /// What is special about it.
    pub about: String,
    /// The key file, from `tests/field`.
    pub keys: String,
    /// The file of the token, from `tests/field`.
    pub token: String,
    /// Any of these is the right issuer; none is expected if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub iss: Vec<String>,
    /// Any of these is the right audience; none is expected if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    /// The expected token type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// The moment of the verdict; the present time if it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<u64>,
    /// The opt-ins that are set, as the policy of the library names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opt_ins: Vec<String>,
    /// 0 if the token is good, otherwise the frozen number of its refusal.
    pub number: u8,
    /// `accepted`, or the name of the refusal.
    pub verdict: String,
    /// Ways that cannot try this case, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, String>,
}

impl FieldCase {
    /// Every case of every folder.
    ///
    /// # Panics
    /// If a list is not there, or not in its own format.
    pub fn all() -> Vec<Self> {
        ["reported", "neighbours", "issuers"].iter().flat_map(|part| Self::of(part)).collect()
    }

    /// The cases of one part.
    ///
    /// # Panics
    /// As [`all`](Self::all).
    pub fn of(part: &str) -> Vec<Self> {
        let path = field_folder().join(part).join("cases.jsonl");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()));
        text.lines().map(parse).collect()
    }

    /// The token, without the newline that ends its file.
    ///
    /// # Panics
    /// If the file is not there.
    pub fn read_token(&self) -> String {
        read(&self.token).trim_end().to_owned()
    }

    /// Where the key file is.
    pub fn key_file(&self) -> PathBuf {
        field_folder().join(&self.keys)
    }

    /// The content of the key file.
    ///
    /// # Panics
    /// If the file is not there.
    pub fn read_keys(&self) -> String {
        read(&self.keys)
    }
}

/// The folder of the cases.
pub fn field_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("field")
}

fn read(file: &str) -> String {
    let path = field_folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
