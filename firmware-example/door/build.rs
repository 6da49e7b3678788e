//! Computes the table of the curve's generator, which all ES256 keys share, so that it can lie in flash.

use glowband_core::{PreparedTable, TableShape};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // As `prepared.rs` has it.
    const SHAPE: TableShape = TableShape::Comb4;
    let mut memory = [[0; 64]; SHAPE.entries()];
    PreparedTable::generator(SHAPE, &mut memory)?;
    let folder = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&folder).join("generator.table"), memory.concat())?;
    Ok(())
}
