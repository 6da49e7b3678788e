//! Help, version, completions, and wrong flags.

use crate::program::{run, run_with};
use std::process::{Command, Stdio};

#[test]
fn help_has_examples_for_each_command() {
    for (command, words) in [
        (vec![], "Exit codes"),
        (vec!["verify"], "--danger-allow-short-secret"),
        (vec!["verify"], "allow_missing_expiry"),
        (vec!["inspect"], "NOTHING IS VERIFIED"),
        (vec!["sign"], "--expires-in"),
        (vec!["keys"], "generate"),
        (vec!["keys", "generate"], "0600"),
        (vec!["keys", "show"], "jwks"),
        (vec!["keys", "rotate"], "--now"),
        (vec!["keys", "status"], "which one signs next"),
        (vec!["keys", "encrypt"], "A256GCM"),
        (vec!["keys", "decrypt"], "0600"),
        (vec!["users"], "reset-password"),
        (vec!["sessions"], "revoke"),
        (vec!["audit"], "login_failed"),
        (vec!["completions"], "bash"),
    ] {
        let help = run(&[&command[..], &["--help"]].concat()).expect(0).out;
        assert!(help.contains("Examples:") && help.contains(words), "{command:?}: {help}");
        assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
    }
    assert_eq!(run(&["--version"]).expect(0).out, format!("glowband {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_gives_exit_code_2_and_names_what_is_allowed() {
    for (arguments, words) in [
        (vec![], "Usage"),
        (vec!["vrify"], "verify"),
        (vec!["verify", "--aus", "x"], "--aus"),
        (vec!["verify", "--secret", "x"], "--secret"),
        (vec!["verify", "--alg", "none"], "HS256, HS384, HS512, ES256, ES384, ES512, RS256"),
        (vec!["verify", "--leeway", "soon"], "90s, 5m, 1h, 30d"),
        (vec!["verify", "--now", "-1"], "whole seconds since 1970"),
        (vec!["sign", "--expires-in", "-1"], "90s, 5m, 1h, 30d"),
        (vec!["verify", "--key", "a", "--jwks", "b", "t"], "cannot be used with"),
        (vec!["verify", "token"], "--jwks FILE|URL, --key FILE|URL, --secret-file FILE or --discover ISSUER"),
        (vec!["completions", "csh"], "bash"),
    ] {
        let done = run(&arguments).expect(2);
        assert!(done.err.contains(words), "{arguments:?}: {}", done.err);
        assert_eq!(done.out, "");
    }
}

#[test]
fn completions_exist_for_every_shell_and_bash_can_read_its_own() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).expect(0).out;
        assert!(script.contains("jwks") && script.contains("inspect"), "{shell}");
        if shell == "bash" && Command::new("bash").arg("--version").stdout(Stdio::null()).status().is_ok() {
            let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
            std::io::Write::write_all(&mut bash.stdin.take().unwrap(), script.as_bytes()).unwrap();
            assert!(bash.wait().unwrap().success());
        }
    }
}

#[test]
fn colours_are_printed_only_on_request() {
    let plain = run_with(&["inspect", "x"], b"").expect(1);
    assert!(!plain.out.contains('\u{1b}'));
    let mut forced = crate::program::command();
    let forced = forced.env("CLICOLOR_FORCE", "1").args(["inspect", "x"]).output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
}
