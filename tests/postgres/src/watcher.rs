//! Someone who stays when this process is killed, and cleans up.

use crate::account;
use crate::programs::Programs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};

/// Reads until the other end of its input is closed, which happens whenever and however this process ends. Then stops what
/// runs in the folder, which may just be starting, and removes it.
const SCRIPT: &str = r#"
cat >/dev/null
for attempt in 1 2 3; do
    [ -d "$1" ] || exit 0
    if [ -f "$1/data/postmaster.pid" ]; then
        kill -CONT $(head -n 1 "$1/data/postmaster.pid")
        "$2" stop --pgdata "$1/data" --mode immediate --wait --timeout 30 && break
    fi
    sleep 1
done
rm -rf "$1"
"#;

pub(crate) struct Watcher(Child);

impl Watcher {
    pub(crate) fn over(programs: &Programs, folder: &Path) -> Result<Self, String> {
        let mut command = account::command(account::owner(folder)?, Path::new("/bin/sh"));
        command.args(["-c", SCRIPT, "sh"]).arg(folder).arg(programs.path("pg_ctl"));
        // A group of its own: what is sent to ours, by a terminal or a test runner, is not for it. And its outputs are not
        // ours, else a program that reads those to their end waits for it.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Self).map_err(|error| format!("cannot start /bin/sh: {error}"))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
