//! One kind of token of one issuer, and the cases that come of it.

use super::signers::Signer;
use base64ct::{Base64Url, Base64UrlUnpadded, Encoding as _};
use glowband_tests::field_case::{FieldCase, field_folder};
use glowband_tests::refusal_table::Row;
use glowband_tests::signing::encode;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// When every good token expires: in the year 2100.
pub(super) const EXP: u64 = 4_102_444_800;
/// When the expired ones have expired.
const PAST: u64 = 1_700_003_600;

/// A kind of token: how one is made, and what is expected of it.
#[derive(Clone)]
pub(super) struct Shape<'s> {
    /// Folder and file.
    pub(super) name: &'static str,
    /// What is special about it, in a sentence.
    pub(super) about: &'static str,
    /// The key file, in the same folder.
    pub(super) keys: &'static str,
    pub(super) signer: &'s Signer,
    pub(super) alg: &'static str,
    pub(super) header: String,
    pub(super) payload: String,
    pub(super) iss: &'static [&'static str],
    pub(super) aud: &'static [&'static str],
    pub(super) typ: Option<&'static str>,
    /// Whether the segments end in `=`.
    pub(super) padded: bool,
    pub(super) opt_ins: &'static [&'static str],
}

/// All files and cases.
pub(super) struct Collection {
    numbers: BTreeMap<String, u8>,
    files: BTreeMap<String, String>,
    cases: Vec<FieldCase>,
}

impl Collection {
    pub(super) fn new(table: &[Row]) -> Self {
        let numbers = table.iter().map(|row| (row.name.clone(), row.number)).collect();
        Self { numbers, files: BTreeMap::new(), cases: Vec::new() }
    }

    /// A key file, by its path below `issuers`.
    pub(super) fn keys(&mut self, path: &str, content: impl Into<String>) {
        let before = self.files.insert(format!("issuers/{path}"), content.into());
        assert!(before.is_none(), "{path} is written twice");
    }

    /// A token that must be accepted.
    pub(super) fn good(&mut self, shape: &Shape<'_>) {
        self.add(shape, shape.name, shape.about, "accepted");
    }

    /// A token that must be refused, under this name in the folder of the shape.
    pub(super) fn refused(&mut self, shape: &Shape<'_>, name: &str, about: &str, verdict: &str) {
        let folder = shape.name.split_once('/').expect("folder and file").0;
        self.add(shape, &format!("{folder}/{name}"), about, verdict);
    }

    /// The good token and its neighbours: for another audience (`from` in the payload becomes `to`), expired, and signed
    /// by another key under the same name.
    pub(super) fn usual(&mut self, shape: &Shape<'_>, (from, to): (&str, &str), other: &Signer) {
        self.good(shape);
        self.neighbours(shape, "audience", "audience_mismatch", (from, to), other);
    }

    /// The same where it is the issuer that differs.
    pub(super) fn usual_by_issuer(&mut self, shape: &Shape<'_>, (from, to): (&str, &str), other: &Signer) {
        self.good(shape);
        self.neighbours(shape, "issuer", "issuer_mismatch", (from, to), other);
    }

    fn neighbours(&mut self, shape: &Shape<'_>, what: &str, verdict: &str, change: (&str, &str), other: &Signer) {
        let file = shape.name.split_once('/').expect("folder and file").1;
        let (from, to) = change;
        self.refused(&shape.replaced(from, to), &format!("{file}-other-{what}"), &format!("another {what}"), verdict);
        let (exp, past) = (format!("\"exp\":{EXP}"), format!("\"exp\":{PAST}"));
        self.refused(&shape.replaced(&exp, &past), &format!("{file}-expired"), "expired in 2023", "expired");
        let forged = Shape { signer: other, ..shape.clone() };
        self.refused(&forged, &format!("{file}-other-key"), "signed by another key", "bad_signature");
    }

    fn add(&mut self, shape: &Shape<'_>, name: &str, about: &str, verdict: &str) {
        let token = format!("issuers/{name}.jwt");
        let folder = shape.name.split_once('/').expect("folder and file").0;
        let keys = format!("issuers/{folder}/{}", shape.keys);
        assert!(self.files.contains_key(&keys), "{keys} is not written");
        let number = match verdict {
            "accepted" => 0,
            _ => *self.numbers.get(verdict).unwrap_or_else(|| panic!("no refusal is named {verdict}")),
        };
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        self.cases.push(FieldCase {
            name: name.to_owned(),
            about: about.to_owned(),
            keys,
            token: token.clone(),
            iss: owned(shape.iss),
            aud: owned(shape.aud),
            typ: shape.typ.map(str::to_owned),
            now: None,
            opt_ins: owned(shape.opt_ins),
            number,
            verdict: verdict.to_owned(),
            left_out: BTreeMap::new(),
        });
        let before = self.files.insert(token.clone(), shape.token(&token));
        assert!(before.is_none(), "{token} is written twice");
    }

    pub(super) fn finish(mut self) -> Result<Vec<(PathBuf, String)>, String> {
        let mut list = String::new();
        for case in &self.cases {
            list += &serde_json::to_string(case).map_err(|error| format!("{}: {error}", case.name))?;
            list.push('\n');
        }
        self.files.insert("issuers/cases.jsonl".to_owned(), list);
        Ok(self.files.into_iter().map(|(path, content)| (field_folder().join(path), content)).collect())
    }
}

impl Shape<'_> {
    /// The same with other words in its payload.
    pub(super) fn replaced(&self, from: &str, to: &str) -> Self {
        assert_eq!(self.payload.matches(from).count(), 1, "{}: {from}", self.name);
        Self { payload: self.payload.replace(from, to), ..self.clone() }
    }

    /// The token and a newline. Random signatures are kept from the last run where they are genuine.
    fn token(&self, file: &str) -> String {
        let encoded = |bytes: &[u8]| match self.padded {
            true => Base64Url::encode_string(bytes),
            false => encode(bytes),
        };
        let input = format!("{}.{}", encoded(self.header.as_bytes()), encoded(self.payload.as_bytes()));
        let last = fs::read_to_string(field_folder().join(file)).unwrap_or_default();
        let kept = last.trim_end().strip_prefix(&input).and_then(|rest| rest.strip_prefix('.')).filter(|signature| {
            let bytes = Base64UrlUnpadded::decode_vec(signature.trim_end_matches('='));
            bytes.is_ok_and(|bytes| self.signer.is_genuine(self.alg, input.as_bytes(), &bytes))
        });
        let signature = kept.map_or_else(|| encoded(&self.signer.sign(self.alg, input.as_bytes())), str::to_owned);
        format!("{input}.{signature}\n")
    }
}
