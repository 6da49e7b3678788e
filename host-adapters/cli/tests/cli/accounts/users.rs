use super::place::Place;
use crate::program::run;

#[test]
fn a_user_is_added_listed_disabled_enabled_and_deleted() {
    for place in Place::each() {
        let done = place.run(&["users", "add", " Jane@Example.ORG "], "correct horse battery\n").expect(0);
        assert_eq!(done.out, "Jane@example.org was added\n");
        let made = format!("note: created a new database: {}\n", place.url);
        assert_eq!(done.err, if place.url.starts_with("sqlite:") { made.as_str() } else { "" });
        assert!(!std::path::Path::new(&place.folder.path("data")).exists(), "nothing of it is kept there");
        let taken = place.run(&["users", "add", "jane@example.org"], "").expect(1);
        assert!(!taken.err.contains("created a new"), "{}", taken.err);
        let joe = place.add("joe@example.org");
        assert_eq!((&joe["email"], &joe["disabled_at"]), (&"joe@example.org".into(), &().into()));
        assert!(joe.get("password").is_none());

        let listed = place.json(&["users", "list"], "");
        let emails: Vec<_> = listed.iter().map(|user| user["email"].as_str().unwrap()).collect();
        assert_eq!(emails, ["Jane@example.org", "joe@example.org"]);
        let table = place.run(&["users", "list"], "").expect(0).out;
        assert!(table.starts_with("id ") && table.lines().count() == 3, "{table}");
        assert!(table.lines().nth(2).unwrap().ends_with("Z  enabled   joe@example.org"), "{table}");

        let id = joe["id"].as_str().unwrap();
        let (session, token) = place.login(id, "phone");
        assert!(place.is_open(&token));
        let done = place.run(&["users", "disable", "JOE@example.org"], "").expect(0);
        assert_eq!(done.out, "joe@example.org was disabled; 1 login ended\n");
        assert!(!place.is_open(&token), "{session}");
        assert!(place.json(&["users", "list"], "")[1]["disabled_at"].is_u64());
        assert_eq!(place.run(&["users", "enable", id], "").expect(0).out, "joe@example.org was enabled\n");
        assert!(place.json(&["users", "list"], "")[1]["disabled_at"].is_null());
        assert!(!place.is_open(&token), "what was ended stays so");

        let refused = place.run(&["users", "delete", id], "").expect(2);
        assert!(refused.err.contains("--yes"), "{}", refused.err);
        let (_, token) = place.login(id, "phone");
        let done = place.run(&["users", "delete", id, "--yes"], "").expect(0);
        assert_eq!(done.out, "joe@example.org was deleted; 1 login ended\n");
        assert!(!place.is_open(&token));
        assert_eq!(place.json(&["users", "list"], "").len(), 1);
        for command in [&["disable"][..], &["enable"], &["reset-password"], &["delete", "--yes"]] {
            let done = place.run(&[&["users"], command, &[id]].concat(), "correct horse battery\n").expect(1);
            assert!(done.err.contains("there is no such user") && done.out.is_empty(), "{}", done.err);
        }
        assert_eq!(place.events(), ["user_deleted", "user_enabled", "user_disabled", "user_added", "user_added"]);
    }
}

#[test]
fn duplicate_addresses_and_weak_passwords_are_refused() {
    let place = Place::sqlite();
    place.add("jane@example.org");
    let done = place.run(&["users", "add", "JANE@example.org", "--generate"], "").expect(1);
    assert!(done.err.contains("there is already an account with this address") && done.out.is_empty());
    let long = "x1".repeat(129);
    for (password, code, words) in [
        ("short\n", 1, "at least 10 characters"),
        ("password123\n", 1, "attackers try first"),
        ("joe@example.org\n", 1, "must not be the e-mail address"),
        ("\n", 2, "the password is empty"),
        ("", 2, "the password is empty"),
        (long.as_str(), 2, "at most 256 are allowed"),
    ] {
        let done = place.run(&["users", "add", "joe@example.org"], password).expect(code);
        assert!(done.err.contains(words) && done.out.is_empty(), "{}", done.err);
        assert!(password.trim().is_empty() || !done.err.contains(password.trim_end()) || password.contains('@'));
    }
    // The setting applies to the server and to the command.
    place.run(&["users", "add", "joe@example.org"], "eleven char\n").expect(0);
    let mut strict = crate::program::command();
    strict.env("GLOWBAND_PASSWORD_MIN_LENGTH", "12").args([
        "users",
        "add",
        "jim@example.org",
        "--database",
        &place.url,
        "--data",
        &place.folder.path("data"),
    ]);
    let mut child = strict.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"eleven char\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("at least 12 characters"));
}

