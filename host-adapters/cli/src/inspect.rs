//! `glowband inspect`: prints the content of a token without verifying it.

use super::{Outcome, Stop, report, verdict};
use anstyle::{AnsiColor, Style};
use glowband_core::{Claim, Claims, Clock, Header, Refusal, UnixSeconds};
use glowband_text::duration;
use glowband_text::json::{Members, push_minified, push_string};
use glowband_text::lines::{Line, Lines};
use glowband_verify::{HOST_LIMITS, SystemClock, is_padded, read_claims};
use std::ffi::OsString;
use std::io::{self, Write};

/// Print the content of a token without verifying it
#[derive(clap::Args)]
#[command(
    long_about = "\
Prints the header and the claims of a token exactly as they are written, and lists the
problems that verification would find. NOTHING IS VERIFIED: anyone can write such a token.
Use `glowband verify` before you trust one.

Of an encrypted token (JWE) only the header is printed, and of a broken token the parts
that can be decoded. The word \"Bearer\", quotes and blanks around the token are ignored.
The exit code is 0 if the payload could be decoded and 1 if not.",
    after_help = "\
Examples:
  glowband inspect \"$TOKEN\"
  glowband inspect --json - < token.txt | jq .claims"
)]
pub(super) struct Arguments {
    /// The token; `-` or no argument reads it from standard input
    #[arg(value_name = "TOKEN")]
    token: Option<OsString>,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
    /// Check dates as of this time, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment, allow_negative_numbers = true)]
    now: Option<u64>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let token = match &arguments.token {
        Some(token) if token != "-" => token.as_encoded_bytes().to_vec(),
        _ => from_standard_input()?,
    };
    let now = arguments.now.map(UnixSeconds).or_else(|| SystemClock.now());
    let decoded = match Decoded::read(&token, now) {
        Ok(decoded) => decoded,
        Err(refusal) => {
            let bad = verdict::Bad { refusal, detail: None };
            refuse(arguments.json, &bad).map_err(Stop::writing)?;
            return Ok(Outcome::Refused);
        }
    };
    let shown = if arguments.json { decoded.write_json() } else { decoded.write_text(now) };
    shown.map_err(Stop::writing)?;
    Ok(Outcome::AllGood.and(decoded.payload.is_some()))
}

fn from_standard_input() -> Result<Vec<u8>, Stop> {
    let mut lines = Lines::new(io::stdin().lock());
    while let Some(line) = lines.next(&mut || Ok(())).map_err(Stop::reading)? {
        match line {
            Line::TooLong => return Err(Stop::usage("standard input: the token is longer than 1048576 bytes")),
            Line::Whole(line) if line.trim_ascii().is_empty() => {}
            Line::Whole(line) => return Ok(line.trim_ascii().to_vec()),
        }
    }
    Err(Stop::usage("no token was given: standard input is empty"))
}

fn refuse(json: bool, bad: &verdict::Bad) -> io::Result<()> {
    if !json {
        return report::bad(&mut anstream::stdout().lock(), bad);
    }
    let mut line = b"{\"verified\":false".to_vec();
    verdict::push_refusal(&mut line, bad.refusal, &bad.message());
    line.extend_from_slice(b"}\n");
    io::stdout().lock().write_all(&line)
}

/// The decoded parts of a token, which is not verified.
struct Decoded {
    header: Vec<u8>,
    /// `None` if it cannot be decoded.
    payload: Option<Vec<u8>>,
    problems: Vec<Refusal>,
    /// What was ignored around the token, and explanations of problems.
    notes: Vec<&'static str>,
}

const PADDED: &str = "The token is padded with =, as load balancers of AWS send it; `glowband verify \
                      --danger-allow-padding` accepts it.";
const STANDARD: &str = "The token uses the base64 characters + and /; a JWT uses - and _ instead.";
const ENCRYPTED: &str = "The token is encrypted (JWE); only its header can be read without the key.";

