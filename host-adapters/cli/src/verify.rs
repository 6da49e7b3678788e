//! `glowband verify`: verifies tokens from the command line or standard input and prints a verdict for each.

use super::current_keys::CurrentKeys;
use super::expectations::{Flags, Terms};
use super::key_file::{KeyUse, VerifyingKeyFlags, algorithm};
use super::remote_keys::FetchFlags;
use super::{Outcome, Stop, batch, note, report, verdict};
use glowband_core::{Algorithm, Refusal};
use glowband_text::lines::{Line, Lines};
use glowband_verify::{KeyReader, Preparation};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// Verify tokens: signature, claims and dates
#[derive(clap::Args)]
#[command(
    long_about = "\
Verifies compact JWTs: the signature, the claims and the dates. A token must have exp, and
every claim that a flag expects. The exit code is 0 only if all tokens are valid.",
    after_help = "\
Examples:
  glowband verify --jwks jwks.json --iss https://id.example --aud door-42 \"$TOKEN\"
  glowband verify --key public.pem --alg RS256 --leeway 30 - < tokens.txt
  glowband verify --secret-file secret.bin --json \"$TOKEN\" | jq .claims
  glowband verify --jwks https://id.example/jwks.json --iss https://id.example \"$TOKEN\"
  glowband verify --discover https://id.example --iss https://id.example \"$TOKEN\"
  glowband verify --key public.jwk --jws \"$JWS\"          checks only the signature
  glowband verify --batch < requests.jsonl               prints one line of JSON per request

A request of --batch is one line of JSON. Only token is required; the flags of the command
line are the defaults of the other members:
  {\"id\":1,\"token\":\"…\",\"jwk\":{…} | \"jwks\":{…},\"jws\":false,\"now\":1700000000,\"iss\":\"…\",
   \"aud\":\"…\",\"sub\":\"…\",\"typ\":\"…\",\"leeway\":0,\"max_age\":600,\"allow_missing_expiry\":false}"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    keys: VerifyingKeyFlags,
    /// Accept only this algorithm: HS, ES, RS or PS with 256, 384 or 512, or EdDSA
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true, help_heading = "Keys")]
    alg: Option<Algorithm>,
    /// Accept HMAC secrets that are shorter than the hash. Attackers can find short secrets by trying
    #[arg(long, help_heading = "Keys")]
    danger_allow_short_secret: bool,
    #[command(flatten)]
    expectations: Flags,
    #[command(flatten)]
    fetch: FetchFlags,
    /// Check only the signature; the payload may be any bytes
    #[arg(long, help_heading = "Mode")]
    jws: bool,
    /// Print one JSON object per token
    #[arg(long, help_heading = "Mode")]
    json: bool,
    /// Read requests from standard input, one line of JSON each, and print one line of JSON for each
    #[arg(long, help_heading = "Mode")]
    batch: bool,
    /// Compact tokens; `-` or no argument reads them from standard input, one per line
    #[arg(value_name = "TOKEN")]
    tokens: Vec<OsString>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let from_input = arguments.tokens.is_empty() || arguments.tokens.iter().any(|token| token == "-");
    if arguments.batch && arguments.tokens.iter().any(|token| token != "-") {
        return Err(Stop::usage("--batch reads requests from standard input; TOKEN is not allowed with it"));
    }
    if arguments.keys.takes_standard_input() && from_input {
        return Err(Stop::usage(
            "the key and the tokens cannot both be read from standard input; name a file for the key, or give a TOKEN",
        ));
    }
    if let Some(flag) = arguments.expectations.about_claims().filter(|_| arguments.jws && !arguments.batch) {
        return Err(Stop::Usage(format!("--jws checks only the signature; {flag} is not allowed with it")));
    }
    // Preparing a key takes time, which only pays off if many tokens use the key.
    let mut reader = KeyReader::new().prepare(Preparation::after_uses(32));
    if arguments.danger_allow_short_secret {
        reader = reader.danger_allow_short_secret();
    }
    let terms = arguments.expectations.terms(arguments.jws)?;
    let usage = KeyUse {
        only: arguments.alg,
        template: arguments.expectations.issuer_template(),
        // Tokens from standard input may arrive after the issuer has changed its keys.
        refetch: arguments.batch || from_input,
    };
    let keys = arguments.keys.read(reader, &usage, &arguments.fetch)?;
    if arguments.batch {
        return batch::run(keys.as_ref(), reader, arguments.alg, &terms);
    }
    let Some(keys) = keys else {
        return Err(Stop::usage(
            "a key is needed: --jwks FILE|URL, --key FILE|URL, --secret-file FILE or --discover ISSUER",
        ));
    };
    let mut verification = Verification {
        keys: &keys,
        terms,
        json: arguments.json,
        // `anstream` adds colours on a terminal; JSON has none.
        out: if arguments.json { Box::new(io::stdout().lock()) } else { Box::new(anstream::stdout().lock()) },
        scratch: Vec::new(),
        seen: 0,
        outcome: Outcome::AllGood,
        unchecked: UncheckedClaims::default(),
    };
    for token in arguments.tokens.iter().filter(|token| *token != "-") {
        verification.token(token.as_encoded_bytes())?;
    }
    if from_input {
        verification.standard_input()?;
    }
    verification.finish()
}

