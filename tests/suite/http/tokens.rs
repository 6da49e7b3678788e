//! An issuer with a key pair on disk, and tokens that the command signs with it.

use crate::cli::program::{file, glowband};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) const ISSUER: &str = "https://id.example";
pub(super) const AUDIENCE: &str = "orders-api";

/// A new ES256 key pair.
pub(super) struct Issuer {
    private: PathBuf,
    /// The public half as a JWK.
    pub(super) public: PathBuf,
}

impl Issuer {
    pub(super) fn new(name: &str) -> Self {
        let private = file(&format!("{name}.private.jwk"), "");
        std::fs::remove_file(&private).expect("it was just written");
        let made = glowband(&["keys", "generate", "--out", &private.to_string_lossy()], "");
        assert_eq!(made.code, 0, "{}", made.err);
        Self { public: file(&format!("{name}.public.jwk"), &made.out), private }
    }

    /// A token for alice with this scope, good for ten minutes.
    pub(super) fn sign(&self, scope: &str) -> String {
        self.sign_claims(
            &json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": scope}),
            &["--expires-in", "10m"],
        )
    }

    /// A token with these claims, and what else the flags of `sign` say.
    pub(super) fn sign_claims(&self, claims: &Value, flags: &[&str]) -> String {
        self.sign_typed("at+jwt", claims, flags)
    }

    /// A token of another type.
    pub(super) fn sign_typed(&self, typ: &str, claims: &Value, flags: &[&str]) -> String {
        self.sign_text_typed(typ, &claims.to_string(), flags)
    }

    /// A token with claims that are written as they are.
    pub(super) fn sign_text(&self, claims: &str, flags: &[&str]) -> String {
        self.sign_text_typed("at+jwt", claims, flags)
    }

    fn sign_text_typed(&self, typ: &str, claims: &str, flags: &[&str]) -> String {
        let key = self.private.to_string_lossy();
        let arguments = [&["sign", "--key", &key, "--typ", typ, "--claims", claims], flags].concat();
        let signed = glowband(&arguments, "");
        assert_eq!(signed.code, 0, "{}", signed.err);
        signed.out.trim().to_owned()
    }

    /// A token of an issuer by another name, good for ten minutes.
    pub(super) fn sign_as(&self, iss: &str, aud: &str, more: &Value) -> String {
        let mut claims = json!({"iss": iss, "aud": aud, "sub": "alice"});
        let all = claims.as_object_mut().expect("an object");
        all.extend(more.as_object().expect("an object").clone());
        self.sign_claims(&claims, &["--expires-in", "10m"])
    }

    /// The private half as a JWK, for a foreign signer.
    pub(super) fn private_jwk(&self) -> Value {
        let text = std::fs::read_to_string(&self.private).expect("it was written");
        serde_json::from_str(&text).expect("a JWK")
    }
}
