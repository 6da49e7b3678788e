//! The sections of a PEM text, read as tolerantly as others read them: RFC 7468 §2 asks for lines of 64 characters, and
//! for readers that do not insist.

use crate::key_fault::{KeyFault, counted, shown};
use base64ct::{Base64, Encoding};
use glowband_core::Refusal;
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// The longest label that is looked for.
const MAX_LABEL: usize = 64;

/// Whether the text looks like PEM.
pub(crate) fn is_pem(text: &[u8]) -> bool {
    find(text, BEGIN).is_some()
}

/// One section: what stands between a BEGIN and its END.
///
/// Line breaks of any kind, blank lines, indentation, blanks at the ends of lines, and the length of the lines do not
/// matter; nor does text between the sections.
pub(crate) struct Section<'t> {
    pub(crate) label: &'t str,
    body: &'t [u8],
    /// The line in which the body begins, counted from 1.
    line: usize,
}

impl Section<'_> {
    /// The bytes that the section encodes.
    ///
    /// # Errors
    /// The line that is no base64, or what is missing at the end.
    pub(crate) fn der(&self) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let mut line = self.line;
        if let Some(at) = self.body.iter().position(|byte| *byte == b':') {
            let passed = self.body.iter().take(at).filter(|byte| **byte == b'\n').count();
            return Err(malformed(
                line + passed,
                "the section has headers, as old encrypted keys have; none is allowed",
            ));
        }
        let mut characters = Zeroizing::new(String::with_capacity(self.body.len()));
        for byte in self.body {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => characters.push(char::from(*byte)),
                b'\n' => line += 1,
                byte if byte.is_ascii_whitespace() => {}
                b'\\' => {
                    return Err(malformed(
                        line,
                        "a backslash is not base64; line breaks are written as such, not as \\n",
                    ));
                }
                b'-' | b'_' => return Err(malformed(line, "the base64 is that of URLs; PEM has + and / for - and _")),
                _ => return Err(malformed(line, "a character is not base64")),
            }
        }
        let broken = || {
            let rest = match characters.len() % 4 {
                0 => "its end is damaged".to_owned(),
                _ => format!("it has {}; a multiple of 4 is needed", counted(characters.len(), "character")),
            };
            malformed(line, &format!("the base64 is incomplete: {rest}"))
        };
        Base64::decode_vec(&characters).map(Zeroizing::new).map_err(|_| broken())
    }
}

/// Reads the sections one after the other.
pub(crate) struct Sections<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Sections<'t> {
    pub(crate) fn of(text: &'t [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Goes to a place further down.
    fn go(&mut self, at: usize) {
        let passed = self.text.get(self.at..at).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = at;
    }

    /// Passes the next marker, and reads the label behind it.
    fn label(&mut self, marker: &[u8]) -> Option<Result<&'t str, KeyFault>> {
        let rest = self.text.get(self.at..)?;
        let start = find(rest, marker)? + marker.len();
        self.go(self.at + start);
        let rest = rest.get(start..).unwrap_or_default();
        let label = find(rest.get(..MAX_LABEL + DASHES.len()).unwrap_or(rest), DASHES).and_then(|end| {
            let label = std::str::from_utf8(rest.get(..end)?).ok()?;
            self.at += end + DASHES.len();
            label.bytes().all(|byte| matches!(byte, b' '..=b'~')).then_some(label)
        });
        Some(label.ok_or_else(|| {
            let name = marker.trim_ascii().escape_ascii();
            malformed(self.line, &format!("{name} is not followed by a label and five dashes"))
        }))
    }

    fn section(&mut self) -> Option<Result<Section<'t>, KeyFault>> {
        let label = match self.label(BEGIN)? {
            Ok(label) => label,
            Err(fault) => return Some(Err(fault)),
        };
        let (start, line) = (self.at, self.line);
        let end = match self.label(END) {
            None => return Some(Err(malformed(line, &format!("no END follows BEGIN {label}")))),
            Some(Err(fault)) => return Some(Err(fault)),
            Some(Ok(end)) => end,
        };
        if end != label {
            return Some(Err(malformed(self.line, &format!("END {end} follows BEGIN {label}"))));
        }
        let body = self.text.get(start..self.at).unwrap_or_default();
        let body = body.get(..body.len() - END.len() - label.len() - DASHES.len()).unwrap_or_default();
        Some(Ok(Section { label, body, line }))
    }
}

impl<'t> Iterator for Sections<'t> {
    type Item = Result<Section<'t>, KeyFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let section = self.section();
        if let Some(Err(_)) = section {
            // Where sections begin and end is unclear from here on.
            self.at = self.text.len();
        }
        section
    }
}

fn malformed(line: usize, words: &str) -> KeyFault {
    KeyFault::line(Refusal::KeyMalformed, line, words)
}

/// The label of a section that is no public key.
pub(crate) fn other_label(label: &str) -> KeyFault {
    let allowed = "PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE";
    KeyFault::whole(Refusal::KeyMalformed, format!("The PEM section is {}; allowed: {allowed}", shown(label)))
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}