#[test]
fn a_generated_password_is_printed_once_and_works() {
    for place in Place::each() {
        let made = place.json(&["users", "add", "jane@example.org", "--generate"], "").remove(0);
        let password = made["password"].as_str().unwrap();
        assert_eq!(password.len(), 27);
        let again = place.run(&["users", "reset-password", "jane@example.org", "--generate"], "").expect(0).out;
        let (_, other) = again.trim().rsplit_once(' ').unwrap();
        assert!(again.contains("printed only this once") && other.len() == 27 && other != password);
        let everything = format!("{:?}{:?}", place.json(&["users", "list"], ""), place.json(&["audit", "list"], ""));
        assert!(!everything.contains(password) && !everything.contains(other));
    }
}

#[test]
fn a_new_password_ends_the_logins_of_this_user_only() {
    for place in Place::each() {
        let (jane, joe) = (place.add("jane@example.org"), place.add("joe@example.org"));
        let id = |user: &serde_json::Value| user["id"].as_str().unwrap().to_owned();
        let tokens = [place.login(&id(&jane), "phone").1, place.login(&id(&jane), "desk").1];
        let (_, of_joe) = place.login(&id(&joe), "phone");
        let weak = place.run(&["users", "reset-password", "jane@example.org"], "1234567890\n").expect(1);
        assert!(weak.err.contains("neighbouring"), "{}", weak.err);
        assert!(tokens.iter().all(|token| place.is_open(token)));
        let arguments = ["users", "reset-password", "jane@example.org", "--revoke-tokens"];
        let done = place.json(&arguments, "another long one\n").remove(0);
        assert_eq!((&done["logins_ended"], &done["tokens_revoked"]), (&2.into(), &0.into()));
        assert!(!tokens.iter().any(|token| place.is_open(token)) && place.is_open(&of_joe));
        let line = place.json(&["audit", "list", "--event", "password_reset"], "").remove(0);
        assert_eq!((&line["user_id"], &line["actor"]), (&jane["id"], &"operator".into()));
        assert_eq!(line["detail"], "2 logins ended, 0 personal tokens revoked");
        assert!(line["agent"].as_str().unwrap().starts_with("glowband users reset-password"));
    }
}

#[test]
fn passwords_and_secrets_have_no_flags() {
    for arguments in [
        &["users", "add", "jane@example.org", "--password", "hunter2hunter2"][..],
        &["users", "add", "jane@example.org", "hunter2hunter2"],
        &["users", "reset-password", "jane@example.org", "--password=hunter2hunter2"],
    ] {
        assert!(run(arguments).expect(2).err.contains("unexpected argument"), "{arguments:?}");
    }
    let done = run(&["users", "list", "--database", "postgres://jane:hunter2@127.0.0.1:1/glowband"]).expect(2);
    assert!(!done.err.contains("hunter2"), "{}", done.err);
}

#[test]
fn errors_name_the_cause() {
    let place = Place::sqlite();
    let path = place.url.strip_prefix("sqlite:").unwrap().to_owned();
    let missing = place.run(&["users", "list"], "").expect(2).err;
    assert!(missing.contains("accounts.sqlite: there is no such file; glowband serve and glowband users add make it"));
    assert!(!std::path::Path::new(&path).exists(), "looking makes nothing");
    std::fs::write(&path, "this is no database, but a text that is long enough to be one").unwrap();
    let damaged = place.run(&["users", "list"], "").expect(2).err;
    assert!(damaged.contains(&path) && damaged.contains("the database is damaged"), "{damaged}");
    let nowhere = run(&["users", "list", "--database", "postgres://jane@127.0.0.1:1/glowband"]).expect(2).err;
    assert!(nowhere.contains("postgres://jane@127.0.0.1:1/glowband: the database is not available"), "{nowhere}");
    for (who, words) in [("jane@", "name@example.org"), ("jane", "e-mail address or a user id of 22 characters")] {
        assert!(place.run(&["users", "disable", who], "").expect(2).err.contains(words));
    }
}

#[cfg(unix)]
#[test]
fn a_new_database_and_its_folder_are_readable_only_by_their_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = crate::program::Folder::new();
    let data = folder.path("data");
    let arguments = ["users", "add", "jane@example.org", "--generate", "--data", &data];
    run(&arguments).expect(0);
    let mode = |path: &str| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&format!("{data}/glowband.sqlite"))), (0o700, 0o600));
}
