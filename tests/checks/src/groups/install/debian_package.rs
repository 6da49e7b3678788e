//! A Debian package of the static program: the command, its systemd unit, its settings file and its shell completions.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::set_mode;
use crate::needs::answer;
use crate::run::Run;
use crate::step::Step;

const CONTROL: &str = "host-adapters/cli/debian/control";
const UNIT: &str = "host-adapters/server/serve/glowband.service";
const SETTINGS: &str = "host-adapters/server/serve/glowband.toml";

/// Builds the package into target/debian, unpacks it, and runs what it contains.
pub(super) fn check(run: &mut Run<'_>, program: &Path) {
    let place = run.workspace.target("debian");
    let version = match prepare(run, program, &place) {
        Ok(version) => version,
        Err(reason) => {
            run.finding("the files of the Debian package", Err(vec![reason]));
            return;
        }
    };
    let package = place.join(format!("glowband_{version}_amd64.deb"));
    let mut pack = run.workspace.program("dpkg-deb");
    pack.args(["--root-owner-group", "--build"]).arg(place.join("root")).arg(&package);
    if run.step(Step::new(format!("dpkg-deb --build, glowband_{version}_amd64.deb"), pack)) {
        let found = unpacked(run, &package, &place.join("unpacked"), &version);
        run.finding(
            "the Debian package has the command, its unit and its settings",
            found.map_err(|reason| vec![reason]),
        );
    }
}

/// Lays out the files. The version is that of the program.
fn prepare(run: &Run<'_>, program: &Path, place: &Path) -> Result<String, String> {
    let said = answer(Command::new(program).arg("--version")).ok_or("glowband --version failed")?;
    let version = said.strip_prefix("glowband ").ok_or_else(|| format!("glowband --version printed `{said}`"))?;
    let root = place.join("root");
    laid_out(run, program, &root, version).map_err(|error| format!("{}: {error}", root.display()))?;
    Ok(version.to_owned())
}

fn laid_out(run: &Run<'_>, program: &Path, root: &Path, version: &str) -> io::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    let own = |name: &str| fs::read(run.workspace.root.join(name));
    let bytes = fs::read(program)?;
    let kibibytes = bytes.len().div_ceil(1024);
    let control = String::from_utf8_lossy(&own(CONTROL)?).replace("@VERSION@", version);
    put(root, "DEBIAN/control", format!("{control}Installed-Size: {kibibytes}\n").as_bytes(), 0o644)?;
    put(root, "DEBIAN/conffiles", b"/etc/glowband/glowband.toml\n", 0o644)?;
    put(root, "usr/bin/glowband", &bytes, 0o755)?;
    let unit = String::from_utf8_lossy(&own(UNIT)?).replace("/usr/local/bin/", "/usr/bin/");
    put(root, "usr/lib/systemd/system/glowband.service", unit.as_bytes(), 0o644)?;
    put(root, "etc/glowband/glowband.toml", &own(SETTINGS)?, 0o644)?;
    let licences = [own("LICENSE-MIT")?, own("LICENSE-APACHE")?].join(&b'\n');
    put(root, "usr/share/doc/glowband/copyright", &licences, 0o644)?;
    for (shell, path) in [
        ("bash", "usr/share/bash-completion/completions/glowband"),
        ("zsh", "usr/share/zsh/vendor-completions/_glowband"),
        ("fish", "usr/share/fish/vendor_completions.d/glowband.fish"),
    ] {
        let script = Command::new(program).args(["completions", shell]).output()?;
        if !script.status.success() {
            return Err(io::Error::other(format!("glowband completions {shell}: {}", script.status)));
        }
        put(root, path, &script.stdout, 0o644)?;
    }
    Ok(())
}

fn put(root: &Path, name: &str, bytes: &[u8], mode: u32) -> io::Result<()> {
    let path = root.join(name);
    let mut folder = path.parent().map(PathBuf::from);
    fs::create_dir_all(path.parent().unwrap_or(root))?;
    while let Some(within) = folder.filter(|folder| folder.starts_with(root)) {
        set_mode(&within, 0o755)?;
        folder = within.parent().map(PathBuf::from);
    }
    fs::write(&path, bytes)?;
    set_mode(&path, mode)
}

fn unpacked(run: &Run<'_>, package: &Path, place: &Path, version: &str) -> Result<String, String> {
    if place.exists() {
        fs::remove_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    let field = |name: &str| answer(run.workspace.program("dpkg-deb").arg("--field").arg(package).arg(name));
    if field("Version").as_deref() != Some(version) {
        return Err(format!("dpkg-deb reads the version {:?}, the program says {version}", field("Version")));
    }
    answer(run.workspace.program("dpkg-deb").arg("--extract").arg(package).arg(place))
        .ok_or("dpkg-deb --extract failed")?;
    let program = place.join("usr/bin/glowband");
    if answer(Command::new(&program).arg("--version")) != Some(format!("glowband {version}")) {
        return Err("usr/bin/glowband --version does not print the version".to_owned());
    }
    let settings = place.join("etc/glowband/glowband.toml");
    let mut printed = Command::new(&program);
    printed.args(["serve", "--print-config", "--config"]).arg(&settings);
    answer(&mut printed).ok_or("glowband serve --print-config refuses the settings file of the package")?;
    let unit = fs::read_to_string(place.join("usr/lib/systemd/system/glowband.service")).unwrap_or_default();
    if !unit.contains("ExecStart=/usr/bin/glowband serve --config /etc/glowband/glowband.toml") {
        return Err("the unit starts another file than the package has".to_owned());
    }
    let bytes = fs::metadata(package).map_err(|error| error.to_string())?.len();
    Ok(format!("{} KiB", bytes.div_ceil(1024)))
}
