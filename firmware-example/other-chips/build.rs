//! Tells the linker where memory is, and makes a table of a selection of the frozen vectors.

use serde_json::Value;
use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const VECTORS: &str = "../../tests/vectors/threats.json";

/// So many of each kind of key and each verdict.
const EACH: usize = 8;
/// Longer tokens are for chips with more memory than the smallest one here.
const LONGEST: usize = 600;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={VECTORS}");
    println!("cargo::rerun-if-changed=memory");
    let (folder, target) = (env::var("OUT_DIR")?, env::var("TARGET")?);
    let chip = target.split('-').next().unwrap_or_default();
    let memory = format!("memory/{chip}.x");
    if Path::new(&memory).is_file() {
        fs::copy(memory, Path::new(&folder).join("memory.x"))?;
        println!("cargo::rustc-link-search={folder}");
        println!("cargo::rustc-link-arg-bins=--nmagic");
        if chip.starts_with("riscv") {
            println!("cargo::rustc-link-arg-bins=-Tmemory.x");
        }
        println!("cargo::rustc-link-arg-bins=-Tlink.x");
    }
    let file: Value = serde_json::from_str(&fs::read_to_string(VECTORS)?)?;
    let mut table = String::from("&[\n");
    let mut chosen = HashMap::<_, usize>::new();
    for vector in file["vectors"].as_array().ok_or("no vectors")? {
        let Some(line) = simple(vector) else { continue };
        let count = chosen.entry((vector["keys"][0]["kty"].to_string(), vector["expected"]["number"].to_string()));
        let count = count.or_default();
        *count += 1;
        if *count <= EACH {
            writeln!(table, "    {line},")?;
        }
    }
    table.push(']');
    fs::write(Path::new(&folder).join("vectors.rs"), table)?;
    Ok(())
}

/// A vector as a `Vector`, if it is one token, one key, and one name at most for each expectation.
fn simple(vector: &Value) -> Option<String> {
    let (policy, keys) = (&vector["policy"], vector["keys"].as_array()?);
    let [key] = keys.as_slice() else { return None };
    let token = vector["token"].as_str().filter(|token| token.len() <= LONGEST)?;
    let plain = vector["kind"] == "verify"
        && vector["scratch"].is_null()
        && vector["limits"].is_null()
        && !["iss", "aud"].iter().any(|name| policy[name].is_array());
    plain.then(|| {
        format!(
            "Vector {{ token: {token:?}, key: {:?}, issuer: {:?}, audience: {:?}, subject: {:?}, token_type: {:?}, \
             leeway: {}, maximum_age: {:?}, missing_expiry: {}, token_id: {}, now: {:?}, expected: {} }}",
            key.to_string(),
            policy["iss"].as_str(),
            policy["aud"].as_str(),
            policy["sub"].as_str(),
            policy["typ"].as_str(),
            policy["leeway"].as_u64().unwrap_or(0),
            policy["max_age"].as_u64(),
            policy["allow_missing_expiry"] == true,
            policy["require_jti"] == true,
            vector["now"].as_u64(),
            vector["expected"]["number"],
        )
    })
}
