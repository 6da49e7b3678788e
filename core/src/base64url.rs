//! Strict base64url (RFC 4648 §5, RFC 7515 §2): no padding, no white space, one spelling per value.
//!
//! Only for public bytes: the time depends on the position of a wrong character. Key material is decoded by `base64ct`,
//! which takes several times as long, in constant time.

/// The segment is not canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotBase64;

/// How many characters one step of the wide path decodes, and to how many bytes.
const BLOCK: usize = 32;
const DECODED_BLOCK: usize = BLOCK / 4 * 3;
/// Six bytes are written as eight; the next step overwrites the two extra ones.
const WINDOW: usize = DECODED_BLOCK + 2;

/// Decodes `source` into the front of `target`, and returns that front.
///
/// Refuses a target that is too short. [`decoded_length`] returns the size.
pub(crate) fn decode<'b>(source: &[u8], target: &'b mut [u8]) -> Result<&'b [u8], NotBase64> {
    let length = decoded_length(source.len()).ok_or(NotBase64)?;
    let target = target.get_mut(..length).ok_or(NotBase64)?;
    let mut written = 0;
    let mut rest = source;
    // A small machine decodes one group at a time.
    while cfg!(target_pointer_width = "64")
        && let Some((block, behind)) = rest.split_first_chunk::<BLOCK>()
    {
        match place::<WINDOW>(target, written) {
            Some(window) => decode_block(block, window)?,
            // After the last block the two extra bytes would not fit.
            None => {
                let mut window = [0; WINDOW];
                decode_block(block, &mut window)?;
                let place = place::<DECODED_BLOCK>(target, written).ok_or(NotBase64)?;
                *place = *window.first_chunk().ok_or(NotBase64)?;
            }
        }
        written += DECODED_BLOCK;
        rest = behind;
    }
    decode_quads(rest, target.get_mut(written..).unwrap_or_default())?;
    Ok(target)
}

/// Decodes `buffer` onto itself, and returns the decoded front.
pub(crate) fn decode_in_place(buffer: &mut [u8]) -> Result<&[u8], NotBase64> {
    let length = decoded_length(buffer.len()).ok_or(NotBase64)?;
    let (mut read, mut written) = (0, 0);
    // The output is shorter than the input, so it never overwrites what is still to be read.
    while cfg!(target_pointer_width = "64")
        && let Some(&block) = chunk::<BLOCK>(buffer, read)
    {
        decode_block(&block, place(buffer, written).ok_or(NotBase64)?)?;
        read += BLOCK;
        written += DECODED_BLOCK;
    }
    while let Some(&quad) = chunk::<4>(buffer, read) {
        *place(buffer, written).ok_or(NotBase64)? = decode_quad(&quad)?;
        read += 4;
        written += 3;
    }
    let (last, count) = decode_last(buffer.get(read..).unwrap_or_default())?;
    for byte in last.iter().take(count) {
        *buffer.get_mut(written).ok_or(NotBase64)? = *byte;
        written += 1;
    }
    buffer.get(..length).ok_or(NotBase64)
}

/// Undoes [`decode_in_place`]: spreads the `decoded` bytes at the front of `buffer` over all of it.
///
/// The encoding is canonical, so the result is exactly the original text.
pub(crate) fn restore_in_place(buffer: &mut [u8]) {
    let end = buffer.len();
    // Backwards, so that no byte is overwritten before it is read.
    for start in (0..end).step_by(4).rev() {
        let from = start / 4 * 3;
        let byte = |offset: usize| u32::from(buffer.get(from + offset).copied().unwrap_or(0));
        let count = (end - start).min(4);
        // A short last group has fewer bytes; what follows them in the buffer is old text.
        let (second, third) = (if count > 2 { byte(1) } else { 0 }, if count > 3 { byte(2) } else { 0 });
        let group = byte(0) << 16 | second << 8 | third;
        for (index, place) in buffer.iter_mut().skip(start).take(count).enumerate() {
            *place = character(group >> (18 - 6 * index) & 63);
        }
    }
}

/// Returns how many bytes `length` characters encode; `None` for an impossible length (1 mod 4).
pub(crate) const fn decoded_length(length: usize) -> Option<usize> {
    match length % 4 {
        1 => None,
        0 => Some(length / 4 * 3),
        rest => Some(length / 4 * 3 + rest - 1),
    }
}

fn chunk<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..)?.first_chunk()
}

fn place<const N: usize>(bytes: &mut [u8], at: usize) -> Option<&mut [u8; N]> {
    bytes.get_mut(at..)?.first_chunk_mut()
}

