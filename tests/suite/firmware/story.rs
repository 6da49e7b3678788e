//! The whole life of a door from one terminal: `glowband door` on one end, the image on the other.

use super::emulator::Emulator;
use crate::cli::program::glowband;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

const NOW: &str = "1700000000";

/// What was typed and what came of it.
struct Terminal {
    folder: PathBuf,
    at: String,
    transcript: String,
}

impl Terminal {
    /// Runs a command in the folder's name, and gives what it printed. `FILE.jwk` lies in the folder.
    fn quietly(&self, words: &str) -> String {
        let words: Vec<String> = words
            .split(' ')
            .map(|word| match word.ends_with(".jwk") {
                true => self.folder.join(word).display().to_string(),
                false => word.to_owned(),
            })
            .collect();
        let run = glowband(&words, "");
        assert!(run.err.is_empty() || run.code == 0, "{words:?}: {}", run.err);
        run.out.trim_end().to_owned()
    }

    /// The same, and notes it.
    fn types(&mut self, words: &str) {
        let said = self.quietly(&format!("{words} --at {}", self.at));
        let _ = writeln!(self.transcript, "$ glowband {words}\n{said}");
    }

    /// Signs a token and hands it to the door.
    fn opens(&mut self, with: &str) {
        let token = self.quietly(&format!("sign --iss https://id.example {with}"));
        self.hands(with, &token);
    }

    fn hands(&mut self, what: &str, token: &str) {
        let said = self.quietly(&format!("door open {token} --at {}", self.at));
        let _ = writeln!(self.transcript, "$ glowband sign {what} | glowband door open -\n{said}");
    }

    fn remarks(&mut self, what: &str) {
        let _ = writeln!(self.transcript, "# {what}");
    }

    fn waits(&mut self) {
        std::thread::sleep(Duration::from_millis(900));
    }
}

fn keys(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    for name in ["owner", "issuer", "next", "stranger"] {
        let path = folder.join(format!("{name}.jwk"));
        let _ = std::fs::remove_file(&path);
        let run = glowband(&["keys", "generate", "--kid", name, "--out", &path.display().to_string()], "");
        assert_eq!(run.code, 0, "{}", run.err);
    }
}

#[test]
fn the_whole_story_runs_from_one_terminal() {
    let Some(images) = super::images() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("door-{}", std::process::id()));
    keys(&folder);
    let mut emulator = Emulator::start(&images.join("door"));
    assert_eq!(emulator.wire().hear(), "READY start=1");
    let mut terminal = Terminal { folder, at: emulator.at(), transcript: String::new() };
    let door = "--owner owner.jwk --door door-42";
    terminal.types("door status");
    terminal
        .types(&format!("door provision {door} --iss https://id.example --key issuer.jwk --one-time --open-ms 400"));
    let alice = format!("--key issuer.jwk --aud door-42 --sub alice --jti 1 --expires-in 5m --now {NOW}");
    terminal.opens(&alice);
    terminal.types(&format!("door time {door} --now {NOW}"));
    let token = terminal.quietly(&format!("sign --iss https://id.example {alice}"));
    terminal.hands(&alice, &token);
    terminal.waits();
    terminal.remarks("the same token again");
    terminal.hands(&alice, &token);
    terminal.remarks("forged: another's key under the issuer's name");
    terminal
        .opens(&format!("--key stranger.jwk --kid issuer --aud door-42 --sub eve --jti 2 --expires-in 5m --now {NOW}"));
    terminal.opens("--key issuer.jwk --aud door-42 --sub alice --jti 3 --expires-in 5m --now 1600000000");
    terminal.opens(&format!("--key issuer.jwk --aud door-7 --sub alice --jti 4 --expires-in 5m --now {NOW}"));
    terminal.types(&format!("door keys {door} --key next.jwk"));
    terminal.opens(&format!("--key issuer.jwk --aud door-42 --sub alice --jti 5 --expires-in 5m --now {NOW}"));
    terminal.opens(&format!("--key next.jwk --aud door-42 --sub bob --jti 6 --expires-in 5m --now {NOW}"));
    terminal.waits();
    terminal.types(&format!("door revoke {door} --sub mallory"));
    terminal.opens(&format!("--key next.jwk --aud door-42 --sub mallory --jti 7 --expires-in 5m --now {NOW}"));
    terminal.remarks("an older update");
    terminal.types(&format!("door keys {door} --key issuer.jwk --update 2"));
    let mut wire = emulator.wire();
    emulator.reset();
    assert_eq!(wire.hear(), "READY start=2");
    drop(wire);
    terminal.remarks("reset");
    terminal.types("door status");
    let carol = format!("--key next.jwk --aud door-42 --sub carol --jti 8 --expires-in 10m --now {NOW}");
    terminal.opens(&carol);
    terminal.types(&format!("door time {door} --now {NOW}"));
    terminal.remarks("bob's token may have been used before the reset");
    terminal.opens(&format!("--key next.jwk --aud door-42 --sub bob --jti 6 --expires-in 5m --now {NOW}"));
    terminal.opens(&carol);
    terminal.waits();
    super::as_expected("story.out", &terminal.transcript);
    super::as_expected("pin.out", &emulator.pin());
    let _ = std::fs::remove_dir_all(&terminal.folder);
}
