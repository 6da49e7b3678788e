//! The body of a refused request's answer: problem details (RFC 9457).

use std::fmt;

/// Problem details. `Display` writes them as `application/problem+json`.
///
/// `type` is `about:blank`, so `title` is the phrase of the status (RFC 9457 §4.2.1). Two extension members identify
/// the error: `code`, the frozen number of a refusal, and `name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status code.
    pub status: u16,
    /// One sentence for human readers.
    pub detail: &'static str,
    /// The refusal's number; `None` if no token was checked.
    pub code: Option<u8>,
    /// The refusal's name, or another stable name such as `no_token`.
    pub name: &'static str,
}

impl Problem {
    /// The media type of the written text.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// Returns the phrase of the status (RFC 9110 §15).
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

/// Writes a text as the content of a JSON string (RFC 8259 §7).
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
