//! Many names of cases in few words: `a/{b, c}` for `a/b` and `a/c`, `{a, b}/{c, d}` where all four are there.

pub fn short(names: &[String]) -> String {
    // What stands before the last slash, and all that stands behind it.
    let mut groups: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for name in names {
        let (parent, leaf) = name.rsplit_once('/').unwrap_or(("", name));
        match groups.iter_mut().find(|(parents, _)| parents[0] == parent) {
            Some((_, leaves)) => leaves.push(leaf),
            None => groups.push((vec![parent], vec![leaf])),
        }
    }
    let mut merged: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (parents, leaves) in groups {
        match merged.iter_mut().find(|(_, known)| *known == leaves) {
            Some((known, _)) => known.extend(parents),
            None => merged.push((parents, leaves)),
        }
    }
    let words = merged.into_iter().map(|(parents, leaves)| {
        let (parents, leaves) = (parents_in_braces(&parents), braces(&leaves));
        if parents.is_empty() { format!("`{leaves}`") } else { format!("`{parents}/{leaves}`") }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What the parents have in common in front stays in front.
fn parents_in_braces(parents: &[&str]) -> String {
    let first = parents[0];
    let common = first.match_indices('/').map(|(at, _)| at + 1).rev();
    let common = common.into_iter().find(|at| parents.iter().all(|parent| parent.starts_with(&first[..*at])));
    let common = if parents.len() > 1 { common.unwrap_or(0) } else { 0 };
    let rest: Vec<_> = parents.iter().map(|parent| &parent[common..]).collect();
    format!("{}{}", &first[..common], braces(&rest))
}

fn braces(words: &[&str]) -> String {
    match words {
        [word] => (*word).to_owned(),
        words => format!("{{{}}}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(names: &[&str]) -> String {
        short(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_put_together_and_none_is_lost() {
        assert_eq!(shortened(&["a"]), "`a`");
        assert_eq!(shortened(&["a/b"]), "`a/b`");
        assert_eq!(shortened(&["a/b", "a/c", "d/e"]), "`a/{b, c}`, `d/e`");
        assert_eq!(shortened(&["a/x/1", "a/x/2", "a/y/1", "a/y/2"]), "`a/{x, y}/{1, 2}`");
        assert_eq!(shortened(&["a/x/1", "b/x/1"]), "`{a/x, b/x}/1`");
    }
}
