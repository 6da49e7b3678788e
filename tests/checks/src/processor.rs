//! Which of the product's ways of computing this processor can take.
//!
//! `GLOWBAND_TEST_WITHOUT=sha,avx512ifma` makes this program, the tests and the fuzz targets take a processor for one
//! without these instruction sets. It is for trying the checks as such a processor runs them.

/// An instruction set that `glowband-verify` has code of its own for.
#[derive(Debug)]
pub(crate) struct InstructionSet {
    /// As reports and documents call it.
    pub(crate) name: &'static str,
    /// As `GLOWBAND_TEST_WITHOUT` calls it.
    word: &'static str,
    detected: fn() -> bool,
}

/// All of them; the portable code is there besides.
pub(crate) const SETS: &[InstructionSet] = &[
    InstructionSet { name: "SHA-NI", word: "sha", detected: has_sha },
    InstructionSet { name: "AVX-512 IFMA", word: "avx512ifma", detected: has_ifma },
];

/// The groups that run code for such sets.
pub(crate) const GROUPS: &[&str] = &[
    "unit",
    "conformance",
    "fuzz-smoke",
    "fuzz-planted",
    "fuzz",
    "fuzz-planted-all",
    "sanitizers",
    "long-compare",
    "crafted",
    "bench",
];

impl InstructionSet {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SETS.iter().find(|set| set.name == name)
    }

    /// Whether this processor has it, and it is not masked.
    pub(crate) fn there(&self) -> bool {
        (self.detected)() && !masked().iter().any(|word| word == self.word)
    }
}

/// Refuses words in `GLOWBAND_TEST_WITHOUT` that name no instruction set.
pub(crate) fn check_mask() -> Result<(), String> {
    match masked().iter().find(|word| SETS.iter().all(|set| set.word != word.as_str())) {
        None => Ok(()),
        Some(word) => Err(format!(
            "GLOWBAND_TEST_WITHOUT names `{word}`; allowed: {}",
            SETS.iter().map(|set| set.word).collect::<Vec<_>>().join(", ")
        )),
    }
}

/// The ways that were tried and those that were not, a line each, for the summary of a run.
pub(crate) fn ways(sets: &[(&str, bool)]) -> Vec<String> {
    let named = |there: bool| sets.iter().filter(move |(_, has)| *has == there).map(|(name, _)| *name);
    let tried: Vec<&str> = std::iter::once("portable").chain(named(true)).collect();
    let not_tried: Vec<&str> = named(false).collect();
    let mut lines = vec![format!("Ways tried here: {}.", tried.join(", "))];
    if !not_tried.is_empty() {
        lines.push(format!("Not tried: {} (this processor lacks it).", not_tried.join(", ")));
    }
    lines
}

/// Each set, and whether it is there.
pub(crate) fn found() -> Vec<(&'static str, bool)> {
    SETS.iter().map(|set| (set.name, set.there())).collect()
}

fn masked() -> Vec<String> {
    let list = std::env::var("GLOWBAND_TEST_WITHOUT").unwrap_or_default();
    list.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(target_arch = "x86_64")]
fn has_sha() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("ssse3")
}

#[cfg(target_arch = "x86_64")]
fn has_ifma() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi2")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_sha() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_ifma() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_was_and_what_was_not_tried() {
        assert_eq!(
            ways(&[("SHA-NI", true), ("AVX-512 IFMA", true)]),
            ["Ways tried here: portable, SHA-NI, AVX-512 IFMA."]
        );
        assert_eq!(
            ways(&[("SHA-NI", true), ("AVX-512 IFMA", false)]),
            ["Ways tried here: portable, SHA-NI.", "Not tried: AVX-512 IFMA (this processor lacks it)."]
        );
        assert_eq!(
            ways(&[("SHA-NI", false), ("AVX-512 IFMA", false)]),
            ["Ways tried here: portable.", "Not tried: SHA-NI, AVX-512 IFMA (this processor lacks it)."]
        );
    }

    #[test]
    fn every_group_with_such_code_exists() {
        for name in GROUPS {
            assert!(crate::groups::ALL.iter().any(|group| group.name == *name), "{name}");
        }
    }

    #[test]
    fn a_set_is_found_by_its_name_alone() {
        assert!(InstructionSet::named("SHA-NI").is_some());
        assert!(InstructionSet::named("sha").is_none());
    }
}
