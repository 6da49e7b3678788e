//! Prints verdicts and claims as text for people.

use super::verdict::{Bad, Good, when};
use anstyle::{AnsiColor, Style};
use glowband_core::{Claim, NumericDate, UnixSeconds};
use glowband_text::json::{Members, laid_out, quoted};
use glowband_verify::{HOST_LIMITS, read_claims};
use std::io::{self, Write};

pub(super) const GOOD: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
pub(super) const BAD: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// The greatest width of a value on one line, in characters.
const WIDTH: usize = 88;

/// Prints `ok  ES256  kid "2026-11"` and the claims below it.
pub(super) fn good(out: &mut dyn Write, good: &Good<'_>, now: Option<UnixSeconds>) -> io::Result<()> {
    write!(out, "{GOOD}ok{GOOD:#}  {}", good.header.algorithm())?;
    if let Some(kid) = good.header.key_id() {
        write!(out, "  kid {}", quoted(&kid.to_string()))?;
    }
    writeln!(out)?;
    if good.claims_checked { claims(out, good.payload, now) } else { payload(out, good.payload) }
}

/// Prints `refused  17 bad_signature: The signature does not match.`
pub(super) fn bad(out: &mut dyn Write, bad: &Bad) -> io::Result<()> {
    let refusal = bad.refusal;
    writeln!(out, "{BAD}refused{BAD:#}  {} {}: {}", refusal.code(), refusal.name(), bad.message())
}

/// Prints one claim per line. Dates are printed as numbers and as dates. A payload that is not an object is printed as text.
pub(super) fn claims(out: &mut dyn Write, json: &[u8], now: Option<UnixSeconds>) -> io::Result<()> {
    let Some(members) = Members::read(json) else {
        return payload(out, json);
    };
    let dates = Dates::read(json);
    let name_width = members.0.iter().map(|(name, _)| shown_name(name).chars().count()).max().unwrap_or(0).min(24);
    for (name, value) in &members.0 {
        let value = laid_out(value.get(), name_width + 4, WIDTH - name_width);
        write!(out, "  {:name_width$}  {value}", shown_name(name))?;
        match dates.as_ref().and_then(|dates| dates.get(name)) {
            Some(date) => writeln!(out, " ({})", when(date.floor(), now))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

/// Prints the bytes if they are plain text, otherwise their number.
pub(super) fn payload(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let printable =
        |text: &&str| text.chars().all(|c| matches!(c, '\n' | '\t') || !quoted(&c.to_string()).contains("\\u"));
    match std::str::from_utf8(bytes).ok().filter(printable) {
        Some(text) => text.lines().try_for_each(|line| writeln!(out, "  {line}")),
        None => writeln!(out, "  {} bytes, not plain text; --json prints them in payload_b64", bytes.len()),
    }
}

/// Returns the name, in quotes if it contains anything but plain characters.
fn shown_name(name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if plain { name.to_owned() } else { quoted(name) }
}

/// The registered claims that are dates (RFC 7519 §4.1).
struct Dates {
    expires_at: Claim<NumericDate>,
    not_before: Claim<NumericDate>,
    issued_at: Claim<NumericDate>,
}

impl Dates {
    fn read(json: &[u8]) -> Option<Self> {
        let claims = read_claims(json, &HOST_LIMITS).ok()?;
        Some(Self { expires_at: claims.expires_at(), not_before: claims.not_before(), issued_at: claims.issued_at() })
    }

    fn get(&self, name: &str) -> Option<NumericDate> {
        match name {
            "exp" => self.expires_at.present(),
            "nbf" => self.not_before.present(),
            "iat" => self.issued_at.present(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        let mut out = Vec::new();
        claims(&mut out, json.as_bytes(), Some(UnixSeconds(1_700_000_000))).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dates_are_printed_after_their_numbers() {
        assert_eq!(
            shown(r#"{"iss":"a","exp":1700000300.5,"roles":["x","y"]}"#),
            "  iss    \"a\"\n  exp    1700000300.5 (2023-11-14T22:18:20Z, in 5 min)\n  roles  [\"x\", \"y\"]\n"
        );
        assert_eq!(shown(r#"{"exp":9e18}"#).lines().count(), 1);
        assert_eq!(shown(r#"{"exp":"soon"}"#), "  exp  \"soon\"\n");
    }

    #[test]
    fn control_characters_in_claims_are_escaped() {
        let text = shown("{\"a\u{9b}2J\":\"\u{9b}31m\\u001b[2J\u{202e}\",\"a b\":1}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert!(!text.contains('\u{202e}') && text.contains("\"a b\""), "{text:?}");
        let mut out = Vec::new();
        payload(&mut out, b"\x1b[2J").unwrap();
        assert!(!out.contains(&0x1b));
    }
}
