//! What is known about single rows: what the standards leave open, and what a peer documents.

/// Beside the row, for all.
pub const ROWS: &[(&str, &str)] = &[
    (
        "mixed keyring",
        "A key set that is asked by `kid` has no key for a token without one. Where two keys have one `kid`, it gives the first.",
    ),
    ("empty or short HMAC key", "RFC 7518 section 3.2: a key of the hash's size or larger, 32 bytes here."),
    (
        "wrong error first",
        "Cases with `control` in their name are signed as they should be; those with `deep` are nested in 17 levels, those with `no-exp` have none.",
    ),
    ("crit ignored", "`b64` is an extension that a reader may know (RFC 7797)."),
    (
        "b64: false",
        "RFC 7515 section 4: members of the header that a reader does not know are ignored. `b64` counts where `crit` names it (RFC 7797 \
         section 6); these headers have no `crit`.",
    ),
    (
        "sign / encrypt confusion",
        "`enc` and `zip` are of encrypted tokens (RFC 7516); in the header of a signed one they may be ignored like any other member.",
    ),
    (
        "wrong JSON type for a claim",
        "Cases without `expected` in their name are checked with a policy that expects neither issuer nor audience. RFC 7519 section 4.1 gives \
         the claims their types, and leaves most of their processing to the application.",
    ),
    (
        "base64 malleability",
        "RFC 7515 section 2: no padding, line breaks, white space or other characters. Bits behind the last byte may be ignored or refused \
         (RFC 4648 section 3.5). The signature covers the first two segments as they are spelled; the third can be spelled otherwise by \
         anybody where that is accepted.",
    ),
    ("duplicate members", "RFC 7515 and RFC 7519, section 4 of each: refuse them, or take the last one."),
    (
        "JSON strictness",
        "RFC 8259 lets a reader ignore a byte order mark (section 8.1), has a grammar that allows lone surrogates (section 8.2), and allows \
         extensions (section 9).",
    ),
    ("nesting", "RFC 8259 section 9: a reader may have limits. Glowband's is 16 levels."),
    ("number range", "RFC 7519 sets no limit to a date. Glowband's is 63 bits."),
    ("configured but absent", "An empty `jti` is a string; where a policy requires one, Glowband counts it as absent."),
    (
        "dates",
        "RFC 7519 section 4.1 allows fractions of seconds, has `exp` and `nbf` optional, and no rule for an `iat` in the future.",
    ),
];

/// Beside what a peer says otherwise in a row.
pub const PEERS: &[(&str, &str, &str)] = &[
    ("empty or short HMAC key", "jwt-simple", "It asks for 12 bytes."),
    (
        "empty or short HMAC key",
        "jwt-compact",
        "Its `StrongKey`, which is an option of the caller's, is not used here: it refuses keys of less than 64 bytes.",
    ),
    ("wrong JSON type for a claim", "jose", "It checks `iat` where there is a `maxTokenAge`, as it documents."),
    ("configured but absent", "jwt-simple", "It has no setting that requires `exp`."),
    (
        "configured but absent",
        "josekit",
        "[Issue 59](https://github.com/hidekatsu-izuno/josekit-rs/issues/59) is about this.",
    ),
    ("crit ignored", "PyJWT", "It knows `b64`."),
    ("crit ignored", "jose", "It knows `b64`."),
    (
        "JSON strictness",
        "PyJWT",
        "Python's `json` reads `NaN` and infinities, and finds out the encoding by itself, as it documents.",
    ),
    (
        "ordinary use",
        "jwt-simple",
        "`typ` is compared as it is spelled but for case, and has to be `JWT` or to end in `+JWT` where none is expected.",
    ),
    ("dates", "jsonwebtoken", "It does not check `iat`."),
    ("dates", "jwt-compact", "It does not check `iat`."),
    ("dates", "jose", "It checks `iat` where there is a `maxTokenAge`, as it documents."),
];

pub fn of_row(class: &str) -> Option<&'static str> {
    ROWS.iter().find(|(row, _)| *row == class).map(|(_, note)| *note)
}

pub fn of_peer(class: &str, peer: &str) -> Option<&'static str> {
    PEERS.iter().find(|(row, name, _)| (*row, *name) == (class, peer)).map(|(.., note)| *note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_about_a_row_and_a_peer_that_exist() {
        let (rows, _) = crate::cases::read();
        let row = |class: &str| rows.iter().any(|row| row.class == class);
        for class in ROWS.iter().map(|(class, _)| class).chain(PEERS.iter().map(|(class, ..)| class)) {
            assert!(row(class), "{class}");
        }
        for (_, name, _) in PEERS {
            assert!(crate::peers::ALL.iter().any(|peer| peer.name == *name), "{name}");
        }
    }
}
