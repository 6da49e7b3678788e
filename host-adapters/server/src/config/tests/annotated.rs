//! The annotated file in `serve/` says what holds by default, every setting of it.

use super::Folder;
use crate::config::Loaded;
use crate::config::names::{By, Preset, Setting};

const FILE: &str = include_str!("../../../serve/glowband.toml");

#[test]
fn the_annotated_file_has_every_setting_with_its_default() {
    let place = Folder::new();
    let defaults = place.load(&[], &[]).unwrap();
    for setting in Setting::all().filter(|setting| setting.by == By::Anyone) {
        let lines: Vec<_> =
            FILE.lines().filter_map(|line| line.strip_prefix(&format!("{} = ", setting.name))).collect();
        let commented = FILE.contains(&format!("\n# {} = ", setting.name));
        match setting.default {
            Preset::Is(toml) => assert!(lines == [toml] && !commented, "{} = {toml}", setting.name),
            // What follows from others, or is nothing, is shown as a comment.
            Preset::From(_) | Preset::Unset => assert!(lines.is_empty() && commented, "# {} = …", setting.name),
        }
        let help = setting.help.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        assert!(FILE.split_whitespace().collect::<Vec<_>>().join(" ").contains(&help), "{}: {help}", setting.name);
    }
    let settings = |loaded: &Loaded| format!("{:#?}", loaded.settings);
    // The folder stands beside the file.
    place.file("glowband.toml", FILE);
    let read = place.load(&[], &["--data", "glowband-data"]).unwrap();
    assert_eq!(settings(&read), settings(&defaults));
}

#[test]
fn the_annotated_file_is_good_with_every_comment_taken_away() {
    let place = Folder::new();
    place.file("secrets/orders", "0123456789abcdef");
    let setting = |line: &str| {
        let name = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = "));
        name.is_some_and(|(name, _)| Setting::named(name).is_some() || ["id", "secret-file"].contains(&name))
    };
    let lines = FILE.lines().map(|line| {
        let open = setting(line) || line == "# [[callers]]";
        line.strip_prefix("# ").filter(|_| open).unwrap_or(line)
    });
    // Of two ways to say one thing, one.
    let text: Vec<_> = lines.filter(|line| !line.starts_with("database-url-file")).collect();
    place.file("glowband.toml", &text.join("\n"));
    let loaded = place.load(&[], &[]).map_err(|wrong| wrong.join("\n"));
    assert_eq!(loaded.map(|loaded| loaded.settings.callers.len()), Ok(1));
}

/// Whether the unit is one, where there is systemd to say so.
#[cfg(target_os = "linux")]
#[test]
fn the_systemd_unit_is_understood() {
    use std::process::Command;
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/serve/glowband.service");
    let Ok(output) = Command::new("systemd-analyze").args(["verify", "--man=no", unit]).output() else {
        return eprintln!("skipped: there is no systemd-analyze");
    };
    let err = String::from_utf8_lossy(&output.stderr);
    // The binary is where an operator has put it.
    let complaints: Vec<_> =
        err.lines().filter(|line| line.contains("glowband.service") && !line.contains("is not executable")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}
