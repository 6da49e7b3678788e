//! Sources, their order, what they are refused for, and how the outcome is printed.

mod annotated;
mod order;
mod printed;
mod refusals;
mod secrets;

use super::{Loaded, SettingsBuilder};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder with files of settings, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("glowband-config-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file that only its owner can read.
    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        mode(&path, 0o600);
        path
    }

    /// Loads from `glowband.toml` in here, these variables and these flags.
    fn load(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Result<Loaded, Vec<String>> {
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let builder = flags(arguments).variables(variables).implicit_file(self.0.join("glowband.toml"));
        builder.load().map_err(|errors| errors.errors().iter().map(ToString::to_string).collect())
    }

    /// What `load` says is wrong, with this folder's name left out.
    #[track_caller]
    fn wrong(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
        let wrong = self.load(variables, arguments).expect_err("something is wrong");
        wrong.iter().map(|words| words.replace(&format!("{}/", self.0.display()), "")).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a command line gives: pairs of `--name value`.
fn flags(arguments: &[&str]) -> SettingsBuilder {
    arguments.chunks(2).fold(SettingsBuilder::default(), |builder, pair| match pair {
        ["--config", path] => builder.file(*path),
        [flag, value] => builder.flag(flag.trim_start_matches("--"), value),
        _ => panic!("a flag without a value: {pair:?}"),
    })
}

#[cfg(unix)]
fn mode(path: impl AsRef<Path>, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn mode(_: impl AsRef<Path>, _: u32) {}
