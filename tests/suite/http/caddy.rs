//! The documented Caddyfile, in a real Caddy, between a real client and a service that says what it was told.

use super::client::{get, get_with};
use super::forward_auth::{gate, policy};
use super::nginx::{free_address, replaced, service};
use super::tokens::{AUDIENCE, ISSUER, Issuer};
use super::wanted;
use serde_json::json;
use std::env;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DOCUMENTED: &str = include_str!("../../../host-adapters/cli/forward-auth/Caddyfile");

#[test]
fn the_documented_site_guards_a_service() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("caddy");
    let gate = gate(&policy("caddy", &issuer.public, "realm = \"orders\""));
    let caddy = Caddy::start(gate.address, service());
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": "orders:read", "jti": "t-1"});
    let good = issuer.sign_claims(&claims, &["--expires-in", "10m"]);

    let answer = get(caddy.address, "/orders/7", &[]);
    assert_eq!((answer.status, answer.header("WWW-Authenticate").as_deref()), (401, Some("Bearer realm=\"orders\"")));
    let answer = get_with(caddy.address, "/orders/7", &issuer.sign("users:read"));
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.header("WWW-Authenticate").unwrap_or_default().contains("insufficient_scope"), "{answer:?}");
    // The client's own query names no scopes.
    let answer = get_with(caddy.address, "/orders/7?scope=users:read", &issuer.sign("users:read"));
    assert_eq!(answer.status, 403, "{answer:?}");

    // Headers that only the gate may set come from outside, in any case and with underscores.
    let bearer = format!("Bearer {good}");
    let outside = [
        ("Authorization", bearer.as_str()),
        ("x-auth-subject", "admin"),
        ("X-Auth-Client", "root"),
        ("X-Auth-Scope", "all"),
        ("X_Auth_Subject", "admin"),
        ("X-Auth-Invented", "root"),
    ];
    let answer = get(caddy.address, "/orders/7?scope=none", &outside);
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.body.to_lowercase();
    assert!(told.contains("get /orders/7?scope=none"), "{told}");
    for line in [
        "x-auth-subject: alice",
        "x-auth-scope: orders:read",
        "x-auth-token-id: t-1",
        "x-auth-issuer: https://id.example",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    for word in ["admin", "root", "x-auth-scope: all", "x_auth", "x-auth-invented"] {
        assert!(!told.contains(word), "{word}: {told}");
    }

    // A service's own 403 is not the gate's.
    let answer = get_with(caddy.address, "/orders/forbidden", &good);
    assert_eq!((answer.status, answer.body.as_str()), (403, "not yours\n"));

    let mut refused = 0;
    for index in (0..good.len()).step_by(7) {
        let mut forged = good.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        let answer = get_with(caddy.address, "/orders/7", std::str::from_utf8(&forged).expect("ascii"));
        assert_eq!(answer.status, 401, "byte {index}");
        refused += 1;
    }
    println!("counted: Caddy: {refused} forged tokens refused, 1 genuine one let through");

    let groups: Vec<_> = (0..1_500).map(|number| format!("/company/department-{number:05}")).collect();
    let large = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": "orders:read", "groups": groups});
    let large = issuer.sign_claims(&large, &["--expires-in", "10m"]);
    let answer = get_with(caddy.address, "/orders/7", &large);
    assert_eq!(answer.status, 200, "a token of {} bytes: {answer:?}", large.len());
    println!("counted: Caddy: a token of {} bytes let through", large.len());

    drop(gate);
    let answer = get_with(caddy.address, "/orders/7", &good);
    assert_eq!(answer.status, 502, "without the gate nothing gets through: {answer:?}");
}

struct Caddy {
    child: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Caddy {
    /// Starts a Caddy of our own, with the documented site and addresses of ours in place of the documented ones.
    fn start(gate: SocketAddr, service: SocketAddr) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("caddy-{}-{}", std::process::id(), gate.port()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let address = free_address();
        let site = replaced(&replaced(DOCUMENTED, "127.0.0.1:9190", gate), "127.0.0.1:8081", service);
        assert!(site.contains("\n:8080 {"), "the documented site listens elsewhere");
        let site = site.replace("\n:8080 {", &format!("\n:{} {{", address.port()));
        // Caddy's own listener for administrators is no part of the sample.
        assert!(site.contains("\n{\n\tservers {"), "the documented file has no global options");
        let site = site.replacen("\n{\n", "\n{\n\tadmin off\n\tpersist_config off\n", 1);
        let file = folder.join("Caddyfile");
        std::fs::write(&file, site).expect("a file");
        let log = std::fs::File::create(folder.join("log")).expect("a file");
        let program = env::var_os("GLOWBAND_CADDY").unwrap_or_else(|| "caddy".into());
        let mut command = Command::new(program);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).current_dir(&folder);
        command.env("HOME", &folder).env("XDG_DATA_HOME", &folder).env("XDG_CONFIG_HOME", &folder);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let child = child.unwrap_or_else(|error| panic!("caddy: {error}; `cargo checks --setup http` brings it"));
        let mut caddy = Self { child, folder, address };
        caddy.wait_until_it_listens();
        caddy
    }

    fn wait_until_it_listens(&mut self) {
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(self.address).is_err() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(self.child.try_wait().expect("it can be asked").is_none(), "Caddy ended: {log}");
            assert!(Instant::now() < until, "Caddy does not listen: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
