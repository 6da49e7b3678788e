//! A message as the blocks that SHA-256 consumes (FIPS 180-4 §5.1.1), where one block has been consumed already.

pub(super) type Block = [u8; 64];

/// The blocks of a message behind a block of key: most of them where the message lies, the last one or two padded.
pub(super) struct Padded<'m> {
    whole: &'m [Block],
    last: [Block; 2],
    /// How many of the last two there are.
    last_count: usize,
}

impl<'m> Padded<'m> {
    pub(super) fn behind_a_block(message: &'m [u8]) -> Self {
        let (whole, rest) = message.as_chunks();
        let mut last = [[0; 64]; 2];
        let last_count = if rest.len() < 56 { 1 } else { 2 };
        let bits = (64 + message.len() as u64) * 8;
        let bytes = last.as_flattened_mut();
        let (start, padding) = bytes.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        padding[0] = 0x80;
        bytes[last_count * 64 - 8..last_count * 64].copy_from_slice(&bits.to_be_bytes());
        Self { whole, last, last_count }
    }

    pub(super) fn count(&self) -> usize {
        self.whole.len() + self.last_count
    }

    /// The block at `at`; any block behind the last one.
    pub(super) fn block(&self, at: usize) -> &Block {
        match self.whole.get(at) {
            Some(block) => block,
            None if at == self.whole.len() => &self.last[0],
            None => &self.last[1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_is_that_of_the_standard() {
        for length in 0..300 {
            let message = vec![7; length];
            let padded = Padded::behind_a_block(&message);
            let blocks: Vec<u8> = (0..padded.count()).flat_map(|at| *padded.block(at)).collect();
            let mut expected = message.clone();
            expected.push(0x80);
            while expected.len() % 64 != 56 {
                expected.push(0);
            }
            expected.extend((8 * (64 + length as u64)).to_be_bytes());
            assert_eq!(blocks, expected, "{length}");
        }
    }
}
