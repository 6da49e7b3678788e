//! `glowband keys rotate|status|encrypt|decrypt`: the signing keys of a server.

use crate::program::{Folder, Run, command, run, run_command};
use std::fs;
use std::path::Path;

/// Returns the rows of the table without its heading: kid, alg, state, since, until.
fn status(arguments: &[&str]) -> Vec<[String; 5]> {
    let table = run(&[&["keys", "status"], arguments].concat()).expect(0).out;
    let mut lines = table.lines();
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>(), ["kid", "alg", "state", "since", "until"]);
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()).collect()
}

fn states(rows: &[[String; 5]]) -> Vec<&str> {
    rows.iter().map(|row| row[2].as_str()).collect()
}

fn rotate(folder: &str, more: &[&str]) -> Run {
    run(&[&["keys", "rotate", "--folder", folder], more].concat())
}

fn key_files(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "jwk")).collect()
}

#[test]
fn keys_are_announced_activated_and_shown() {
    let place = Folder::new();
    let folder = &place.path("data/keys");
    let first = rotate(folder, &[]).expect(0).out;
    assert!(first.starts_with("announced ") && first.ends_with(": signs from now on\n"), "{first}");
    let rows = status(&["--folder", folder]);
    assert_eq!((rows[0][1].as_str(), states(&rows), rows[0][4].as_str()), ("ES256", vec!["active"], "-"));
    assert!(first.contains(&rows[0][0]));

    let second = rotate(folder, &["--announce-for", "2h"]).expect(0).out;
    assert!(second.contains("signs from 20") && second.contains("in 23 h") | second.contains("in 24 h"), "{second}");
    let again = rotate(folder, &[]).expect(0).out;
    assert!(again.starts_with("nothing to do") && again.contains("keys status"), "{again}");
    assert_eq!(states(&status(&["--folder", folder])), ["active", "announced"]);

    // Waits until the next second, so that the order of the keys is clear.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let hurried = rotate(folder, &["--now"]).expect(0).out;
    assert!(hurried.starts_with("rescheduled ") && hurried.ends_with(": signs from now on\n"), "{hurried}");
    let after = status(&["--folder", folder]);
    assert_eq!(states(&after), ["retiring", "active"]);
    assert_eq!(after[0][0], rows[0][0], "the first key retires");
    assert_eq!(after[0][3], after[1][3], "since the second one is active");
    // A key of the folder can also be used with sign and verify.
    let file = Path::new(folder).join(format!("issuer-{}.jwk", after[1][0]));
    let file = file.to_str().unwrap();
    let token = run(&["sign", "--key", file, "--expires-in", "1m"]).expect(0).out;
    run(&["verify", "--key", file, token.trim()]).expect(0);
}

#[test]
fn concurrent_commands_rotate_only_once() {
    let place = Folder::new();
    let folder = place.path("keys");
    rotate(&folder, &[]).expect(0);
    let running: Vec<_> =
        (0..6).map(|_| command().args(["keys", "rotate", "--folder", &folder]).spawn().unwrap()).collect();
    let outputs: Vec<_> = running.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    assert!(outputs.iter().all(|output| output.status.success()));
    assert_eq!(outputs.iter().filter(|output| output.stdout.starts_with(b"announced ")).count(), 1);
    assert_eq!(key_files(&folder).len(), 2);
}

