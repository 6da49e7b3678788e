//! Who is asked, how each is started, and how it is set up.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

pub struct Peer {
    pub name: &'static str,
    /// What its package is called where.
    pub package: &'static str,
    program: Program,
    pub clock: Clock,
    /// How it is set up, in words.
    pub settings: &'static str,
}

enum Program {
    /// The program `peer`, as that peer.
    Crate,
    Python(&'static str),
    Node(&'static str),
}

/// Where a peer has its time from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The question's, as one of the peer's own settings.
    Setting,
    /// That of its process, which is set from outside.
    Process,
}

pub const ALL: [Peer; 6] = [
    Peer {
        name: "jsonwebtoken",
        package: "crate, provider aws-lc",
        program: Program::Crate,
        clock: Clock::Process,
        settings: "`Validation` for the key's one algorithm; `exp`, and `iss`, `aud`, `sub` where they are expected, set and required; \
            `validate_nbf`; no leeway but the policy's. The claims are read into a struct with the types of RFC 7519. A key set is \
            a `JwkSet`, asked for the header's `kid`. No setting: `typ`, maximum age, required `jti`",
    },
    Peer {
        name: "jwt-simple",
        package: "crate, `pure-rust`",
        program: Program::Crate,
        clock: Clock::Setting,
        settings: "`VerificationOptions`: issuers, audiences, subject, `typ` as the policy has them; nothing from the future; tolerance \
            0 but for the policy's leeway. One key; if it has a `kid`, that is required. No setting: required `exp` or `jti`, key sets",
    },
    Peer {
        name: "jwt-compact",
        package: "crate, `p256`",
        program: Program::Crate,
        clock: Clock::Setting,
        settings: "`validate_expiration`, and `validate_maturity` where there is an `nbf`; no leeway but the policy's. `iss`, `aud`, `sub` are \
            the caller's: read into a struct with the types of RFC 7519, then compared. \
            One key. No setting: `typ`, maximum age, required `jti`, key sets",
    },
    Peer {
        name: "josekit",
        package: "crate, OpenSSL 3",
        program: Program::Crate,
        clock: Clock::Setting,
        settings: "`JwtPayloadValidator`: issuer, audience, subject; base time and latest time of issue are the question's. A key set is a \
            `JwkSet`, asked for the header's `kid`. No setting: required `exp` or `jti`, `typ`, leeway, several issuers or audiences",
    },
    Peer {
        name: "PyJWT",
        package: "PyPI",
        program: Program::Python("pyjwt.py"),
        clock: Clock::Process,
        settings: "`decode` with the key's one algorithm, issuer, audience, subject; `require` of `exp` and of all that is expected; \
            `enforce_minimum_key_length`; no leeway but the policy's. `strict_aud` stays off, as it refuses lists that RFC 7519 allows. \
            A key set is a `PyJWKSet`, asked for the header's `kid`. No setting: `typ`, maximum age",
    },
    Peer {
        name: "jose",
        package: "npm",
        program: Program::Node("jose.mjs"),
        clock: Clock::Setting,
        settings: "`jwtVerify` with the keys' algorithms, issuer, audience, subject, `typ`, `maxTokenAge`; `requiredClaims` with `exp` and \
            all that is expected; no tolerance but the policy's. A key set is `createLocalJWKSet`",
    },
];

/// Times that a process's clock can be set to.
const SETTABLE: std::ops::Range<u64> = 1..1 << 31;

impl Peer {
    /// What starts it; at a time, if its time is that of its process. `None` if no clock can be set to that.
    pub fn command(&self, now: u64) -> Option<Command> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (program, argument) = match self.program {
            Program::Crate => (named("GLOWBAND_PEER", "peer"), self.name.into()),
            Program::Python(script) => (named("GLOWBAND_PYTHON", "python3"), folder.join(script).into_os_string()),
            Program::Node(script) => ("node".into(), folder.join(script).into_os_string()),
        };
        let mut command = match self.clock {
            Clock::Setting => Command::new(program),
            Clock::Process if !SETTABLE.contains(&now) => return None,
            Clock::Process => {
                let mut command = Command::new(program);
                // The library without its wrapper, which stumbles over what other processes left behind.
                command.env("LD_PRELOAD", faketime()).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
                command.env("FAKETIME_FMT", "%s").env("FAKETIME", now.to_string());
                command
            }
        };
        command.arg(argument);
        Some(command)
    }
}

/// The program that the environment names.
fn named(variable: &str, otherwise: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| otherwise.into())
}

/// The library that the Debian package `libfaketime` has; a name that says what is missing, otherwise.
fn faketime() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut found = folders.map(|entry| entry.path().join("faketime/libfaketime.so.1")).filter(|path| path.exists());
    found.next().unwrap_or_else(|| PathBuf::from("libfaketime.so.1"))
}
