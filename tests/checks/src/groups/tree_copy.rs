//! A copy of the tree, for checks that change sources.

use std::fs;
use std::path::Path;

use crate::needs::answer;
use crate::run::Run;

/// Copies what git knows of these parts, as it is now; files that have not changed keep their times, so that little is
/// built anew.
pub(super) fn renew(run: &Run<'_>, copy: &Path, parts: &[&str]) -> Result<(), String> {
    let listing = answer(
        run.workspace.program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).args(parts),
    );
    let listing = listing.ok_or("git does not list the files")?;
    for name in listing.lines().filter(|name| !name.contains("/node_modules/")) {
        let (from, to) = (run.workspace.root.join(name), copy.join(name));
        let Ok(bytes) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        let folder = to.parent().unwrap_or(copy);
        fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        fs::write(&to, bytes).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    }
    Ok(())
}
