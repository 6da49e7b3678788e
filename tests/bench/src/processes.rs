//! What processes spend, as Linux counts it.

use std::fs;
use std::time::Duration;

/// What the threads of a process have spent on processors so far (`/proc/PID/task/TID/schedstat`).
pub fn processor_time(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let spent = |thread: fs::DirEntry| -> Option<u64> {
        fs::read_to_string(thread.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(spent).sum())
}

/// The processes that a process has started and that still run.
pub fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let lists = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// What of a process lies in memory, in bytes; pages of the files that it maps are not counted (`RssAnon`).
pub fn own_memory(process: u32) -> u64 {
    memory(process, "RssAnon:")
}

/// All of a process that lies in memory, in bytes (`VmRSS`).
pub fn resident_memory(process: u32) -> u64 {
    memory(process, "VmRSS:")
}

fn memory(process: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("Linux says what a process holds");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
    kibibytes << 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_spends_and_holds_something() {
        let own = std::process::id();
        assert!(own_memory(own) > 0 && resident_memory(own) >= own_memory(own));
        let mut child = std::process::Command::new("sleep").arg("10").spawn().expect("sleep starts");
        assert!(children(own).contains(&child.id()));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let before = processor_time(own);
        std::hint::black_box((0..10_000_000u64).fold(0, |sum, next| sum ^ std::hint::black_box(next)));
        assert!(processor_time(own) > before);
    }
}
