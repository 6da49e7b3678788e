//! Memory after many concurrent logins.

use super::client::{JSON, PASSWORD};
use crate::program::Folder;
use crate::serve::process::{Server, within};
use crate::serve::wire::{connect, exchange, request};
use serde_json::json;
use std::io::Write;
use std::time::Duration;

#[test]
fn many_concurrent_logins_do_not_increase_memory() {
    const CLIENTS: usize = 48;
    let folder = Folder::new();
    let limits = ["--login-attempts-per-account", "99999/1m", "--login-attempts-per-address", "99999/1m"];
    let server = Server::start(&folder, &[&["--argon2-parallel-hashes", "16"], &limits[..]].concat());
    let login = |name: usize| {
        let body = json!({"email": format!("user-{name}@example.org"), "password": PASSWORD}).to_string();
        let length = body.len().to_string();
        let headers = [JSON, ("Glowband-Client", "native"), ("Content-Length", length.as_str())];
        let answer = exchange(connect(server.address()), &(request("POST", "/auth/login", &headers) + &body));
        assert_eq!(answer.status, 401, "{answer:?}");
    };
    let login = &login;
    // As many requests side by side as there will be, which the heap has room for from then on; nothing is hashed for them.
    let headers = [JSON, ("Glowband-Client", "native"), ("Content-Length", "100")];
    let held = |_| {
        let mut stream = connect(server.address());
        stream.write_all((request("POST", "/auth/login", &headers) + "{").as_bytes()).unwrap();
        stream
    };
    let held: Vec<_> = (0..CLIENTS).map(held).collect();
    std::thread::sleep(Duration::from_millis(500));
    drop(held);
    (0..CLIENTS).for_each(login);
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    std::thread::sleep(Duration::from_secs(7));
    let before = resident();
    let mut most = 0;
    for _ in 0..3 {
        std::thread::scope(|scope| {
            (0..CLIENTS).for_each(|name| drop(scope.spawn(move || login(name))));
            std::thread::sleep(Duration::from_millis(500));
            most = most.max(resident());
        });
    }
    assert!(most > before + 100_000, "no storm: {before} kB before, {most} kB during");
    within(Duration::from_secs(30), "memory to be given back", || (resident() * 10 <= before * 12).then_some(()));
    eprintln!("resident: {before} kB before, {most} kB during, {} kB afterwards", resident());
}
