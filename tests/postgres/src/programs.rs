//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};

/// The Debian package that has them.
const PACKAGE: &str = "postgresql";

/// A folder with `initdb`, `pg_ctl`, `postgres` and `createdb`.
pub(crate) struct Programs(PathBuf);

impl Programs {
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}

/// Debian keeps them beside the path, a folder for each version; the newest is taken.
pub(crate) fn find() -> Result<Programs, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    installed.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter_map(|folder| {
        // A link leads to where the others are.
        Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned())
    });
    let mut folders = installed.into_iter().rev().map(|(_, folder)| folder).chain(on_path);
    folders.find(|folder| complete(folder)).map(Programs).ok_or_else(|| {
        format!(
            "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or on the path; on Debian it is the \
             package `{PACKAGE}`"
        )
    })
}

fn complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres", "createdb"].iter().all(|program| folder.join(program).is_file())
}
