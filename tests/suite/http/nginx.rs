//! The documented nginx configuration, in a real nginx, between a real client and a service that says what it was told.

use super::client::{get, get_with};
use super::forward_auth::{gate, policy};
use super::tokens::{AUDIENCE, ISSUER, Issuer};
use super::wanted;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DOCUMENTED: &str = include_str!("../../../host-adapters/cli/forward-auth/nginx.conf");

#[test]
fn one_location_block_guards_a_service() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("nginx");
    let gate = gate(&policy("nginx", &issuer.public, "realm = \"orders\""));
    let nginx = Nginx::start(gate.address, service());
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "scope": "orders:read", "jti": "t-1"});
    let good = issuer.sign_claims(&claims, &["--expires-in", "10m"]);

    let answer = get(nginx.address, "/orders/7", &[]);
    assert_eq!((answer.status, answer.header("WWW-Authenticate").as_deref()), (401, Some("Bearer realm=\"orders\"")));

    let answer = get_with(nginx.address, "/orders/7", &issuer.sign("users:read"));
    assert_eq!(answer.status, 403);
    assert!(answer.header("WWW-Authenticate").unwrap_or_default().contains("insufficient_scope"), "{answer:?}");

    // Headers that only the gate may set come from outside, in any case; so does a scope in the client's own query.
    let bearer = format!("Bearer {good}");
    let outside = [
        ("Authorization", bearer.as_str()),
        ("x-auth-subject", "admin"),
        ("X-Auth-Client", "root"),
        ("X-Auth-Scope", "all"),
    ];
    let answer = get(nginx.address, "/orders/7?scope=none", &outside);
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
    for word in ["admin", "root", "x-auth-client", "x-auth-scope: all"] {
        assert!(!told.contains(word), "{word}: {told}");
    }

    // A service's own 403 is not the gate's.
    let answer = get_with(nginx.address, "/orders/forbidden", &good);
    assert_eq!((answer.status, answer.body.as_str()), (403, "not yours\n"));

    // Good news in another manner is no way in.
    let answer = get(nginx.address, "/orders/7", &[("Content-Type", "application/grpc")]);
    assert_eq!(answer.status, 401, "{answer:?}");

    let mut refused = 0;
    for index in 0..good.len() {
        let mut forged = good.clone().into_bytes();
        forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
        // The last character of the signature holds two bits only; some changes of it are no encoding at all.
        let answer = get_with(nginx.address, "/orders/7", std::str::from_utf8(&forged).expect("ascii"));
        assert_eq!(answer.status, 401, "byte {index}");
        refused += 1;
    }
    println!("counted: nginx: {refused} forged tokens refused, 1 genuine one let through");

    drop(gate);
    assert_eq!(get_with(nginx.address, "/orders/7", &good).status, 500, "without the gate nothing gets through");
}

/// The block's buffers hold what the gate's default limits let through.
#[test]
fn a_token_with_large_claims_gets_through() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("nginx-large");
    let gate = gate(&policy("nginx-large", &issuer.public, ""));
    let nginx = Nginx::start(gate.address, service());
    for (scopes, groups) in [(300, 0), (600, 200), (2_500, 0), (0, 1_500), (1_200, 700)] {
        let scope: Vec<_> = (0..scopes).map(|number| format!("orders:area-{number:05}")).collect();
        let groups: Vec<_> = (0..groups).map(|number| format!("/company/department-{number:05}")).collect();
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "groups": groups,
            "scope": format!("orders:read {}", scope.join(" ")),
        });
        let token = issuer.sign_claims(&claims, &["--expires-in", "10m"]);
        let answer = get_with(nginx.address, "/orders/7", &token);
        assert_eq!(answer.status, 200, "a token of {} bytes: {answer:?}", token.len());
        let last = scope.last().map_or("orders:read", String::as_str);
        assert!(answer.body.to_lowercase().contains(&format!("{last}\n")), "a token of {} bytes", token.len());
        println!("counted: nginx: a token of {} bytes let through", token.len());
    }
}

/// A service that answers with the head of the request it got.
pub(super) fn service() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(answer(stream))));
    address
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut head = String::new();
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        head.push_str(&line);
        head.push('\n');
    }
    if head.starts_with("GET /orders/forbidden ") {
        return stream
            .write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nConnection: close\r\n\r\nnot yours\n");
    }
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{head}", head.len())
}

struct Nginx {
    child: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Nginx {
    /// Starts an nginx of our own, with the documented block and the two addresses in place of the documented ones.
    fn start(gate: SocketAddr, service: SocketAddr) -> Self {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("nginx-{}-{}", std::process::id(), gate.port()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let address = free_address();
        let block = replaced(&replaced(DOCUMENTED, "127.0.0.1:9190", gate), "127.0.0.1:8081", service);
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("    {kind}_temp_path {}/{kind};\n", folder.display()))
            .concat();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{}}\nhttp {{\n    \
             access_log off;\n{paths}    server {{\n        listen {address};\n{block}\n    }}\n}}\n",
            folder.display()
        );
        let conf = folder.join("nginx.conf");
        std::fs::write(&conf, text).expect("the configuration is written");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&folder).arg("-c").arg(&conf).arg("-e").arg(folder.join("error.log"));
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|error| panic!("nginx: {error}; `cargo checks --setup http` brings it"));
        let mut nginx = Self { child, folder, address };
        nginx.wait_until_it_listens();
        nginx
    }

    fn wait_until_it_listens(&mut self) {
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(self.address).is_err() {
            let log = std::fs::read_to_string(self.folder.join("error.log")).unwrap_or_default();
            assert!(self.child.try_wait().expect("it can be asked").is_none(), "nginx ended: {log}");
            assert!(Instant::now() < until, "nginx does not listen: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The text with every documented address replaced; it must be there.
pub(super) fn replaced(text: &str, documented: &str, real: SocketAddr) -> String {
    assert!(text.contains(documented), "the documented configuration does not name {documented}");
    text.replace(documented, &real.to_string())
}

pub(super) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}
