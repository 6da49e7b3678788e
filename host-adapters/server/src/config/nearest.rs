//! Finds the known name that is most similar to an unknown one.

/// Returns the most similar known name, if the difference may be a typing error.
pub(crate) fn nearest<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = 1 + wrong.len() / 8;
    let distances = known.map(|name| (distance(wrong.as_bytes(), name.as_bytes()), name));
    distances.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Returns how many letters must be deleted, inserted, replaced, or swapped with their neighbour.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut row = vec![at + 1];
        for (column, there) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != there);
            let mut least = replaced.min(last[column + 1] + 1).min(row[column] + 1);
            if at > 0 && column > 0 && *letter == other[column - 1] && one[at - 1] == *there {
                least = least.min(before[column - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (one, other, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("listen", "lisetn", 1),
            ("lsten", "listen", 1),
            ("data", "log", 4),
        ] {
            assert_eq!(distance(one.as_bytes(), other.as_bytes()), expected, "{one} {other}");
        }
    }

    #[test]
    fn only_what_may_be_a_slip_is_near() {
        let known = || ["listen", "registration", "data", "log", "scopes"].into_iter();
        assert_eq!(nearest("registraton", known()), Some("registration"));
        assert_eq!(nearest("lisetn", known()), Some("listen"));
        assert_eq!(nearest("port", known()), None);
        assert_eq!(nearest("stores", known()), None);
        assert_eq!(nearest("dat", known()), Some("data"));
    }
}
