//! A server with a folder and a database of its own, started as often as a test likes.

use crate::cli::program::command;
use crate::http::process::Server;
use glowband_test_postgres::{PrivatePostgres, shared};
use std::fs;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What tells the tests something, and would be no setting of a server.
const OWN: [&str; 3] = ["GLOWBAND_LOGINS", "GLOWBAND_PYTHON", "GLOWBAND_BINARY"];

/// Which database stands behind the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    Sqlite,
    Postgres,
}

/// What a server is started with, and its folder.
pub(super) struct Setup {
    pub(super) folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    listen: String,
    /// Whether the folder is gone when this is.
    owner: bool,
}

impl Setup {
    /// A new, empty folder. Limits of attempts are out of the way: all clients have one address.
    pub(super) fn new(name: &str, behind: Behind) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("logins-{}-{name}-{behind:?}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let setup = Self { folder, settings: Vec::new(), listen: "127.0.0.1:0".to_owned(), owner: true };
        let setup = setup
            .set("GLOWBAND_LOGIN_ATTEMPTS_PER_ACCOUNT", "1000000/1m")
            .set("GLOWBAND_LOGIN_ATTEMPTS_PER_ADDRESS", "1000000/1m")
            .set("GLOWBAND_REGISTRATIONS_PER_ADDRESS", "1000000/1m")
            .set("GLOWBAND_LOG", "warn");
        match behind {
            Behind::Sqlite => setup,
            // One for all the tests that do not stop it.
            Behind::Postgres => setup.on(shared().unwrap_or_else(|error| panic!("{error}"))),
        }
    }

    /// On a new database of this PostgreSQL.
    pub(super) fn on(self, postgres: &PrivatePostgres) -> Self {
        let url = postgres.fresh_database().unwrap_or_else(|error| panic!("{error}"));
        self.set("GLOWBAND_DATABASE", &url)
    }

    /// Another setting, by the environment.
    pub(super) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(own, _)| *own != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// The same folder, database and settings, for a server beside the first.
    pub(super) fn beside(&self) -> Self {
        Self {
            folder: self.folder.clone(),
            settings: self.settings.clone(),
            listen: "127.0.0.1:0".to_owned(),
            owner: false,
        }
    }

    /// Where it listened before, so that clients find it again.
    pub(super) fn listen_on(&mut self, address: SocketAddr) {
        self.listen = address.to_string();
    }

    /// A clock that is this far from the machine's, such as `+30s`.
    pub(super) fn clock(self, offset: &str) -> Self {
        self.under_faketime().set("FAKETIME", offset)
    }

    /// A clock whose distance from the machine's stands in this file, and may change.
    pub(super) fn clock_by(self, file: &Path) -> Self {
        self.under_faketime().set("FAKETIME_TIMESTAMP_FILE", &file.to_string_lossy()).set("FAKETIME_NO_CACHE", "1")
    }

    fn under_faketime(self) -> Self {
        // Timers are not what is tried here.
        self.set("LD_PRELOAD", &faketime()).set("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }

    pub(super) fn command(&self) -> Command {
        let mut serve = command();
        serve.arg("serve").args(["--listen", &self.listen]).current_dir(&self.folder);
        for name in OWN {
            serve.env_remove(name);
        }
        serve.env("GLOWBAND_DATA", self.data()).envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())));
        serve
    }

    /// The URL of its PostgreSQL.
    pub(super) fn database(&self) -> &str {
        let found = self.settings.iter().find(|(name, _)| *name == "GLOWBAND_DATABASE");
        &found.expect("it is on PostgreSQL").1
    }

    /// The folder that the server keeps its things in.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn start(&self) -> Server {
        Server::start(&mut self.command())
    }

    /// The one server of this folder.
    pub(super) fn only(self) -> Only {
        Only { server: self.start(), _setup: self }
    }

    /// Starts a server that is not expected to get that far: its exit code, and what it said.
    pub(super) fn fails(&self) -> Output {
        fails(&mut self.command())
    }

    /// Another command of the program, on the same database.
    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        let mut other = command();
        other.args(arguments).current_dir(&self.folder);
        for name in OWN {
            other.env_remove(name);
        }
        other.env("GLOWBAND_DATA", self.data());
        other.envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())));
        other.stdin(Stdio::null()).output().expect("glowband runs")
    }
}

/// A server whose folder goes when it goes.
pub(super) struct Only {
    server: Server,
    _setup: Setup,
}

impl Deref for Only {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        if self.owner && !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Runs a server that is expected to end by itself within half a minute.
pub(super) fn fails(serve: &mut Command) -> Output {
    let mut child =
        serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    for _ in 0..300 {
        if child.try_wait().expect("it can be waited for").is_some() {
            return child.wait_with_output().expect("its words");
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let _ = child.kill();
    panic!("{serve:?} serves, and should have refused: {:?}", child.wait_with_output());
}

/// The library that the Debian package `libfaketime` has.
fn faketime() -> String {
    let folders = fs::read_dir("/usr/lib").expect("a system with libraries").flatten();
    let mut found = folders.map(|entry| entry.path().join("faketime/libfaketime.so.1")).filter(|path| path.exists());
    found.next().expect("the Debian package libfaketime is installed").to_string_lossy().into_owned()
}
