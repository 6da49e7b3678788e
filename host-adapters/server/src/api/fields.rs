//! Checks the members of a request's JSON object: their names, types, lengths and characters.

use super::problem::Problem;
use serde_json::value::RawValue;
use std::borrow::Cow;

use glowband_text::json::Members;

/// A type that is read from a body.
pub(super) trait FromFields: Sized {
    /// All allowed members. Other members are refused.
    const NAMES: &'static [&'static str];

    /// Reads the members.
    ///
    /// # Errors
    /// Describes the first invalid member.
    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem>;
}

/// The members of one object. Each is an allowed member and occurs once.
pub(super) struct Fields<'b>(Vec<(String, &'b RawValue)>);

/// The rule for a string.
#[derive(Clone, Copy)]
pub(super) struct Text {
    /// The minimum and the maximum number of characters.
    pub(super) length: (usize, usize),
}

impl Text {
    pub(super) const fn of(shortest: usize, longest: usize) -> Self {
        Self { length: (shortest, longest) }
    }
}

/// The longest part of an unknown name that the error repeats, in characters.
const NAME_SHOWN: usize = 64;

impl<'b> Fields<'b> {
    /// Reads a body in which these members are allowed.
    pub(super) fn read(body: &'b [u8], known: &[&'static str]) -> Result<Self, Problem> {
        if let Err(error) = std::str::from_utf8(body) {
            let detail = format!("The body must be UTF-8; the byte at offset {} is invalid.", error.valid_up_to());
            return Err(Problem::bad("body_not_utf8", detail));
        }
        let members: Members<'b> = match serde_json::from_slice(body) {
            Ok(members) => members,
            Err(error) if error.is_data() => {
                return Err(Problem::bad("body_not_object", "The body must be a JSON object: {\"name\": value, …}."));
            }
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let detail = if body.trim_ascii().is_empty() {
                    "The body is empty; it must be one JSON object.".to_owned()
                } else {
                    format!("The body is not valid JSON: syntax error at line {line}, column {column}.")
                };
                return Err(Problem::bad("body_malformed", detail).at(line, column));
            }
        };
        let fields = Self(members.0);
        for (at, (name, _)) in fields.0.iter().enumerate() {
            let Some(known) = known.iter().find(|known| *known == name) else {
                return Err(unknown(name, known));
            };
            if fields.0.iter().take(at).any(|(earlier, _)| earlier == name) {
                let detail = format!("{known} occurs more than once in the body.");
                return Err(Problem::field("field_duplicate", *known, detail));
            }
        }
        Ok(fields)
    }

    /// Returns a required string.
    pub(super) fn text(&self, name: &'static str, rule: Text) -> Result<String, Problem> {
        self.optional_text(name, rule)?.ok_or_else(|| missing(name))
    }

    /// Returns an optional string.
    pub(super) fn optional_text(&self, name: &'static str, rule: Text) -> Result<Option<String>, Problem> {
        let Some(raw) = self.member(name)? else {
            return Ok(None);
        };
        if !raw.get().starts_with('"') {
            let detail = format!("{name} must be a string, but is {}.", kind(raw));
            return Err(Problem::field("field_type", name, detail));
        }
        // An escaped half of a surrogate pair is valid JSON, but not a valid string.
        let text: String = serde_json::from_str(raw.get()).map_err(|_| characters(name))?;
        let (shortest, longest) = rule.length;
        let length = text.chars().count();
        if length < shortest || length > longest {
            let detail = format!("{name} has {length} characters; allowed: {shortest} to {longest}.");
            return Err(Problem::field("field_length", name, detail));
        }
        if text.chars().any(char::is_control) {
            return Err(characters(name));
        }
        Ok(Some(text))
    }

    /// Returns the value of one of these words. The member is optional.
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

    /// Returns a boolean. A missing member is `false`.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.member(name)?.map(RawValue::get) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::field("field_type", name, format!("{name} must be true or false."))),
        }
    }

    /// Returns an integer in this range. The member is optional.
    pub(super) fn number(&self, name: &'static str, (least, most): (u64, u64)) -> Result<Option<u64>, Problem> {
        let Some(raw) = self.member(name)? else {
            return Ok(None);
        };
        let number = raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if !number {
            let detail = format!("{name} must be a number, but is {}.", kind(raw));
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
                Err(Problem::field("field_null", name, format!("{name} must not be null; omit it instead.")))
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
        [] => "none".to_owned(),
        known => known.join(", "),
    };
    Problem::field("field_unknown", shown, format!("The body has an unknown member; allowed: {allowed}."))
}

fn characters(name: &'static str) -> Problem {
    Problem::field(
        "field_characters",
        name,
        format!("{name} must not contain control characters or unpaired surrogates."),
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
