//! `glowband keys rotate`: the next signing key of a folder.

use super::folder::{Place, complain_of, failed, key_encryption_key, now};
use crate::key_file::{algorithm, name};
use crate::{Outcome, Stop};
use glowband_core::Algorithm;
use glowband_issue::rotation::timeline;
use glowband_issue::{Haste, IssuerKey, KeyChange, KeyFolderReport, KeyState, RotationSchedule, UnixSeconds};
use glowband_text::date::{distance, rfc3339};
use glowband_text::duration;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Announce the next signing key of a server, or put it in force at once
#[derive(clap::Args)]
#[command(
    long_about = "\
Makes the next signing key of a server, which is found by the settings of glowband serve,
or of a folder of keys, which is made if it is not there; and publishes it. It
signs when verifiers have had time to fetch it; the old one is published for as long as
its tokens live, and then removed. No live token is refused. Servers that use the folder
take it up by themselves; several commands and servers may share it.

A key in wrong hands: --now makes the next key sign at once. Verifiers that know only
older keys then refuse new tokens until they fetch the keys again. The old key's tokens
are good until it has retired; to end them at once, remove its file afterwards.

Files have mode 0600, or are encrypted (JWE, A256GCM) with the key of the settings or of
--encrypt-with: 32 random bytes as they are or in base64url (openssl rand -out FILE 32).",
    after_help = "\
Examples:
  glowband keys rotate
  glowband keys rotate --data /var/lib/glowband --now
  glowband keys rotate --folder keys --encrypt-with /run/secrets/key-encryption-key"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Sign with the next key at once
    #[arg(long)]
    now: bool,
    /// Encrypt new files with the key in this file, and read such files
    #[arg(long, value_name = "FILE")]
    encrypt_with: Option<PathBuf>,
    /// What a new key is for [default: signing-algorithm of the settings; of --folder, as the active key]
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true)]
    alg: Option<Algorithm>,
    /// How long the next key is published before it signs [default and least: the active key's; 1d]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    announce_for: Option<u64>,
    /// How long the old key is published after it signed last [default and least: the active key's; 65m]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    retire_for: Option<u64>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let (mut folder, by_settings) = arguments.place.open()?;
    if let Some(path) = &arguments.encrypt_with {
        folder = folder.encrypt_with(key_encryption_key(path)?);
    }
    let now = now()?;
    let (keys, _) = folder.load().map_err(failed)?;
    let active = active(&keys, now);
    let as_before = active.map(IssuerKey::algorithm);
    folder = folder.algorithm(arguments.alg.or(by_settings).or(as_before).unwrap_or(Algorithm::Es256));
    let schedule = arguments.schedule(active)?;
    let haste = if arguments.now { Haste::AtOnce } else { Haste::Announced };
    let report = folder.rotate(&schedule, now, haste).map_err(failed)?;
    complain_of(&report.unusable);
    let mut out = io::stdout().lock();
    let mut told = told(&report, now);
    if told.is_empty() {
        let shown = name(folder.path());
        told = format!("nothing to do: the next key is there already; glowband keys status --folder {shown}\n");
    }
    out.write_all(told.as_bytes()).and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood.and(report.unusable.is_empty()))
}

impl Arguments {
    /// Margins as the server that made the active key has them, unless told otherwise. When to rotate again is the
    /// server's affair.
    fn schedule(&self, active: Option<&IssuerKey>) -> Result<RotationSchedule, Stop> {
        let default = RotationSchedule::default();
        let margins = active.map(|key| key.plan().margins);
        let chosen = |flag: Option<u64>, recorded: Option<Duration>, default: Duration| {
            flag.map(Duration::from_secs).or(recorded).unwrap_or(default)
        };
        let announce_for =
            chosen(self.announce_for, margins.map(|margins| margins.announce_for), default.announce_for());
        let retire_for = chosen(self.retire_for, margins.map(|margins| margins.retire_for), default.retire_for());
        let schedule = RotationSchedule::new(RotationSchedule::LONGEST, announce_for, retire_for);
        schedule.map_err(|error| Stop::usage(error.to_string()))
    }
}

/// The key that signs.
fn active(keys: &[IssuerKey], now: UnixSeconds) -> Option<&IssuerKey> {
    let plans: Vec<_> = keys.iter().map(|key| (key.kid(), key.plan())).collect();
    let states = timeline(&plans, now);
    let active = states.iter().find(|key| key.state == KeyState::Active)?.key;
    keys.iter().find(|key| key.kid() == active)
}

fn told(report: &KeyFolderReport, now: UnixSeconds) -> String {
    let signs = |from: &UnixSeconds| {
        let seconds = i64::try_from(from.0).unwrap_or(i64::MAX);
        let date = rfc3339(seconds).unwrap_or_else(|| from.0.to_string());
        if from.0 <= now.0 {
            "signs from now on".to_owned()
        } else {
            format!("signs from {date} ({})", distance(seconds, now.0))
        }
    };
    let line = |change: &KeyChange| match change {
        KeyChange::Announced { kid, active_from } => format!("announced {kid}: {}\n", signs(active_from)),
        KeyChange::Replanned { kid, active_from } => format!("planned {kid} anew: {}\n", signs(active_from)),
        KeyChange::Removed { kid } => format!("removed {kid}: its tokens have ended\n"),
        // Margins are nothing to tell.
        _ => String::new(),
    };
    report.changes.iter().map(line).collect()
}
