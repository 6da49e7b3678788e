//! Tells the code of a Rust file from its comments and literals, so that a rule about code
//! does not stumble over prose.

/// The same text with everything inside comments, strings and character literals blanked out.
/// Line breaks stay, so line numbers hold.
pub(crate) fn code_only(text: &str) -> String {
    split(text).0
}

/// The opposite: only what stands in comments.
pub(crate) fn comments_only(text: &str) -> String {
    split(text).1
}

/// What people read: comments without their slashes, and literals without their quotes.
pub(crate) fn prose_only(text: &str) -> String {
    let code = code_only(text);
    let mut prose = Vec::with_capacity(text.len());
    for (&byte, &code) in text.as_bytes().iter().zip(code.as_bytes()) {
        let is_prose = code == b' ' && byte != b'/' && byte != b'"';
        prose.push(if byte == b'\n' || is_prose { byte } else { b' ' });
    }
    String::from_utf8_lossy(&prose).into_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

fn split(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut comments = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (kind, length) = piece(bytes, at);
        for &byte in &bytes[at..at + length] {
            let blank = if byte == b'\n' { b'\n' } else { b' ' };
            code.push(if kind == Kind::Code { byte } else { blank });
            comments.push(if kind == Kind::Comment { byte } else { blank });
        }
        at += length;
    }
    (String::from_utf8_lossy(&code).into_owned(), String::from_utf8_lossy(&comments).into_owned())
}

/// What begins at `at`, and how long it is; at least one byte.
fn piece(bytes: &[u8], at: usize) -> (Kind, usize) {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        return (Kind::Comment, end);
    }
    if rest.starts_with(b"/*") {
        return (Kind::Comment, block_comment(rest));
    }
    let begins_word = at == 0 || !is_word(bytes[at - 1]);
    if begins_word && let Some(length) = raw_string(rest) {
        return (Kind::Literal, length);
    }
    match rest[0] {
        b'"' => (Kind::Literal, quoted(rest, b'"')),
        // A lifetime has no closing quote right after one character.
        b'\'' if is_character(rest) => (Kind::Literal, quoted(rest, b'\'')),
        _ => (Kind::Code, 1),
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br#"…"#`, `cr"…"`: no escapes inside.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let prefix = if rest.starts_with(b"br") || rest.starts_with(b"cr") { 2 } else { 1 };
    if rest.get(prefix - 1) != Some(&b'r') {
        return None;
    }
    let hashes = rest[prefix..].iter().take_while(|&&byte| byte == b'#').count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(1 + hashes, b'#');
    let body = &rest[open + 1..];
    let end = body.windows(close.len()).position(|window| window == close);
    Some(end.map_or(rest.len(), |end| open + 1 + end + close.len()))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn is_character(rest: &[u8]) -> bool {
    match rest.get(1) {
        Some(b'\\') => true,
        Some(byte) if byte.is_ascii() => rest.get(2) == Some(&b'\''),
        // One character beyond ASCII is two to four bytes.
        Some(_) => rest.iter().skip(2).take(4).any(|&byte| byte == b'\''),
        None => false,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked() {
        let code = code_only("let a = \"unsafe \\\" unsafe\"; // unsafe\n/* unsafe /* x */ unsafe */ b");
        assert!(!code.contains("unsafe"), "{code}");
        assert!(code.contains("let a =") && code.ends_with(" b"));
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn raw_strings_end_at_their_own_fence() {
        let code = code_only("r#\"unsafe \" // \"# + br\"unsafe\" + number\"x\"");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["+", "+", "number"]);
    }

    #[test]
    fn lifetimes_and_characters_are_told_apart() {
        let code = code_only("fn f<'a>(x: &'a str) { g('\"', '\\'', 'é'); unsafe_code }");
        assert!(code.contains("fn f<'a>(x: &'a str)"), "{code}");
        assert!(code.contains("unsafe_code }"), "{code}");
    }

    #[test]
    fn comments_are_found_alone() {
        let comments = comments_only("let x = \"FIXME\"; // FIXME later\nx");
        assert_eq!(comments.trim(), "// FIXME later");
    }
}
