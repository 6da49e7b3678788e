//! The tokens by which an owner sets up a door: its keys, its clock, and what is revoked.

use super::{At, Owner, door_key, order, send};
use crate::Stop;
use glowband_core::Clock;
use glowband_text::duration;
use glowband_text::json::push_string;
use glowband_verify::SystemClock;
use std::path::PathBuf;

/// Set up a new door: its owner, its name and the keys that it trusts
#[derive(clap::Args)]
#[command(long_about = "\
Sets up a new door: stores the owner's key, the name of the door, the issuer of its tokens
and the issuer's keys. A door accepts this command only once, from any owner: run it
before anyone else can reach the door.")]
pub(super) struct Provision {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// The issuer (iss) of the tokens that open the door
    #[arg(long, value_name = "ISSUER")]
    iss: String,
    #[command(flatten)]
    issuer_keys: IssuerKeyFlags,
    /// Let each token open the door only once; every token then needs a jti
    #[arg(long)]
    one_time: bool,
}

/// Set the door's clock
#[derive(clap::Args)]
pub(super) struct Time {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// The current time, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment)]
    now: Option<u64>,
}

/// Replace the keys that the door trusts
#[derive(clap::Args)]
pub(super) struct Keys {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    issuer_keys: IssuerKeyFlags,
    /// The key of a new owner, private or public, who replaces the present owner
    #[arg(long, value_name = "FILE")]
    new_owner: Option<PathBuf>,
    /// The new version of the keys, greater than the door's [default: the door's plus 1]
    #[arg(long, value_name = "NUMBER")]
    update: Option<u32>,
}

/// Replace the list of revoked subjects and tokens
#[derive(clap::Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// Revoke all tokens of this subject (sub). Repeat the flag for several subjects
    #[arg(long, value_name = "SUBJECT")]
    sub: Vec<String>,
    /// Revoke the token with this id (jti). Repeat the flag for several tokens
    #[arg(long, value_name = "ID")]
    jti: Vec<String>,
    /// The new version of the list, greater than the door's [default: the door's plus 1]
    #[arg(long, value_name = "NUMBER")]
    update: Option<u32>,
}

#[derive(clap::Args)]
struct IssuerKeyFlags {
    /// A key of the issuer: public JWK or PEM, or secret JWK; can be given three times
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// How many seconds the clocks of door and issuer may differ
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds)]
    leeway: Option<u64>,
    /// How many milliseconds the door stays open
    #[arg(long, value_name = "MS")]
    open_ms: Option<u32>,
}

impl IssuerKeyFlags {
    fn claims(&self) -> Result<String, Stop> {
        let keys: Vec<String> = self.key.iter().map(|path| door_key::jwk(path)).collect::<Result<_, _>>()?;
        let mut claims = format!("\"keys\":[{}]", keys.join(","));
        if let Some(leeway) = self.leeway {
            claims.push_str(&format!(",\"leeway\":{leeway}"));
        }
        if let Some(milliseconds) = self.open_ms {
            claims.push_str(&format!(",\"open_ms\":{milliseconds}"));
        }
        Ok(claims)
    }
}

impl Provision {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let claims = format!(
            "\"version\":1,\"door\":{},\"issuer\":{},\"one_time\":{},{}",
            string(&self.owner.door),
            string(&self.iss),
            self.one_time,
            self.issuer_keys.claims()?
        );
        let token = self.owner.order("door-provision+jwt", &claims)?;
        order(&self.at, &format!("PROVISION {} {token}", door_key::jwk(&self.owner.owner)?))
    }
}

impl Time {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let mut line = self.at.line()?;
        let answer = send(&mut line, "NONCE")?;
        let Some(nonce) = answer.strip_prefix("NONCE ") else { return Ok(answer) };
        let now = self.now.or_else(|| SystemClock.now().map(|now| now.0));
        let now = now.ok_or_else(|| Stop::usage("the system's clock is set before 1970; give --now"))?;
        let token = self.owner.order("door-time+jwt", &format!("\"nonce\":{},\"now\":{now}", string(nonce)))?;
        send(&mut line, &token)
    }
}

impl Keys {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let version = next(self.update, &self.at, "keys=")?;
        let mut claims = format!("\"version\":{version},{}", self.issuer_keys.claims()?);
        if let Some(path) = &self.new_owner {
            claims.push_str(&format!(",\"owner\":{}", door_key::jwk(path)?));
        }
        order(&self.at, &self.owner.order("door-keys+jwt", &claims)?)
    }
}

impl Revoke {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let version = next(self.update, &self.at, "denylist=")?;
        let claims =
            format!("\"version\":{version},\"subjects\":{},\"tokens\":{}", strings(&self.sub), strings(&self.jti));
        order(&self.at, &self.owner.order("door-denylist+jwt", &claims)?)
    }
}

/// Returns the given version, or the door's version plus 1.
fn next(given: Option<u32>, at: &At, word: &str) -> Result<u32, Stop> {
    if let Some(given) = given {
        return Ok(given);
    }
    let status = send(&mut at.line()?, "STATUS")?;
    let own = status.split(' ').find_map(|part| part.strip_prefix(word)).and_then(|number| number.parse::<u32>().ok());
    own.and_then(|own| own.checked_add(1))
        .ok_or_else(|| Stop::Usage(format!("the door's status has no version {word}NUMBER: {status}; give --update")))
}

fn string(text: &str) -> String {
    let mut json = Vec::new();
    push_string(&mut json, text);
    String::from_utf8(json).unwrap_or_default()
}

fn strings(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| string(text)).collect::<Vec<_>>().join(","))
}
