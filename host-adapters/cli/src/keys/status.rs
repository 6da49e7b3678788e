//! `glowband keys status`: prints the state of each key in a folder.

use super::folder::{Place, existing, failed, key_encryption_key, now, report_unusable};
use crate::{Outcome, Stop};
use glowband_issue::rotation::timeline;
use glowband_issue::{IssuerKey, UnixSeconds};
use glowband_text::date::rfc3339;
use glowband_text::json::plain;
use std::io::{self, Write};
use std::path::PathBuf;

/// Show the state of the signing keys of a server: announced, active, retiring or gone
#[derive(clap::Args)]
#[command(
    long_about = "\
Shows which key of a server signs now, which one signs next, and which old ones are still
published because their tokens are valid. The command finds the server's keys by the
settings of glowband serve, and changes nothing.

Key files that cannot be used are listed on standard error; the exit code is then 1.",
    after_help = "\
Examples:
  glowband keys status
  glowband keys status --data /var/lib/glowband
  glowband keys status --folder keys --encrypt-with /run/secrets/key-encryption-key"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Decrypt key files with the key-encryption key in this file
    #[arg(long, value_name = "FILE", alias = "decrypt-with")]
    encrypt_with: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let (mut folder, _) = arguments.place.open()?;
    existing(folder.path())?;
    if let Some(path) = &arguments.encrypt_with {
        folder = folder.decrypt_with(key_encryption_key(path)?);
    }
    let (keys, unusable) = folder.load().map_err(failed)?;
    report_unusable(&unusable);
    let mut out = io::stdout().lock();
    let table = table(&keys, now()?);
    out.write_all(table.as_bytes()).and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood.and(unusable.is_empty()))
}

fn table(keys: &[IssuerKey], now: UnixSeconds) -> String {
    let plans: Vec<_> = keys.iter().map(|key| (key.kid(), key.plan())).collect();
    let mut rows = vec![["kid", "alg", "state", "since", "until"].map(str::to_owned)];
    for key in timeline(&plans, now) {
        let algorithm = keys.iter().find(|own| own.kid() == key.key).map_or("-", |own| own.algorithm().name());
        rows.push([
            plain(key.key),
            algorithm.to_owned(),
            key.state.to_string(),
            date(key.since),
            key.until.map_or_else(|| "-".to_owned(), date),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    rows.iter()
        .map(|[kid, algorithm, state, since, until]| {
            let [a, b, c, d] = widths;
            format!("{kid:a$}  {algorithm:b$}  {state:c$}  {since:d$}  {until}\n")
        })
        .collect()
}

fn date(moment: UnixSeconds) -> String {
    i64::try_from(moment.0).ok().and_then(rfc3339).unwrap_or_else(|| moment.0.to_string())
}
