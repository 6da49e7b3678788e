//! Errors at the start: exit code 2, or 75 for temporary errors, one clear reason, and no half-created files.

use super::process::{Server, serve};
use crate::program::Folder;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// Runs a command that cannot start and returns its standard error.
#[track_caller]
fn refused(command: &mut Command) -> String {
    ended_with(2, command)
}

/// The same for a temporary error: `EX_TEMPFAIL` of sysexits.h.
#[track_caller]
fn not_yet(command: &mut Command) -> String {
    ended_with(75, command)
}

#[track_caller]
fn ended_with(code: i32, command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), &b""[..]), "{err}");
    err
}

/// Returns the command as a user who is not root, because root can read every file; `None` if that is not possible.
fn unprivileged(command: Command) -> Option<Command> {
    let me = Command::new("id").arg("-u").output().ok()?;
    if me.stdout.trim_ascii() != b"0" {
        return Some(command);
    }
    let mut other = Command::new("setpriv");
    other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(command.get_program());
    other.args(command.get_args()).current_dir(command.get_current_dir()?);
    let mut trial = Command::new("setpriv");
    trial.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(command.get_program()).arg("--version");
    trial.current_dir(command.get_current_dir()?).output().is_ok_and(|output| output.status.success()).then_some(other)
}

#[test]
fn a_port_in_use() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let err = not_yet(&mut serve(&folder, &["--listen", &address]));
    assert!(err.contains(&format!("error: cannot listen on {address}: another program uses this address")), "{err}");
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn a_port_of_forward_auth_in_use() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let secret = folder.file("secret", [7; 32]);
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let policy = format!("issuer = \"https://id.example\"\naudience = \"api\"\n[keys]\nsecret-file = {secret:?}\n");
    let policy = folder.file("gate.toml", policy);
    let mut command = crate::program::command();
    let err = not_yet(command.args(["forward-auth", "--policy", &policy, "--listen", &address]));
    assert!(err.contains("another program uses this address"), "{err}");
}

#[test]
fn an_address_of_another_machine() {
    let folder = Folder::new();
    let err = not_yet(&mut serve(&folder, &["--listen", "192.0.2.1:8080"]));
    assert!(err.contains("error: cannot listen on 192.0.2.1:8080: "), "{err}");
}

