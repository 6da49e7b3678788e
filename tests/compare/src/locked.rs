//! The versions that the lock file pins.

const LOCK: &str = include_str!("../Cargo.lock");

/// The version of a crate that this program is built with.
///
/// # Panics
/// If it is built with none of that name.
pub fn version(name: &str) -> &'static str {
    find(LOCK, name).unwrap_or_else(|| panic!("Cargo.lock has no {name}"))
}

fn find<'l>(lock: &'l str, name: &str) -> Option<&'l str> {
    let (_, behind) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
    behind.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_that_of_the_whole_name() {
        let lock = "[[package]]\nname = \"jwt-simple-2\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"jwt-simple\"\nversion = \"2.0.0\"\n";
        assert_eq!(find(lock, "jwt-simple"), Some("2.0.0"));
        assert_eq!(find(lock, "jwt"), None);
    }
}
