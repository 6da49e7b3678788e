//! The sources of secrets, and that secrets are never printed.

use super::{Folder, mode};
use crate::config::settings::{DatabaseUrl, SecretPlace};

const URL: &str = "postgres://app:hunter2@db/glowband";

#[test]
fn a_password_in_a_flag_is_refused_with_the_way_to_do_it() {
    let wrong = Folder::new().wrong(&[], &["--database", URL]);
    assert_eq!(
        wrong,
        [
            "database (from --database) holds a password, which every process of this machine could read; put the URL into the \
        variable GLOWBAND_DATABASE or into a file that --database-url-file names, or the password into one that the variable \
        PGPASSFILE names"
        ]
    );
    assert!(Folder::new().load(&[], &["--database", "postgres://app@db/glowband"]).is_ok());
}

#[test]
fn a_password_may_come_from_the_environment_or_a_file_that_is_private() {
    let place = Folder::new();
    let settings = place.load(&[("GLOWBAND_DATABASE", URL)], &[]).unwrap().settings;
    let DatabaseUrl::Postgres(url) = &settings.database else { panic!("{settings:?}") };
    assert_eq!(url.expose_text(), Some(URL));
    assert!(!format!("{settings:?}").contains("hunter2"));

    let file = place.file("url", &format!("{URL}\n"));
    let settings = place.load(&[], &["--database-url-file", &file]).unwrap().settings;
    assert_eq!(settings.database.to_string(), "postgres://app@db/glowband");

    place.file("glowband.toml", &format!("database = \"{URL}\"\n"));
    assert!(place.load(&[], &[]).is_ok());
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused_with_the_command_that_helps() {
    let place = Folder::new();
    for bits in [0o644, 0o640, 0o602, 0o610] {
        let file = place.file("url", URL);
        mode(&file, bits);
        let refused = format!("other users can read this secret (mode {bits:04o}; allowed: 0600): chmod 0600 ");
        assert_eq!(
            place.wrong(&[], &["--database-url-file", &file]),
            [format!("database-url-file: url: {refused}url")]
        );
        let config = place.file("glowband.toml", &format!("\ndatabase = \"{URL}\"\n"));
        mode(config, bits);
        assert_eq!(
            place.wrong(&[], &[]),
            [format!("database (from glowband.toml:2) holds a password: glowband.toml: {refused}glowband.toml")]
        );
        std::fs::remove_file(place.path("glowband.toml")).unwrap();
    }
}

#[test]
fn files_without_a_good_secret() {
    let place = Folder::new();
    let file = place.file("url", " \n");
    assert_eq!(place.wrong(&[], &["--database-url-file", &file]), ["database-url-file: url: the file is empty"]);
    let file = place.file("url", "hunter2");
    assert_eq!(
        place.wrong(&[], &["--database-url-file", &file]),
        ["url: the file holds no URL of a database; allowed: sqlite:FILE, postgres://USER@HOST/NAME"]
    );
    let file = place.file("url", &"x".repeat(65_537));
    assert_eq!(
        place.wrong(&[], &["--database-url-file", &file]),
        ["database-url-file: url: the file is too long for a secret; allowed: at most 65536 bytes"]
    );
    place.file("short", "0123456789abcde");
    place.file("glowband.toml", "[[callers]]\nid = \"a\"\nsecret-file = \"short\"\n");
    assert_eq!(
        place.wrong(&[], &[]),
        ["glowband.toml:1: callers: the secret has fewer than 16 bytes: openssl rand -base64 32"]
    );
    place.file("long", "0123456789abcdef\n");
    let two = "[[callers]]\nid = \"a\"\nsecret-file = \"long\"\n".repeat(2);
    place.file("glowband.toml", &two);
    assert_eq!(place.wrong(&[], &[]), ["callers: \"a\" is there twice"]);
}

#[test]
fn what_is_wrong_with_a_url_is_told_without_it() {
    for text in ["postgres:/app:hunter2@db", "app:hunter2@db", "postgresq://app:hunter2@db"] {
        let wrong = Folder::new().wrong(&[("GLOWBAND_DATABASE", text)], &[]);
        assert_eq!(
            wrong,
            [
                "database (from GLOWBAND_DATABASE) is no URL of a database; allowed: sqlite:FILE, postgres://USER@HOST/NAME"
            ]
        );
    }
    // The parser shows the line that it does not understand; we do not.
    let place = Folder::new();
    place.file("glowband.toml", "database = \"postgres://app:hunter2@db\n");
    assert!(!place.wrong(&[], &[])[0].contains("hunter2"));
}

#[test]
fn secrets_from_the_environment() {
    let variables = [("GLOWBAND_REFRESH_SECRET", " 1 hunter2\n"), ("GLOWBAND_ENCRYPTION_KEY", "hunter3")];
    let settings = Folder::new().load(&variables, &[]).unwrap().settings;
    assert!(matches!(&settings.refresh_secret, SecretPlace::Here(secret) if secret.expose() == b"1 hunter2"));
    assert!(matches!(&settings.encryption_key, Some(SecretPlace::Here(secret)) if secret.expose() == b"hunter3"));
    let wrong = Folder::new().wrong(&[("GLOWBAND_REFRESH_SECRET", "")], &[]);
    assert_eq!(wrong, ["refresh-secret (from GLOWBAND_REFRESH_SECRET) is empty; leave it out or fill it in"]);
    // Neither is a flag.
    assert_eq!(Folder::new().wrong(&[], &["--refresh-secret", "x"]), ["there is no setting \"refresh-secret\""]);
}