#[test]
fn an_unusable_data_folder() {
    let folder = Folder::new();
    let start = |data: &str| serve(&folder, &["--listen", "127.0.0.1:0", "--data", data]);

    folder.file("file", "");
    assert!(refused(&mut start("file")).contains("error: file: this is a file, but data must be a folder"));
    assert!(refused(&mut start("file/below")).contains("error: file/below: "));

    fs::create_dir(folder.path("open")).unwrap();
    fs::set_permissions(folder.path("open"), Permissions::from_mode(0o777)).unwrap();
    let err = refused(&mut start("open"));
    assert!(err.contains("error: open: others can put files into this folder (mode 0777): chmod 0700 open"), "{err}");

    for bits in [0o500, 0o000] {
        let name = format!("closed-{bits}");
        fs::create_dir(folder.path(&name)).unwrap();
        fs::set_permissions(folder.path(&name), Permissions::from_mode(bits)).unwrap();
        if let Some(mut command) = unprivileged(start(&name)) {
            let err = refused(&mut command);
            assert!(err.contains(&format!("error: {name}: this user cannot write to the folder")), "{err}");
        }
        fs::set_permissions(folder.path(&name), Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn a_folder_that_the_user_cannot_create() {
    let folder = Folder::new();
    fs::set_permissions(folder.path(""), Permissions::from_mode(0o755)).unwrap();
    if let Some(mut command) = unprivileged(serve(&folder, &["--listen", "127.0.0.1:0", "--data", "/glowband-data"])) {
        let err = refused(&mut command);
        assert!(err.contains("error: /glowband-data: the folder cannot be created: Permission denied"), "{err}");
    }
}

#[test]
fn unusable_files_in_the_data_folder() {
    let folder = Folder::new();
    Server::start(&folder, &[]).end();
    let start = || serve(&folder, &["--listen", "127.0.0.1:0"]);
    let with = |name: &str, change: &dyn Fn(&str), words: &str| {
        let path = folder.path(name);
        let (before, permissions) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().permissions());
        change(&path);
        let err = refused(&mut start());
        assert!(err.contains(words), "{words}: {err}");
        fs::write(&path, before).unwrap();
        fs::set_permissions(&path, permissions).unwrap();
    };
    let opened = |path: &str| fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    let damaged = |path: &str| fs::write(path, "damaged").unwrap();
    let secret = "glowband-data/refresh.key";
    with(
        secret,
        &opened,
        "glowband-data/refresh.key: other users can read this secret (mode 0644; allowed: 0600): chmod 0600",
    );
    with(secret, &damaged, "glowband-data/refresh.key: line 1: allowed are lines of an id from 0 to 255");
    with("glowband-data/glowband.sqlite", &damaged, "sqlite:glowband-data/glowband.sqlite: the database is damaged");
    let keys = fs::read_dir(folder.path("glowband-data/keys")).unwrap();
    let mut names = keys.map(|key| key.unwrap().file_name().into_string().unwrap());
    let key = names.find(|name| !name.starts_with('.')).unwrap();
    with(
        &format!("glowband-data/keys/{key}"),
        &opened,
        "No key file can be used; no new key is made while unusable files exist",
    );
    with(
        &format!("glowband-data/keys/{key}"),
        &damaged,
        "No key file can be used; no new key is made while unusable files exist",
    );
    Server::start(&folder, &[]).end();
}

#[test]
fn a_missing_database() {
    let folder = Folder::new();
    let unused_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = serve(&folder, &["--listen", "127.0.0.1:0"]);
    command.env("GLOWBAND_DATABASE", format!("postgres://app:hunter2@127.0.0.1:{unused_port}/glowband"));
    let err = not_yet(&mut command);
    let words = format!("error: postgres://app@127.0.0.1:{unused_port}/glowband: the database is not available: ");
    assert!(err.contains(&words) && !err.contains("hunter2"), "{err}");
}

/// A full disk: a file system of 64 KiB, if the user can mount one.
#[test]
fn a_full_disk() {
    let folder = Folder::new();
    let data = folder.path("small");
    fs::create_dir(&data).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=64k,mode=0700 none {data} && head -c 70000 /dev/zero > {data}/filler; {} serve --listen 127.0.0.1:0 --data {data}",
        env!("CARGO_BIN_EXE_glowband")
    );
    let output = Command::new("unshare").args(["--mount", "--map-root-user", "sh", "-c", &script]).output();
    let Some(output) = output.ok().filter(|output| !String::from_utf8_lossy(&output.stderr).contains("unshare:"))
    else {
        return eprintln!("skipped: no file system can be mounted here");
    };
    let err = String::from_utf8(output.stderr).unwrap();
    if err.contains("mount:") {
        return eprintln!("skipped: no file system can be mounted here");
    }
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("the disk is full"), "{err}");
}

#[test]
fn invalid_settings_are_reported_together_and_start_nothing() {
    let folder = Folder::new();
    folder.file("glowband.toml", "replay-window = \"2m\"\nlog = \"loud\"\n");
    let mut command = serve(&folder, &["--max-connections", "1"]);
    let err = refused(command.env("GLOWBAND_REGISTRATION", "yes"));
    for words in [
        "replay-window = \"2m\" (from glowband.toml:1) is too long; allowed: 0s to 1m",
        "log = \"loud\" (from glowband.toml:2) is not allowed; allowed: off, error, warn, info, debug",
        "max-connections = 1 (from --max-connections) is too small; allowed: 8 to 1000000",
        "registration = \"yes\" (from GLOWBAND_REGISTRATION) is not allowed; allowed: true, false",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
    assert_eq!(folder.names(), ["glowband.toml"]);
}
