//! Text from elsewhere in a message: bounded, in quotes, and without control characters.

/// How many characters of one foreign text a message shows.
const SHOWN: usize = 200;

/// Returns the beginning of a text in quotes, with everything escaped that a terminal or a log could take for more.
pub(crate) fn quoted(text: &str) -> String {
    let mut characters = text.chars();
    let beginning: String = characters.by_ref().take(SHOWN).collect();
    let more = if characters.next().is_some() { "…" } else { "" };
    let escaped: String = beginning.escape_debug().collect();
    format!("\"{escaped}{more}\"")
}

/// Returns the beginning of a message, at most `limit` characters of it.
pub(crate) fn shortened(message: &str, limit: usize) -> String {
    let mut characters = message.chars();
    let beginning: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() { beginning + "…" } else { beginning }
}

/// Returns a URL without what may be secret in it: user name, password, query and fragment.
pub(crate) fn address(url: &str) -> String {
    let visible = url.split(['?', '#']).next().unwrap_or_default();
    // A user name ends at the last sign, wherever a malformed address has it.
    let (scheme, rest) = visible.split_once("://").map_or(("", visible), |(scheme, rest)| (scheme, rest));
    let visible = match (scheme, rest.rsplit_once('@')) {
        (_, None) => visible.to_owned(),
        ("", Some((_, host))) => host.to_owned(),
        (scheme, Some((_, host))) => format!("{scheme}://{host}"),
    };
    let escaped: String = visible.escape_debug().collect();
    shortened(&escaped, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_bounded_and_escaped() {
        assert_eq!(quoted("a\u{1b}[2J\"\n"), "\"a\\u{1b}[2J\\\"\\n\"");
        assert_eq!(quoted(&"ä".repeat(300)).chars().count(), 203);
        assert_eq!(shortened("abc", 2), "ab…");
    }

    #[test]
    fn an_address_is_shown_without_secrets() {
        for (url, shown) in [
            ("https://id.example/k?secret", "https://id.example/k"),
            ("https://id.example/k#f", "https://id.example/k"),
            ("https://user:word@id.example/k", "https://id.example/k"),
            ("https://user:wo/rd@id.example/k", "https://id.example/k"),
            ("user:word@proxy:80", "proxy:80"),
            ("https://id.example/\r\n", "https://id.example/\\r\\n"),
        ] {
            assert_eq!(address(url), shown);
        }
    }
}
