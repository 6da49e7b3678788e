//! The group `layout`: rules that a compiler does not know.

use crate::layout::{arrows, duplicates, files, prose};
use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    let root = &run.workspace.root;
    let sources = match files::below(root) {
        Ok(sources) => sources,
        Err(error) => {
            run.finding("reading the tree", Err(vec![error.to_string()]));
            return;
        }
    };
    let some = |count: usize| {
        if count == 0 { Err(vec!["no file found".to_owned()]) } else { Ok(format!("{count} files")) }
    };
    let results = [
        ("the tree has source files", some(sources.len())),
        ("at most 600 lines per file, tests not counted", files::too_long(&sources)),
        ("files and folders are named after what they know", files::vague_names(&sources)),
        ("no unfinished code", files::leftovers(&sources)),
        ("unsafe code only where it is allowed", files::misplaced_unsafe(&sources)),
        ("dependencies point down only", arrows::upward(&sources)),
        ("one version per dependency", duplicates::unexplained(root)),
    ];
    for (name, result) in results {
        run.finding(name, result);
    }
}

/// The group `prose`: plain words in everything that people read.
pub(crate) fn prose(run: &mut Run<'_>) {
    match files::below(&run.workspace.root) {
        Ok(sources) => {
            run.finding("no sentence that has to be read twice", prose::phrases(&sources));
            run.finding("one word per thing in the code", prose::old_names(&sources));
        }
        Err(error) => {
            run.finding("reading the tree", Err(vec![error.to_string()]));
        }
    }
}
