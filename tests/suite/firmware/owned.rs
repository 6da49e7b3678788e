//! A door with an owner, an issuer and the time: all by shared secrets, which are quick.

use super::emulator::Wire;
use glowband_tests::signing::{encode, hs256};

pub(crate) const OWNER: &[u8; 32] = b"the owner's secret of 32 bytes..";
pub(crate) const ISSUER: &[u8; 32] = b"an issuer's secret of 32 bytes..";

pub(crate) struct Owned {
    /// Opens the door, again and again.
    pub(crate) token: String,
    /// What it took to get here.
    pub(crate) sent: Vec<String>,
}

impl Owned {
    /// A door that has just started becomes the owner's.
    pub(crate) fn provision(wire: &mut Wire) -> Self {
        assert_eq!(wire.hear(), "READY start=1");
        let mut sent = Vec::new();
        let mut ask = |line: String| {
            let answer = wire.ask(line.as_bytes());
            sent.push(line);
            answer
        };
        let keys = jwk("a", ISSUER);
        let claims = format!(
            r#"{{"iss":"door-owner","version":1,"door":"door-42","issuer":"https://id.example","open_ms":5,"keys":[{keys}]}}"#
        );
        let order = token(OWNER, "o", "door-provision+jwt", &claims);
        assert_eq!(ask(format!("PROVISION {} {order}", jwk("o", OWNER))), "PROVISIONED door=door-42");
        let nonce = ask("NONCE".to_owned());
        let nonce = nonce.strip_prefix("NONCE ").expect("a nonce");
        let claims = format!(r#"{{"iss":"door-owner","aud":"door-42","nonce":"{nonce}","now":1700000000}}"#);
        assert_eq!(ask(token(OWNER, "o", "door-time+jwt", &claims)), "TIME 1700000000");
        let claims = r#"{"iss":"https://id.example","aud":"door-42","sub":"alice","exp":1700003600}"#;
        Self { token: token(ISSUER, "a", "JWT", claims), sent }
    }
}

fn jwk(kid: &str, secret: &[u8]) -> String {
    format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"}}"#, encode(secret))
}

fn token(secret: &[u8], kid: &str, typ: &str, claims: &str) -> String {
    hs256(secret, format!(r#"{{"alg":"HS256","typ":"{typ}","kid":"{kid}"}}"#), claims)
}
