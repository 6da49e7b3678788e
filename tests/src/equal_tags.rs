//! Names that the core's check of duplicates cannot tell apart by their tags, so that it has to compare them.

/// What the tag of `core/src/json/members.rs` multiplies with. Where that changes, these are ordinary names, and the test
/// below fails.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(tag: u64, word: u64) -> u64 {
    let mixed = (tag ^ word).wrapping_mul(FACTOR);
    mixed ^ mixed >> 32
}

/// That many different names: `front`, which has eight bytes, so often, and eight more bytes that give all names one tag.
pub fn names(front: [u8; 8], repeat: usize, count: usize) -> Vec<String> {
    let length = 8 * (repeat as u64 + 1);
    let start = (0..repeat).fold(length, |tag, _| mix(tag, u64::from_le_bytes(front)));
    let shown = String::from_utf8_lossy(&front).repeat(repeat);
    let [low, high, ..] = FACTOR.to_le_bytes();
    let lowest = u16::from_le_bytes([low, high]);
    let names = (0_u64..).filter_map(|number| {
        // Six letters, each of which carries four bits; the last two bytes are what leads to the tag.
        let letters = (0..6).fold(0, |word, at| word | (0x61 + (number >> (4 * at) & 15)) << (8 * at));
        let known = (start ^ letters) & 0xffff_ffff_ffff;
        let above = highest(known.wrapping_mul(FACTOR));
        let last = 0x2468_u16.wrapping_sub(above).wrapping_mul(inverse(lowest)) ^ highest(start);
        let name = (letters | u64::from(last) << 48).to_le_bytes();
        let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        name.iter().all(plain).then(|| format!("{shown}{}", String::from_utf8_lossy(&name)))
    });
    names.take(count).collect()
}

/// The sixteen highest bits.
fn highest(number: u64) -> u16 {
    let [.., low, high] = number.to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The inverse of an odd number modulo 2^16: each round doubles the bits that are right.
fn inverse(number: u16) -> u16 {
    (0..4).fold(number, |inverse, _| inverse.wrapping_mul(2_u16.wrapping_sub(number.wrapping_mul(inverse))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_differ_and_have_one_tag() {
        for repeat in 0..3 {
            let mut names = names(*b"claims/x", repeat, 500);
            for name in &names {
                let words = name.as_bytes().chunks(8).map(|word| u64::from_le_bytes(word.try_into().expect("eight")));
                let tag = words.fold(name.len() as u64, mix);
                assert_eq!(tag >> 49, 0x1234, "{name}");
            }
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 500);
        }
    }
}
