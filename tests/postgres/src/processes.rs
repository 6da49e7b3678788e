//! All processes of a cluster at once.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;

pub(crate) fn freeze(first: i32) -> Result<(), String> {
    // The first one must not replace the others while they are held.
    send(first, Signal::STOP)?;
    children(first)?.into_iter().try_for_each(|process| send(process, Signal::STOP))
}

pub(crate) fn thaw(first: i32) -> Result<(), String> {
    children(first)?.into_iter().try_for_each(|process| send(process, Signal::CONT))?;
    send(first, Signal::CONT)
}

fn send(process: i32, signal: Signal) -> Result<(), String> {
    let pid = Pid::from_raw(process).ok_or_else(|| "there is no such process".to_owned())?;
    match kill_process(pid, signal) {
        // One that has just ended.
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(format!("cannot signal process {process}: {error}")),
    }
}

fn children(parent: i32) -> Result<Vec<i32>, String> {
    let processes = fs::read_dir("/proc").map_err(|error| format!("cannot read /proc: {error}"))?;
    let all = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    Ok(all.filter(|process| parent_of(*process) == Some(parent)).collect())
}

/// `pid (name) state parent …`; a name may have spaces and brackets.
fn parent_of(process: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
