//! The three segments of a compact JWS by their offsets; its length is checked first (RFC 7515 §7.1).

use crate::{Refusal, base64url, blocks};

/// The offsets of the two dots of a compact JWS. Nothing is decoded.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    /// The offset of the first dot: the header is before it.
    pub(crate) header_end: usize,
    /// The offset of the second dot: the signing input is before it.
    pub(crate) payload_end: usize,
    /// The length of the token.
    pub(crate) length: usize,
}

impl Split {
    /// Splits `token` into three segments. Reads at most `limit` bytes and five dots.
    pub(crate) fn of(token: &[u8], limit: usize) -> Result<Self, Refusal> {
        if token.len() > limit {
            return Err(Refusal::TokenTooLong);
        }
        if token.first() == Some(&b'{') {
            return Err(Refusal::JsonSerialization);
        }
        let mut dots = dots(token);
        let (Some(header_end), Some(payload_end)) = (dots.next(), dots.next()) else {
            return Err(Refusal::SegmentCount);
        };
        match (dots.next(), dots.next(), dots.next()) {
            (None, ..) => Ok(Self { header_end, payload_end, length: token.len() }),
            (Some(_), Some(_), None) => Err(Refusal::EncryptedToken),
            _ => Err(Refusal::SegmentCount),
        }
    }

    pub(crate) fn header<'t>(&self, token: &'t [u8]) -> &'t [u8] {
        token.get(..self.header_end).unwrap_or_default()
    }

    pub(crate) fn payload<'t>(&self, token: &'t [u8]) -> &'t [u8] {
        token.get(self.header_end + 1..self.payload_end).unwrap_or_default()
    }

    pub(crate) fn signature<'t>(&self, token: &'t [u8]) -> &'t [u8] {
        token.get(self.payload_end + 1..).unwrap_or_default()
    }

    /// Returns the bytes that the signature covers: header, dot, payload, as they were sent (RFC 7515 §5.2 step 8).
    pub(crate) fn signing_input<'t>(&self, token: &'t [u8]) -> &'t [u8] {
        token.get(..self.payload_end).unwrap_or_default()
    }

    /// Returns how many bytes a verification writes: the header, then first the signature and later the payload.
    pub(crate) fn scratch_needed(&self) -> usize {
        // A segment of an impossible length is refused before it is decoded.
        let decoded = |segment: usize| base64url::decoded_length(segment).unwrap_or(0);
        let payload = self.payload_end - self.header_end - 1;
        let signature = self.length - self.payload_end - 1;
        decoded(self.header_end) + decoded(payload).max(decoded(signature))
    }
}

/// Finds the dots, one after the other.
fn dots(token: &[u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    core::iter::from_fn(move || {
        let found = token.get(from..).and_then(find_dot).map(|at| from + at);
        from = found.map_or(token.len(), |at| at + 1);
        found
    })
}

#[cfg_attr(target_os = "none", inline(never))]
fn find_dot(bytes: &[u8]) -> Option<usize> {
    let from = blocks::clear_of(bytes, |byte| byte == b'.');
    let rest = bytes.get(from..)?;
    let (words, tail) = rest.as_chunks::<{ size_of::<usize>() }>();
    for (index, word) in words.iter().enumerate() {
        // A byte that is a dot becomes zero, and the subtraction sets its high bit; the lowest such bit is exact.
        const ONES: usize = usize::MAX / 255;
        let word = usize::from_le_bytes(*word) ^ (ONES * b'.' as usize);
        let found = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if found != 0 {
            return Some(from + index * size_of::<usize>() + found.trailing_zeros() as usize / 8);
        }
    }
    Some(bytes.len() - tail.len() + tail.iter().position(|byte| *byte == b'.')?)
}

/// Returns how many bytes of scratch memory the verification of `token` needs: at most ¾ of its length.
///
/// A token without exactly three segments needs none: it is refused before the scratch memory is used.
pub fn scratch_needed(token: &[u8]) -> usize {
    Split::of(token, usize::MAX).map_or(0, |split| split.scratch_needed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_decide() {
        let refusal = |token: &str| Split::of(token.as_bytes(), 100).err();
        assert_eq!(refusal("a.b.c"), None);
        assert_eq!(refusal(".."), None);
        for wrong in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f"] {
            assert_eq!(refusal(wrong), Some(Refusal::SegmentCount), "{wrong}");
        }
        assert_eq!(refusal("a.b.c.d.e"), Some(Refusal::EncryptedToken));
        assert_eq!(refusal("{\"payload\":\"a.b\"}"), Some(Refusal::JsonSerialization));
        assert_eq!(refusal(&".".repeat(101)), Some(Refusal::TokenTooLong));
    }

    #[test]
    fn a_dot_is_found_wherever_it_stands() {
        for length in 0..100 {
            for at in 0..length {
                let mut bytes = vec![b'/'; length];
                bytes[at] = b'.';
                bytes[length - 1] = b'.';
                assert_eq!(find_dot(&bytes), Some(at), "{at} of {length}");
            }
            assert_eq!(find_dot(&vec![b'-'; length]), None);
            assert_eq!(find_dot(&vec![b'.'; length]), (length > 0).then_some(0));
            assert_eq!(find_dot(&vec![b'.' + 0x80; length]), None);
        }
    }

    #[test]
    fn segments_are_what_stands_between_the_dots() {
        let token = b"head.payload.sig";
        let split = Split::of(token, 100).unwrap();
        assert_eq!(split.header(token), b"head");
        assert_eq!(split.payload(token), b"payload");
        assert_eq!(split.signature(token), b"sig");
        assert_eq!(split.signing_input(token), b"head.payload");
        assert_eq!(split.scratch_needed(), 3 + 5);
        assert_eq!(scratch_needed(token), 8);
        assert_eq!(scratch_needed(b"no token"), 0);
    }

    #[test]
    fn scratch_has_room_for_the_longer_of_payload_and_signature() {
        assert_eq!(scratch_needed(b"aaaa.bbbbbbbb.cccc"), 3 + 6);
        assert_eq!(scratch_needed(b"aaaa.bbbb.cccccccc"), 3 + 6);
    }

    #[test]
    fn a_token_may_be_as_long_as_the_limit() {
        assert!(Split::of(b"a.b.c", 5).is_ok());
        assert_eq!(Split::of(b"a.b.c", 4).err(), Some(Refusal::TokenTooLong));
    }
}