fn decode_quads(source: &[u8], target: &mut [u8]) -> Result<(), NotBase64> {
    let (quads, last) = source.as_chunks::<4>();
    let (triples, rest) = target.as_chunks_mut::<3>();
    for (quad, triple) in quads.iter().zip(triples) {
        *triple = decode_quad(quad)?;
    }
    let (bytes, count) = decode_last(last)?;
    for (place, byte) in rest.iter_mut().zip(bytes.iter().take(count)) {
        *place = *byte;
    }
    Ok(())
}

/// 32 characters to 24 bytes; the last two of the window are not among them.
#[inline(always)]
fn decode_block(block: &[u8; BLOCK], window: &mut [u8; WINDOW]) -> Result<(), NotBase64> {
    let mut wrong = 0;
    let (pairs, _) = block.as_chunks::<8>();
    for (index, [a, b, c, d, e, f, g, h]) in pairs.iter().enumerate() {
        let (first, second) = (group(&[*a, *b, *c, *d]), group(&[*e, *f, *g, *h]));
        wrong |= first | second;
        let six = u64::from(first) | u64::from(second) << 24;
        *place(window, 6 * index).ok_or(NotBase64)? = six.to_le_bytes();
    }
    if wrong & WRONG_GROUP != 0 { Err(NotBase64) } else { Ok(()) }
}

fn decode_quad(quad: &[u8; 4]) -> Result<[u8; 3], NotBase64> {
    let [a, b, c, wrong] = group(quad).to_le_bytes();
    if wrong == 0 { Ok([a, b, c]) } else { Err(NotBase64) }
}

/// Four characters to three bytes, the first lowest; with [`WRONG_GROUP`] set if one of them is not of the alphabet.
#[inline(always)]
fn group(quad: &[u8; 4]) -> u32 {
    // Four kilobytes of tables are too much for the flash of a small chip.
    if cfg!(target_pointer_width = "64") { group_by_places(quad) } else { group_by_values(quad) }
}

#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "a byte is within 256 entries, so no check is compiled in")]
fn group_by_places(quad: &[u8; 4]) -> u32 {
    let ([a, b, c, d], [first, second, third, fourth]) = (quad.map(usize::from), &PLACED);
    first[a] | second[b] | third[c] | fourth[d]
}

#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "a byte is within 256 entries, so no check is compiled in")]
fn group_by_values(quad: &[u8; 4]) -> u32 {
    let [a, b, c, d] = *quad;
    let [a, b, c, d] = [VALUES[usize::from(a)], VALUES[usize::from(b)], VALUES[usize::from(c)], VALUES[usize::from(d)]];
    let wrong = u32::from((a | b | c | d) & WRONG) << 24;
    let [a, b, c, d] = [u32::from(a), u32::from(b), u32::from(c), u32::from(d)];
    (a << 18 | b << 12 | c << 6 | d).swap_bytes() >> 8 | wrong
}

/// The [`value`] of each character.
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static VALUES: [u8; 256] = {
    let mut values = [WRONG; 256];
    let mut character = 0;
    while character < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "256 characters are counted")]
        let character_byte = character as u8;
        values[character] = value(character_byte);
        character += 1;
    }
    values
};

/// The bits of each character, for each of the four places in a group, where the group has them; or [`WRONG_GROUP`].
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static PLACED: [[u32; 256]; 4] = {
    let mut tables = [[WRONG_GROUP; 256]; 4];
    let mut character = 0;
    while character < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "256 characters are counted")]
        let sextet = value(character as u8) as u32;
        if sextet < 64 {
            tables[0][character] = sextet << 2;
            tables[1][character] = sextet >> 4 | (sextet & 0x0f) << 12;
            tables[2][character] = (sextet >> 2) << 8 | (sextet & 0x03) << 22;
            tables[3][character] = sextet << 16;
        }
        character += 1;
    }
    tables
};

/// Marks a character outside the alphabet. Three bytes never have this bit.
const WRONG_GROUP: u32 = 1 << 31;

/// Decodes the last 0, 2 or 3 characters: up to two bytes, and their number. Unused bits must be zero.
#[allow(clippy::indexing_slicing, reason = "a byte is within 256 entries, so no check is compiled in")]
fn decode_last(last: &[u8]) -> Result<([u8; 2], usize), NotBase64> {
    let value = |character| VALUES[usize::from(character)];
    let (a, b, c) = match *last {
        [] => return Ok(([0; 2], 0)),
        [a, b] => (value(a), value(b), 0),
        [a, b, c] => (value(a), value(b), value(c)),
        _ => return Err(NotBase64),
    };
    let idle = if last.len() == 2 { b & 0x0f } else { c & 0x03 };
    if (a | b | c) & WRONG != 0 || idle != 0 {
        return Err(NotBase64);
    }
    Ok(([a << 2 | b >> 4, b << 4 | c >> 2], last.len() - 1))
}

