//! `glowband serve`, and what a native client says to it.

use crate::conversation::{Answer, Conversation, member};
use crate::load::{Spoken, Talk, say};
use crate::random::Random;
use crate::server::Server;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::path::Path;
use std::process::Command;
use tokio::runtime::Runtime;

/// What refresh tokens are made with, in the server and in what fills its database.
pub const REFRESH_SECRET: [u8; 32] = [0x5e; 32];

/// The program that `cargo checks bench-sessions` has built.
pub fn program() -> Command {
    let path = std::env::var_os("GLOWBAND").expect("GLOWBAND says where the program is that is measured");
    Command::new(path)
}

/// Serves from a folder, on a database of its own choice or on that of the URL.
pub fn serve(folder: &Path, database: Option<&str>) -> Server {
    let secret = format!("1 {}", Base64UrlUnpadded::encode_string(&REFRESH_SECRET));
    let mut command = program();
    command.arg("serve").env("GLOWBAND_LISTEN", "127.0.0.1:0").env("GLOWBAND_DATA", folder);
    // All logins come from one address here, and are meant to.
    for limit in ["LOGIN_ATTEMPTS_PER_ACCOUNT", "LOGIN_ATTEMPTS_PER_ADDRESS", "REGISTRATIONS_PER_ADDRESS"] {
        command.env(format!("GLOWBAND_{limit}"), "1000000/1m");
    }
    // A run takes longer than ten minutes.
    command.env("GLOWBAND_ACCESS_TOKEN_LIFETIME", "1h").env("GLOWBAND_FORWARD_AUTH", "true");
    command.env("GLOWBAND_REFRESH_SECRET", secret).env("GLOWBAND_LOG", "warn");
    if let Some(url) = database {
        command.env("GLOWBAND_DATABASE", url);
    }
    Server::start(command)
}

const PASSWORD: &str = "correct horse battery staple";
const NATIVE: &str = "Glowband-Client: native";

fn json(line: &'static str, body: String) -> Spoken {
    Spoken { line, headers: vec![NATIVE.to_owned()], body }
}

/// Makes an account.
pub struct Register(pub String);

impl Talk for Register {
    fn request(&mut self) -> Spoken {
        json("POST /auth/register", format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, self.0))
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        if matches!(answer.status, 200 | 201) { Ok(()) } else { Err("it should have registered".to_owned()) }
    }
}

/// Logs in again and again; the tokens of the last login are kept.
pub struct Login {
    email: String,
    access: String,
    refresh: String,
}

impl Login {
    pub fn of(email: &str) -> Self {
        Self { email: email.to_owned(), access: String::new(), refresh: String::new() }
    }
}

impl Talk for Login {
    fn request(&mut self) -> Spoken {
        json("POST /auth/login", format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, self.email))
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        let tokens = (member(answer.body, "access_token"), member(answer.body, "refresh_token"));
        let (200, (Some(access), Some(refresh))) = (answer.status, tokens) else {
            return Err("it should have logged in".to_owned());
        };
        (self.access, self.refresh) = (access.to_owned(), refresh.to_owned());
        Ok(())
    }
}

/// Rotates one of its sessions after another, in a random order.
pub struct Refresh {
    tokens: Vec<String>,
    chosen: usize,
    random: Random,
}

impl Refresh {
    pub fn of(tokens: Vec<String>) -> Self {
        Self { tokens, chosen: 0, random: Random::new() }
    }
}

impl Talk for Refresh {
    fn request(&mut self) -> Spoken {
        self.chosen = self.random.below(self.tokens.len());
        json("POST /auth/refresh", format!(r#"{{"refresh_token":"{}"}}"#, self.tokens[self.chosen]))
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        let (200, Some(next)) = (answer.status, member(answer.body, "refresh_token")) else {
            return Err("it should have refreshed".to_owned());
        };
        if next == self.tokens[self.chosen] {
            return Err("the same token came back".to_owned());
        }
        next.clone_into(&mut self.tokens[self.chosen]);
        Ok(())
    }
}

/// Asks something with the access tokens of its sessions.
pub struct Check {
    line: &'static str,
    headers: Vec<String>,
    random: Random,
}

impl Check {
    /// Who it is: the server looks at the token, at its session and at its user.
    pub fn me(tokens: &[String]) -> Self {
        Self::by("GET /auth/me", tokens)
    }

    /// Whether the token is good: the server looks at nothing else, as a service with a guard does.
    pub fn token(tokens: &[String]) -> Self {
        Self::by("GET /forward-auth/auth", tokens)
    }

    fn by(line: &'static str, tokens: &[String]) -> Self {
        let headers = tokens.iter().map(|token| format!("Authorization: Bearer {token}")).collect();
        Self { line, headers, random: Random::new() }
    }
}

impl Talk for Check {
    fn request(&mut self) -> Spoken {
        let header = self.headers[self.random.below(self.headers.len())].clone();
        Spoken { line: self.line, headers: vec![header], body: String::new() }
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        if matches!(answer.status, 200 | 204) { Ok(()) } else { Err("it should know the token".to_owned()) }
    }
}

/// Tokens of as many logins.
#[derive(Default)]
pub struct Tokens {
    pub access: Vec<String>,
    pub refresh: Vec<String>,
}

/// Registers accounts, and logs in so many times with each.
pub fn log_in(runtime: &Runtime, server: &Server, emails: &[String], times: usize) -> Tokens {
    let mut tokens = Tokens::default();
    runtime.block_on(async {
        let mut conversation = Conversation::start(server.address).await.expect("the server takes connections");
        for email in emails {
            say(&mut conversation, &mut Register(email.clone())).await.unwrap_or_else(|error| panic!("{error}"));
            for _ in 0..times {
                let mut login = Login::of(email);
                say(&mut conversation, &mut login).await.unwrap_or_else(|error| panic!("{error}"));
                tokens.access.push(login.access);
                tokens.refresh.push(login.refresh);
            }
        }
    });
    tokens
}
