//! `--check`: reads everything and creates nothing.

use super::process::{Server, serve};
use super::tls::Pair;
use crate::accounts::place::Place;
use crate::program::Folder;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

fn check(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = serve(folder, arguments).arg("--check").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn before_the_first_start_it_lists_what_will_be_created_and_creates_nothing() {
    let folder = Folder::new();
    let (code, out, err) = check(&folder, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for words in [
        "glowband-data: will be created",
        "glowband-data/refresh.key: will be created",
        "glowband-data/keys: the first signing key will be created",
        "sqlite:glowband-data/glowband.sqlite: will be created",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(out.ends_with("\ngood\n"), "{out}");
    assert!(folder.names().is_empty());
}

#[test]
fn after_the_first_start_it_reads_everything() {
    let folder = Folder::new();
    Server::start(&folder, &[]).end();
    let pair = Pair::new("localhost").store(&folder, "a");
    let (code, out, _) = check(&folder, &pair.flags());
    assert_eq!(code, Some(0), "{out}");
    for words in [
        "glowband-data: writable",
        "the refresh secret 1 is current",
        "glowband-data/keys: 1 signing keys",
        "sqlite:glowband-data/glowband.sqlite: reached",
        "the certificate and its key belong together",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn all_errors_are_reported_together() {
    let folder = Folder::new();
    Server::start(&folder, &[]).end();
    folder.file("glowband-data/glowband.sqlite", "damaged, and no database at all");
    folder.file("glowband-data/refresh.key", "x");
    let (one, other) = (Pair::new("localhost").store(&folder, "a"), Pair::new("localhost").store(&folder, "b"));
    let (code, _, err) = check(&folder, &["--tls-certificate", &one.certificate, "--tls-key", &other.key]);
    assert_eq!(code, Some(2));
    for words in [
        "glowband-data/refresh.key: line 1: ",
        "sqlite:glowband-data/glowband.sqlite: ",
        "this key does not belong to the certificate in ",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
}

/// The purpose of `--check`: an operator learns that a server would not start before restarting it.
#[test]
fn it_refuses_what_a_start_refuses_and_changes_nothing() {
    for place in Place::each() {
        let folder = &place.folder;
        let with = |mut command: std::process::Command| {
            command.env("GLOWBAND_DATABASE", &place.url);
            command
        };
        let both = |arguments: &[&str], words: &str| {
            let before = names(folder);
            for mode in [&["--check"][..], &["--listen", "127.0.0.1:0"]] {
                let output = with(serve(folder, &[arguments, mode].concat())).output().unwrap();
                let err = String::from_utf8(output.stderr).unwrap();
                assert_eq!(output.status.code(), Some(2), "{mode:?}: {err}");
                assert!(err.contains(words), "{mode:?}: {words}: {err}");
                assert_eq!(names(folder), before, "{mode:?}");
            }
        };
        let good = |arguments: &[&str]| {
            let output = with(serve(folder, &[arguments, &["--check"]].concat())).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        };
        Server::spawn(folder, &mut with(serve(folder, &["--listen", "127.0.0.1:0"]))).end();
        good(&[]);

        let secret = folder.path("glowband-data/refresh.key");
        std::fs::rename(&secret, folder.path("kept")).unwrap();
        both(&[], "glowband-data/refresh.key: this file is missing, and ");
        good(&["--accept-refresh-secret"]);
        let foreign = "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
        folder.file("glowband-data/refresh.key", foreign);
        std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        both(&[], "its logins are made with another refresh secret than that of glowband-data/refresh.key");
        good(&["--accept-refresh-secret"]);
        std::fs::rename(folder.path("kept"), &secret).unwrap();

        let data = folder.path("glowband-data");
        std::fs::set_permissions(&data, Permissions::from_mode(0o770)).unwrap();
        both(&[], "glowband-data: others can put files into this folder (mode 0770): chmod 0700");
        std::fs::set_permissions(&data, Permissions::from_mode(0o700)).unwrap();
        both(&["--data", "glowband-data/refresh.key"], "this is a file, but data must be a folder");

        place.execute(LATER);
        both(&[], "the tables are at version 99 (_glowband_server_migrations); this program supports versions up to ");
        place.execute("DELETE FROM _glowband_server_migrations WHERE version = 99");
        good(&[]);
    }
}

const LATER: &str = "INSERT INTO _glowband_server_migrations (version, description, success, checksum, execution_time) \
    SELECT 99, 'of a later version', true, checksum, 0 FROM _glowband_server_migrations WHERE version = 1";

/// Returns the files in the folder of a server, without temporary files of SQLite.
fn names(folder: &Folder) -> Vec<String> {
    let data = std::fs::read_dir(folder.path("glowband-data")).unwrap();
    let data = data.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = folder.names().into_iter().chain(data).filter(|name| !name.contains("sqlite-")).collect();
    names.sort();
    names
}
