//! Better Auth (`better-auth/server.mjs`), and what a browser says to it.

use crate::conversation::{Answer, Conversation};
use crate::load::{Spoken, Talk, say};
use crate::random::Random;
use crate::server::Server;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::runtime::Runtime;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("better-auth")
}

/// Serves on a database, a file or a URL, by so many processes.
pub fn serve(database: &str, processes: usize) -> Server {
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("there is a free port").port();
    let mut command = Command::new("node");
    command.arg("server.mjs").current_dir(folder()).env("NODE_ENV", "production");
    command.env("PORT", port.to_string()).env("DATABASE", database).env("PROCESSES", processes.to_string());
    Server::start(command)
}

/// What one password hash takes in Node, in seconds: Better Auth's scrypt, and argon2id with our parameters.
pub fn hash_times() -> (f64, f64) {
    let mut command = Command::new("node");
    let output = command.arg("hashing.mjs").current_dir(folder()).output().expect("node starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("a number of seconds"));
    let mut next = || numbers.next().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (next(), next())
}

const PASSWORD: &str = "correct horse battery staple";

/// Logs in again and again; the cookies of the last login are kept.
pub struct SignIn {
    line: &'static str,
    email: String,
    cookie: String,
}

impl SignIn {
    /// By one instance of the server.
    pub fn by(instance: Instance, email: &str) -> Self {
        let line = match instance {
            Instance::Cached => "POST /cached/sign-in/email",
            Instance::Argon2 => "POST /argon2/sign-in/email",
            Instance::Plain => "POST /plain/sign-in/email",
        };
        Self { line, email: email.to_owned(), cookie: String::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Instance {
    Plain,
    Cached,
    Argon2,
}

impl Talk for SignIn {
    fn request(&mut self) -> Spoken {
        let body = format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, self.email);
        Spoken { line: self.line, headers: Vec::new(), body }
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        let cookies = answer.head.lines().filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default())
        });
        self.cookie = cookies.collect::<Vec<_>>().join("; ");
        let good = answer.status == 200 && !self.cookie.is_empty();
        if good { Ok(()) } else { Err("it should have logged in".to_owned()) }
    }
}

/// Makes an account.
struct SignUp(Instance, String);

impl Talk for SignUp {
    fn request(&mut self) -> Spoken {
        let line = if self.0 == Instance::Argon2 { "POST /argon2/sign-up/email" } else { "POST /plain/sign-up/email" };
        let body = format!(r#"{{"name":"Ada","email":"{}","password":"{PASSWORD}"}}"#, self.1);
        Spoken { line, headers: Vec::new(), body }
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        if answer.status == 200 { Ok(()) } else { Err("it should have registered".to_owned()) }
    }
}

/// Asks for one of its sessions after another, in a random order.
pub struct GetSession {
    line: &'static str,
    cookies: Vec<String>,
    random: Random,
    renews: bool,
}

impl GetSession {
    /// Reads the session and its user; no query where the cookie holds a signed copy.
    pub fn checking(instance: Instance, cookies: &[String]) -> Self {
        if instance == Instance::Cached {
            return Self::new("GET /cached/get-session", cookies, false);
        }
        Self::new("GET /plain/get-session", &alone(cookies), false)
    }

    /// Writes a new expiry into the session, and sends the cookie again.
    pub fn renewing(cookies: &[String]) -> Self {
        Self::new("GET /renewing/get-session", &alone(cookies), true)
    }

    fn new(line: &'static str, cookies: &[String], renews: bool) -> Self {
        let cookies = cookies.iter().map(|cookie| format!("Cookie: {cookie}")).collect();
        Self { line, cookies, random: Random::new(), renews }
    }
}

impl Talk for GetSession {
    fn request(&mut self) -> Spoken {
        let cookie = self.cookies[self.random.below(self.cookies.len())].clone();
        Spoken { line: self.line, headers: vec![cookie], body: String::new() }
    }

    fn hear(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        let sent_again = answer.head.contains("session_token=");
        let good = answer.status == 200 && answer.body.contains('@') && sent_again == self.renews;
        if good { Ok(()) } else { Err("it should have found the session".to_owned()) }
    }
}

/// The cookies of the sessions without the copies.
fn alone(cookies: &[String]) -> Vec<String> {
    cookies.iter().map(|cookie| cookie.split("; ").next().unwrap_or_default().to_owned()).collect()
}

/// Registers accounts with one instance, and logs in so many times with each; the cookies.
pub fn log_in(runtime: &Runtime, server: &Server, instance: Instance, emails: &[String], times: usize) -> Vec<String> {
    let mut cookies = Vec::new();
    runtime.block_on(async {
        let mut conversation = Conversation::start(server.address).await.expect("the server takes connections");
        for email in emails {
            let mut sign_up = SignUp(instance, email.clone());
            say(&mut conversation, &mut sign_up).await.unwrap_or_else(|error| panic!("{error}"));
            for _ in 0..times {
                let mut sign_in = SignIn::by(instance, email);
                say(&mut conversation, &mut sign_in).await.unwrap_or_else(|error| panic!("{error}"));
                cookies.push(sign_in.cookie);
            }
        }
    });
    cookies
}
