//! The group `prose`: constructions that readers had to read twice, and old names, do not come back.
//!
//! The lists are short on purpose. They hold what the project's own texts used to be full of; a new entry needs a
//! plain replacement.

use super::files::{Source, verdict};
use super::rust_text;

/// A phrase that is refused, and what to write instead.
struct Phrase {
    /// In lower case; compared word by word, whatever stands between the words.
    words: &'static str,
    instead: &'static str,
}

const fn phrase(words: &'static str, instead: &'static str) -> Phrase {
    Phrase { words, instead }
}

const PHRASES: &[Phrase] = &[
    // The subject is missing: the reader has to guess who acts.
    phrase("whoever", "name the client, the user, the operator or the attacker"),
    phrase("nobody", "name the subject, or use the passive: \"is not …\""),
    phrase("somebody", "name the client, the user, the operator or the attacker"),
    phrase("who may", "name the role: \"authorised clients\""),
    phrase("what is over", "\"expired rows\", \"ended sessions\""),
    phrase("which only those", "name those: \"whose access is controlled by …\""),
    phrase("of their own accord", "name what starts it"),
    // Programs do not speak, believe or remember.
    phrase("believe", "\"accept\", \"use\""),
    phrase("believes", "\"accepts\", \"uses\""),
    phrase("believed", "\"accepted\", \"used\""),
    phrase("remembers", "\"stores\", \"keeps\""),
    phrase("remembered", "\"stored\", \"kept\""),
    phrase("forgets", "\"deletes\", \"drops\""),
    phrase("forgotten", "\"deleted\", \"dropped\""),
    phrase("hears", "\"receives\""),
    phrase("speaks", "\"uses the protocol …\", \"sends\""),
    phrase("spoke", "\"set a value\", \"sent\""),
    phrase("without a word", "\"without an error\", \"silently\""),
    phrase("is happy", "say what succeeds"),
    phrase("unhappy", "say what failed"),
    // Riddles.
    phrase("is none", "\"invalid …\", \"there is no …\""),
    phrase("are none", "\"invalid …\", \"there are no …\""),
    phrase("is as little", "say what happens"),
    phrase("takes nothing", "\"rejects writes\""),
    phrase("whence", "\"client information\", \"source\""),
    // One word per thing.
    phrase("burnt", "\"revoked for reuse\""),
    phrase("siege", "\"lockout\""),
    phrase("acquaintance", "\"key binding\""),
    phrase("judge", "\"validate\", \"check\", \"decide\""),
    phrase("judges", "\"validates\", \"checks\", \"decides\""),
    phrase("judged", "\"validated\", \"checked\", \"decided\""),
    phrase("judging", "\"validating\", \"checking\", \"deciding\""),
];

/// Parts of identifiers that have a newer name.
const OLD_NAMES: &[(&str, &str)] = &[
    ("judge", "validate, check or decide"),
    ("whence", "client_info or source"),
    ("burnt", "revoked_for_reuse"),
    ("siege", "lockout"),
    ("upkeep", "maintenance"),
    ("acquaintance", "key_binding"),
    ("introduction", "key_binding"),
];

/// The check's own lists, and files whose words are data or history.
const NOT_READ: &[&str] = &[
    "tests/checks/src/layout/prose.rs",
    "LICENSE",
    "tests/vectors/",
    "tests/generate/cases/",
    "tests/field/",
    "fuzz/seeds/",
];

/// The word of databases and of the feed of ended sessions, which is data where it stands alone in quotation marks.
const STORED_WORDS: &[&str] = &["'burnt'", "\"burnt\"", "`burnt`", "(closed|burnt)", "\"nobody\"", "`nobody`"];

const PROSE_ENDINGS: &[&str] = &["md", "toml", "yaml", "yml", "html", "ts", "mjs", "py", "conf"];

/// Looks for the phrases in comments, literals and documents.
pub(crate) fn phrases(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    let mut read = 0_usize;
    for source in sources.iter().filter(|source| is_read(source)) {
        let text = STORED_WORDS.iter().fold(source.text.clone(), |text, word| text.replace(word, "``"));
        let mut text = if source.path.ends_with(".rs") { rust_text::prose_only(&text) } else { text };
        if source.path == "CHANGELOG.md" {
            text = without_code_spans(&text);
        }
        read += 1;
        bad.extend(
            found_phrases(&text).map(|(line, phrase)| {
                format!("{}:{line}: \"{}\"; write {}", source.path, phrase.words, phrase.instead)
            }),
        );
    }
    verdict(bad, format!("{read} files read"))
}

