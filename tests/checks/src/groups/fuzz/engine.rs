//! One run of one target by libFuzzer, and several at a time.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::target_list::Target;
use crate::run::Run;

/// A run that takes longer than this for one input is a failure: nothing here takes a thousandth of it.
const SECONDS_FOR_ONE_INPUT: u32 = 60;

pub(super) struct Job {
    pub(super) target: Target,
    pub(super) command: Command,
}

#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) target: Target,
    pub(super) good: bool,
    /// Where all that it printed is.
    pub(super) log: PathBuf,
    pub(super) counts: Counts,
    pub(super) took: Duration,
}

/// What libFuzzer counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) executions: u64,
    pub(super) per_second: u64,
    /// Edges of the program that the first inputs reached, and all of them in the end.
    pub(super) edges_before: u64,
    pub(super) edges: u64,
}

/// The command of a target for some seconds: the first folder is written to.
pub(super) fn explore(run: &Run<'_>, programs: &Path, target: &Target, seconds: u64, folders: &[PathBuf]) -> Command {
    let mut command = engine(run, programs, target);
    command.arg(format!("-max_total_time={seconds}")).args(["-print_final_stats=1", "-reload=0"]);
    command.args(target.dictionary().map(|file| format!("-dict={}", file.display())));
    command.args(folders);
    command
}

/// The command that writes into the first folder what of the others is enough for as much coverage.
pub(super) fn merge(run: &Run<'_>, programs: &Path, target: &Target, folders: &[PathBuf]) -> Command {
    let mut command = engine(run, programs, target);
    command.arg("-merge=1").args(folders);
    command
}

pub(super) fn engine(run: &Run<'_>, programs: &Path, target: &Target) -> Command {
    let mut command = run.workspace.program(programs.join(&target.name));
    command.arg(format!("-artifact_prefix={}/", target.artifacts().display()));
    command.arg(format!("-timeout={SECONDS_FOR_ONE_INPUT}"));
    command
}

/// The folder of what the programs print.
pub(super) fn logs(run: &Run<'_>) -> PathBuf {
    let folder = run.workspace.keep("fuzz");
    // What cannot be written there fails where it is written.
    let _ = fs::create_dir_all(&folder);
    folder
}

/// Makes the folders that a run of the target writes to.
pub(super) fn make_folders(folders: &[PathBuf]) -> Result<(), String> {
    folders.iter().try_for_each(|folder| {
        fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
    })
}

/// Runs all jobs, as many at a time as there are processors; the outcomes are in the order of the jobs.
pub(super) fn run_all(run: &Run<'_>, what: &str, jobs: Vec<Job>) -> Vec<Outcome> {
    run_all_and_tell(run, what, jobs, &|_, _| {})
}

