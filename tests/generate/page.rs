//! The vectors as a file that people can read and that changes line by line.

use glowband_tests::vector::VectorFile;
use serde_json::{Map, Value};

/// Which members of a vector share a line, in which order.
const LINES: &[&[&str]] = &[
    &["name"],
    &["threat", "known_as"],
    &["kind", "capacity", "kid_bytes", "jti_bytes", "into", "unescape_bytes", "scratch", "limits"],
    &["token"],
    &["jwk", "secret_hex", "point_hex", "content", "line"],
    &["keys"],
    &["policy", "now"],
    &["steps"],
    &["expected"],
];

pub(crate) fn render(file: &VectorFile) -> Result<String, String> {
    let mut pages = Vec::new();
    for vector in &file.vectors {
        let Ok(Value::Object(members)) = serde_json::to_value(vector) else {
            return Err(format!("{} is no object", vector.name));
        };
        pages.push(page(members).map_err(|left| format!("{}: nowhere to write {left}", vector.name))?);
    }
    let about = Value::from(file.about.as_str());
    Ok(format!("{{\n  \"about\": {about},\n  \"vectors\": [\n{}\n  ]\n}}\n", pages.join(",\n")))
}

fn page(mut members: Map<String, Value>) -> Result<String, String> {
    let mut lines = Vec::new();
    for names in LINES {
        let line: Vec<String> =
            names.iter().filter_map(|name| members.remove(*name).map(|value| format!("\"{name}\": {value}"))).collect();
        if !line.is_empty() {
            lines.push(format!("      {}", line.join(", ")));
        }
    }
    match members.keys().next() {
        Some(left) => Err(left.clone()),
        None => Ok(format!("    {{\n{}\n    }}", lines.join(",\n"))),
    }
}
