//! What the header's `alg` may talk a verifier into.

use crate::book::Book;
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::signing::{encode, hmac_sha256, signing_input};

pub(crate) fn write(book: &mut Book) {
    let good = ClaimsText::good().to_string();
    book.threat("alg: none");
    for alg in ["none", "None", "NONE", "nOnE", "n\\u006fne"] {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        let input = signing_input(&header, &good);
        let forms = [
            ("empty-signature", format!("{input}.")),
            ("hmac-with-empty-key", format!("{input}.{}", encode(hmac_sha256(b"", input.as_bytes())))),
            ("hmac-with-the-key", book.hs256(&header, &good)),
            ("64-bytes", format!("{input}.{}", encode([0x11; 64]))),
        ];
        for (form, token) in forms {
            let name = alg.replace("\\u006f", "-escaped-o-");
            book.verify(&format!("alg-none/{name}/{form}/hs256-key"), token.as_str()).refused("algorithm_none");
            book.verify_es(&format!("alg-none/{name}/{form}/es256-key"), token.as_str()).refused("algorithm_none");
        }
        let name = alg.replace("\\u006f", "-escaped-o-");
        book.verify(&format!("alg-none/{name}/no-key"), format!("{input}.")).keys([]).refused("algorithm_none");
        book.verify(&format!("alg-none/{name}/jws"), format!("{input}.")).jws().refused("algorithm_none");
        book.verify(&format!("alg-none/{name}/two-segments"), input).refused("segment_count");
    }

    book.threat("unknown alg gives an empty MAC");
    for (name, alg, expected) in [
        ("zzz", r#""zzz""#, "algorithm_unsupported"),
        ("empty", r#""""#, "algorithm_unsupported"),
        ("lower-case", r#""hs256""#, "algorithm_unsupported"),
        ("trailing-space", r#""HS256 ""#, "algorithm_unsupported"),
        ("trailing-nul", r#""HS256\u0000""#, "algorithm_unsupported"),
        ("none-and-space", r#""none ""#, "algorithm_unsupported"),
        ("hs384", r#""HS384""#, "algorithm_mismatch"),
        ("hs512", r#""HS512""#, "algorithm_mismatch"),
        ("es512", r#""ES512""#, "algorithm_mismatch"),
        ("es256k", r#""ES256K""#, "algorithm_unsupported"),
        ("encryption-dir", r#""dir""#, "algorithm_unsupported"),
        ("encryption-rsa", r#""RSA-OAEP""#, "algorithm_unsupported"),
        ("known-elsewhere-rs256", r#""RS256""#, "algorithm_mismatch"),
        ("known-elsewhere-eddsa", r#""EdDSA""#, "algorithm_mismatch"),
        ("null", "null", "header_malformed"),
        ("number", "256", "header_malformed"),
        ("true", "true", "header_malformed"),
        ("array", r#"["HS256"]"#, "header_malformed"),
        ("object", r#"{"HS256":1}"#, "header_malformed"),
    ] {
        let header = format!(r#"{{"alg":{alg}}}"#);
        let input = signing_input(&header, &good);
        book.verify(&format!("unknown-alg/{name}/empty-signature"), format!("{input}.")).refused(expected);
        let token = book.hs256(&header, &good);
        book.verify(&format!("unknown-alg/{name}/genuine-hmac"), token).refused(expected);
    }
    let input = signing_input(r#"{"typ":"JWT"}"#, &good);
    book.verify("unknown-alg/absent/empty-signature", format!("{input}.")).refused("algorithm_missing");
    let token = book.hs256(r#"{"typ":"JWT"}"#, &good);
    book.verify("unknown-alg/absent/genuine-hmac", token).refused("algorithm_missing");
    let token = book.hs256(r#"{"Alg":"HS256"}"#, &good);
    book.verify("unknown-alg/name-in-other-case", token).refused("algorithm_missing");
}
