//! What is told to a client in the body: problem details (RFC 9457).

use std::fmt;

/// A problem; `Display` writes it as `application/problem+json`.
///
/// Its `type` is `about:blank`, so its title is the status's own phrase (RFC 9457 §4.2.1). What went wrong is told by
/// the extension members `code`, the frozen number of a refusal, and `name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status code.
    pub status: u16,
    /// One sentence for people.
    pub detail: &'static str,
    /// The refusal's number; `None` if no token was judged.
    pub code: Option<u8>,
    /// The refusal's name, or what else it was: `no_token`.
    pub name: &'static str,
}

impl Problem {
    /// The media type of what `Display` writes.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The phrase of the status (RFC 9110 §15).
    pub const fn title(&self) -> &'static str {
        match self.status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            503 => "Service Unavailable",
            _ => "Internal Server Error",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, detail, code, name } = self;
        let title = self.title();
        write!(f, r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{}""#, Escaped(detail))?;
        if let Some(code) = code {
            write!(f, r#","code":{code}"#)?;
        }
        write!(f, r#","name":"{}"}}"#, Escaped(name))
    }
}

/// A text within a JSON string (RFC 8259 §7).
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '"' | '\\' => write!(f, "\\{character}"),
            '\0'..='\x1f' => write!(f, "\\u{:04x}", u32::from(character)),
            _ => write!(f, "{character}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_problem_is_json_with_the_frozen_number() {
        let problem = Problem { status: 401, detail: "The \"token\"\n\\.", code: Some(17), name: "bad_signature" };
        let read: Value = serde_json::from_str(&problem.to_string()).unwrap();
        let expected = json!({
            "type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "The \"token\"\n\\.",
            "code": 17, "name": "bad_signature",
        });
        assert_eq!(read, expected);
        let without = Problem { code: None, ..problem };
        assert!(!without.to_string().contains("code"));
    }
}
