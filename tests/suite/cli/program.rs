//! The command, built when it is first needed, and run.

use serde_json::Value;
use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// `GLOWBAND_BINARY` names another build, such as an earlier version that a new test should fail on.
static BINARY: LazyLock<PathBuf> =
    LazyLock::new(|| env::var_os("GLOWBAND_BINARY").map_or_else(|| build("glowband"), PathBuf::from));

/// Builds a program of the workspace, and says where it lies.
pub(crate) fn build(name: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    // As the checks build everything: with other features, most dependencies would be compiled once more.
    build.args(["build", "--quiet", "--workspace", "--all-features", "--bin", name, "--message-format=json"]);
    let output = build.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "{name} does not build");
    let messages = String::from_utf8(output.stdout).expect("text");
    let executable = |line: &str| -> Option<PathBuf> {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == name).then(|| message["executable"].as_str().map(PathBuf::from))?
    };
    messages.lines().find_map(executable).expect("cargo names the executable")
}

/// The command, to be started otherwise than by [`glowband`].
pub(crate) fn command() -> Command {
    Command::new(BINARY.as_path())
}

/// What a run said, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The answers, one per line.
    pub(crate) fn answers(&self) -> Vec<Value> {
        let answer = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(answer).collect()
    }
}

/// Runs the command with `input` on its standard input.
pub(crate) fn glowband<A: AsRef<OsStr>>(arguments: &[A], input: &str) -> Run {
    let mut command = command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("glowband runs");
    let mut stdin = child.stdin.take().expect("piped");
    let output = std::thread::scope(|scope| {
        // It answers while it reads. It may also end before it has read everything.
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        child.wait_with_output().expect("it ends")
    });
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Run { code: output.status.code().expect("no signal"), out: text(output.stdout), err: text(output.stderr) }
}

/// A file for one test, in the folder that cargo keeps for tests.
pub(crate) fn file(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    path
}
