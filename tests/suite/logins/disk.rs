//! Disks that are full or read-only, folders of another account, databases of another time: a clear error, and nothing
//! is lost.

use super::account::{Tokens, login, post, refresh, refreshed, register};
use super::killed::insist;
use super::serving::{Behind, Setup, fails};
use super::wanted;
use crate::http::process::Server;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Starts the server in a mount namespace of its own, where `mounts` were done first.
fn with_mounts(setup: &Setup, mounts: &str) -> Command {
    let serve = setup.command();
    let mut inside = Command::new("unshare");
    inside.args(["--map-root-user", "--mount", "sh", "-c"]).arg(format!("{mounts} && exec \"$0\" \"$@\""));
    inside.arg(serve.get_program()).args(serve.get_args()).current_dir(&setup.folder);
    inside.envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
    inside
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("full", Behind::Sqlite);
    let data = setup.data();
    fs::create_dir_all(&data).expect("a folder");
    // A small disk, and on it a file that takes what is left when the test says so.
    let mounts = format!("mount -t tmpfs -o size=3m,mode=0700 glowband {}", data.display());
    let server = Server::start(&mut with_mounts(&setup, &mounts));
    let address = server.address;
    let mut tokens = register(address, "ada@example.com");
    // Seen from outside, by the way through the process.
    let disk =
        Path::new("/proc").join(server.id().to_string()).join("root").join(data.strip_prefix("/").expect("absolute"));
    let filler = disk.join("filler");
    fill(&filler);
    let (mut answered, mut full) = (0, 0);
    for _ in 0..2000 {
        let answer = refresh(address, &tokens.refresh).expect("the server stays");
        match answer.status {
            200 => {
                tokens = Tokens::of(&answer);
                answered += 1;
            }
            503 => {
                assert!(answer.header("Retry-After").is_some(), "{answer:?}");
                full += 1;
                if full > 20 {
                    break;
                }
            }
            _ => panic!("{answer:?}"),
        }
        fill(&filler);
    }
    assert!(full > 20, "the disk was never full: {answered} answers");
    let account = json!({"email": "grace@example.com", "password": super::account::PASSWORD});
    let answer = post(address, "/auth/register", None, &account).expect("the server stays");
    assert_eq!(answer.status, 503, "{answer:?}");
    fs::remove_file(&filler).expect("room again");
    let next = insist(|| refresh(address, &tokens.refresh).ok().filter(|answer| answer.status == 200));
    assert_eq!(Tokens::of(&next).session, tokens.session);
    register(address, "grace@example.com");
    println!("counted: full disk: {answered} refreshes before, {full} answers 503, then room, nothing lost");
}

/// Writes until nothing fits any more.
fn fill(filler: &Path) {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().create(true).append(true).open(filler).expect("the disk can be seen");
    for size in [65_536, 4096, 512, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[test]
fn a_read_only_database_is_refused_at_the_start() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("read-only", Behind::Sqlite);
    let tokens = register(setup.start().address, "ada@example.com");
    let data = setup.data();
    let data = data.display();
    let ended =
        fails(&mut with_mounts(&setup, &format!("mount --bind {data} {data} && mount -o remount,ro,bind {data}")));
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(2), "{words}");
    assert!(words.to_lowercase().contains("read-only"), "{words}");
    refreshed(setup.start().address, &tokens.refresh);
}

#[test]
fn keys_that_others_may_read_are_refused_with_the_way_out() {
    use std::os::unix::fs::PermissionsExt;
    if !wanted() {
        return;
    }
    let setup = Setup::new("modes", Behind::Sqlite);
    let tokens = register(setup.start().address, "ada@example.com");
    let secrets = secrets(&setup.data());
    assert!(secrets.len() >= 2, "{secrets:?}");
    for secret in secrets {
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).expect("a mode");
        let ended = setup.fails();
        let words = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{words}");
        assert!(words.contains("chmod"), "{words}");
        assert!(words.contains(&*secret.file_name().expect("a name").to_string_lossy()), "{words}");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("a mode");
    }
    refreshed(setup.start().address, &tokens.refresh);
}

/// The refresh secret and the signing keys.
fn secrets(data: &Path) -> Vec<std::path::PathBuf> {
    let files =
        |folder: &Path| fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let mut found = files(data);
    found.extend(files(&data.join("keys")));
    found.retain(|path| path.extension().is_some_and(|ending| ending == "key" || ending == "jwk"));
    found
}

#[test]
fn a_file_that_is_not_a_database_is_left_alone() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("damaged", Behind::Sqlite);
    let file = setup.data().join("glowband.sqlite");
    fs::create_dir_all(setup.data()).expect("a folder");
    let text = "this is a diary, not a database\n".repeat(200);
    fs::write(&file, &text).expect("a file");
    let ended = setup.fails();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(2), "{words}");
    assert!(words.contains("glowband.sqlite"), "{words}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), text);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    if !wanted() {
        return;
    }
    let setup = Setup::new("newer", Behind::Sqlite);
    let tokens = register(setup.start().address, "ada@example.com");
    let file = setup.data().join("glowband.sqlite");
    for table in ["_glowband_session_migrations", "_glowband_server_migrations"] {
        let sql = |sql: String| {
            let done = Command::new("sqlite3").arg(&file).arg(&sql).output().expect("the Debian package sqlite3");
            assert!(done.status.success(), "{sql}: {done:?}");
        };
        sql(format!(
            "INSERT INTO {table} (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)"
        ));
        let ended = setup.fails();
        let words = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{words}");
        assert!(words.contains("newer"), "{words}");
        sql(format!("DELETE FROM {table} WHERE version = 9999"));
    }
    let server = setup.start();
    refreshed(server.address, &tokens.refresh);
    login(server.address, "ada@example.com");
}
