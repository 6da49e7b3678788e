//! PostgreSQL's server programs. Debian keeps them beside the path, and starts a cluster of its own when they are installed;
//! that one is not used: tests start and stop theirs.

use std::path::Path;

use super::debian;
use crate::run::Run;

const VERSIONS: &str = "/usr/lib/postgresql";
const PACKAGE: &str = "postgresql";

pub(crate) fn there() -> Result<(), String> {
    let versions =
        std::fs::read_dir(VERSIONS).into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    if versions.chain(std::env::split_paths(&path)).any(|folder| has_server(&folder)) {
        return Ok(());
    }
    Err(format!("PostgreSQL is not installed: no initdb in {VERSIONS}/*/bin or on the path"))
}

pub(crate) fn bring(run: &mut Run<'_>) {
    debian::install(run, &[PACKAGE]);
}

fn has_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}
