//! What has come and what is gone between two listings.

use std::collections::BTreeMap;

/// Lines with `-` and `+`, in their order; a change of order alone is said as such.
pub(crate) fn between(before: &str, after: &str) -> Vec<String> {
    let mut left = BTreeMap::<&str, usize>::new();
    for line in before.lines() {
        *left.entry(line).or_default() += 1;
    }
    let mut come = Vec::new();
    for line in after.lines() {
        match left.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => come.push(format!("+ {line}")),
        }
    }
    let gone = left.iter().flat_map(|(line, count)| std::iter::repeat_n(format!("- {line}"), *count));
    let mut all: Vec<String> = gone.chain(come).collect();
    if all.is_empty() {
        all.push("the same items in another order".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_and_what_is_gone_is_named() {
        assert_eq!(between("a\nb\nb\nc\n", "a\nb\nd\n"), ["- b", "- c", "+ d"]);
        assert_eq!(between("a\nb\n", "b\na\n"), ["the same items in another order"]);
        assert_eq!(between("", "a\n"), ["+ a"]);
    }
}
