//! Tells the linker where memory is.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=memory.x");
    let folder = std::env::var("OUT_DIR")?;
    std::fs::copy("memory.x", Path::new(&folder).join("memory.x"))?;
    println!("cargo::rustc-link-search={folder}");
    println!("cargo::rustc-link-arg-bins=--nmagic");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    if std::env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    }
    Ok(())
}
