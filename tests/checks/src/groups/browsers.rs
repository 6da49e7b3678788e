//! The npm package in real browsers, with the real server behind a proxy that breaks what passes through it.

use super::browser_client::{self, npm, shown};
use crate::needs::Need;
use crate::run::Run;
use crate::step::{Judge, Step};

const FOLDER: &str = "tests/browsers";

pub(crate) const NEEDS: &[Need] = &[
    Need::NodePackages(browser_client::FOLDER),
    Need::NodePackages(FOLDER),
    Need::Program { name: "openssl", package: "openssl" },
    Need::Program { name: "chromium", package: "chromium" },
    Need::Program { name: "firefox-esr", package: "firefox-esr" },
    Need::Program { name: "WebKitWebDriver", package: "webkit2gtk-driver" },
    Need::Program { name: "Xvfb", package: "xvfb" },
];

pub(crate) fn check(run: &mut Run<'_>) {
    let package = npm(run, browser_client::FOLDER, &["run", "build"]);
    let built = run.command_line("cargo build --package glowband") && run.step(Step::new("npm run build", package));
    if !built {
        return;
    }
    // The commit that is checked may have another server, such as one that is built for release.
    let server = std::env::var_os("GLOWBAND_SERVER").unwrap_or_else(|| run.workspace.target("debug/glowband").into());
    let mut tests = npm(run, FOLDER, &["test"]);
    tests.env("GLOWBAND_SERVER", server);
    shown(run, Step::new("npm test in tests/browsers", tests).judged(Judge::Tests), |line| line.strip_prefix("counted: "));
}