/// The same, and tells each outcome as it comes, with how many there are by then.
pub(super) fn run_all_and_tell(
    run: &Run<'_>,
    what: &str,
    jobs: Vec<Job>,
    tell: &(dyn Fn(&Outcome, usize) + Sync),
) -> Vec<Outcome> {
    let logs = logs(run);
    let width = thread::available_parallelism().map_or(1, usize::from);
    let queue = Mutex::new(jobs.into_iter().enumerate().collect::<Vec<_>>().into_iter());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..width {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().map(|mut queue| queue.next());
                    let Ok(Some((at, job))) = next else { return };
                    let log = logs.join(format!("{}-{what}.log", job.target.name));
                    let outcome = ended(job, log);
                    if let Ok(mut done) = done.lock() {
                        tell(&outcome, done.len() + 1);
                        done.push((at, outcome));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn ended(mut job: Job, log: PathBuf) -> Outcome {
    let mut start = || -> io::Result<bool> {
        let file = File::create(&log)?;
        job.command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(job.command.status()?.success())
    };
    let started = Instant::now();
    let good = match start() {
        Ok(good) => good,
        Err(error) => {
            let _ = fs::write(&log, format!("cannot start it: {error}\n"));
            false
        }
    };
    let took = started.elapsed();
    let text = fs::read(&log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    Outcome { target: job.target, good, log, counts: Counts::read(&text), took }
}

impl Counts {
    fn read(log: &str) -> Self {
        let statistic = |name: &str| {
            let line = log.lines().find(|line| line.contains(name));
            line.and_then(|line| line.rsplit(' ').next()).and_then(|word| word.parse().ok()).unwrap_or(0)
        };
        let mut edges = log.lines().filter_map(|line| {
            let (_, rest) = line.strip_prefix('#')?.split_once("cov: ")?;
            rest.split(' ').next()?.parse().ok()
        });
        let first = edges.next().unwrap_or(0);
        Self {
            executions: statistic("number_of_executed_units"),
            per_second: statistic("average_exec_per_sec"),
            edges_before: first,
            edges: edges.next_back().unwrap_or(first),
        }
    }
}

impl Outcome {
    /// One target, after it was gone on with.
    pub(super) fn of_both((first, then): (Self, Self)) -> Self {
        let took = first.took + then.took;
        let executions = first.counts.executions + then.counts.executions;
        let new = then.counts.edges.saturating_sub(then.counts.edges_before);
        let counts = Counts {
            executions,
            per_second: executions / took.as_secs().max(1),
            edges_before: first.counts.edges_before,
            edges: first.counts.edges + new,
        };
        // Of two failures, the first is told; the input of the other lies beside it.
        let (good, log) = if first.good { (then.good, then.log) } else { (false, first.log) };
        Self { target: first.target, good, log, counts, took }
    }

    /// What went wrong: what the target said, and where the input is.
    pub(super) fn failure(&self) -> Vec<String> {
        let text = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let said = lines.iter().position(|line| line.contains("panicked at") || line.contains("ERROR:"));
        let from = said.unwrap_or(lines.len().saturating_sub(8));
        let mut failure: Vec<String> = lines[from..].iter().take(8).map(|line| (*line).to_owned()).collect();
        failure
            .extend(lines.iter().filter(|line| line.contains("Test unit written to")).map(|line| (*line).to_owned()));
        failure.push(format!("all of it: {}", self.log.display()));
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_gone_on_with_is_one() {
        let outcome = |good, log: &str, [executions, edges_before, edges]: [u64; 3]| Outcome {
            target: Target::new(Path::new(""), "json"),
            good,
            log: PathBuf::from(log),
            counts: Counts { executions, per_second: 0, edges_before, edges },
            took: Duration::from_secs(2),
        };
        let both = Outcome::of_both((outcome(true, "a", [100, 10, 14]), outcome(true, "b", [300, 13, 15])));
        assert_eq!(both.counts, Counts { executions: 400, per_second: 100, edges_before: 10, edges: 16 });
        for (first, then, good, log) in
            [(true, true, true, "b"), (true, false, false, "b"), (false, true, false, "a"), (false, false, false, "a")]
        {
            let both = Outcome::of_both((outcome(first, "a", [1, 1, 1]), outcome(then, "b", [1, 1, 1])));
            assert_eq!((both.good, both.log), (good, PathBuf::from(log)));
        }
    }

    #[test]
    fn the_engine_s_counts_are_read() {
        let log = "INFO: Seed: 1\n#9\tINITED cov: 120 ft: 200 corp: 3/9b exec/s: 0 rss: 30Mb\n#70\tNEW    cov: 130 ft: 1\n\
            #1234\tDONE   cov: 150 ft: 300 corp: 9/90b\nstat::number_of_executed_units: 1234\n\
            stat::average_exec_per_sec:     123\nstat::new_units_added:          7\n";
        let expected = Counts { executions: 1234, per_second: 123, edges_before: 120, edges: 150 };
        assert_eq!(Counts::read(log), expected);
        assert_eq!(Counts::read("it did not start"), Counts::default());
    }
}
