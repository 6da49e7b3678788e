//! `glowband inspect`: what a token says of itself, which proves nothing.

use super::lines::{Line, Lines};
use super::malformed::malformed;
use super::verify::unreadable;
use super::{Outcome, Stop, report, verdict};
use crate::duration;
use crate::json_text::{Members, push_minified, push_string};
use anstyle::{AnsiColor, Style};
use glowband_core::{Claim, Claims, Clock, Header, Refusal, UnixSeconds, scratch_needed};
use glowband_verify::SystemClock;
use glowband_verify::{HOST_LIMITS, read_claims};
use std::ffi::OsString;
use std::io::{self, Write};

/// Print what a token says, without verifying it
#[derive(clap::Args)]
#[command(
    long_about = "\
Prints header and claims of a token as they are written. NOTHING IS VERIFIED: anyone can
write anything into a token. The exit code says only whether the token could be decoded:
0 if it could, 1 if not. Use `glowband verify` to decide anything.",
    after_help = "\
Examples:
  glowband inspect \"$TOKEN\"
  glowband inspect --json - < token.txt | jq .claims"
)]
pub(super) struct Arguments {
    /// The token; `-`, or none, reads it from standard input
    #[arg(value_name = "TOKEN")]
    token: Option<OsString>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Judge dates as of this moment, in seconds since 1970 [default: the system's clock]
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
    Ok(Outcome::AllGood)
}

fn from_standard_input() -> Result<Vec<u8>, Stop> {
    let mut lines = Lines::new(io::stdin().lock());
    while let Some(line) = lines.next(&mut || Ok(())).map_err(unreadable)? {
        match line {
            Line::TooLong => return Err(Stop::usage("standard input: the token is too long")),
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

/// A token's parts, not verified.
struct Decoded {
    header: Vec<u8>,
    payload: Vec<u8>,
    problems: Vec<Refusal>,
}

impl Decoded {
    fn read(token: &[u8], now: Option<UnixSeconds>) -> Result<Self, Refusal> {
        if scratch_needed(token) == 0 {
            // Nothing to decode: the same refusal that verification would give.
            let keys = glowband_verify::KeySet::new();
            let refused = glowband_core::SignatureVerifier::new(&keys).verify(token, &mut []);
            return Err(refused.err().unwrap_or(Refusal::SegmentCount));
        }
        let header = verdict::segment(token, 0).ok_or(Refusal::Base64Invalid)?;
        let payload = verdict::segment(token, 1).ok_or(Refusal::Base64Invalid)?;
        if Members::read(&header).is_none() {
            return Err(Refusal::HeaderNotJson);
        }
        let mut problems = Vec::new();
        problems.extend(Header::read(&header, &HOST_LIMITS).err());
        match verdict::segment(token, 2) {
            None => problems.push(Refusal::Base64Invalid),
            Some(signature) if signature.is_empty() => problems.push(Refusal::SignatureMissing),
            Some(_) => {}
        }
        match read_claims(&payload, &HOST_LIMITS) {
            Ok(claims) => problems.extend(problems_of(&claims, now)),
            Err(refusal) => problems.push(refusal),
        }
        Ok(Self { header, payload, problems })
    }

    fn write_text(&self, now: Option<UnixSeconds>) -> io::Result<()> {
        let warning = Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
        let heading = Style::new().bold();
        let mut out = anstream::stdout().lock();
        writeln!(out, "{warning}UNTRUSTED: not verified. Anyone can write this.{warning:#}")?;
        writeln!(out, "{heading}header{heading:#}")?;
        report::claims(&mut out, &self.header, None)?;
        writeln!(out, "{heading}payload{heading:#}")?;
        report::claims(&mut out, &self.payload, now)?;
        if !self.problems.is_empty() {
            writeln!(out, "{heading}problems{heading:#}")?;
        }
        for problem in &self.problems {
            writeln!(out, "  {} {}: {problem}", problem.code(), problem.name())?;
        }
        out.flush()
    }

    fn write_json(&self) -> io::Result<()> {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let mut line = b"{\"verified\":false,\"header\":".to_vec();
        push_minified(&mut line, &self.header);
        line.extend_from_slice(b",\"payload_b64\":");
        push_string(&mut line, &Base64UrlUnpadded::encode_string(&self.payload));
        if Members::read(&self.payload).is_some() {
            line.extend_from_slice(b",\"claims\":");
            push_minified(&mut line, &self.payload);
        }
        line.extend_from_slice(b",\"problems\":[");
        for (index, problem) in self.problems.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let text = format!("{comma}{{\"code\":{},\"error\":\"{}\",\"message\":", problem.code(), problem.name());
            line.extend_from_slice(text.as_bytes());
            push_string(&mut line, problem.sentence());
            line.push(b'}');
        }
        line.extend_from_slice(b"]}\n");
        io::stdout().lock().write_all(&line)
    }
}

/// What verification would object to, whoever verifies.
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
    fn problems_are_those_of_verification() {
        let header = r#"{"alg":"HS256"}"#;
        assert_eq!(problems(header, r#"{"exp":101}"#), Ok(vec![]));
        assert_eq!(problems(header, r#"{"exp":100,"nbf":100.5}"#), Ok(vec![Refusal::Expired, Refusal::NotYetValid]));
        assert_eq!(problems(header, r#"{"iss":1}"#), Ok(vec![Refusal::IssuerMalformed, Refusal::ExpiryMissing]));
        assert_eq!(
            problems(r#"{"alg":"none"}"#, "plain text"),
            Ok(vec![Refusal::AlgorithmNone, Refusal::PayloadNotJson])
        );
        assert_eq!(problems("[]", "{}"), Err(Refusal::HeaderNotJson));
        assert_eq!(Decoded::read(b"a.b.c.d.e", None).err(), Some(Refusal::EncryptedToken));
        assert_eq!(Decoded::read(b"nonsense", None).err(), Some(Refusal::SegmentCount));
        assert_eq!(Decoded::read(b"{\"payload\":\"\"}", None).err(), Some(Refusal::JsonSerialization));
    }
}
