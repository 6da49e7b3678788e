//! Every committed seed through its target, without an engine: what campaigns found stays found.

use glowband_fuzz::targets;
use std::fs;
use std::path::Path;

#[test]
fn every_seed_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (name, target) in targets::ALL {
        let mut files: Vec<_> = fs::read_dir(root.join("seeds").join(name)).expect("seeds").flatten().collect();
        files.sort_by_key(fs::DirEntry::path);
        for file in files {
            println!("{}", file.path().display());
            target(&fs::read(file.path()).expect("a file"));
            count += 1;
        }
    }
    assert!(count > targets::ALL.len());
}

#[test]
fn every_target_is_a_file_and_every_file_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = fs::read_dir(root.join("fuzz_targets"))
        .expect("targets")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
        .collect();
    // Without its peers it is not there.
    files.retain(|name| cfg!(feature = "peers") || name != "differential");
    files.sort();
    let names: Vec<&str> = targets::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, names);
}
