//! `glowband keys rotate`: creates and announces the next signing key of a folder.

use super::folder::{Place, failed, key_encryption_key, now, report_unusable};
use crate::key_file::{algorithm, name};
use crate::{Outcome, Stop};
use glowband_core::Algorithm;
use glowband_issue::rotation::timeline;
use glowband_issue::{IssuerKey, KeyChange, KeyFolderReport, KeyState, RotationMode, RotationSchedule, UnixSeconds};
use glowband_text::date::{distance, rfc3339};
use glowband_text::duration;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Create the next signing key of a server, to sign after a delay or at once
#[derive(clap::Args)]
#[command(
    long_about = "\
Creates the next signing key of a server and publishes it. The command finds the server's
keys by the settings of glowband serve; --folder names another folder, which is created if
it does not exist. Running servers notice the new key by themselves.

The next key is published first and signs later, so that verifiers have time to fetch it.
The old key stays published until its last token has expired, and is then removed. No
valid token is refused during a rotation.

If the active key was stolen, use --now: the next key signs at once. Verifiers refuse its
tokens until they have fetched the new key. Tokens of the stolen key remain valid until it
has retired; delete its file to refuse them at once.

Key files have mode 0600. They are encrypted (JWE, A256GCM) if the settings or
--encrypt-with name a key-encryption key: a file with 32 random bytes, raw or in base64url
(openssl rand -out FILE 32).",
    after_help = "\
Examples:
  glowband keys rotate
  glowband keys rotate --data /var/lib/glowband --now
  glowband keys rotate --folder keys --encrypt-with /run/secrets/key-encryption-key"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Sign with the next key at once, without announcing it first
    #[arg(long)]
    now: bool,
    /// Encrypt and decrypt key files with the key-encryption key in this file
    #[arg(long, value_name = "FILE")]
    encrypt_with: Option<PathBuf>,
    /// The algorithm of the new key [default: signing-algorithm; with --folder as the active key]
    #[arg(long, value_name = "ALG", value_parser = algorithm(), hide_possible_values = true)]
    alg: Option<Algorithm>,
    /// How long the next key is published before it signs [default and minimum: as before, or 1d]
    #[arg(long, value_name = "SECONDS", value_parser = duration::seconds, allow_negative_numbers = true)]
    announce_for: Option<u64>,
    /// How long the old key stays published [default and minimum: as before, or 65m]
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
    let mode = if arguments.now { RotationMode::Immediate } else { RotationMode::Announced };
    let report = folder.rotate(&schedule, now, mode).map_err(failed)?;
    report_unusable(&report.unusable);
    let mut out = io::stdout().lock();
    let mut summary = summary(&report, now);
    if summary.is_empty() {
        let shown = name(folder.path());
        summary = format!("nothing to do: the next key already exists; see glowband keys status --folder {shown}\n");
    }
    out.write_all(summary.as_bytes()).and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood.and(report.unusable.is_empty()))
}

impl Arguments {
    /// Returns the periods of the flags, of the active key, or the defaults. The longest rotation period is used, because
    /// this command does not decide when the server rotates again.
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

/// Returns the key that signs now.
fn active(keys: &[IssuerKey], now: UnixSeconds) -> Option<&IssuerKey> {
    let plans: Vec<_> = keys.iter().map(|key| (key.kid(), key.plan())).collect();
    let states = timeline(&plans, now);
    let active = states.iter().find(|key| key.state == KeyState::Active)?.key;
    keys.iter().find(|key| key.kid() == active)
}

fn summary(report: &KeyFolderReport, now: UnixSeconds) -> String {
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
        KeyChange::Replanned { kid, active_from } => format!("rescheduled {kid}: {}\n", signs(active_from)),
        KeyChange::Removed { kid } => format!("removed {kid}: its tokens have expired\n"),
        // Other changes do not concern the user.
        _ => String::new(),
    };
    report.changes.iter().map(line).collect()
}
