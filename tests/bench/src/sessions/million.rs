//! `glowband serve` on a database that is full of open sessions.

use crate::contest::Contestant;
use crate::glowband::{self, REFRESH_SECRET, Refresh, Tokens};
use crate::http_figures::{ROUND, contestant, emails, shared};
use crate::population::Population;
use crate::server::Server;
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_session::RefreshKeys;
use std::path::Path;
use tokio::runtime::Runtime;

/// What a process holds in memory.
#[derive(Clone, Copy)]
pub struct Memory {
    /// All that is resident.
    pub resident: u64,
    /// Without pages of files.
    pub own: u64,
}

impl Memory {
    pub fn of(server: &Server) -> Self {
        let (resident, own) = server.memory();
        Self { resident, own }
    }
}

pub struct Million {
    server: Server,
    tokens: Vec<String>,
    /// What each session takes in the database.
    pub bytes: f64,
    /// Of the server that has just started.
    pub started: Memory,
}

impl Million {
    /// Lets the server make its tables and some accounts, fills in so many sessions of those accounts, and starts it again.
    /// Without the URL of an empty database it is a SQLite file in the folder.
    pub fn start(runtime: &Runtime, folder: &Path, url: Option<&str>, count: usize) -> Self {
        let file = folder.join("glowband.sqlite");
        let location = url.map_or_else(|| format!("sqlite:{}", file.display()), str::to_owned);
        std::fs::create_dir_all(folder).expect("the folder can be made");
        let server = glowband::serve(folder, Some(&location));
        let tokens = glowband::log_in(runtime, &server, &emails("user"), 1);
        drop(server);
        let (tokens, bytes) = runtime.block_on(async {
            let (keys, users, client) = identities(&tokens);
            let population = Population::new(count, &keys, &users, &client).await;
            match url {
                None => population.move_to_sqlite(&file).await,
                Some(url) => population.move_to_postgres(url).await,
            }
        });
        let server = glowband::serve(folder, Some(&location));
        let started = Memory::of(&server);
        Self { server, tokens, bytes, started }
    }

    /// `POST /auth/refresh` of random sessions of all. Uses up the tokens.
    pub fn refreshes<'a>(&'a mut self, runtime: &'a Runtime, database: &str) -> Contestant<'a> {
        let tokens = std::mem::take(&mut self.tokens);
        let talks = shared(&tokens, |tokens| Refresh::of(tokens.to_vec()));
        let name = format!("Glowband, {database}: POST /auth/refresh, {} sessions", tokens.len());
        contestant(runtime, &self.server, name, talks, ROUND)
    }

    /// Of the server now.
    pub fn memory(&self) -> Memory {
        Memory::of(&self.server)
    }
}

/// What the server's own tokens say: the id of the secret, the users, the client.
fn identities(tokens: &Tokens) -> (RefreshKeys, Vec<String>, String) {
    let decoded = |text: &str| Base64UrlUnpadded::decode_vec(text).expect("a token is base64url");
    let first = tokens.refresh.first().and_then(|token| token.strip_prefix("gbr_")).expect("a refresh token");
    // The second byte; the first is the version of the form.
    let keys = RefreshKeys::new(decoded(first)[1], &REFRESH_SECRET).expect("the secret is long enough");
    let claims = |token: &String| {
        let payload = token.split('.').nth(1).expect("a JWT has three parts");
        String::from_utf8(decoded(payload)).expect("JSON is text")
    };
    let claim = |token: &String, name: &str| {
        let claims = claims(token);
        crate::conversation::member(&claims, name).unwrap_or_else(|| panic!("{name} is missing: {claims}")).to_owned()
    };
    let users = tokens.access.iter().map(|token| claim(token, "sub")).collect();
    (keys, users, claim(&tokens.access[0], "client_id"))
}