/// Looks for old names in the code of Rust files.
pub(crate) fn old_names(sources: &[Source]) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs") && is_read(source)) {
        for (number, line) in rust_text::code_only(&source.text).lines().enumerate() {
            for part in identifier_parts(line) {
                if let Some((_, newer)) = OLD_NAMES.iter().find(|(old, _)| part.starts_with(old)) {
                    bad.push(format!("{}:{}: `{part}`; the name is {newer}", source.path, number + 1));
                }
            }
        }
    }
    verdict(bad, String::new())
}

/// Removes code spans: the log of changes has to name what was renamed.
fn without_code_spans(text: &str) -> String {
    let outside = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    text.lines().map(outside).collect::<Vec<_>>().join("\n")
}

fn is_read(source: &Source) -> bool {
    let ending = source.path.rsplit('.').next().unwrap_or("");
    let left_out = NOT_READ.iter().any(|place| source.path.starts_with(place));
    !left_out && (ending == "rs" || PROSE_ENDINGS.contains(&ending))
}

/// Each phrase that occurs, with the line of its first word. A phrase may go over the end of a line.
fn found_phrases(text: &str) -> impl Iterator<Item = (usize, &'static Phrase)> {
    let words = words(text);
    let mut found = Vec::new();
    for (at, (line, word)) in words.iter().enumerate() {
        for phrase in PHRASES {
            let mut expected = phrase.words.split(' ');
            let first = expected.next().is_some_and(|first| first == word);
            let rest = || {
                expected.enumerate().all(|(more, one)| words.get(at + 1 + more).is_some_and(|(_, word)| word == one))
            };
            if first && rest() {
                found.push((*line, phrase));
            }
        }
    }
    found.into_iter()
}

/// The words of a text in lower case, with their lines. A full stop, colon or other mark of a sentence's end becomes a
/// word of its own, so that no phrase is found across two sentences.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut word = String::new();
        for character in line.chars().chain([' ']) {
            if character.is_alphanumeric() || character == '_' {
                word.extend(character.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                words.push((number + 1, std::mem::take(&mut word)));
            }
            if ".:;!?".contains(character) {
                words.push((number + 1, character.to_string()));
            }
        }
    }
    words
}

/// The words that identifiers are made of, in lower case: `JudgeOfKeys` and `judge_of_keys` both have `judge`.
fn identifier_parts(line: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut before_is_lower = false;
    for character in line.chars().chain([' ']) {
        let begins = character.is_uppercase() && before_is_lower;
        if (!character.is_alphanumeric() || begins) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if character.is_alphanumeric() {
            part.extend(character.to_lowercase());
        }
        before_is_lower = character.is_lowercase();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn a_phrase_is_found_in_comments_literals_and_documents_with_its_line() {
        let found = phrases(&source("core/src/a.rs", "fn f() {}\n/// Somebody\n/// asks.\n")).expect_err("a find");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("core/src/a.rs:2: \"somebody\""), "{}", found[0]);
        assert!(phrases(&source("a.rs", "let text = \"what is\\n over\";\n")).is_ok());
        assert!(phrases(&source("a.rs", "// Deletes what is\n// over.\n")).is_err());
        assert!(phrases(&source("README.md", "The server believes the header.\n")).is_err());
        assert!(phrases(&source("README.md", "The server uses the header.\n")).is_ok());
    }

    #[test]
    fn code_names_and_parts_of_words_are_not_prose() {
        assert!(phrases(&source("a.rs", "fn judge(somebody: u8) {}\n")).is_ok());
        assert!(phrases(&source("a.md", "The value is nonempty.\n")).is_ok());
        // Two sentences are no phrase.
        assert!(phrases(&source("a.md", "Say what it is. None follows.\n")).is_ok());
    }

    #[test]
    fn old_names_are_found_in_every_spelling() {
        for code in ["struct PolicyJudge;", "fn judge_claims() {}", "mod whence;", "let burnt = 1;", "is_burnt()"] {
            assert!(old_names(&source("core/src/a.rs", code)).is_err(), "{code}");
        }
        for code in ["struct Verdict;", "// judge\n", "let text = \"judge\";", "fn adjudge() {}"] {
            assert!(old_names(&source("core/src/a.rs", code)).is_ok(), "{code}");
        }
    }

    #[test]
    fn data_and_history_are_not_read() {
        assert!(phrases(&source("tests/field/a.toml", "# whoever\n")).is_ok());
        assert!(phrases(&source("LICENSE-MIT.md", "whoever\n")).is_ok());
        assert!(phrases(&source("a.rs", "const SQL: &str = \"SET state = 'burnt'\";\n")).is_ok());
        assert!(phrases(&source("a.rs", "// The token is burnt.\n")).is_err());
        assert!(phrases(&source("CHANGELOG.md", "- `judge` is `validate` now.\n")).is_ok());
        assert!(phrases(&source("CHANGELOG.md", "- The judge is gone.\n")).is_err());
    }
}
