//! Keys from an address: `--jwks https://…`, `keys show https://…`, and the gate's `[keys]`.

use crate::program::{Folder, command, run, run_command, run_with};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A web server with one path per answer. Its certificate has the form that `openssl req -x509` creates.
struct Web {
    port: u16,
    secure: bool,
    heads: Arc<Mutex<Vec<String>>>,
    root: String,
}

/// Path, head after the status line, body, and a pause before them. Answers of one path are given in turn, the last one for ever.
type Answers = Vec<(&'static str, &'static str, String, Duration)>;

impl Web {
    fn https(answers: Answers) -> Self {
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pair = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&pair).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(pair.serialize_der()).into())
            .unwrap();
        Self::run(Some(Arc::new(config)), certificate.pem(), answers)
    }

    fn plain(answers: Answers) -> Self {
        Self::run(None, String::new(), answers)
    }

    fn plain_at(port: u16, answers: Answers) -> Self {
        Self::run_at(port, None, String::new(), answers)
    }

    fn run(config: Option<Arc<ServerConfig>>, root: String, answers: Answers) -> Self {
        Self::run_at(0, config, root, answers)
    }

    fn run_at(port: u16, config: Option<Arc<ServerConfig>>, root: String, answers: Answers) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let (port, secure) = (listener.local_addr().unwrap().port(), config.is_some());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (kept, answers) = (Arc::clone(&heads), Arc::new(answers));
        // The thread ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answers, config) = (Arc::clone(&kept), Arc::clone(&answers), config.clone());
                thread::spawn(move || serve(stream?, config, &kept, &answers));
            }
        });
        Self { port, secure, heads, root }
    }

    fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", if self.secure { "https" } else { "http" }, self.port)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    config: Option<Arc<ServerConfig>>,
    heads: &Mutex<Vec<String>>,
    answers: &Answers,
) -> io::Result<()> {
    match config {
        None => answer(stream, heads, answers),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            let mut stream = StreamOwned::new(connection, stream);
            answer(&mut stream, heads, answers)?;
            stream.conn.send_close_notify();
            stream.flush()
        }
    }
}

fn answer(mut stream: impl Read + Write, heads: &Mutex<Vec<String>>, answers: &Answers) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let before = {
        let mut heads = heads.lock().unwrap();
        heads.push(head);
        heads.iter().filter(|head| head.split(' ').nth(1) == Some(&path)).count() - 1
    };
    let mut of_path = answers.iter().filter(|(known, ..)| *known == path);
    let turn = of_path.clone().count().saturating_sub(1).min(before);
    let (status, lines, body) = match of_path.nth(turn) {
        Some((_, lines, body, pause)) => {
            thread::sleep(*pause);
            ("200 OK", *lines, body.as_str())
        }
        None => ("404 Not Found", "Content-Type: text/html", "<html>"),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{lines}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")?;
    stream.flush()
}

/// Returns a new key as a JWK set, and a token that it signed.
fn key_and_token(folder: &Folder) -> (String, String) {
    named_key_and_token(folder, "issuer.jwk")
}

fn named_key_and_token(folder: &Folder, name: &str) -> (String, String) {
    let key = folder.path(name);
    run(&["keys", "generate", "--out", &key]).expect(0);
    let set = run(&["keys", "show", &key, "--format", "jwks"]).expect(0).out;
    let token =
        run(&["sign", "--key", &key, "--iss", "https://id.example", "--aud", "api", "--expires-in", "10m"]).expect(0);
    (set, token.out.trim().to_owned())
}

const JSON: &str = "Content-Type: application/json";
const EXPECT: [&str; 4] = ["--iss", "https://id.example", "--aud", "api"];

#[test]
fn verify_batches_and_keys_show_fetch_keys() {
    let folder = Folder::new();
    let (set, token) = key_and_token(&folder);
    let web = Web::https(vec![("/jwks.json?v=secret", JSON, set, Duration::ZERO)]);
    let (url, root) = (web.url("/jwks.json?v=secret"), folder.file("root.pem", &web.root));
    let bearer = folder.file("token", "aaa.bbb\n");
    let fetch = ["--root-certificates", &root, "--bearer-file", &bearer, "--header", "X-Tenant: blue"];
    for flag in ["--jwks", "--key"] {
        let arguments = [&["verify", flag, &url][..], &fetch, &EXPECT, &[&token]].concat();
        let done = run(&arguments).expect(0);
        assert!(done.out.starts_with("ok  ES256") && done.err.is_empty(), "{done:?}");
    }
    let head = web.heads().remove(0);
    assert!(head.contains("authorization: Bearer aaa.bbb\r\n") && head.contains("x-tenant: blue\r\n"), "{head}");

    let before = web.heads().len();
    let lines = format!("{{\"id\":1,\"token\":\"{token}\"}}\n").repeat(3);
    let arguments = [&["verify", "--batch", "--jwks", &url][..], &fetch, &EXPECT].concat();
    let done = run_with(&arguments, lines.as_bytes()).expect(0);
    assert_eq!((done.out.matches("\"ok\":true").count(), web.heads().len() - before), (3, 1), "{done:?}");

    let shown = run(&[&["keys", "show", &url][..], &fetch].concat()).expect(0);
    assert!(shown.out.contains("EC P-256") && shown.out.contains("ES256"), "{shown:?}");

    let arguments = [&["verify", "--jwks", &url, "--alg", "RS256"][..], &fetch, &[&token]].concat();
    let done = run(&arguments).expect(2);
    assert!(done.err.contains("there is no key for --alg RS256") && !done.err.contains("secret"), "{done:?}");
}

