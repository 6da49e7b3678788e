//! Hashes of names: equal names have equal tags, and different names seldom do.

/// The tag on this machine.
#[cfg(not(target_os = "none"))]
pub(super) use Wide as Tag;

#[cfg(target_os = "none")]
pub(super) use Small as Tag;

/// A tag that takes eight bytes at a time, each of which changes the highest bits.
#[cfg(not(target_os = "none"))]
#[derive(Clone, Copy)]
pub(super) struct Wide(u64);

#[cfg(not(target_os = "none"))]
impl Wide {
    #[inline]
    pub(super) fn of(length: usize) -> Self {
        Self(length as u64)
    }

    #[inline]
    pub(super) fn with(self, eight: u64) -> Self {
        let mixed = (self.0 ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed ^ mixed >> 32)
    }

    /// Returns the sixteen highest bits. The lowest bits of a product do not depend on the last bytes of a word, in which
    /// numbered names differ.
    #[inline]
    pub(super) fn short(self) -> u16 {
        let [.., low, high] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

/// A tag by multiplications of 32 bits, for machines without larger ones.
#[cfg(any(target_os = "none", test))]
#[derive(Clone, Copy)]
pub(super) struct Small(u32);

#[cfg(any(target_os = "none", test))]
impl Small {
    #[inline]
    pub(super) fn of(length: usize) -> Self {
        Self(0).with_length(length)
    }

    /// The tag of a name whose bytes behind the eighth were taken in by `with_byte`; those before follow by `with`.
    #[inline]
    pub(super) fn with_length(self, length: usize) -> Self {
        // Two bytes hold the length of every document.
        let [low, high, ..] = length.to_le_bytes();
        Self(self.0 ^ u32::from(u16::from_le_bytes([low, high])))
    }

    #[inline]
    pub(super) fn with_byte(self, byte: u8) -> Self {
        self.with_four(u32::from(byte))
    }

    #[inline]
    pub(super) fn with(self, eight: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = eight.to_le_bytes();
        self.with_four(u32::from_le_bytes([a, b, c, d])).with_four(u32::from_le_bytes([e, f, g, h]))
    }

    #[inline]
    fn with_four(self, four: u32) -> Self {
        let mixed = (self.0 ^ four).wrapping_mul(0x9e37_79b1);
        Self(mixed ^ mixed >> 16)
    }

    /// Returns the sixteen highest bits.
    #[inline]
    pub(super) fn short(self) -> u16 {
        let [.., low, high] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(name: &str) -> u16 {
        let (first, behind) = name.as_bytes().split_at(name.len().min(8));
        let mut start = [0; 8];
        start[..first.len()].copy_from_slice(first);
        let tag = behind.iter().fold(Small::of(0), |tag, byte| tag.with_byte(*byte));
        tag.with_length(name.len()).with(u64::from_le_bytes(start)).short()
    }

    #[test]
    fn small_tags_of_numbered_names_share_their_highest_bits_no_more_often_than_by_chance() {
        const COUNT: usize = 100;
        let front = "https://id.example/claims/of/tenants/and/their/applications/role-";
        let (mut pairs, mut families) = (0, 0);
        for length in 0..=front.len() {
            for back in ["", "-id", "/read:all"] {
                for start in [0, 1, 950, 20_000_000] {
                    let mut counts = [0; 256];
                    for number in start..start + COUNT {
                        let tag = small(&format!("{}{number}{back}", &front[front.len() - length..]));
                        counts[usize::from(tag >> 8)] += 1;
                    }
                    pairs += counts.iter().map(|count| count * (count - 1) / 2).sum::<i32>();
                    families += 1;
                }
            }
        }
        // By chance it is one pair in 256 of 4950: nineteen of each family.
        assert!(pairs < 25 * families, "{pairs} pairs in {families} families");
    }

    #[test]
    fn small_tags_of_registered_claims_differ_in_their_highest_bits() {
        let names = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "client_id", "cnf", "azp", "nonce"];
        let tags: std::collections::HashSet<_> = names.iter().map(|name| small(name) >> 8).collect();
        assert!(tags.len() + 1 >= names.len(), "{tags:?}");
    }
}
