//! The program in an empty folder that is its root, as an unprivileged user: what an image from `scratch` is.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::dockerfile::Dockerfile;
use super::{mode, set_mode};
use crate::workspace::Workspace;

const PATIENCE: Duration = Duration::from_secs(20);

/// Serves from the empty folder, asks `/healthz` and `/readyz`, and ends the program by SIGTERM.
pub(super) fn serves(workspace: &Workspace, program: &Path, dockerfile: &Dockerfile) -> Result<String, Vec<String>> {
    served(workspace, program, dockerfile).map_err(|reason| vec![reason])
}

fn served(workspace: &Workspace, program: &Path, dockerfile: &Dockerfile) -> Result<String, String> {
    let root = workspace.keep("empty-root");
    let volume = root.join(dockerfile.volume.trim_start_matches('/'));
    prepare(&root, &volume, program).map_err(|error| format!("{}: {error}", root.display()))?;
    let port = free_port().map_err(|error| error.to_string())?;
    let mut command = within(workspace, &root, dockerfile);
    command.env_clear().envs(dockerfile.environment.iter().map(|(name, value)| (name, value)));
    command.env("GLOWBAND_LISTEN", format!("0.0.0.0:{port}"));
    command.env("GLOWBAND_PUBLIC_URL", format!("http://127.0.0.1:{port}"));
    let log = root.with_extension("log");
    let written = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(written);
    let mut child = command.spawn().map_err(|error| format!("unshare: {error}"))?;
    let said = || fs::read_to_string(&log).unwrap_or_default();
    let answers = ["/healthz", "/readyz"].map(|path| answered(&mut child, port, path));
    let ended = end(workspace, &mut child);
    for answer in answers {
        answer.map_err(|reason| format!("{reason}\n{}", said()))?;
    }
    ended.map_err(|reason| format!("{reason}\n{}", said()))?;
    let database = volume.join("glowband.sqlite");
    let mode = mode(&database).map_err(|error| format!("{}: {error}", database.display()))?;
    if mode & 0o077 != 0 {
        return Err(format!("{}: mode {:o}; allowed: no bit for others", database.display(), mode));
    }
    Ok("/healthz and /readyz answer 200, SIGTERM ends it with 0".to_owned())
}

fn prepare(root: &Path, volume: &Path, program: &Path) -> std::io::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(volume)?;
    set_mode(volume, 0o700)?;
    fs::copy(program, root.join("glowband")).map(drop)
}

/// The command of the Dockerfile with this folder as its root, as its user in a namespace of its own.
fn within(workspace: &Workspace, root: &Path, dockerfile: &Dockerfile) -> Command {
    let mut command = workspace.program("/usr/bin/unshare");
    command
        .arg("--user")
        .arg(format!("--map-user={}", dockerfile.user))
        .arg(format!("--map-group={}", dockerfile.group));
    command.arg(format!("--root={}", root.display())).arg("--").args(&dockerfile.command);
    command
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Asks until the answer is 200.
fn answered(child: &mut Child, port: u16, path: &str) -> Result<(), String> {
    let started = Instant::now();
    loop {
        let last = match asked(port, path) {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => return Ok(()),
            Ok(answer) => answer,
            Err(error) => error.to_string(),
        };
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the program ended: {status}"));
        }
        if started.elapsed() > PATIENCE {
            return Err(format!("{path}: {last}"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn asked(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Ends the program as a container engine would.
fn end(workspace: &Workspace, child: &mut Child) -> Result<(), String> {
    // `unshare` has become the program: the number is the same.
    let _ = workspace.program("kill").args(["-TERM", &child.id().to_string()]).status();
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("SIGTERM ended the program with {status}")),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Err("SIGTERM did not end the program".to_owned())
}
