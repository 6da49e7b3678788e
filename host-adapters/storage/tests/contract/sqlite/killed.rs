//! A process that is killed in the middle of its work.

use super::{Folder, sessions};
use glowband_session::{Login, Refused, State};
use glowband_storage::SqliteDatabase;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Set for the copy of this program that is to be killed: the file that it works on.
const FILE: &str = "GLOWBAND_SESSION_VICTIM";
const KILLS: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_or_revived() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    let (mut newest, mut closed): (Option<String>, Vec<String>) = (None, Vec::new());
    let mut refreshes = 0;
    for round in 0..KILLS {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::killed::the_victim", "--nocapture", "--include-ignored"])
            .env(FILE, &path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(victim.stdin.as_mut().unwrap(), "{}", newest.as_deref().unwrap_or("")).unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150 + round * 37));
            victim.kill().unwrap();
            victim.wait().unwrap();
        });
        for line in lines.map(Result::unwrap) {
            if let Some((_, token)) = line.split_once("refreshed: ") {
                newest = Some(token.to_owned());
                refreshes += 1;
            } else if let Some((_, token)) = line.split_once("closed: ") {
                closed.push(token.to_owned());
            }
        }
        killer.join().unwrap();
    }
    let server = sessions(&SqliteDatabase::open(&path).await.unwrap());
    let newest = newest.expect("something was answered");
    server.refresh(&newest, "app").await.expect("the last answer holds");
    for token in &closed {
        assert_eq!(server.find_by_token(token).await.unwrap().unwrap().session().state, State::Closed);
        assert_eq!(server.refresh(token, "app").await.unwrap_err().refused(), Some(Refused::Closed));
    }
    let count = closed.len();
    crate::say(&format!(
        "{KILLS} kills among {refreshes} refreshes and {count} logouts on SQLite: nothing lost, none revived"
    ));
    assert!(refreshes > 100 && count > 10, "{refreshes} refreshes, {count} logouts");
}

/// Refreshes one session on and on, and opens and closes others; says what was answered.
#[tokio::test]
#[ignore = "only to be killed by nothing_that_was_answered_is_lost_or_revived"]
async fn the_victim() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let mut newest = String::new();
    std::io::stdin().read_line(&mut newest).unwrap();
    newest.truncate(newest.trim_end().len());
    let server = sessions(&SqliteDatabase::open(&path).await.unwrap());
    if newest.is_empty() {
        newest = server.open(Login::new("alice", "app")).await.unwrap().token.as_str().to_owned();
    }
    loop {
        for _ in 0..5 {
            newest = server.refresh(&newest, "app").await.unwrap().token.as_str().to_owned();
            println!("refreshed: {newest}");
        }
        let opened = server.open(Login::new("bob", "app")).await.unwrap();
        server.close_by_token(opened.token.as_str()).await.unwrap().unwrap();
        println!("closed: {}", opened.token.as_str());
    }
}