impl Decoded {
    /// Decodes the parts that can be decoded.
    ///
    /// # Errors
    /// Returns why the header cannot be decoded.
    fn read(text: &[u8], now: Option<UnixSeconds>) -> Result<Self, Refusal> {
        let (token, mut notes) = bare(text);
        if token.first() == Some(&b'{') {
            return Err(Refusal::JsonSerialization);
        }
        let form = match token.split(|byte| *byte == b'.').count() {
            _ if token.len() > HOST_LIMITS.token_limit() => Some(Refusal::TokenTooLong),
            3 => None,
            5 => Some(Refusal::EncryptedToken),
            _ => Some(Refusal::SegmentCount),
        };
        let encrypted = form == Some(Refusal::EncryptedToken);
        let header = segment(token, 0).ok_or(form.unwrap_or(Refusal::Base64Invalid))?;
        if Members::read(&header).is_none() {
            return Err(form.unwrap_or(Refusal::HeaderNotJson));
        }
        let mut problems = Vec::from_iter(form);
        let segments = if encrypted { 1 } else { 3 };
        let strict = |index| token.split(|byte| *byte == b'.').nth(index).is_none_or(is_strict);
        if !(0..segments).all(strict) {
            problems.push(Refusal::Base64Invalid);
        }
        notes.extend(is_padded(token).then_some(PADDED));
        notes.extend(token.iter().any(|byte| matches!(byte, b'+' | b'/')).then_some(STANDARD));
        if encrypted {
            notes.push(ENCRYPTED);
            return Ok(Self { header, payload: None, problems, notes });
        }
        problems.extend(Header::read(&header, &HOST_LIMITS).err());
        if segment(token, 2).is_some_and(|signature| signature.is_empty()) {
            problems.push(Refusal::SignatureMissing);
        }
        let payload = segment(token, 1);
        match payload.as_deref().map(|payload| read_claims(payload, &HOST_LIMITS)) {
            Some(Ok(claims)) => problems.extend(problems_of(&claims, now)),
            Some(Err(refusal)) => problems.push(refusal),
            None => {}
        }
        Ok(Self { header, payload, problems, notes })
    }

    fn write_text(&self, now: Option<UnixSeconds>) -> io::Result<()> {
        let warning = Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
        let heading = Style::new().bold();
        let mut out = anstream::stdout().lock();
        writeln!(out, "{warning}UNTRUSTED: not verified. Anyone can write this.{warning:#}")?;
        writeln!(out, "{heading}header{heading:#}")?;
        report::claims(&mut out, &self.header, None)?;
        if let Some(payload) = &self.payload {
            writeln!(out, "{heading}payload{heading:#}")?;
            report::claims(&mut out, payload, now)?;
        }
        if !self.problems.is_empty() {
            writeln!(out, "{heading}problems{heading:#}")?;
        }
        for problem in &self.problems {
            writeln!(out, "  {} {}: {problem}", problem.code(), problem.name())?;
        }
        if !self.notes.is_empty() {
            writeln!(out, "{heading}notes{heading:#}")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "  {note}"))?;
        out.flush()
    }

    fn write_json(&self) -> io::Result<()> {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let mut line = b"{\"verified\":false".to_vec();
        if let (None, Some(first)) = (&self.payload, self.problems.first()) {
            verdict::push_refusal(&mut line, *first, first.sentence());
        }
        line.extend_from_slice(b",\"header\":");
        push_minified(&mut line, &self.header);
        if let Some(payload) = &self.payload {
            line.extend_from_slice(b",\"payload_b64\":");
            push_string(&mut line, &Base64UrlUnpadded::encode_string(payload));
            if Members::read(payload).is_some() {
                line.extend_from_slice(b",\"claims\":");
                push_minified(&mut line, payload);
            }
        }
        line.extend_from_slice(b",\"problems\":[");
        for (index, problem) in self.problems.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let text = format!("{comma}{{\"code\":{},\"error\":\"{}\",\"message\":", problem.code(), problem.name());
            line.extend_from_slice(text.as_bytes());
            push_string(&mut line, problem.sentence());
            line.push(b'}');
        }
        line.extend_from_slice(b"],\"notes\":[");
        for (index, note) in self.notes.iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            push_string(&mut line, note);
        }
        line.extend_from_slice(b"]}\n");
        io::stdout().lock().write_all(&line)
    }
}

