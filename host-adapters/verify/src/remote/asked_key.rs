//! Finds the `kid` of a token whose key a remote issuer could have.

use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Algorithm, Header, Limits};

/// The `kid` of an acceptable header, or that it names none. Nothing of it is proven.
pub(crate) struct AskedKey {
    kid: Option<String>,
}

impl AskedKey {
    /// `None` for a header that no key set can help: it is malformed, or of an algorithm that has no public key.
    pub(crate) fn of(token: &[u8], limits: &Limits) -> Option<Self> {
        let end = token.iter().position(|byte| *byte == b'.')?;
        let segment = std::str::from_utf8(token.get(..end)?).ok()?;
        let json = Base64UrlUnpadded::decode_vec(segment).ok()?;
        let header = Header::read(&json, limits).ok()?;
        if matches!(header.algorithm(), Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512) {
            return None;
        }
        Some(Self { kid: header.key_id().map(|kid| kid.to_string()) })
    }

    pub(crate) fn kid(&self) -> Option<&[u8]> {
        self.kid.as_deref().map(str::as_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(header: &str) -> Option<Option<String>> {
        let token = format!("{}.e30.AA", Base64UrlUnpadded::encode_string(header.as_bytes()));
        AskedKey::of(token.as_bytes(), &Limits::DEFAULT).map(|asked| asked.kid)
    }

    #[test]
    fn only_a_header_that_keys_could_help_asks() {
        assert_eq!(asked(r#"{"alg":"ES256","kid":"a\u0062"}"#), Some(Some("ab".to_owned())));
        assert_eq!(asked(r#"{"alg":"RS256"}"#), Some(None));
        for header in [
            "",
            "{}",
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS256","kid":"a"}"#,
            r#"{"alg":"HS384","kid":"a"}"#,
            r#"{"alg":"HS512","kid":"a"}"#,
            r#"{"alg":"ES256K","kid":"a"}"#,
            r#"{"alg":"ES256","kid":7}"#,
            r#"{"alg":"ES256","kid":"a","crit":["x"]}"#,
            r#"{"alg":"ES256","kid":"a","kid":"b"}"#,
        ] {
            assert_eq!(asked(header), None, "{header}");
        }
        for token in ["", "no dots", "*.e30.AA"] {
            assert!(AskedKey::of(token.as_bytes(), &Limits::DEFAULT).is_none(), "{token}");
        }
    }
}
