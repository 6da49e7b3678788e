//! Owners of accounts are not locked out while attackers guess their passwords, on both databases.

use super::client::{Api, Ask, PASSWORD, post, private, text, told};
use crate::program::Folder;
use serde_json::json;

const JANE: &str = "jane@example.org";
/// Settings that allow one failure from each address, and ten from all new addresses together.
const FLAGS: &[&str] = &[
    "--trusted-proxies",
    "127.0.0.1",
    "--login-attempts-per-account",
    "1/15m",
    // The issuer does not depend on the port.
    "--public-url",
    "https://id.example",
];
const HOME: &str = "198.51.100.7";
const OFFICE: &str = "198.51.100.250";
const NEW_PASSWORD: &str = "another horse battery";

fn login(from: &str, password: &str) -> Ask {
    let body = json!({"email": JANE, "password": password});
    post("/auth/login", &body).native().header(("X-Forwarded-For", from))
}

/// Sends wrong passwords until new addresses are refused.
fn besiege(api: &Api) {
    let tries = (1..100).take_while(|number| {
        let answer = api.send(&login(&format!("203.0.113.{number}"), "a wrong password"));
        assert!([401, 429].contains(&answer.status), "{answer:?}");
        answer.status == 401
    });
    assert_eq!(tries.count(), 10);
    api.refused(429, "too_many_attempts", &login("192.0.2.1", PASSWORD));
}

#[test]
fn attackers_cannot_lock_an_owner_out_after_a_registration_a_password_change_or_a_restart() {
    let mut databases = vec![None];
    databases.extend(glowband_test_postgres::wanted().map(|postgres| Some(postgres.fresh_database().unwrap())));
    for url in databases {
        let folder = Folder::new();
        let mut flags = FLAGS.to_vec();
        let file = folder.file("database-url", url.as_deref().unwrap_or_default());
        private(&file);
        if url.is_some() {
            flags.extend(["--database-url-file", &file]);
        }
        let api = Api::start_in(folder, &flags);
        let body = json!({"email": JANE, "password": PASSWORD});
        api.expect(201, &post("/auth/register", &body).native().header(("X-Forwarded-For", HOME)));
        besiege(&api);
        // The registration was the owner's only login.
        api.expect(200, &login(HOME, PASSWORD));
        api.expect(401, &login(HOME, "a wrong password"));
        api.refused(429, "too_many_attempts", &login(HOME, "a wrong password"));

        let Api { server, folder, .. } = api;
        server.end();
        let api = Api::start_in(folder, &flags);
        besiege(&api);
        let tokens = told(&api.expect(200, &login(HOME, PASSWORD)));
        api.refused(429, "too_many_attempts", &login("192.0.2.2", PASSWORD));
        let Api { server, folder, .. } = api;
        server.end();

        // A password change makes the address known, like a login.
        let api = Api::start_in(folder, &flags);
        let body = json!({"current": PASSWORD, "new": NEW_PASSWORD});
        let change = post("/auth/password", &body).bearer(&text(&tokens, "access_token"));
        api.expect(204, &change.header(("X-Forwarded-For", OFFICE)));
        let Api { server, folder, .. } = api;
        server.end();
        let api = Api::start_in(folder, &flags);
        besiege(&api);
        api.expect(200, &login(OFFICE, NEW_PASSWORD));
        api.server.end();
    }
}
