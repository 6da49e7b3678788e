//! The members of a request's JSON object: each one judged by name, type, length and characters.

use super::problem::Problem;
use serde_json::value::RawValue;
use std::borrow::Cow;

use glowband_text::json::Members;

/// What a body is read into.
pub(super) trait FromFields: Sized {
    /// Every member that may be there; any other is refused.
    const NAMES: &'static [&'static str];

    /// Takes what it needs.
    ///
    /// # Errors
    /// The first member that is not as it must be.
    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem>;
}

/// The members of one object: all of them known, none of them twice.
pub(super) struct Fields<'b>(Vec<(String, &'b RawValue)>);

/// What a text may be.
#[derive(Clone, Copy)]
pub(super) struct Text {
    /// How many characters it has.
    pub(super) length: (usize, usize),
}

impl Text {
    pub(super) const fn of(shortest: usize, longest: usize) -> Self {
        Self { length: (shortest, longest) }
    }
}

/// How much of a name that nobody knows is told back.
const NAME_SHOWN: usize = 64;

impl<'b> Fields<'b> {
    /// Reads a body in which these members may be.
    pub(super) fn read(body: &'b [u8], known: &[&'static str]) -> Result<Self, Problem> {
        if let Err(error) = std::str::from_utf8(body) {
            let detail = format!("The body is not UTF-8: byte {} belongs to no character.", error.valid_up_to());
            return Err(Problem::bad("body_not_utf8", detail));
        }
        let members: Members<'b> = match serde_json::from_slice(body) {
            Ok(members) => members,
            Err(error) if error.is_data() => {
                return Err(Problem::bad("body_not_object", "The body must be a JSON object: {\"name\": value, …}."));
            }
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let what = if body.trim_ascii().is_empty() { "is empty" } else { "is not JSON" };
                let detail =
                    format!("The body {what}: it must be one JSON object, and is not at line {line}, column {column}.");
                return Err(Problem::bad("body_malformed", detail).at(line, column));
            }
        };
        let fields = Self(members.0);
        for (at, (name, _)) in fields.0.iter().enumerate() {
            let Some(known) = known.iter().find(|known| *known == name) else {
                return Err(unknown(name, known));
            };
            if fields.0.iter().take(at).any(|(earlier, _)| earlier == name) {
                let detail = format!("{known} is there more than once.");
                return Err(Problem::field("field_duplicate", *known, detail));
            }
        }
        Ok(fields)
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &'static str, rule: Text) -> Result<String, Problem> {
        self.optional_text(name, rule)?.ok_or_else(|| missing(name))
    }

    /// A text that may be left out.
    pub(super) fn optional_text(&self, name: &'static str, rule: Text) -> Result<Option<String>, Problem> {
        let Some(raw) = self.member(name)? else {
            return Ok(None);
        };
        if !raw.get().starts_with('"') {
            let detail = format!("{name} must be a string, and is {}.", kind(raw));
            return Err(Problem::field("field_type", name, detail));
        }
        // Half a surrogate pair is good JSON, and no text.
        let text: String = serde_json::from_str(raw.get()).map_err(|_| characters(name))?;
        let (shortest, longest) = rule.length;
        let length = text.chars().count();
        if length < shortest || length > longest {
            let detail = format!("{name} must have {shortest} to {longest} characters, and has {length}.");
            return Err(Problem::field("field_length", name, detail));
        }
        if text.chars().any(char::is_control) {
            return Err(characters(name));
        }
        Ok(Some(text))
    }

    /// One of these words, or left out.
    pub(super) fn choice<T: Copy>(&self, name: &'static str, among: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(raw) = self.member(name)? else {
            return Ok(None);
        };
        let word = serde_json::from_str::<Cow<'_, str>>(raw.get()).ok();
        let chosen = among.iter().find(|(own, _)| word.as_deref() == Some(own));
        chosen.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let words: Vec<String> = among.iter().map(|(own, _)| format!("\"{own}\"")).collect();
            Problem::field("field_value", name, format!("{name} must be {}.", words.join(" or ")))
        })
    }

    /// `true` or `false`; left out it is `false`.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.member(name)?.map(RawValue::get) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::field("field_type", name, format!("{name} must be true or false."))),
        }
    }

    /// A whole number between these, or left out.
    pub(super) fn number(&self, name: &'static str, (least, most): (u64, u64)) -> Result<Option<u64>, Problem> {
        let Some(raw) = self.member(name)? else {
            return Ok(None);
        };
        let number = raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if !number {
            let detail = format!("{name} must be a number, and is {}.", kind(raw));
            return Err(Problem::field("field_type", name, detail));
        }
        let read = raw.get().parse::<u64>().ok().filter(|value| (least..=most).contains(value));
        read.map(Some).ok_or_else(|| {
            let detail = format!("{name} must be a whole number from {least} to {most}.");
            Problem::field("field_value", name, detail)
        })
    }

    fn member(&self, name: &'static str) -> Result<Option<&'b RawValue>, Problem> {
        match self.0.iter().find(|(own, _)| own == name) {
            Some((_, raw)) if raw.get() == "null" => {
                Err(Problem::field("field_null", name, format!("{name} must not be null; leave it out instead.")))
            }
            Some((_, raw)) => Ok(Some(raw)),
            None => Ok(None),
        }
    }
}

fn missing(name: &'static str) -> Problem {
    Problem::field("field_missing", name, format!("{name} is missing."))
}

fn unknown(name: &str, known: &[&'static str]) -> Problem {
    let shown: String = name.chars().take(NAME_SHOWN).collect();
    let allowed = match known {
        [] => "none is allowed".to_owned(),
        known => format!("allowed are {}", known.join(", ")),
    };
    Problem::field("field_unknown", shown, format!("The body has a member that is not known; {allowed}."))
}

fn characters(name: &'static str) -> Problem {
    Problem::field(
        "field_characters",
        name,
        format!("{name} must not have control characters or halves of characters in it."),
    )
}

fn kind(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}
