//! `--print-config`, and the sources of settings.

use super::process::serve;
use crate::program::Folder;
use std::process::Command;

fn printed(command: &mut Command) -> String {
    let output = command.arg("--print-config").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn settings_are_printed_with_their_sources() {
    let folder = Folder::new();
    folder.file("glowband.toml", "replay-window = 5\nlog = \"warn\"\nmax-body = \"8KiB\"\n");
    let mut command = serve(&folder, &["--max-body", "16KiB"]);
    command.env("GLOWBAND_LOG", "error").env("GLOWBAND_DATABASE", "postgres://app:hunter2@db/g");
    command.env("GLOWBAND_REFRESH_SECRET", "1 hunter3");
    let text = printed(&mut command);
    let lines: Vec<_> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "replay-window = 5 # glowband.toml:1",
        "log = \"error\" # GLOWBAND_LOG",
        "max-body = \"16KiB\" # --max-body",
        "listen = \"127.0.0.1:8080\" # default",
        "database = \"postgres://app@db/g\" # GLOWBAND_DATABASE; its password is not shown",
        "# GLOWBAND_REFRESH_SECRET is set, and not shown",
    ] {
        assert!(lines.iter().any(|own| own == line), "{line}\n{text}");
    }
    assert!(!text.contains("hunter"), "{text}");
    // The server was not started.
    assert_eq!(folder.names(), ["glowband.toml"]);
}

#[test]
fn printed_settings_can_be_used_as_a_file() {
    let folder = Folder::new();
    let first = printed(&mut serve(&folder, &["--public-url", "https://id.example", "--registration", "false"]));
    let file = folder.file("printed.toml", &first);
    let second = printed(&mut serve(&folder, &["--config", &file]));
    let bare = |text: &str| -> Vec<String> {
        let settings = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        settings.map(|line| line.split(" #").next().unwrap().trim().to_owned()).collect()
    };
    // Relative paths are relative to the new settings file.
    let whole: Vec<_> = bare(&second).iter().map(|line| line.replace(&folder.path(""), "")).collect();
    assert_eq!(bare(&first), whole);
}

#[test]
fn the_file_in_the_current_folder_is_read_and_named() {
    let folder = Folder::new();
    folder.file("glowband.toml", "log = \"warn\"\n");
    let output = serve(&folder, &["--print-config"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("note: settings are read from glowband.toml, which is here"), "{err}");
    let named = folder.file("other.toml", "log = \"error\"\n");
    let output = serve(&folder, &["--print-config", "--config", &named]).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(String::from_utf8(output.stdout).unwrap().contains("log = \"error\""));
}

#[test]
fn an_unknown_variable_is_refused() {
    let folder = Folder::new();
    let output = serve(&folder, &["--print-config"]).env("GLOWBAND_REGISTRATON", "false").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    let words = "there is no variable GLOWBAND_REGISTRATON; did you mean GLOWBAND_REGISTRATION?";
    assert!(err.contains(words), "{err}");
}

#[test]
fn a_password_in_a_flag_is_refused_and_the_error_names_alternatives() {
    let folder = Folder::new();
    let output = serve(&folder, &["--database", "postgres://app:hunter2@db/g"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    for words in
        ["database (from --database) holds a password", "GLOWBAND_DATABASE", "--database-url-file", "PGPASSFILE"]
    {
        assert!(err.contains(words), "{words}: {err}");
    }
    assert!(!err.contains("hunter2"), "{err}");
}

#[test]
fn help_names_every_flag_with_its_default() {
    let help = String::from_utf8(serve(&Folder::new(), &["--help"]).output().unwrap().stdout).unwrap();
    for words in [
        "--config <FILE>",
        "--listen <ADDRESS:PORT>",
        "[default: 127.0.0.1:8080]",
        "[default: from listen]",
        "--replay-window <TIME>",
        "--print-config",
        "--check",
        "GLOWBAND_PUBLIC_URL",
        "Examples:",
        "SIGHUP",
    ] {
        assert!(help.contains(words), "{words}\n{help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
}
