//! The command line of all examples.

use std::error::Error;
use std::net::SocketAddr;

/// The address to listen on, and the issuer, audience and keys of accepted tokens.
pub(crate) struct Arguments {
    /// The content of the key file: a JWK, a JWK set or public keys in PEM.
    pub(crate) keys: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) listen: SocketAddr,
}

const ALLOWED: &str = "allowed: --keys FILE, --iss ISSUER, --aud AUDIENCE, --listen ADDRESS:PORT";

impl Arguments {
    /// Reads the arguments of this process.
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let mut keys = None;
        let mut issuer = "https://id.example".to_owned();
        let mut audience = "orders-api".to_owned();
        let mut listen = "127.0.0.1:3000".to_owned();
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} has no value; {ALLOWED}"))?;
            match name.as_str() {
                "--keys" => keys = Some(std::fs::read(&value).map_err(|error| format!("{value}: {error}"))?),
                "--iss" => issuer = value,
                "--aud" => audience = value,
                "--listen" => listen = value,
                _ => return Err(format!("{name} is unknown; {ALLOWED}").into()),
            }
        }
        let keys = keys.ok_or_else(|| format!("--keys is missing; {ALLOWED}"))?;
        let listen = listen.parse().map_err(|_| {
            format!("--listen {listen} is not an address; allowed: ADDRESS:PORT, such as 127.0.0.1:3000")
        })?;
        Ok(Self { keys, issuer, audience, listen })
    }
}
