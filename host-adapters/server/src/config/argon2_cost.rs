//! The cost of one password hash: memory and passes.

use std::fmt;

/// A setting of passwords that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordSettingError {
    pub(crate) setting: &'static str,
    pub(crate) value: String,
    pub(crate) problem: &'static str,
    pub(crate) allowed: String,
}

impl fmt::Display for PasswordSettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, value, problem, allowed } = self;
        write!(f, "{setting} = {value} {problem}; allowed: {allowed}")
    }
}

impl std::error::Error for PasswordSettingError {}

impl PasswordSettingError {
    pub(crate) fn outside(setting: &'static str, value: impl fmt::Display, allowed: String) -> Self {
        Self { setting, value: value.to_string(), problem: "is not allowed", allowed }
    }
}

/// Argon2id parameters (RFC 9106) with one lane. More lanes help only on machines with idle cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    memory_kib: u32,
    iterations: u32,
}

/// The weakest that OWASP's Password Storage Cheat Sheet still recommends: 7 MiB five times.
const LEAST_MEMORY: u32 = 7 * 1024;
const LEAST_WORK: u64 = 5 * 7 * 1024;
/// The upper limits: one hash must not use all memory of a server or take seconds.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_ITERATIONS: u32 = 16;

impl Cost {
    /// Returns the cost of `iterations` passes over `memory_kib` of memory.
    ///
    /// # Errors
    /// Says what is allowed.
    pub(crate) fn new(memory_kib: u32, iterations: u32) -> Result<Self, PasswordSettingError> {
        if !(LEAST_MEMORY..=MOST_MEMORY).contains(&memory_kib) {
            let allowed = format!("{LEAST_MEMORY}KiB to {MOST_MEMORY}KiB");
            return Err(PasswordSettingError::outside("argon2-memory", format_args!("{memory_kib}KiB"), allowed));
        }
        if !(1..=MOST_ITERATIONS).contains(&iterations) {
            let allowed = format!("1 to {MOST_ITERATIONS}");
            return Err(PasswordSettingError::outside("argon2-iterations", iterations, allowed));
        }
        let cost = Self { memory_kib, iterations };
        if cost.work() < LEAST_WORK {
            let least = LEAST_WORK.div_ceil(u64::from(memory_kib));
            return Err(PasswordSettingError {
                setting: "argon2-iterations",
                value: iterations.to_string(),
                problem: "is too weak",
                allowed: format!("with argon2-memory = {memory_kib}KiB, {least} iterations or more"),
            });
        }
        Ok(cost)
    }

    pub(crate) fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    pub(crate) fn iterations(self) -> u32 {
        self.iterations
    }

    /// Returns the number of blocks computed for one hash, which is proportional to its time.
    pub(crate) fn work(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.iterations)
    }

    /// The lowest possible cost, for tests.
    #[cfg(test)]
    pub(crate) const LOWEST: Self = Self { memory_kib: 8, iterations: 1 };

    #[cfg(test)]
    pub(crate) const fn unchecked(memory_kib: u32, iterations: u32) -> Self {
        Self { memory_kib, iterations }
    }
}

/// OWASP's recommendation for servers with little memory: 19 MiB and 2 passes.
impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2 }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB and {} iterations", self.memory_kib, self.iterations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_owasp_recommends_is_allowed_and_less_is_not() {
        for (memory, iterations) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)] {
            assert!(Cost::new(memory, iterations).is_ok(), "{memory} {iterations}");
        }
        assert_eq!(Cost::new(19_456, 2), Ok(Cost::default()));
        for (memory, iterations, words) in [
            (7_167, 5, "allowed: 7168KiB to 1048576KiB"),
            (1_048_577, 1, "allowed: 7168KiB to 1048576KiB"),
            (19_456, 0, "allowed: 1 to 16"),
            (19_456, 17, "allowed: 1 to 16"),
            (19_456, 1, "2 iterations or more"),
            (7_168, 4, "5 iterations or more"),
        ] {
            let refused = Cost::new(memory, iterations).unwrap_err();
            assert!(refused.to_string().contains(words), "{refused}");
        }
    }
}
