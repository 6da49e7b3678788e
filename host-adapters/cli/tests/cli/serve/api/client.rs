//! A server for one test, and requests to it as browsers, native clients and services send them.

use crate::program::Folder;
use crate::serve::process::Server;
use crate::serve::wire::{Answer, connect, exchange, read};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::SocketAddr;

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(super) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
/// `orders` with the secret of [`Api::with_callers`].
pub(super) const CALLER: &str = "Basic b3JkZXJzOmEgc2VjcmV0IG9mIDMyIGJ5dGVzIGFuZCBzb21lIG1vcmU=";

/// A running server in a folder of its own.
pub(super) struct Api {
    pub(super) server: Server,
    pub(super) address: SocketAddr,
    pub(super) folder: Folder,
}

impl Api {
    /// Starts a server with cheap password hashes and these additional flags.
    pub(super) fn start(flags: &[&str]) -> Self {
        Self::start_in(Folder::new(), flags)
    }

    pub(super) fn start_in(folder: Folder, flags: &[&str]) -> Self {
        let mut all = vec!["--argon2-memory", "7MiB", "--argon2-iterations", "5"];
        if !flags.contains(&"--registrations-per-address") {
            all.extend_from_slice(&["--registrations-per-address", "9999/1h"]);
        }
        all.extend_from_slice(flags);
        let server = Server::start(&folder, &all);
        let address = server.address();
        Self { server, address, folder }
    }

    /// Starts a server with a service that may introspect, and with scopes.
    pub(super) fn with_callers(flags: &[&str]) -> Self {
        let folder = Folder::new();
        folder.file("caller", "a secret of 32 bytes and some more");
        private(&folder.path("caller"));
        let settings = "scopes = [\"orders:read\", \"orders:write\"]\n\
                        personal-token-scopes = [\"orders:read\", \"orders:write\", \"backup\"]\n\
                        [[callers]]\nid = \"orders\"\nsecret-file = \"caller\"\n";
        let file = folder.file("settings.toml", settings);
        let mut all = vec!["--config", &file];
        all.extend_from_slice(flags);
        Self::start_in(folder, &all)
    }

    /// Returns the origin of the server.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    #[track_caller]
    pub(super) fn send(&self, ask: &Ask) -> Answer {
        let Ask { method, path, headers, body } = ask;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || matches!(*method, "POST") {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text = text + "\r\n" + body;
        if *method == "HEAD" { head(connect(self.address), &text) } else { exchange(connect(self.address), &text) }
    }

    /// Sends a request and asserts the status.
    #[track_caller]
    pub(super) fn expect(&self, status: u16, ask: &Ask) -> Answer {
        let answer = self.send(ask);
        assert_eq!(answer.status, status, "{ask:?}: {answer:?}");
        answer
    }

    /// Sends a request and asserts the problem document.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, name: &str, ask: &Ask) -> Answer {
        let answer = self.expect(status, ask);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let told = told(&answer);
        assert_eq!((told["name"].as_str(), told["status"].as_u64()), (Some(name), Some(status.into())), "{answer:?}");
        assert_eq!(told["type"], "about:blank");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{answer:?}");
        answer
    }

    /// Registers an account as a native client and returns its tokens.
    #[track_caller]
    pub(super) fn register(&self, email: &str) -> Value {
        let body = json!({"email": email, "password": PASSWORD});
        told(&self.expect(201, &post("/auth/register", &body).native()))
    }

    /// Logs in as a native client.
    #[track_caller]
    pub(super) fn login(&self, email: &str) -> Value {
        told(&self.expect(200, &post("/auth/login", &json!({"email": email, "password": PASSWORD})).native()))
    }

    /// Logs in as a browser. Returns the tokens and the refresh token in the cookie.
    #[track_caller]
    pub(super) fn login_in_browser(&self, email: &str) -> (Value, String) {
        let ask = post("/auth/login", &json!({"email": email, "password": PASSWORD})).browser(&self.origin());
        let answer = self.expect(200, &ask);
        (told(&answer), cookie(&answer))
    }
}

/// Reads the answer to a `HEAD`, which has a Content-Length but no body.
#[track_caller]
fn head(mut stream: impl Read + Write, request: &str) -> Answer {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let lines = answer.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("content-length"));
    read(lines.collect::<String>().as_bytes())
}

/// Writes a secret to a file that only its owner can read.
pub(super) fn private(path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A request that is being made.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Ask {
    pub(super) fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub(super) fn header(mut self, (name, value): (&str, &str)) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub(super) fn native(self) -> Self {
        self.header(("Glowband-Client", "native"))
    }

    pub(super) fn browser(self, origin: &str) -> Self {
        self.header(("Glowband-Client", "browser")).header(("Origin", origin)).header(("Sec-Fetch-Site", "same-origin"))
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.header(("Authorization", &format!("Bearer {token}")))
    }

    pub(super) fn cookie(self, token: &str) -> Self {
        self.header(("Cookie", &format!("__Host-gb_refresh={token}")))
    }

    pub(super) fn caller(self) -> Self {
        self.header(("Authorization", CALLER))
    }
}

pub(super) fn get(path: &str) -> Ask {
    Ask::new("GET", path)
}

pub(super) fn delete(path: &str) -> Ask {
    Ask::new("DELETE", path)
}

/// A `POST` of JSON.
pub(super) fn post(path: &str, body: &Value) -> Ask {
    Ask::new("POST", path).header(JSON).body(&body.to_string())
}

/// A `POST` without a body.
pub(super) fn empty_post(path: &str) -> Ask {
    Ask::new("POST", path)
}

/// A `POST` of one token as a form.
pub(super) fn form(path: &str, token: &str) -> Ask {
    Ask::new("POST", path).header(FORM).body(&format!("token={token}"))
}

/// A refresh by a native client.
pub(super) fn refresh(token: &str) -> Ask {
    post("/auth/refresh", &json!({"refresh_token": token})).native()
}

#[track_caller]
pub(super) fn told(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[track_caller]
pub(super) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// Returns the refresh token in the cookie of an answer, and asserts the attributes of the cookie.
#[track_caller]
pub(super) fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer:?}"));
    let (pair, attributes) = set.split_once("; ").unwrap();
    let (age, attributes) = attributes.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; HttpOnly; Secure; SameSite=Strict");
    assert!(age.strip_prefix("Max-Age=").is_some_and(|age| age.parse::<u64>().is_ok_and(|age| age > 0)), "{set}");
    pair.strip_prefix("__Host-gb_refresh=").unwrap().to_owned()
}

/// Returns whether an answer deletes the cookie.
pub(super) fn clears_the_cookie(answer: &Answer) -> bool {
    answer.header("set-cookie") == Some("__Host-gb_refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict")
}