#[test]
fn a_batch_fetches_keys_again_for_an_unknown_kid() {
    let folder = Folder::new();
    let (first, early) = named_key_and_token(&folder, "first.jwk");
    let (second, late) = named_key_and_token(&folder, "second.jwk");
    let (_, foreign) = named_key_and_token(&folder, "foreign.jwk");
    let (_, other) = named_key_and_token(&folder, "other.jwk");
    for arguments in [&["--batch"][..], &["--batch", "--alg", "ES256"], &["--json"]] {
        let keys = [&first, &second].map(|set| ("/keys", JSON, set.clone(), Duration::ZERO));
        let web = Web::https(keys.to_vec());
        let (url, root) = (web.url("/keys"), folder.file("root.pem", &web.root));
        let fetch = ["verify", "--jwks", &url, "--root-certificates", &root];
        let mut child =
            command().args(fetch).args(EXPECT).args(arguments).stdin(std::process::Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut answers = io::BufRead::lines(io::BufReader::new(child.stdout.take().unwrap()));
        let batch = arguments.contains(&"--batch");
        let mut ask = |token: &str| {
            let line = if batch { format!("{{\"token\":\"{token}\"}}") } else { token.to_owned() };
            writeln!(stdin, "{line}").unwrap();
            // Without --batch, the output is only written at the end of the input.
            if batch { answers.next().unwrap().unwrap() } else { String::new() }
        };
        let told = [ask(&early), ask(&late), ask(&foreign), ask(&foreign), ask(&other), ask(&other), ask(&late)];
        drop(stdin);
        let told: Vec<_> = if batch { told.to_vec() } else { answers.map(Result::unwrap).collect() };
        assert_eq!(child.wait().unwrap().code(), Some(1));
        let good: Vec<_> = told.iter().map(|line| line.contains("\"ok\":true")).collect();
        assert_eq!(good, [true, true, false, false, false, false, true], "{told:?}");
        assert!(told[2].contains("key_not_found"), "{told:?}");
        // One fetch at the start, and three for unknown kids, at most one for each kid.
        assert_eq!(web.heads().len(), 4, "{arguments:?}");
    }
}

#[test]
fn a_batch_reports_that_fetching_keys_failed() {
    let folder = Folder::new();
    let (set, _) = named_key_and_token(&folder, "first.jwk");
    let (_, foreign) = named_key_and_token(&folder, "foreign.jwk");
    let keys = [set, "<html>".to_owned()].map(|body| ("/keys", JSON, body, Duration::ZERO));
    let web = Web::https(keys.to_vec());
    let (url, root) = (web.url("/keys"), folder.file("root.pem", &web.root));
    let line = format!("{{\"token\":\"{foreign}\"}}\n");
    let done = run_with(&["verify", "--batch", "--jwks", &url, "--root-certificates", &root], line.as_bytes());
    let done = done.expect(1);
    assert!(
        done.out.contains("key_not_found") && done.out.contains("The last attempt to fetch the keys failed: "),
        "{done:?}"
    );
    assert!(done.out.contains("HTML"), "{done:?}");
}

#[test]
fn discover_finds_keys_by_their_issuer() {
    let folder = Folder::new();
    let (set, token) = key_and_token(&folder);
    // The issuer contains the port, so the document is created when the port is known.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let issuer = format!("http://localhost:{port}");
    let document = format!("{{\"issuer\":\"{issuer}\",\"jwks_uri\":\"{issuer}/keys\"}}");
    let web = Web::plain_at(
        port,
        vec![
            ("/.well-known/openid-configuration", JSON, document, Duration::ZERO),
            ("/keys", JSON, set, Duration::ZERO),
        ],
    );
    let discover = ["verify", "--discover", &issuer, "--danger-allow-plain-http-on-loopback"];
    run(&[&discover[..], &EXPECT, &[&token]].concat()).expect(0);
    let line = format!("{{\"token\":\"{token}\"}}\n");
    run_with(&[&discover[..], &EXPECT, &["--batch"]].concat(), line.as_bytes()).expect(0);
    assert_eq!(web.heads().len(), 4);
    let other = ["verify", "--discover", &format!("{issuer}/"), "--danger-allow-plain-http-on-loopback", &token];
    let done = run(&other).expect(2);
    assert!(done.err.contains("issuer"), "{done:?}");
    for (arguments, words) in [
        (&["--discover", "https://login.example/{tenantid}/v2.0"][..], "--discover"),
        (&["--discover", "http://id.example"], "danger-allow-plain-http-to"),
        (&["--discover", "https://id.example", "--jwks", "jwks.json"], "cannot be used with"),
    ] {
        let done = run(&[&["verify"], arguments, &["a.b.c"]].concat()).expect(2);
        assert!(done.err.contains(words), "{done:?}");
    }
}

#[test]
fn an_answer_without_keys_is_described() {
    let folder = Folder::new();
    let web = Web::https(vec![
        ("/page", "Content-Type: text/html; charset=utf-8", "<!doctype html>".to_owned(), Duration::ZERO),
        (
            "/configuration",
            JSON,
            r#"{"issuer":"https://id.example","jwks_uri":"https://id.example/keys"}"#.to_owned(),
            Duration::ZERO,
        ),
        ("/gzip", "Content-Encoding: gzip", "??".to_owned(), Duration::ZERO),
        ("/none", JSON, r#"{"keys":[]}"#.to_owned(), Duration::ZERO),
        ("/silent", JSON, String::new(), Duration::from_secs(3)),
    ]);
    let root = folder.file("root.pem", &web.root);
    for (path, words) in [
        ("/page", "(200, text/html) is an HTML page"),
        ("/configuration", "OpenID configuration, not a key set"),
        ("/gzip", "Content-Encoding: gzip"),
        ("/none", "(200, application/json) gives no keys"),
        ("/nowhere", "status 404 (text/html)"),
    ] {
        let url = web.url(path);
        let done = run(&["verify", "--jwks", &url, "--root-certificates", &root, "a.b.c"]).expect(2);
        assert!(done.err.starts_with(&format!("error: {url}: ")) && done.err.contains(words), "{done:?}");
        if path != "/none" {
            let done = run(&["keys", "show", &url, "--root-certificates", &root]).expect(2);
            assert!(done.err.contains(words), "{done:?}");
        }
    }
    // A slow fetch causes a note, and fails after the timeout.
    let url = web.url("/silent");
    let done = run(&["verify", "--jwks", &url, "--root-certificates", &root, "--timeout", "2", "a.b.c"]).expect(2);
    assert!(done.err.starts_with(&format!("note: waiting for keys from {url}\n")), "{done:?}");
    assert!(done.err.contains("did not end within 2s; the setting timeout"), "{done:?}");
}

#[test]
fn http_without_tls_needs_a_danger_flag() {
    let folder = Folder::new();
    let (set, token) = key_and_token(&folder);
    let web = Web::plain(vec![("/jwks.json", JSON, set, Duration::ZERO)]);
    let url = web.url("/jwks.json");
    let refused = run(&["verify", "--jwks", &url, &token]).expect(2);
    assert!(refused.err.contains("danger-allow-plain-http-to") && !refused.err.contains("()"), "{refused:?}");
    assert!(web.heads().is_empty());
    for flag in ["--danger-allow-plain-http-to=localhost", "--danger-allow-plain-http-on-loopback"] {
        run(&[&["verify", "--jwks", &url, flag][..], &EXPECT, &[&token]].concat()).expect(0);
    }
    let other = run(&["verify", "--jwks", &url, "--danger-allow-plain-http-to", "http://localhost", &token]).expect(2);
    assert!(other.err.contains("is not the name or the address of one host"), "{other:?}");
}

#[test]
fn flags_about_fetching_are_refused_without_an_address_and_if_invalid() {
    let folder = Folder::new();
    let file = folder.file("jwks.json", "{\"keys\":[]}");
    for flag in ["--timeout=5", "--bearer-file=x", "--header=a:b", "--danger-allow-plain-http-on-loopback"] {
        let done = run(&["verify", "--jwks", &file, flag, "a.b.c"]).expect(2);
        assert!(done.err.contains(flag.split('=').next().unwrap()) && done.err.contains("address"), "{done:?}");
        run(&["keys", "show", &file, flag]).expect(2);
    }
    let url = "https://localhost:1/k";
    for (flag, words) in [
        ("--header=secret", "--header: there is no colon"),
        ("--header=Host: secret", "\"Host\" cannot be sent"),
        ("--header=X-Key: sec\u{e9}ret", "not ASCII"),
        ("--header-file=X-Key:/nonexistent/file", "/nonexistent/file"),
        ("--bearer-file=/nonexistent/file", "/nonexistent/file"),
        ("--root-certificates=/nonexistent/file", "/nonexistent/file"),
    ] {
        let done = run(&["verify", "--jwks", url, flag, "a.b.c"]).expect(2);
        assert!(done.err.contains(words) && !done.err.contains("secret"), "{done:?}");
    }
    for (url, words) in [
        ("https://user:secret@localhost:1/k", "user name"),
        ("https://localhost:99999/k", "port"),
        ("https://localhost:1/k#secret", "fragment"),
    ] {
        let done = run(&["verify", "--jwks", url, "a.b.c"]).expect(2);
        assert!(done.err.contains(words) && !done.err.contains("secret"), "{done:?}");
    }
}

#[test]
fn an_unusable_proxy_is_refused_and_its_variable_named() {
    let url = "https://id.example/k";
    let with_proxy = |name: &str, value: &str| {
        let mut command = command();
        for other in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
            command.env_remove(other);
        }
        run_command(command.env(name, value).args(["verify", "--jwks", url, "a.b.c"]), b"").expect(2).err
    };
    for (name, value) in [
        ("HTTPS_PROXY", "socks4://me:secret@proxy:1080"),
        ("https_proxy", "http://me:secret@proxy:port"),
        ("ALL_PROXY", "http://"),
        ("all_proxy", "ftp://proxy"),
    ] {
        let told = with_proxy(name, value);
        assert!(told.contains(&format!("variable {name} has the value")) && told.contains("Allowed is"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

#[test]
fn the_gate_uses_its_settings_for_fetching() {
    let folder = Folder::new();
    let (set, _) = key_and_token(&folder);
    let web = Web::https(vec![("/keys", JSON, set.clone(), Duration::ZERO)]);
    let plain = Web::plain(vec![("/keys", JSON, set, Duration::ZERO)]);
    folder.file("root.pem", &web.root);
    folder.file("token", "aaa.bbb\n");
    folder.file("key", "one\n");
    let check = |keys: &str| {
        let text = format!("issuer = \"https://id.example\"\naudience = \"api\"\n[keys]\n{keys}\n");
        run(&["forward-auth", "--check", "--policy", &folder.file("gate.toml", &text)])
    };
    let (url, plain_url) = (web.url("/keys"), plain.url("/keys"));
    let good = format!(
        "jwks-url = {url:?}\nroot-certificates = \"root.pem\"\nbearer-file = \"token\"\n\
         headers = {{ X-Tenant = \"blue\" }}\nheader-files = {{ X-Api-Key = \"key\" }}"
    );
    let done = check(&good).expect(0);
    assert!(done.out.contains("valid; keys for ES256"), "{done:?}");
    let head = web.heads().remove(0);
    for line in ["authorization: Bearer aaa.bbb", "x-tenant: blue", "x-api-key: one"] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
    for (keys, words) in [
        (format!("jwks-url = {url:?}\nbearer-file = \"none\""), "none\" cannot be used"),
        (format!("jwks-url = {url:?}\nheaders = {{ Host = \"secret\" }}"), "[keys] The header \"Host\" cannot be sent"),
        (format!("jwks-url = {url:?}\nheaders = {{ X-A = \"secret\\n\" }}"), "\"X-A\""),
        (format!("jwks-url = {plain_url:?}"), "danger-allow-plain-http-to with the value \"localhost\""),
        ("file = \"k\"\nbearer-file = \"token\"".to_owned(), "[keys] bearer-file is not allowed for a file"),
        ("file = \"k\"\nheaders = { a = \"b\" }".to_owned(), "[keys] headers is not allowed for a file"),
        (
            "file = \"k\"\ndanger-allow-plain-http-to = [\"a\"]".to_owned(),
            "[keys] danger-allow-plain-http-to is not allowed for a file",
        ),
    ] {
        let done = check(&keys).expect(2);
        assert!(done.err.contains(words) && !done.err.contains("secret"), "{words}: {done:?}");
    }
    check(&format!("jwks-url = {plain_url:?}\ndanger-allow-plain-http-to = [\"localhost\"]")).expect(0);
    let wrong = check(&format!("discover = {:?}\nroot-certificates = \"root.pem\"", web.url(""))).expect(2);
    assert!(
        wrong.err.contains("/.well-known/openid-configuration: ") && wrong.err.contains("404 (text/html)"),
        "{wrong:?}"
    );
}
