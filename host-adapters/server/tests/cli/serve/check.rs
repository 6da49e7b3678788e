//! `--check`: everything is read, nothing is made.

use super::process::{Server, serve};
use super::tls::Pair;
use crate::program::Folder;

fn check(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = serve(folder, arguments).arg("--check").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn before_the_first_start_it_says_what_will_be_made_and_makes_nothing() {
    let folder = Folder::new();
    let (code, out, err) = check(&folder, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for words in [
        "glowband-data/refresh.key: it will be made",
        "glowband-data/keys: the first signing key will be made",
        "sqlite:glowband-data/glowband.sqlite: it will be made",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(out.ends_with("\ngood\n"), "{out}");
    assert!(folder.names().is_empty());
}

#[test]
fn after_it_all_is_read() {
    let folder = Folder::new();
    Server::start(&folder, &[]).end();
    let pair = Pair::new("localhost").store(&folder, "a");
    let (code, out, _) = check(&folder, &pair.flags());
    assert_eq!(code, Some(0), "{out}");
    for words in [
        "the refresh secret 1 is current",
        "glowband-data/keys: 1 signing keys",
        "sqlite:glowband-data/glowband.sqlite: reached",
        "the certificate and its key belong together",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn all_that_is_wrong_is_told_together() {
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
        "this is not the key of the certificate in ",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
}
