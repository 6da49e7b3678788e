//! How often keys change, and how carefully.

use super::Margins;
use std::fmt;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How often keys change, how long before that the new one is published, and how long after it the old one.
///
/// Nobody is refused if
///
/// - `announce_for` covers the age that a verifier's copy of the JWKS document can have, plus the time until every
///   process of the issuer has seen the new key. [`jwks_max_age`](Self::jwks_max_age) is half of it at most, so the
///   other half is for caches on the way and for those processes.
/// - `retire_for` covers the longest lifetime of a token plus the verifiers' leeway.
///
/// ```
/// use glowband_issue::RotationSchedule;
/// use std::time::Duration;
///
/// let days = |count: u64| Duration::from_secs(count * 86_400);
/// let schedule = RotationSchedule::new(days(30), days(1), Duration::from_secs(3_900))?;
/// assert_eq!(schedule, RotationSchedule::default());
/// assert!(RotationSchedule::new(days(1), days(2), days(1)).is_err());
/// # Ok::<(), glowband_issue::ScheduleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationSchedule {
    rotate_every: Duration,
    margins: Margins,
}

impl RotationSchedule {
    /// Ten years: the longest of each of its durations.
    pub const LONGEST: Duration = Duration::from_secs(3_650 * 86_400);

    /// Rotates this often.
    ///
    /// # Errors
    /// [`ScheduleError`], which says what is allowed.
    pub fn new(rotate_every: Duration, announce_for: Duration, retire_for: Duration) -> Result<Self, ScheduleError> {
        let whole = |duration: Duration| Duration::from_secs(duration.as_secs());
        let (rotate_every, announce_for, retire_for) = (whole(rotate_every), whole(announce_for), whole(retire_for));
        if announce_for < MINUTE || announce_for > Self::LONGEST {
            Err(ScheduleError::AnnounceFor)
        } else if rotate_every < announce_for || rotate_every > Self::LONGEST {
            Err(ScheduleError::RotateEvery)
        } else if retire_for < MINUTE || retire_for > Self::LONGEST {
            Err(ScheduleError::RetireFor)
        } else {
            Ok(Self { rotate_every, margins: Margins { announce_for, retire_for } })
        }
    }

    /// How long a key signs.
    pub fn rotate_every(&self) -> Duration {
        self.rotate_every
    }

    /// How long a key is published before it signs.
    pub fn announce_for(&self) -> Duration {
        self.margins.announce_for
    }

    /// How long a key is published after it signed last.
    pub fn retire_for(&self) -> Duration {
        self.margins.retire_for
    }

    /// How long a copy of the JWKS document may be kept: half of `announce_for`, and an hour at most, so that a key
    /// that was taken out in a hurry is soon forgotten.
    pub fn jwks_max_age(&self) -> Duration {
        Duration::from_secs(self.margins.announce_for.as_secs() / 2).min(HOUR)
    }

    pub(crate) fn margins(&self) -> Margins {
        self.margins
    }
}

/// A new key every 30 days, announced a day before, retired for 65 minutes: tokens live an hour, and five minutes of
/// leeway.
impl Default for RotationSchedule {
    fn default() -> Self {
        let retire_for = HOUR + 5 * MINUTE;
        Self { rotate_every: 30 * DAY, margins: Margins { announce_for: DAY, retire_for } }
    }
}

/// Why there is no such schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// `rotate_every` is shorter than `announce_for`, or longer than ten years.
    RotateEvery,
    /// `announce_for` is shorter than a minute or longer than ten years.
    AnnounceFor,
    /// `retire_for` is shorter than a minute or longer than ten years.
    RetireFor,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RotateEvery => {
                "Keys cannot be rotated that often or that rarely: allowed is from announce-for to ten years."
            }
            Self::AnnounceFor => {
                "A key cannot be announced for that long: allowed are a minute to ten years, and at least as long as \
                 verifiers keep the JWKS document."
            }
            Self::RetireFor => {
                "A key cannot retire for that long: allowed are a minute to ten years, and at least the longest token \
                 lifetime and leeway."
            }
        })
    }
}

impl std::error::Error for ScheduleError {}
