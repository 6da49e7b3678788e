//! Three segments by offset; length ceilings before any work (RFC 7515 §7.1).

use crate::Refusal;

/// A compact JWS cut at its two dots. Only offsets: nothing has been decoded.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    /// Where the first dot stands: the header is before it.
    pub(crate) header_end: usize,
    /// Where the second dot stands: the signing input is before it.
    pub(crate) payload_end: usize,
    /// The token's length.
    pub(crate) length: usize,
}

impl Split {
    /// Cuts `token` in three, looking at no more than `limit` bytes and five dots.
    pub(crate) fn of(token: &[u8], limit: usize) -> Result<Self, Refusal> {
        if token.len() > limit {
            return Err(Refusal::TokenTooLong);
        }
        if token.first() == Some(&b'{') {
            return Err(Refusal::JsonSerialization);
        }
        let mut dots = token.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
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

    /// What the signature covers: header, dot, payload, as they arrived (RFC 7515 §5.2 step 8).
    pub(crate) fn signing_input<'t>(&self, token: &'t [u8]) -> &'t [u8] {
        token.get(..self.payload_end).unwrap_or_default()
    }

    /// Bytes that verification writes: the header, and behind it first the signature, then the payload.
    pub(crate) fn scratch_needed(&self) -> usize {
        let decoded = |segment: usize| segment / 4 * 3 + (segment % 4).saturating_sub(1);
        let payload = self.payload_end - self.header_end - 1;
        let signature = self.length - self.payload_end - 1;
        decoded(self.header_end) + decoded(payload).max(decoded(signature))
    }
}

/// How many bytes of scratch the verification of `token` takes: at most ¾ of its length.
///
/// A token that is not three segments takes none: it is refused before the scratch is touched.
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
}
