//! Why a token, a key or a request was refused: one number each, frozen for ever.
#![doc = include_str!("../REFUSALS.md")]

use core::fmt;

/// Which part of the work refused. Servers map a class, not each number, to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Class {
    /// The bytes are not a compact JWS within the limits (RFC 7515 §7.1); said of header and payload alike.
    Form,
    /// The JOSE header is not acceptable (RFC 7515 §4).
    Header,
    /// No configured key may check this token.
    Key,
    /// The signature is not genuine (RFC 7515 §5.2).
    Signature,
    /// The proven payload is not a claims set (RFC 7519 §7.2).
    Payload,
    /// A claim is missing, of the wrong type, or not what the policy expects (RFC 7519 §4.1).
    Claim,
    /// The token is not valid at this time (RFC 7519 §4.1.4–4.1.6).
    Time,
    /// A one-time token was used before, or this cannot be excluded.
    Replay,
    /// The caller's own setup: buffers, keys, claim types, requests.
    Setup,
}

impl Class {
    /// The class's name in tables and on the wire, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Header => "header",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Payload => "payload",
            Self::Claim => "claim",
            Self::Time => "time",
            Self::Replay => "replay",
            Self::Setup => "setup",
        }
    }
}

macro_rules! refusals {
    ($($number:literal $variant:ident $name:literal $class:ident $sentence:literal)+) => {
        /// A verdict against the token, the key or the request, the same in every language binding of Glowband.
        ///
        /// No variant carries a payload, so a refusal can be copied, compared, sent over a serial line as its
        /// number, and can never leak a byte of a token or a key.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Refusal {
            $(#[doc = $sentence] $variant = $number,)+
        }

        impl Refusal {
            /// Every refusal, by rising number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the frozen number, which is never reused or changed.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// Returns the frozen name in snake case, such as `bad_signature`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns the class: the step that refused.
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }

            /// Returns a sentence: what is wrong and, where it helps, what is allowed.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),+ }
            }
        }
    };
}

refusals! {
    1 TokenTooLong "token_too_long" Form "The token is longer than the limit in force."
    2 SegmentCount "segment_count" Form "A compact JWS has exactly three segments with two dots between them."
    3 EncryptedToken "encrypted_token" Form "Five segments make an encrypted token (JWE); only signed tokens are verified."
    4 JsonSerialization "json_serialization" Form "The JWS JSON serialization is not accepted, only the compact one."
    5 Base64Invalid "base64_invalid" Form "A segment is not canonical base64url without padding."
    6 ScratchTooSmall "scratch_too_small" Setup "The scratch buffer is too small; scratch_needed(token) returns the size that it needs."
    7 HeaderNotJson "header_not_json" Header "The header is not a JSON object (RFC 8259), in UTF-8 and without lone surrogates (RFC 7493)."
    8 HeaderDuplicate "header_duplicate" Header "The header names a member twice."
    9 HeaderMalformed "header_malformed" Header "A header member has the wrong JSON type: alg, kid and typ are strings."
    10 AlgorithmMissing "algorithm_missing" Header "The header names no alg."
    11 AlgorithmNone "algorithm_none" Header "Unsecured tokens (alg none) are never accepted."
    12 AlgorithmUnsupported "algorithm_unsupported" Header "The header's alg is not one that is supported; names are case-sensitive."
    13 CriticalHeader "critical_header" Header "The header has a crit member; no critical extension is supported."
    14 HeaderForbidden "header_forbidden" Header "The header has b64, zip or enc, which a signed JWT must not use here."
    15 KeyNotFound "key_not_found" Key "No configured key has the token's kid."
    16 AlgorithmMismatch "algorithm_mismatch" Key "The key for this token is bound to another algorithm than the header's alg."
    17 BadSignature "bad_signature" Signature "The signature does not match."
    18 SignatureMissing "signature_missing" Signature "The signature segment is empty."
    19 SignatureLength "signature_length" Signature "The signature does not have the algorithm's length."
    20 SignatureDer "signature_der" Signature "The signature is DER; a JWS carries the two numbers as fixed-length r and s."
    21 TooManyKeys "too_many_keys" Key "More keys match than may be tried, and none of those tried fits; give keys a kid."
    22 PayloadNotJson "payload_not_json" Payload "The payload is not JSON (RFC 8259), in UTF-8 and without lone surrogates (RFC 7493)."
    23 PayloadNotObject "payload_not_object" Payload "The payload is not a JSON object, so it holds no claims."
    24 PayloadDuplicate "payload_duplicate" Payload "The payload names a member twice in one object."
    25 NestingTooDeep "nesting_too_deep" Form "The JSON is nested deeper than the limit in force."
    26 TooManyMembers "too_many_members" Form "The JSON has more object members than the limit in force."
    27 IssuerMalformed "issuer_malformed" Claim "The claim iss is not a string."
    28 SubjectMalformed "subject_malformed" Claim "The claim sub is not a string."
    29 AudienceMalformed "audience_malformed" Claim "The claim aud is neither a string nor an array of strings."
    30 ExpiryMalformed "expiry_malformed" Claim "The claim exp is not a number of seconds within 63 bits."
    31 NotBeforeMalformed "not_before_malformed" Claim "The claim nbf is not a number of seconds within 63 bits."
    32 IssuedAtMalformed "issued_at_malformed" Claim "The claim iat is not a number of seconds within 63 bits."
    33 TokenIdMalformed "token_id_malformed" Claim "The claim jti is not a string."
    34 IssuerMissing "issuer_missing" Claim "The policy expects an issuer; the token has no iss."
    35 IssuerMismatch "issuer_mismatch" Claim "The token's iss is not the expected issuer."
    36 AudienceMissing "audience_missing" Claim "The policy expects an audience; the token has no aud."
    37 AudienceMismatch "audience_mismatch" Claim "The token's aud does not name the expected audience."
    38 SubjectMissing "subject_missing" Claim "The policy expects a subject; the token has no sub."
    39 SubjectMismatch "subject_mismatch" Claim "The token's sub is not the expected subject."
    40 TokenTypeMissing "token_type_missing" Claim "The policy expects a token type; the header has no typ."
    41 TokenTypeMismatch "token_type_mismatch" Claim "The header's typ is not the expected token type."
    42 ExpiryMissing "expiry_missing" Claim "The token has no exp, and the policy requires one."
    43 IssuedAtMissing "issued_at_missing" Claim "The policy sets a maximum age; the token has no iat."
    44 TokenIdMissing "token_id_missing" Claim "The policy or the replay window needs a jti; the token has none."
    45 Expired "expired" Time "The token has expired."
    46 NotYetValid "not_yet_valid" Time "The token is not valid yet (nbf lies in the future)."
    47 IssuedInFuture "issued_in_future" Time "The token was issued in the future (iat)."
    48 TooOld "too_old" Time "The token was issued longer ago than the policy's maximum age."
    49 ClockUnknown "clock_unknown" Time "The clock is not set, so a token with dates cannot be checked."
    50 Replayed "replayed" Replay "A token with this jti was used before."
    51 ReplayWindowFull "replay_window_full" Replay "The replay window is full of unexpired tokens, so a replay cannot be excluded."
    52 TokenIdTooLong "token_id_too_long" Replay "The jti is longer than the replay window can hold."
    53 ClaimsUnfit "claims_unfit" Setup "The claims do not fit the caller's type, or its buffer for escaped strings."
    54 SecretTooShort "secret_too_short" Setup "An HMAC secret is at least as long as its hash: 32 bytes for HS256, 48 for HS384, 64 for HS512 (RFC 7518 section 3.2)."
    55 SecretTooLong "secret_too_long" Setup "The secret of a JWK is longer than 512 bytes."
    56 PointInvalid "point_invalid" Setup "The key is not a SEC1 point on its curve."
    57 JwkMalformed "jwk_malformed" Setup "The JWK is not a JSON object with the members that its kty needs (RFC 7517, RFC 7518 section 6)."
    58 KeyUnsupported "key_unsupported" Setup "The key's type, curve or algorithm is not one that is supported here."
    59 JwkAlgorithmConflict "jwk_algorithm_conflict" Setup "The JWK's alg does not belong to its kty and crv."
    60 JwkMayNotVerify "jwk_may_not_verify" Setup "The JWK's use or key_ops does not allow it to verify signatures."
    61 KeyRingFull "key_ring_full" Setup "The key ring is full."
    62 KeyIdTooLong "key_id_too_long" Setup "The kid is longer than the key ring can hold."
    63 KeyMalformed "key_malformed" Setup "The key file is not a public key in PEM, a JWK or a JWK set."
    64 BadRequest "bad_request" Setup "The request is not one JSON object with the members that it needs."
    65 ModulusSize "modulus_size" Setup "An RSA modulus has 2048 to 8192 bits (RFC 7518 section 3.3)."
    66 BoundToken "bound_token" Claim "The token is bound to a key (cnf); a bearer does not prove possession of it (RFC 9449, RFC 8705)."
}

