//! Another library in a process of its own, spoken to in JSON lines.

use serde_json::Value;
use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SETUP: &str = "`cargo checks --setup interop` brings it";

pub(crate) struct Foreign {
    pub(super) name: &'static str,
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Foreign {
    /// Both libraries; nothing, said aloud, unless the environment asks for them.
    pub(super) fn all() -> Vec<Self> {
        if env::var("GLOWBAND_INTEROP").as_deref() != Ok("1") {
            // Past the test harness, which shows nothing of a test that passes.
            let _ =
                writeln!(io::stderr(), "interop: left out, GLOWBAND_INTEROP=1 asks for it (`cargo checks interop`)");
            return Vec::new();
        }
        vec![Self::pyjwt(), Self::jose()]
    }

    fn pyjwt() -> Self {
        let python = env::var_os("GLOWBAND_PYTHON");
        let python = python.unwrap_or_else(|| panic!("GLOWBAND_PYTHON names no Python with PyJWT; {SETUP}"));
        Self::start("PyJWT", Path::new(&python), &folder().join("pyjwt.py"))
    }

    pub(crate) fn jose() -> Self {
        assert!(folder().join("node_modules/jose").exists(), "tests/interop has no node_modules/jose; {SETUP}");
        Self::start("jose", Path::new("node"), &folder().join("jose.mjs"))
    }

    fn start(name: &'static str, program: &Path, script: &Path) -> Self {
        let mut command = Command::new(program);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}; {SETUP}", program.display()));
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut foreign = Self { name, child, requests, answers };
        let greeting = foreign.answer();
        assert_eq!(greeting["library"], name);
        println!("{name} {}", greeting["version"]);
        foreign
    }

    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("open until the end");
        writeln!(requests, "{request}").unwrap_or_else(|error| panic!("{}: {error}", self.name));
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        assert!(matches!(read, Ok(1..)), "{} ended without an answer; if it is missing, {SETUP}", self.name);
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{}: {error}: {line}", self.name))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.requests.take());
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}
