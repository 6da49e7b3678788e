//! Values with units, and secrets.

use glowband_text::duration;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;
use zeroize::Zeroizing;

/// A number per time: `10/15m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) count: NonZeroU32,
    pub(crate) per: Duration,
}

/// A number of bytes: `64KiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bytes(pub(crate) u64);

/// Secret bytes. They are never printed, and erased when they are dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(crate) fn new(bytes: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes. Compare them with received bytes in constant time only.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns the bytes as text, if they are UTF-8.
    pub(crate) fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// `90s`, `5m`, `1h`, `30d`.
pub(super) fn time(text: &str) -> Option<Duration> {
    duration::seconds(text).ok().map(Duration::from_secs)
}

/// `4096`, `64KiB`, `19MiB`, `1GiB`.
pub(super) fn size(text: &str) -> Option<Bytes> {
    const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)];
    let (digits, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)))?;
    whole(digits)?.checked_mul(unit).map(Bytes)
}

/// `10/15m`.
pub(super) fn rate(text: &str) -> Option<Rate> {
    let (count, per) = text.split_once('/')?;
    let count = u32::try_from(whole(count)?).ok().and_then(NonZeroU32::new)?;
    let per = time(per).filter(|per| !per.is_zero() && *per <= Duration::from_secs(7 * 86_400))?;
    Some(Rate { count, per })
}

fn whole(digits: &str) -> Option<u64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| all_digits)
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 30 && bytes % (1 << 30) == 0 => write!(f, "{}GiB", bytes >> 30),
            bytes if bytes >= 1 << 20 && bytes % (1 << 20) == 0 => write!(f, "{}MiB", bytes >> 20),
            bytes if bytes >= 1 << 10 && bytes % (1 << 10) == 0 => write!(f, "{}KiB", bytes >> 10),
            bytes => write!(f, "{bytes}"),
        }
    }
}

/// Prints a time in the largest unit that gives a whole number.
pub(super) fn time_in_words(time: Duration) -> String {
    match time.as_secs() {
        0 => "0s".to_owned(),
        seconds if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        for (text, bytes) in
            [("0", 0), ("4096", 4096), ("64KiB", 65_536), ("19MiB", 19_922_944), ("1GiB", 1 << 30), ("1500", 1500)]
        {
            assert_eq!(size(text), Some(Bytes(bytes)), "{text}");
            assert_eq!(size(&Bytes(bytes).to_string()), Some(Bytes(bytes)));
        }
        for text in ["", "KiB", "64KB", "64k", "64 KiB", "-1", "+1", "1.5MiB", "99999999999999999999", "17179869184GiB"]
        {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn a_rate_is_a_number_and_a_time() {
        let ten = Rate { count: NonZeroU32::new(10).unwrap(), per: Duration::from_secs(900) };
        assert_eq!(rate("10/15m"), Some(ten));
        assert_eq!(rate("10/900"), Some(ten));
        for text in ["", "10", "10/", "/15m", "0/15m", "10/0s", "10/8d", "-1/1m", "4294967296/1m", "10/15m/2"] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn times_in_words_are_read_back() {
        for (seconds, text) in [(0, "0s"), (90, "90s"), (600, "10m"), (7_200, "2h"), (1_209_600, "14d")] {
            let duration = Duration::from_secs(seconds);
            assert_eq!(time_in_words(duration), text);
            assert_eq!(time(text), Some(duration));
        }
    }

    #[test]
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new(b"abc".to_vec())), "Secret(…)");
    }
}