impl Refusal {
    /// Returns the refusal with this number, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }

    /// Returns how informative the refusal is, to choose one among those of several keys.
    ///
    /// A failed signature ranks above a key for another algorithm, and that above a missing key.
    pub const fn rank(self) -> u8 {
        match self {
            Self::KeyNotFound => 0,
            Self::AlgorithmMismatch => 1,
            Self::BadSignature => 2,
            _ => 3,
        }
    }

    /// Returns the more informative of the two, or `self` if their ranks are equal.
    #[must_use]
    pub const fn or_more_telling(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_one_without_a_gap() {
        for (index, refusal) in Refusal::ALL.iter().enumerate() {
            assert_eq!(usize::from(refusal.code()), index + 1);
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
        }
        assert_eq!(Refusal::from_code(0), None);
        assert_eq!(Refusal::from_code(255), None);
    }

    #[test]
    fn a_bad_signature_is_number_17() {
        assert_eq!(Refusal::BadSignature.code(), 17);
        assert_eq!(format!("{:?}", Refusal::BadSignature), "17 bad_signature");
        assert_eq!(Refusal::BadSignature.to_string(), Refusal::BadSignature.sentence());
        assert_eq!(Refusal::BadSignature.class().name(), "signature");
    }

    #[test]
    fn every_class_has_its_name() {
        let mut classes: Vec<Class> = Refusal::ALL.iter().map(|refusal| refusal.class()).collect();
        classes.sort();
        classes.dedup();
        let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
        assert_eq!(names, ["form", "header", "key", "signature", "payload", "claim", "time", "replay", "setup"]);
    }

    #[test]
    fn the_more_telling_refusal_wins_and_the_first_of_equals() {
        let by_rank = [Refusal::KeyNotFound, Refusal::AlgorithmMismatch, Refusal::BadSignature, Refusal::TooManyKeys];
        for (rank, refusal) in (0..).zip(by_rank) {
            assert_eq!(refusal.rank(), rank);
            for (other_rank, other) in (0..).zip(by_rank) {
                let expected = if other_rank > rank { other } else { refusal };
                assert_eq!(refusal.or_more_telling(other), expected);
            }
        }
        assert_eq!(Refusal::TooManyKeys.or_more_telling(Refusal::Expired), Refusal::TooManyKeys);
    }
}