struct Verification<'a> {
    keys: &'a CurrentKeys,
    terms: Terms,
    json: bool,
    out: Box<dyn Write>,
    scratch: Vec<u8>,
    seen: usize,
    outcome: Outcome,
    unchecked: UncheckedClaims,
}

/// The claims that valid tokens had and that no flag expected.
#[derive(Default)]
struct UncheckedClaims {
    iss: bool,
    aud: bool,
}

impl Verification<'_> {
    fn standard_input(&mut self) -> Result<(), Stop> {
        let input = io::stdin();
        if input.is_terminal() && self.seen == 0 {
            return Err(Stop::usage("no token was given: give a TOKEN, or write tokens to standard input"));
        }
        let mut lines = Lines::new(input.lock());
        while let Some(line) = lines.next(&mut || Ok(())).map_err(Stop::reading)? {
            match line {
                Line::TooLong => self.show(Err(Refusal::TokenTooLong.into()))?,
                Line::Whole(line) => match line.trim_ascii() {
                    [] => {}
                    token => self.token(token)?,
                },
            }
        }
        Ok(())
    }

    fn token(&mut self, token: &[u8]) -> Result<(), Stop> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let shown = self.show(self.keys.check(&self.terms, token, &mut scratch));
        self.scratch = scratch;
        shown
    }

    fn show(&mut self, verdict: Result<verdict::Good<'_>, verdict::Bad>) -> Result<(), Stop> {
        self.outcome = self.outcome.and(verdict.is_ok());
        if let Ok(good) = &verdict {
            self.unchecked.note(good, &self.terms);
        }
        self.write(&verdict).map_err(Stop::writing)?;
        self.seen += 1;
        Ok(())
    }

    fn write(&mut self, verdict: &Result<verdict::Good<'_>, verdict::Bad>) -> io::Result<()> {
        if self.json {
            let mut line = Vec::new();
            verdict::push_members(&mut line, verdict);
            // Replaces the comma before the first member.
            line[0] = b'{';
            line.extend_from_slice(b"}\n");
            return self.out.write_all(&line);
        }
        if self.seen > 0 {
            writeln!(self.out)?;
        }
        match verdict {
            Ok(good) => report::good(&mut self.out, good, self.terms.moment()),
            Err(bad) => report::bad(&mut self.out, bad),
        }
    }

    fn finish(mut self) -> Result<Outcome, Stop> {
        self.out.flush().map_err(Stop::writing)?;
        if self.seen == 0 {
            return Err(Stop::usage("no token was given: standard input is empty"));
        }
        if !self.json {
            self.unchecked.print_note();
        }
        Ok(self.outcome)
    }
}

impl UncheckedClaims {
    fn note(&mut self, good: &verdict::Good<'_>, terms: &Terms) {
        if !good.claims_checked {
            return;
        }
        let Ok(claims) = glowband_verify::read_claims(good.payload, &glowband_verify::HOST_LIMITS) else {
            return;
        };
        self.iss |= terms.settings.issuers.is_empty() && claims.issuer().present().is_some();
        self.aud |= terms.settings.audiences.is_empty() && claims.audience().present().is_some();
    }

    fn print_note(&self) {
        let (claims, flags) = match (self.iss, self.aud) {
            (true, true) => ("iss and aud", "--iss ISSUER and --aud AUDIENCE"),
            (true, false) => ("iss", "--iss ISSUER"),
            (false, true) => ("aud", "--aud AUDIENCE"),
            (false, false) => return,
        };
        note(&format!(
            "{claims} not checked: the token may be meant for another service that trusts the same key; add {flags}"
        ));
    }
}