#[test]
fn encrypted_files_cannot_be_read_without_the_key() {
    let place = Folder::new();
    let folder = &place.path("keys");
    let raw = &place.file("raw", [7; 32]);
    let text = &place.file("text", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\n");
    let other = &place.file("other", [8; 32]);
    rotate(folder, &["--encrypt-with", raw]).expect(0);
    assert!(fs::read(&key_files(folder)[0]).unwrap().starts_with(b"eyJ"));
    assert_eq!(states(&status(&["--folder", folder, "--encrypt-with", text])), ["active"]);
    let wrong = run(&["keys", "status", "--folder", folder, "--encrypt-with", other]).expect(1).err;
    assert!(wrong.contains("encrypted with a key-encryption key that is not configured"), "{wrong}");
    let without = rotate(folder, &[]).expect(2);
    assert!(without.err.contains("no key-encryption key is given") && without.out.is_empty(), "{without:?}");
    assert_eq!(key_files(folder).len(), 1, "no key is made beside");

    let done = run(&["keys", "encrypt", "--folder", folder, "--decrypt-with", raw, "--encrypt-with", other]).expect(0);
    assert_eq!(done.out, "1 files encrypted\n");
    assert_eq!(states(&status(&["--folder", folder, "--encrypt-with", other])), ["active"]);
    assert_eq!(
        run(&["keys", "decrypt", "--folder", folder, "--decrypt-with", other]).expect(0).out,
        "1 files decrypted\n"
    );
    assert_eq!(states(&status(&["--folder", folder])), ["active"]);
    let password = place.file("password", "correct horse");
    let error = rotate(folder, &["--encrypt-with", &password]).expect(2).err;
    assert!(error.contains("openssl rand") && !error.contains("horse"), "{error}");
}

#[cfg(unix)]
#[test]
fn errors_say_what_helps() {
    use std::os::unix::fs::PermissionsExt;
    let place = Folder::new();
    let folder = &place.path("keys");
    let error = run(&["keys", "status", "--folder", folder]).expect(2).err;
    assert!(error.contains("there is no such folder") && error.contains("keys rotate"), "{error}");
    rotate(folder, &[]).expect(0);
    let file = &key_files(folder)[0];
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    let error = rotate(folder, &["--now"]).expect(2).err;
    assert!(error.contains(&format!("chmod 600 {}", file.display())), "{error}");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    rotate(folder, &[]).expect(0);
    fs::write(file, "{").unwrap();
    let done = run(&["keys", "status", "--folder", folder]).expect(1);
    assert!(done.err.contains(&file.display().to_string()) && done.err.contains("jwk_malformed"), "{}", done.err);
    assert!(done.out.contains("active"), "the other key goes on: {}", done.out);
    let error = rotate(folder, &["--announce-for", "1s", "--now"]).expect(2).err;
    assert!(error.contains("1 minute to 10 years"), "{error}");
}

#[test]
fn without_the_flag_folder_the_settings_name_the_keys() {
    let place = Folder::new();
    place.file("glowband.toml", "data = \"data\"\nsigning-algorithm = \"ES384\"\nencryption-key-file = \"kek\"\n");
    let kek = place.file("kek", [7; 32]);
    #[cfg(unix)]
    fs::set_permissions(&kek, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let keys = |arguments: &[&str]| {
        let mut command = command();
        command.current_dir(place.path("")).arg("keys").args(arguments);
        run_command(&mut command, b"")
    };
    // In another folder, nothing is created.
    let error = keys(&["rotate"]).expect(2).err;
    assert!(error.contains("data: there is no such folder; glowband serve creates it"), "{error}");
    assert!(!Path::new(&place.path("data")).exists());
    fs::create_dir(place.path("data")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(place.path("data"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();

    keys(&["rotate"]).expect(0);
    let files = key_files(&place.path("data/keys"));
    assert!(files.len() == 1 && fs::read(&files[0]).unwrap().starts_with(b"eyJ"), "encrypted");
    let status = keys(&["status"]).expect(0);
    assert!(status.out.contains("ES384  active"), "{}", status.out);
    assert!(status.err.contains("note: settings are read from glowband.toml"), "{}", status.err);
    keys(&["rotate", "--alg", "EdDSA"]).expect(0);
    assert!(keys(&["status"]).expect(0).out.contains("EdDSA  announced"));

    // With --folder, the settings are not used: the next key has the algorithm of the active one.
    keys(&["rotate", "--folder", "other", "--alg", "HS256"]).expect(0);
    keys(&["rotate", "--folder", "other"]).expect(0);
    let other = keys(&["status", "--folder", "other"]).expect(0);
    assert!(other.out.contains("HS256  announced") && other.err.is_empty(), "{other:?}");
    let error = keys(&["status", "--folder", "other", "--data", "data"]).expect(2).err;
    assert!(error.contains("cannot be used with"), "{error}");
}
