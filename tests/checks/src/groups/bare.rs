//! Core without an operating system: every feature subset builds, and a linked image has no allocator.

use std::fs;
use std::path::Path;

use crate::elf::{self, Image};
use crate::needs::answer;
use crate::needs::bare_compiler::{self, BareCompiler, TARGETS};
use crate::run::Run;
use crate::step::Step;

/// No feature, each one, all pairs without defmt, all.
const SUBSETS: &[&str] = &[
    "",
    "hs256",
    "es256",
    "es256-prepared",
    "serde",
    "defmt",
    "hs256,es256",
    "hs256,es256-prepared",
    "es256,es256-prepared",
    "hs256,serde",
    "es256,serde",
    "es256-prepared,serde",
    "hs256,es256,es256-prepared,serde,defmt",
];

/// Machines that the probe is linked for.
const IMAGES: &[&str] = &["thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imc-unknown-none-elf"];

const PROBE: &str = "tests/no-std-probe/Cargo.toml";

pub(crate) fn check(run: &mut Run<'_>) {
    let compiler = match bare_compiler::find(run.workspace) {
        Ok(compiler) => compiler,
        Err(reason) => {
            run.finding("a compiler for bare machines", Err(vec![reason]));
            return;
        }
    };
    run.console.remark(compiler.describe());
    for subset in SUBSETS {
        let features = if subset.is_empty() { "no feature" } else { subset };
        if library(run, &compiler, subset, features) {
            let foreign = foreign_crates(run, &compiler);
            run.finding(&format!("core with {features} uses neither alloc nor std"), foreign);
        }
    }
    if probe(run, &compiler) {
        for target in IMAGES {
            let file = run.workspace.target("bare").join(target).join("release/glowband-no-std-probe");
            run.finding(&format!("image for {target}: no allocator, no std, no static variable"), image(&file));
        }
    }
}

fn library(run: &mut Run<'_>, compiler: &BareCompiler, subset: &str, features: &str) -> bool {
    let mut command = compiler.cargo(run.workspace);
    command.args(["build", "--release", "--lib", "--package", "glowband-core", "--no-default-features"]);
    command.args(["--features", subset]).args(compiler.words());
    for target in TARGETS {
        command.args(["--target", target]);
    }
    run.step(Step::new(format!("core with {features} builds for {} machines", TARGETS.len()), command))
}

/// Asks the compiler which crates each built library refers to, directly or through others.
fn foreign_crates(run: &Run<'_>, compiler: &BareCompiler) -> Result<String, Vec<String>> {
    let mut bad = Vec::new();
    for target in TARGETS {
        let library = run.workspace.target("bare").join(target).join("release/libglowband_core.rlib");
        let listing = answer(compiler.rustc(run.workspace).arg("-Zls=root").arg(&library));
        let crates = listing.as_deref().map(crates_listed).unwrap_or_default();
        if !crates.contains(&"core") {
            bad.push(format!("{target}: the compiler did not say what {} uses", library.display()));
        }
        for name in crates.into_iter().filter(|name| ["alloc", "std"].contains(name)) {
            bad.push(format!("{target}: uses {name}"));
        }
    }
    if bad.is_empty() { Ok(String::new()) } else { Err(bad) }
}

/// The names in a listing of `-Zls=root`: lines of the form `3 subtle hash … kind …`.
fn crates_listed(listing: &str) -> Vec<&str> {
    let lines = listing.lines().skip_while(|line| !line.contains("External Dependencies"));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next()?.parse::<u32>().ok()?;
            words.next()
        })
        .map(|name| name.split('-').next().unwrap_or(name))
        .collect()
}

fn probe(run: &mut Run<'_>, compiler: &BareCompiler) -> bool {
    let mut command = compiler.cargo(run.workspace);
    command.args(["build", "--release", "--manifest-path", PROBE]).args(compiler.words());
    for target in IMAGES {
        command.args(["--target", target]);
    }
    run.step(Step::new(format!("a verifier linked as an image for {} machines", IMAGES.len()), command))
}