/// Marks a character outside the alphabet. Six bits never have this bit.
const WRONG: u8 = 0x80;

/// Returns the six bits of a character, or [`WRONG`].
const fn value(character: u8) -> u8 {
    match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => WRONG,
    }
}

fn character(sextet: u32) -> u8 {
    // The alphabet of RFC 4648 table 2.
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    ALPHABET.get(sextet as usize).copied().unwrap_or(b'A')
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64UrlUnpadded, Encoding};

    fn samples() -> impl Iterator<Item = Vec<u8>> {
        (0..200usize).map(|length| (0..length).map(|i| (i * 151 + length * 83 + i * i * 7).to_le_bytes()[0]).collect())
    }

    #[test]
    fn every_length_decodes_as_base64ct_does() {
        for bytes in samples() {
            let text = Base64UrlUnpadded::encode_string(&bytes);
            let mut target = vec![0; bytes.len()];
            assert_eq!(decode(text.as_bytes(), &mut target), Ok(bytes.as_slice()));
            let mut buffer = text.clone().into_bytes();
            assert_eq!(decode_in_place(&mut buffer), Ok(bytes.as_slice()));
            restore_in_place(&mut buffer);
            assert_eq!(buffer, text.as_bytes());
        }
    }

    #[test]
    fn the_table_has_each_character_at_its_place_in_the_alphabet() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for byte in 0..=255u8 {
            let expected = alphabet.iter().position(|character| *character == byte).unwrap_or(usize::from(WRONG));
            assert_eq!(usize::from(value(byte)), expected, "{byte}");
            assert_eq!(VALUES[usize::from(byte)], value(byte), "{byte}");
        }
    }

    #[test]
    fn a_target_one_byte_short_refuses() {
        for bytes in samples().filter(|bytes| !bytes.is_empty()) {
            let text = Base64UrlUnpadded::encode_string(&bytes);
            assert_eq!(decode(text.as_bytes(), &mut vec![0; bytes.len() - 1]), Err(NotBase64));
        }
    }

    #[test]
    fn every_character_is_checked_at_every_place() {
        for length in [2, 3, 4, 6, 31, 32, 33, 34, 35, 36, 64, 66, 67] {
            for at in 0..length {
                for byte in 0..=255u8 {
                    let mut text = vec![b'A'; length];
                    text[at] = byte;
                    let text = text;
                    let expected = core::str::from_utf8(&text)
                        .ok()
                        .filter(|text| !text.contains('='))
                        .and_then(|text| Base64UrlUnpadded::decode_vec(text).ok());
                    let mut target = [0; 64];
                    assert_eq!(decode(&text, &mut target).ok(), expected.as_deref(), "{byte} at {at} of {length}");
                    assert_eq!(decode_in_place(&mut text.clone()).ok(), expected.as_deref());
                }
            }
        }
    }

    #[test]
    fn wrong_characters_do_not_make_up_for_each_other() {
        for length in [2, 3, 4, 32, 35, 36, 64, 67] {
            for (one, other) in (1..length).flat_map(|other| (0..other).map(move |one| (one, other))) {
                let mut text = vec![b'A'; length];
                text[one] = b'*';
                text[other] = b'*';
                assert_eq!(decode(&text, &mut [0; 64]), Err(NotBase64), "{one} and {other} of {length}");
                assert_eq!(decode_in_place(&mut text), Err(NotBase64), "{one} and {other} of {length}");
            }
        }
        for wrong in 1..16 {
            let quad = [0, 1, 2, 3].map(|at| if wrong >> at & 1 == 1 { b'*' } else { b'A' });
            assert!(group_by_places(&quad) & group_by_values(&quad) & WRONG_GROUP != 0, "{quad:?}");
        }
    }

    #[test]
    fn both_ways_read_the_same_group() {
        for byte in 0..=255 {
            for other in *b"Az9-_=" {
                for quad in [[byte, other, other, other], [other, byte, other, other], [other, other, byte, other]] {
                    let quads = [quad, [other, other, other, byte]];
                    for quad in quads {
                        let (one, two) = (group_by_places(&quad), group_by_values(&quad));
                        assert_eq!(one & WRONG_GROUP, two & WRONG_GROUP, "{quad:?}");
                        assert!(one & WRONG_GROUP != 0 || one == two, "{quad:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn one_character_alone_stands_for_nothing() {
        for length in [1, 5, 33, 37] {
            assert_eq!(decode(&vec![b'A'; length], &mut [0; 64]), Err(NotBase64));
            assert_eq!(decode_in_place(&mut vec![b'A'; length]), Err(NotBase64));
        }
    }
}
