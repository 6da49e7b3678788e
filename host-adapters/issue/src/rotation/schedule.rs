//! The rotation schedule.

use super::Margins;
use std::fmt;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How often keys rotate, how long a new key is published before it signs, and how long an old key after that.
///
/// No token is refused if
///
/// - `announce_for` covers the age of a verifier's copy of the JWKS document, plus the time until every process of the
///   issuer has read the new key. [`jwks_max_age`](Self::jwks_max_age) is at most half of it; the other half is for
///   HTTP caches and for these processes.
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
    /// Ten years: the upper limit of each duration.
    pub const LONGEST: Duration = Duration::from_secs(3_650 * 86_400);

    /// Creates a schedule. Fractions of a second are ignored.
    ///
    /// # Errors
    /// Returns [`ScheduleError`] if a duration is outside of its limits.
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

    /// Returns how long a key signs.
    pub fn rotate_every(&self) -> Duration {
        self.rotate_every
    }

    /// Returns how long a key is published before it signs.
    pub fn announce_for(&self) -> Duration {
        self.margins.announce_for
    }

    /// Returns how long a key is published after it last signed.
    pub fn retire_for(&self) -> Duration {
        self.margins.retire_for
    }

    /// Returns how long a copy of the JWKS document may be cached: half of `announce_for`, at most one hour, so that a
    /// compromised key is soon no longer accepted.
    pub fn jwks_max_age(&self) -> Duration {
        Duration::from_secs(self.margins.announce_for.as_secs() / 2).min(HOUR)
    }

    pub(crate) fn margins(&self) -> Margins {
        self.margins
    }
}

/// A new key every 30 days, announced for a day, retired for 65 minutes: tokens that live one hour, and a leeway of
/// five minutes.
impl Default for RotationSchedule {
    fn default() -> Self {
        let retire_for = HOUR + 5 * MINUTE;
        Self { rotate_every: 30 * DAY, margins: Margins { announce_for: DAY, retire_for } }
    }
}

/// Why a schedule is refused.
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
            Self::RotateEvery => "The rotation interval is not allowed; allowed: announce-for to 10 years.",
            Self::AnnounceFor => {
                "announce-for is not allowed; allowed: 1 minute to 10 years, and at least as long as verifiers cache \
                 the JWKS document."
            }
            Self::RetireFor => {
                "retire-for is not allowed; allowed: 1 minute to 10 years, and at least the longest token lifetime \
                 plus leeway."
            }
        })
    }
}

impl std::error::Error for ScheduleError {}
