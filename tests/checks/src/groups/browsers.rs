//! The npm package in real browsers, with the real server behind a proxy that breaks what passes through it.

use super::browser_client::{self, npm, shown};
use crate::needs::Need;
use crate::run::Run;
use crate::step::{Step, Success};

const FOLDER: &str = "tests/browsers";

pub(crate) const NEEDS: &[Need] = &[
    Need::NodePackages(browser_client::FOLDER),
    Need::NodePackages(FOLDER),
    Need::Program { name: "openssl", package: "openssl" },
    Need::Installed { name: "chromium", package: "chromium" },
    Need::Installed { name: "firefox-esr", package: "firefox-esr" },
    Need::Installed { name: "WebKitWebDriver", package: "webkit2gtk-driver" },
    Need::Installed { name: "Xvfb", package: "xvfb" },
];

pub(crate) fn check(run: &mut Run<'_>) {
    let package = npm(run, browser_client::FOLDER, &["run", "build"]);
    if !run.step(Step::new("npm run build", package)) {
        return;
    }
    // Another server may be named, such as one that was built for release.
    let named = std::env::var_os("GLOWBAND_SERVER");
    if named.is_none() && !run.command_line("cargo build --package glowband") {
        return;
    }
    let server = named.unwrap_or_else(|| run.workspace.target("debug/glowband").into());
    let mut tests = npm(run, FOLDER, &["test"]);
    tests.env("GLOWBAND_SERVER", server);
    shown(run, Step::new("npm test in tests/browsers", tests).success(Success::Tests), |line| {
        line.strip_prefix("counted: ")
    });
}