/// Removes "Authorization:", "Bearer" and quotes around a token; returns the token and a note for each removal.
fn bare(text: &[u8]) -> (&[u8], Vec<&'static str>) {
    let (mut token, mut notes) = (text, Vec::new());
    loop {
        token = token.trim_ascii();
        let prefix = |prefix: &[u8]| {
            let (start, rest) = token.split_at_checked(prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then_some(rest)
        };
        let unquoted = [b'"', b'\'', b'`'].into_iter().find_map(|quote| {
            let rest = token.strip_prefix(&[quote])?;
            Some(rest.strip_suffix(&[quote]).unwrap_or(rest))
        });
        let (rest, note) = if let Some(rest) = prefix(b"authorization:") {
            (rest, "\"Authorization:\" before the token was ignored.")
        } else if let Some(rest) = prefix(b"bearer ").or_else(|| prefix(b"bearer\t")) {
            (rest, "\"Bearer\" before the token was ignored.")
        } else if let Some(rest) = unquoted {
            (rest, "Quotes around the token were ignored.")
        } else {
            return (token, notes);
        };
        token = rest;
        notes.push(note);
    }
}

/// Decodes a segment in base64url or base64, with or without padding.
fn segment(token: &[u8], index: usize) -> Option<Vec<u8>> {
    use base64ct::{Base64Unpadded, Encoding};
    verdict::segment(token, index).or_else(|| {
        let text = verdict::unpadded(token.split(|byte| *byte == b'.').nth(index)?);
        Base64Unpadded::decode_vec(std::str::from_utf8(text).ok()?).ok()
    })
}

/// Returns whether the segment is base64url without padding, which is the only form that verification accepts.
fn is_strict(segment: &[u8]) -> bool {
    use base64ct::{Base64UrlUnpadded, Encoding};
    std::str::from_utf8(segment).is_ok_and(|text| Base64UrlUnpadded::decode_vec(text).is_ok())
}

/// Returns the refusals that every verification would report, with any policy.
fn problems_of(claims: &Claims<'_>, now: Option<UnixSeconds>) -> Vec<Refusal> {
    let mut problems = malformed(claims);
    if claims.expires_at() == Claim::Absent {
        problems.push(Refusal::ExpiryMissing);
    }
    if let Some(UnixSeconds(now)) = now {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let dates = [
            (claims.expires_at().present().is_some_and(|date| date.floor() <= now), Refusal::Expired),
            (claims.not_before().present().is_some_and(|date| date.floor() > now), Refusal::NotYetValid),
            (claims.issued_at().present().is_some_and(|date| date.floor() > now), Refusal::IssuedInFuture),
        ];
        problems.extend(dates.into_iter().filter_map(|(wrong, refusal)| wrong.then_some(refusal)));
    }
    problems
}

/// Returns the refusal of each registered claim whose JSON type is not the one of RFC 7519 §4.1.
pub(crate) fn malformed(claims: &Claims<'_>) -> Vec<Refusal> {
    [
        (claims.issuer() == Claim::Malformed, Refusal::IssuerMalformed),
        (claims.subject() == Claim::Malformed, Refusal::SubjectMalformed),
        (claims.audience() == Claim::Malformed, Refusal::AudienceMalformed),
        (claims.expires_at() == Claim::Malformed, Refusal::ExpiryMalformed),
        (claims.not_before() == Claim::Malformed, Refusal::NotBeforeMalformed),
        (claims.issued_at() == Claim::Malformed, Refusal::IssuedAtMalformed),
        (claims.token_id() == Claim::Malformed, Refusal::TokenIdMalformed),
    ]
    .into_iter()
    .filter_map(|(wrong, refusal)| wrong.then_some(refusal))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64UrlUnpadded, Encoding};

    fn problems(header: &str, payload: &str) -> Result<Vec<Refusal>, Refusal> {
        let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        let token = format!("{}.{}.AAAA", encode(header), encode(payload));
        Decoded::read(token.as_bytes(), Some(UnixSeconds(100))).map(|decoded| decoded.problems)
    }

    #[test]
    fn problems_are_the_refusals_of_verification() {
        let header = r#"{"alg":"HS256"}"#;
        assert_eq!(problems(header, r#"{"exp":101}"#), Ok(vec![]));
        assert_eq!(problems(header, r#"{"exp":100,"nbf":101.5}"#), Ok(vec![Refusal::Expired, Refusal::NotYetValid]));
        assert_eq!(problems(header, r#"{"iss":1}"#), Ok(vec![Refusal::IssuerMalformed, Refusal::ExpiryMissing]));
        assert_eq!(
            problems(r#"{"alg":"none"}"#, "plain text"),
            Ok(vec![Refusal::AlgorithmNone, Refusal::PayloadNotJson])
        );
        assert_eq!(problems("[]", "{}"), Err(Refusal::HeaderNotJson));
        assert_eq!(problems("{}", "{\"exp\":101}"), Ok(vec![Refusal::AlgorithmMissing]));
        assert_eq!(Decoded::read(b"a.b.c.d.e", None).err(), Some(Refusal::EncryptedToken));
        assert_eq!(Decoded::read(b"nonsense", None).err(), Some(Refusal::SegmentCount));
        assert_eq!(Decoded::read(b"{\"payload\":\"\"}", None).err(), Some(Refusal::JsonSerialization));
    }

    #[test]
    fn prefixes_and_quotes_around_the_token_are_ignored() {
        for text in [
            "a.b.c",
            " a.b.c\n",
            "Bearer a.b.c",
            "bearer\ta.b.c",
            "\"a.b.c\"",
            "'a.b.c'",
            "`a.b.c`",
            "Authorization: Bearer a.b.c",
            "\"Authorization: Bearer a.b.c\"",
            "\"Bearer a.b.c\"\n",
            "'\"a.b.c\"'",
            "\"a.b.c",
        ] {
            assert_eq!(bare(text.as_bytes()).0, b"a.b.c", "{text:?}");
        }
        assert_eq!(bare(b"\"").0, b"");
        assert_eq!(bare(b"Bearer").0, b"Bearer");
    }

    #[test]
    fn the_readable_parts_of_a_broken_token_are_shown() {
        let encode = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        let header = encode(r#"{"alg":"RS256"}"#);
        let shown = |token: String| {
            let decoded = Decoded::read(token.as_bytes(), Some(UnixSeconds(100))).unwrap();
            (decoded.payload.is_some(), decoded.problems)
        };
        assert_eq!(shown(format!("{header}.***.AAAA")), (false, vec![Refusal::Base64Invalid]));
        assert_eq!(shown(format!("{header}.A.AAAA")), (false, vec![Refusal::Base64Invalid]));
        let good = encode(r#"{"exp":101}"#);
        assert_eq!(shown(format!("{header}.{good}")), (true, vec![Refusal::SegmentCount]));
        assert_eq!(shown(format!("{header}.{good}.A*")), (true, vec![Refusal::Base64Invalid]));
        assert_eq!(shown(format!("{header}.{good}=.AAA=")), (true, vec![Refusal::Base64Invalid]));
        let encrypted = encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
        assert_eq!(shown(format!("{encrypted}.AA.AA.AA.AA")), (false, vec![Refusal::EncryptedToken]));
        assert_eq!(shown(format!("{encrypted}.*.AA.AA.AA")), (false, vec![Refusal::EncryptedToken]));
    }
}
