//! Searches in blocks of bytes, in a form that the compiler turns into vector instructions.

/// Bytes in a block.
pub(crate) const BLOCK: usize = 32;

/// Returns how many bytes at the front of `bytes` are in whole blocks that contain no byte for which `is` is true.
#[inline(always)]
pub(crate) fn clear_of(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    // Without vector registers a search by words is faster.
    if cfg!(not(target_pointer_width = "64")) {
        return 0;
    }
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    blocks.iter().take_while(|block| !any(block, &is)).count() * BLOCK
}

/// Marks all bytes, then tests whether any mark is set: without branches, for vector instructions.
#[inline(always)]
fn any(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> bool {
    let marks = block.map(|byte| if is(byte) { u8::MAX } else { 0 });
    let (words, _) = marks.as_chunks::<8>();
    words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_with_the_byte_ends_it() {
        for length in 0..130 {
            let mut bytes = vec![b'a'; length];
            let whole = length / BLOCK * BLOCK;
            assert_eq!(clear_of(&bytes, |byte| byte == b'.'), whole);
            for at in 0..length {
                bytes[at] = b'.';
                assert_eq!(clear_of(&bytes, |byte| byte == b'.'), whole.min(at / BLOCK * BLOCK), "{at} of {length}");
                bytes[at] = b'a';
            }
        }
    }
}