fn image(file: &Path) -> Result<String, Vec<String>> {
    let bytes = fs::read(file).map_err(|error| vec![format!("{}: {error}", file.display())])?;
    checked(&elf::read(&bytes).map_err(|reason| vec![reason])?)
}

fn checked(image: &Image) -> Result<String, Vec<String>> {
    let mut bad: Vec<String> = image
        .symbols
        .iter()
        .filter(|symbol| is_allocator(symbol) || comes_from(symbol, "alloc") || comes_from(symbol, "std"))
        .map(|symbol| format!("symbol {symbol}"))
        .collect();
    if !image.symbols.iter().any(|symbol| comes_from(symbol, "glowband_core")) {
        bad.push("no symbol of glowband-core: the image has no verifier in it".to_owned());
    }
    if image.writable > 0 {
        bad.push(format!("{} bytes of static variables", image.writable));
    }
    if !bad.is_empty() {
        return Err(bad);
    }
    Ok(format!("{} symbols, {} bytes", image.symbols.len(), image.read_only))
}

fn is_allocator(symbol: &str) -> bool {
    let plain = ["malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"];
    plain.contains(&symbol)
        || ["__rust_alloc", "__rust_realloc", "__rust_dealloc", "__rg_", "__rdl_"]
            .iter()
            .any(|start| symbol.contains(start))
}

/// True for a mangled symbol (either scheme) that names an item of the crate.
fn comes_from(symbol: &str, name: &str) -> bool {
    let old = symbol.starts_with(&format!("_ZN{}{name}", name.len()));
    let generic_over = symbol.contains(&format!("${name}..")) || symbol.contains(&format!("_{name}.."));
    let new = symbol.starts_with("_R")
        && symbol.match_indices(&format!("_{}{name}", name.len())).any(|(at, found)| {
            // The name ends here: what follows in this scheme never is a small letter of it.
            !symbol[at + found.len()..].starts_with(|next: char| next.is_ascii_lowercase() && next != 's')
        });
    old || generic_over || new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_a_crate_are_recognised_in_both_mangling_schemes() {
        for symbol in [
            "_ZN5alloc7raw_vec17capacity_overflow17h0123456789abcdefE",
            "_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE",
            "_RNvNtCs1a2b_5alloc7raw_vec17capacity_overflow",
        ] {
            assert!(comes_from(symbol, "alloc"), "{symbol}");
        }
        for symbol in [
            "_ZN13glowband_core9allocated17h0123456789abcdefE",
            "_ZN4core5alloc6layout6Layout17h0123456789abcdefE",
            "_RNvCs1a2b_13glowband_core15allocation_free",
            "alloc_0c5d",
        ] {
            assert!(!comes_from(symbol, "alloc"), "{symbol}");
        }
    }

    #[test]
    fn an_image_with_an_allocator_or_without_a_verifier_fails() {
        let image = |symbols: &[&str], writable| Image {
            symbols: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(),
            read_only: 1,
            writable,
            ..Image::default()
        };
        let verify = "_ZN13glowband_core6verify17h0123456789abcdefE";
        assert!(checked(&image(&["_start", verify], 0)).is_ok());
        assert!(checked(&image(&["_start"], 0)).is_err());
        assert!(checked(&image(&[verify], 4)).is_err());
        for allocator in ["malloc", "__rust_alloc", "_RNvCs1_7___rustc12___rust_alloc", "__rg_alloc"] {
            assert!(checked(&image(&[verify, allocator], 0)).is_err(), "{allocator}");
        }
    }

    #[test]
    fn the_crates_of_a_library_are_read_from_the_compilers_listing() {
        let listing = "Crate info:\nname x\n=External Dependencies=\n1 core hash 0a kind Explicit\n2 alloc-ff hash 0b kind Implicit\n";
        assert_eq!(crates_listed(listing), ["core", "alloc"]);
    }
}
