//! A cluster starts, stops, comes back, and leaves nothing behind.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

use glowband_test_postgres::{PrivatePostgres, wanted};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Set for the copy of this program that is to be killed.
const VICTIM: &str = "GLOWBAND_POSTGRES_VICTIM";

/// Whether a server answers that uses PostgreSQL's protocol: asked for TLS, it answers S or N.
fn answers(url: &str) -> bool {
    let address = url.rsplit_once('@').unwrap().1.split('/').next().unwrap().to_owned();
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut answer = [0];
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && b"SN".contains(&answer[0])
}

fn folder_of(postgres: &PrivatePostgres) -> String {
    format!("{postgres:?}").split('"').nth(1).unwrap().to_owned()
}

#[test]
fn it_comes_and_goes() {
    if wanted().is_none() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap();
    let url = postgres.fresh_database().unwrap();
    assert_ne!(url, postgres.fresh_database().unwrap());
    assert!(answers(&url));
    postgres.stop().unwrap();
    assert!(!answers(&url));
    postgres.start_again().unwrap();
    assert!(answers(&url));
    postgres.kill().unwrap();
    assert!(!answers(&url));
    postgres.start_again().unwrap();
    if cfg!(target_os = "linux") {
        postgres.freeze().unwrap();
        assert!(!answers(&url));
        postgres.thaw().unwrap();
        assert!(answers(&url));
    }
    let folder = folder_of(&postgres);
    assert!(Path::new(&folder).is_dir());
    drop(postgres);
    assert!(!answers(&url));
    assert!(!Path::new(&folder).exists());
}

#[test]
fn it_ends_with_a_process_that_is_killed() {
    if wanted().is_none() {
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_victim", "--nocapture", "--include-ignored"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.find_map(|line| line.split_once("started: ").map(|(_, rest)| rest.to_owned())).unwrap();
    let (url, folder) = said.split_once(' ').unwrap();
    assert!(answers(url) && Path::new(folder).is_dir());
    victim.kill().unwrap();
    victim.wait().unwrap();
    // No other process holds the pipe: a program that reads a test's output to its end does not wait for PostgreSQL.
    assert_eq!(lines.next(), None);
    let killed = Instant::now();
    while answers(url) || Path::new(folder).exists() {
        assert!(killed.elapsed() < Duration::from_secs(30), "PostgreSQL still runs, or {folder} is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "only to be killed by it_ends_with_a_process_that_is_killed"]
fn the_victim() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    let postgres = PrivatePostgres::start().unwrap();
    println!("started: {} {}", postgres.fresh_database().unwrap(), folder_of(&postgres));
    std::thread::sleep(Duration::from_secs(600));
}
