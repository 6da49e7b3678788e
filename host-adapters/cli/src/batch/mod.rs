//! `glowband verify --batch`: reads one JSON request per line and prints one JSON answer per line, in the same order and
//! with constant memory.

mod answer;
mod terms;

use super::current_keys::CurrentKeys;
use super::expectations::Terms;
use super::verdict::{self, Bad};
use super::{Outcome, Stop};
use glowband_core::{Algorithm, Refusal};
use glowband_text::batch_request::{BadRequest, Request, RequestKey};
use glowband_text::lines::{Line, Lines, MAX_LINE};
use glowband_verify::{KeyReader, KeySet};
use std::io::{self, BufWriter, Write};

/// Answers every line of standard input, including invalid ones.
pub(super) fn run(
    keys: Option<&CurrentKeys>,
    reader: KeyReader,
    only: Option<Algorithm>,
    defaults: &Terms,
) -> Result<Outcome, Stop> {
    let mut lines = Lines::new(io::stdin().lock());
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut batch =
        Batch { keys, defaults, latest: LatestKeys::new(reader, only), scratch: Vec::new(), answer: Vec::new() };
    let mut outcome = Outcome::AllGood;
    loop {
        // Flushes before a read that may block: the caller may wait for an answer before it sends the next request.
        let mut gone = false;
        let mut flush = || out.flush().inspect_err(|_| gone = true);
        let line = match lines.next(&mut flush) {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => return Err(if gone { Stop::writing(error) } else { Stop::reading(error) }),
        };
        let good = match line {
            Line::Whole(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) => batch.answer(line),
            Line::TooLong => batch.bad_request(&BadRequest::new(format!(
                "The line is too long; allowed: {MAX_LINE} bytes. The line was skipped."
            ))),
        };
        outcome = outcome.and(good);
        out.write_all(&batch.answer).map_err(Stop::writing)?;
    }
    out.flush().map_err(Stop::writing)?;
    Ok(outcome)
}

struct Batch<'b> {
    keys: Option<&'b CurrentKeys>,
    defaults: &'b Terms,
    latest: LatestKeys,
    scratch: Vec<u8>,
    answer: Vec<u8>,
}

impl Batch<'_> {
    /// Writes the answer to one request into `self.answer`. Returns whether its token was accepted.
    fn answer(&mut self, line: &[u8]) -> bool {
        let request = match Request::parse(line) {
            Ok(request) => request,
            Err(bad) => return self.bad_request(&bad),
        };
        let terms = match terms::terms(&request, self.defaults) {
            Ok(terms) => terms,
            Err(message) => {
                let bad = BadRequest { id: request.id.map(str::to_owned), message };
                return self.bad_request(&bad);
            }
        };
        let token = request.token.as_bytes();
        let verdict = match (&request.key, self.keys) {
            (Some(key), _) => self
                .latest
                .keys(key)
                .and_then(|keys| verdict::check(keys, keys.skipped(), &terms, token, &mut self.scratch)),
            (None, Some(keys)) => keys.check(&terms, token, &mut self.scratch),
            (None, None) => {
                let missing = "The request has no key; give jwk or jwks, or --jwks or --key on the command line.";
                let bad = BadRequest { id: request.id.map(str::to_owned), message: missing.to_owned() };
                return self.bad_request(&bad);
            }
        };
        answer::push(&mut self.answer, request.id, &verdict);
        verdict.is_ok()
    }

    fn bad_request(&mut self, bad: &BadRequest) -> bool {
        answer::push_bad_request(&mut self.answer, bad.id.as_deref(), &bad.message);
        false
    }
}

/// The keys of the latest request that had keys of its own. Most batches repeat the same keys.
struct LatestKeys {
    reader: KeyReader,
    only: Option<Algorithm>,
    text: String,
    is_set: bool,
    keys: Result<KeySet, (Refusal, Option<String>)>,
}

impl LatestKeys {
    fn new(reader: KeyReader, only: Option<Algorithm>) -> Self {
        Self { reader, only, text: String::new(), is_set: false, keys: Ok(KeySet::new()) }
    }

    fn keys(&mut self, key: &RequestKey<'_>) -> Result<&KeySet, Bad> {
        let (text, is_set) = match key {
            RequestKey::Jwk(text) => (*text, false),
            RequestKey::Jwks(text) => (*text, true),
        };
        if self.text != text || self.is_set != is_set {
            self.keys = self.read(text, is_set);
            self.text.clear();
            self.text.push_str(text);
            self.is_set = is_set;
        }
        self.keys.as_ref().map_err(|(refusal, detail)| Bad { refusal: *refusal, detail: detail.clone() })
    }

    fn read(&self, text: &str, is_set: bool) -> Result<KeySet, (Refusal, Option<String>)> {
        let read = if is_set { self.reader.jwks(text.as_bytes()) } else { self.reader.jwk(text.as_bytes()) };
        let mut keys = read.map_err(|error| {
            let refusal = error.refusal();
            let detail = error.to_string();
            (refusal, (detail != refusal.sentence()).then_some(detail))
        })?;
        if let Some(only) = self.only {
            keys.retain_algorithm(only);
            if keys.is_empty() {
                return Err((Refusal::AlgorithmMismatch, Some(format!("There is no key for --alg {only}."))));
            }
        }
        Ok(keys)
    }
}
