//! What an owner tells a door: who may come in, what time it is, who may not come in any more.

use super::{At, Owner, ask, door_key, order};
use crate::Stop;
use glowband_core::Clock;
use glowband_text::duration;
use glowband_text::json::push_string;
use glowband_verify::SystemClock;
use std::path::PathBuf;

/// Make a door that belongs to nobody yet the owner's
#[derive(clap::Args)]
#[command(long_about = "\
Makes a door the owner's: tells it its name, the issuer of its tokens, and the issuer's
keys. A door takes this once; whoever comes first owns it.")]
pub(super) struct Provision {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// The issuer of tokens that open the door
    #[arg(long, value_name = "ISSUER")]
    iss: String,
    #[command(flatten)]
    ring: RingFlags,
    /// Let each token open once only; it then needs a jti
    #[arg(long)]
    one_time: bool,
}

/// Set the door's clock, as an answer to its nonce
#[derive(clap::Args)]
pub(super) struct Time {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// What now is, in seconds since 1970 [default: the system's clock]
    #[arg(long, value_name = "UNIX", value_parser = duration::moment)]
    now: Option<u64>,
}

/// Replace the keys that the door knows
#[derive(clap::Args)]
pub(super) struct Keys {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    ring: RingFlags,
    /// The key that the door obeys from then on; private or public
    #[arg(long, value_name = "FILE")]
    new_owner: Option<PathBuf>,
    /// Greater than the door's [default: the next after the door's]
    #[arg(long, value_name = "NUMBER")]
    update: Option<u32>,
}

/// Replace the list of subjects and tokens that open nothing
#[derive(clap::Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    owner: Owner,
    /// A subject; can be given several times
    #[arg(long, value_name = "SUBJECT")]
    sub: Vec<String>,
    /// A token's jti; can be given several times
    #[arg(long, value_name = "ID")]
    jti: Vec<String>,
    /// Greater than the door's [default: the next after the door's]
    #[arg(long, value_name = "NUMBER")]
    update: Option<u32>,
}

#[derive(clap::Args)]
struct RingFlags {
    /// A key of the issuer: JWK or PEM with a public key, or a JWK with a secret; up to three
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Seconds by which the clocks of door and issuer may differ
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds)]
    leeway: Option<u64>,
    /// Milliseconds for which a token opens the door
    #[arg(long, value_name = "MS")]
    open_ms: Option<u32>,
}

impl RingFlags {
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
            self.ring.claims()?
        );
        let token = self.owner.order("door-provision+jwt", &claims)?;
        order(&self.at, &format!("PROVISION {} {token}", door_key::jwk(&self.owner.owner)?))
    }
}

impl Time {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let mut line = self.at.line()?;
        let answer = ask(&mut line, "NONCE")?;
        let Some(nonce) = answer.strip_prefix("NONCE ") else { return Ok(answer) };
        let now = self.now.or_else(|| SystemClock.now().map(|now| now.0));
        let now = now.ok_or_else(|| Stop::usage("the system's clock stands before 1970; give --now"))?;
        let token = self.owner.order("door-time+jwt", &format!("\"nonce\":{},\"now\":{now}", string(nonce)))?;
        ask(&mut line, &token)
    }
}

impl Keys {
    pub(super) fn run(&self) -> Result<String, Stop> {
        let version = next(self.update, &self.at, "keys=")?;
        let mut claims = format!("\"version\":{version},{}", self.ring.claims()?);
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

/// The given number, or the one after what the door says it has.
fn next(given: Option<u32>, at: &At, word: &str) -> Result<u32, Stop> {
    if let Some(given) = given {
        return Ok(given);
    }
    let status = ask(&mut at.line()?, "STATUS")?;
    let own = status.split(' ').find_map(|part| part.strip_prefix(word)).and_then(|number| number.parse::<u32>().ok());
    own.and_then(|own| own.checked_add(1)).ok_or_else(|| Stop::Usage(format!("the door says {status}; give --update")))
}

fn string(text: &str) -> String {
    let mut json = Vec::new();
    push_string(&mut json, text);
    String::from_utf8(json).unwrap_or_default()
}

fn strings(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| string(text)).collect::<Vec<_>>().join(","))
}
