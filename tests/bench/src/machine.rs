//! Where and when the figures were taken.

use std::fmt;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Machine {
    processor: String,
    processors: usize,
    /// How many processes wanted to run in the minute before, and in that after.
    load: [String; 2],
    day: String,
}

impl Machine {
    /// Looks at the machine; the load after it all is added by [`finished`](Self::finished).
    pub fn now() -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| {
            let line = processor.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(": ")?.1.trim().to_string())
        };
        let name = field("model name").unwrap_or_else(|| "unknown processor".into());
        let flags = field("flags").unwrap_or_default();
        let has = |flag: &str| flags.split(' ').any(|own| own == flag);
        let extensions: Vec<_> = ["avx512ifma", "sha_ni", "adx"].into_iter().filter(|flag| has(flag)).collect();
        Self {
            processor: format!("{name} ({})", extensions.join(", ")),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            load: [load(), String::new()],
            day: today(),
        }
    }

    pub fn finished(&mut self) {
        self.load[1] = load();
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, processors, load: [before, after], day } = self;
        write!(f, "{day}, one of {processors} cores of an {processor}; load {before} before and {after} after.")
    }
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_string()
}

/// The day in UTC, by the calculation of Howard Hinnant's `civil_from_days`.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}
