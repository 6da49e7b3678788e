//! What operators use: metrics, readiness and log lines.

use super::process::Server;
use super::wire::{connect, exchange, get, request};
use crate::program::Folder;

#[test]
fn metrics_exist_from_the_start_and_count_requests() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    get(server.address(), "/healthz", &[]);
    get(server.address(), "/nowhere/secret?token=hunter2", &[]);
    exchange(connect(server.address()), &request("BREW", "/healthz", &[]));
    let page = get(server.address(), "/metrics", &[]);
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        &format!("glowband_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
        "glowband_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1",
        "glowband_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "glowband_http_requests_total{route=\"/healthz\",method=\"other\",status=\"405\"} 1",
        "glowband_http_request_duration_seconds_count{route=\"/healthz\",method=\"GET\"} 1",
        "glowband_login_attempts_total{outcome=\"refused\"} 0",
        "glowband_refreshes_total{outcome=\"rotated\"} 0",
        "glowband_requests_total{verdict=\"accepted\"} 0",
        "glowband_password_hashes_waiting 0",
        "glowband_signing_keys{state=\"active\"} 1",
        "glowband_background_failures_total 0",
    ] {
        assert!(page.body.lines().any(|own| own == line), "{line}\n{}", page.body);
    }
    assert!(page.body.contains("glowband_database_connections{pool=\"writer\",state=\"idle\"}"), "{}", page.body);
    assert!(!page.body.contains("secret") && !page.body.contains("hunter2"), "{}", page.body);
    well_formed(&page.body);
    server.end();
}

/// Asserts that every series follows the HELP and TYPE lines of its metric, and that no series occurs twice.
fn well_formed(page: &str) {
    let (mut metric, mut metrics, mut series) = (String::new(), Vec::new(), Vec::new());
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            metric = rest.split(' ').next().unwrap().to_owned();
            assert!(!metrics.contains(&metric), "{metric} is announced twice");
            metrics.push(metric.clone());
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(metric.as_str()) && value.parse::<f64>().is_ok(), "{line} below {metric}");
            assert!(!series.contains(&name), "{name} comes twice");
            series.push(name);
        }
    }
}

#[test]
fn an_access_line_has_the_pattern_of_the_route_and_no_query() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let headers = [("Authorization", "Bearer hunter2"), ("Cookie", "x=hunter2")];
    let answer = get(server.address(), "/healthz?token=hunter2", &headers);
    let id = answer.header("x-request-id").unwrap().to_owned();
    let line = server.logs(&id);
    for words in
        ["glowband::access: answered", "method=GET", "route=\"/healthz\"", "status=200", "client=127.0.0.1", " ms="]
    {
        assert!(line.contains(words), "{words}: {line}");
    }
    get(server.address(), "/nowhere/hunter2", &[]);
    server.logs("route=\"none\"");
    assert!(!server.end().contains("hunter2"));
}

#[test]
fn log_lines_can_be_json() {
    let folder = Folder::new();
    let server = Server::start(&folder, &["--log-format", "json"]);
    let id = get(server.address(), "/healthz", &[]).header("x-request-id").unwrap().to_owned();
    let line: serde_json::Value = serde_json::from_str(&server.logs(&id)).unwrap();
    assert_eq!((line["route"].as_str(), line["status"].as_u64()), (Some("/healthz"), Some(200)));
    assert_eq!((line["method"].as_str(), line["client"].as_str()), (Some("GET"), Some("127.0.0.1")));
    assert_eq!(line["target"].as_str(), Some("glowband::access"));
    let log = server.end();
    // The notes before the first request are not log lines.
    assert!(log.lines().filter(|line| !line.starts_with("note: ")).all(|line| line.starts_with('{')), "{log}");
}

#[test]
fn an_unreadable_key_is_logged_and_named_by_readyz() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let keys = folder.path("glowband-data/keys");
    crate::program::run(&["keys", "rotate", "--folder", &keys, "--now"]).expect(0);
    let status = crate::program::run(&["keys", "status", "--folder", &keys]).expect(0).out;
    let newer = status.lines().find(|line| line.contains(" active ")).unwrap().split(' ').next().unwrap();
    let file = format!("glowband-data/keys/issuer-{newer}.jwk");
    let permit = |mode| set_permissions(folder.path(&file), Permissions::from_mode(mode)).unwrap();
    permit(0o644);
    server.signal("HUP");
    let words = format!("this signing key is ignored: {file}: others can read this private key");
    let line = server.logs(&words);
    assert!(line.contains("ERROR"), "{line}");
    let answer = get(server.address(), "/readyz", &[]);
    assert_eq!((answer.status, answer.body.starts_with(&format!("ready, but {words}"))), (200, true), "{answer:?}");
    let failures = || {
        let page = get(server.address(), "/metrics", &[]).body;
        let line = page.lines().find_map(|line| line.strip_prefix("glowband_background_failures_total "));
        line.unwrap().parse::<u32>().unwrap()
    };
    let failed = failures();
    assert!(failed >= 1, "{failed}");

    permit(0o600);
    server.signal("HUP");
    server.logs("keys=2");
    assert_eq!(get(server.address(), "/readyz", &[]).body, "ready\n");
    assert_eq!(failures(), failed);
    server.end();
}

/// Rotates the keys as root, while the server runs as another user.
#[test]
fn keys_created_by_root_belong_to_the_user_of_the_server() {
    use std::os::unix::fs::chown;
    use std::process::Command;
    let folder = Folder::new();
    let data = folder.path("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    if chown(&data, Some(65_534), Some(65_534)).is_err() {
        return eprintln!("skipped: only root gives files away");
    }
    let start = super::process::serve(&folder, &["--listen", "127.0.0.1:0", "--data", &data]);
    let mut unprivileged = Command::new("setpriv");
    unprivileged.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(start.get_program());
    let reachable = unprivileged.arg("--version").current_dir("/").output();
    if !reachable.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: an unprivileged user cannot run the program in its folder");
    }
    let mut unprivileged = Command::new("setpriv");
    unprivileged.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(start.get_program());
    let server = Server::spawn(&folder, unprivileged.args(start.get_args()).current_dir("/"));
    crate::program::run(&["keys", "rotate", "--folder", &format!("{data}/keys"), "--now"]).expect(0);
    server.signal("HUP");
    server.logs("keys=2");
    assert_eq!(get(server.address(), "/readyz", &[]).body, "ready\n");
    server.end();
}

#[test]
fn readyz_says_why_it_is_not_ready_while_healthz_stays_ok() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    assert_eq!(get(server.address(), "/readyz", &[]).status, 200);
    // Uses another table, so that no prepared statement of a connection refers to it.
    let database = folder.path("glowband-data/glowband.sqlite");
    for file in [database.clone(), format!("{database}-wal"), format!("{database}-shm")] {
        let length = std::fs::metadata(&file).map_or(0, |about| about.len());
        std::fs::write(&file, vec![0xaa; usize::try_from(length).unwrap()]).unwrap();
    }
    let answer = get(server.address(), "/readyz", &[]);
    if answer.status != 200 {
        assert_eq!(answer.status, 503);
        assert!(answer.body.starts_with("not ready: the database "), "{}", answer.body);
    }
    assert_eq!(get(server.address(), "/healthz", &[]).status, 200);
}
