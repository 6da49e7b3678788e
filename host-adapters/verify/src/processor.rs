//! Which optional instruction sets of the processor may be used.
//!
//! Tests look at the code for other processors too: in their builds, and only there, the variable
//! `GLOWBAND_TEST_WITHOUT` names sets that are taken for missing (`sha`, `avx512ifma`, separated by commas). No other
//! build reads it.

/// The SHA extensions, with the shuffles that go with them.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_sha() -> bool {
    let has_all = is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1");
    has_all && is_x86_feature_detected!("ssse3") && !is_masked("sha")
}

/// AVX-512 IFMA, and the operating system keeps its registers.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_ifma() -> bool {
    // There are hardly processors that have the second without the third.
    let has_all = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi2");
    has_all && !is_masked("avx512ifma")
}

#[cfg(all(target_arch = "x86_64", any(test, feature = "internals")))]
fn is_masked(set: &str) -> bool {
    std::env::var("GLOWBAND_TEST_WITHOUT").is_ok_and(|list| list.split(',').any(|name| name == set))
}

#[cfg(all(target_arch = "x86_64", not(any(test, feature = "internals"))))]
const fn is_masked(_: &str) -> bool {
    false
}

/// What a test says when the processor lacks its subject. `cargo checks` counts a test that was not tried as skipped.
#[cfg(test)]
pub(crate) mod lacking {
    use std::io::Write as _;

    pub(crate) const SHA: &str = "SHA-NI";
    pub(crate) const IFMA: &str = "AVX-512 IFMA";

    /// Says that the test, which this thread runs, tried nothing.
    pub(crate) fn not_tried(set: &str) {
        say("not tried", set);
    }

    /// Says that the test tried the portable code alone.
    pub(crate) fn tried_in_part(set: &str) {
        say("tried in part", set);
    }

    fn say(how_much: &str, set: &str) {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        // The test harness keeps what `println!` prints of a test that passes.
        let _ = writeln!(std::io::stderr(), "{how_much}: {test} (this processor lacks {set})");
    }
}
