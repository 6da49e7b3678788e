//! The example service as a process: it mounts the login routes beside a route of its own.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The running example, and its data folder, which is deleted at the end.
struct Service {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    address: String,
    folder: PathBuf,
}

impl Service {
    /// Starts the example with a data folder of this name.
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("glowband-embedded-{name}-{}", std::process::id()));
        // `cargo test -p glowband-server` builds examples before it runs tests, into a folder beside theirs; for this test
        // alone, `cargo build --example service` does.
        let test = std::env::current_exe().unwrap();
        let example =
            test.ancestors().nth(2).unwrap().join("examples/service").with_extension(std::env::consts::EXE_EXTENSION);
        let mut process = Command::new(&example)
            .arg("127.0.0.1:0")
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", example.display()));
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { process, output, address, folder }
    }

    /// Sends a request. Returns the status and the body.
    fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        if let Some(token) = token {
            request.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        if !body.is_empty() {
            let length = body.len();
            request.push_str(&format!(
                "Glowband-Client: native\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
            ));
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request}\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{head}"));
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_service_registers_logs_in_guards_its_own_route_and_refreshes() {
    let service = Service::start("cycle");
    let (status, _) = service.send("GET", "/orders", None, None);
    assert_eq!(status, 401, "the own route is guarded");

    let user = json!({"email": "jane@example.org", "password": "correct horse battery"});
    let (status, registered) = service.send("POST", "/auth/register", None, Some(&user));
    assert_eq!(status, 201, "{registered}");
    let (status, login) = service.send("POST", "/auth/login", None, Some(&user));
    assert_eq!(status, 200, "{login}");
    let access = login["access_token"].as_str().unwrap();

    let (status, orders) = service.send("GET", "/orders", Some(access), None);
    assert_eq!((status, &orders["orders"][0]), (200, &json!("two lamps")));
    let (status, me) = service.send("GET", "/auth/me", Some(access), None);
    assert_eq!((status, &me["email"], &me["id"]), (200, &json!("jane@example.org"), &orders["user"]));
    let (status, _) = service.send("GET", "/orders", Some(&format!("{access}x")), None);
    assert_eq!(status, 401, "a changed token is refused");

    let (status, next) =
        service.send("POST", "/auth/refresh", None, Some(&json!({"refresh_token": login["refresh_token"]})));
    assert_eq!(status, 200, "{next}");
    assert_ne!(next["refresh_token"], login["refresh_token"]);
    let (status, _) = service.send("GET", "/orders", next["access_token"].as_str(), None);
    assert_eq!(status, 200);

    // What belongs to a server that stands alone is not mounted.
    for path in ["/", "/docs", "/metrics", "/healthz"] {
        assert_eq!(service.send("GET", path, None, None).0, 404, "{path}");
    }
    let (status, keys) = service.send("GET", "/.well-known/jwks.json", None, None);
    assert_eq!((status, keys["keys"].as_array().map(Vec::len)), (200, Some(1)));
}

#[test]
fn attempts_to_log_in_are_counted_by_the_address_of_the_client() {
    let folder = std::env::temp_dir().join(format!("glowband-embedded-limit-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use axum::body::Body;
        use axum::extract::ConnectInfo;
        use axum::http::Request;
        use std::net::SocketAddr;
        use tower::ServiceExt as _;

        let settings = glowband_server::Settings::builder()
            .set("public-url", "https://id.example")
            .set("data", folder.to_str().unwrap())
            .set("registrations-per-address", "1/1h")
            .build()
            .unwrap();
        let server = glowband_server::Server::open(settings).await.unwrap();
        let register = async |client: &str, email: &str| {
            let client: SocketAddr = client.parse().unwrap();
            let body = json!({"email": email, "password": "correct horse battery"}).to_string();
            let request = Request::post("/auth/register")
                .header("Glowband-Client", "native")
                .header("Content-Type", "application/json")
                .extension(ConnectInfo(client))
                .body(Body::from(body))
                .unwrap();
            server.router().oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!(register("192.0.2.1:1", "a@example.org").await, 201);
        assert_eq!(register("192.0.2.1:2", "b@example.org").await, 429);
        assert_eq!(register("192.0.2.2:1", "b@example.org").await, 201);
        let background = server.start_background();
        background.reload_keys().await;
        background.shutdown().await;
    });
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn a_service_ends_in_order() {
    let mut service = Service::start("end");
    let told = Command::new("kill").args(["-INT", &service.process.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(service.process.wait().unwrap().success());
    let mut rest = String::new();
    service.output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "ended\n");
}
