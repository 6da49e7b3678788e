//! Every target by its name: what `fuzz_targets/` starts, what ordinary tests replay.

/// One case, from the bytes of the engine. It panics where an oracle disagrees.
pub type Target = fn(&[u8]);

pub const ALL: &[(&str, Target)] = &[
    ("base64url", crate::parsers::base64url::compare),
    ("bearer", crate::parsers::bearer::compare),
    ("chip_code", crate::chip_code::compare),
    ("claims", crate::parsers::claims::compare),
    ("compact", crate::parsers::compact::compare),
    ("cookies", crate::parsers::cookies::compare),
    ("dates", crate::parsers::dates::compare),
    #[cfg(feature = "peers")]
    ("differential", crate::tokens::differential::compare),
    ("es256_arithmetic", crate::es256::compare),
    ("field_arithmetic", crate::arithmetic::compare),
    ("framing", crate::parsers::framing::compare),
    ("header", crate::parsers::header::compare),
    ("hs256_batch", crate::tokens::hs256_batch::compare),
    ("json", crate::parsers::json::compare),
    ("jwk", crate::parsers::jwk::compare),
    ("jwks", crate::parsers::jwks::compare),
    ("names", crate::parsers::names::compare),
    ("past_signature", crate::tokens::past_signature::compare),
    ("policy_file", crate::parsers::policy_file::compare),
    ("refresh_token", crate::logins::refresh_token::compare),
    ("request_lines", crate::parsers::request_lines::compare),
    ("rotation", crate::logins::rotation::compare),
    ("structured", crate::tokens::structured::compare),
];
