//! A database restored from an older backup: a user whose client refreshed since then stays logged in.

use super::account::{refreshed, refused, register};
use super::serving::{Behind, Setup};
use super::wanted;
use std::fs;
use std::process::Command;

#[test]
fn clients_of_later_generations_stay_logged_in() {
    if !wanted() {
        return;
    }
    let mut setup = Setup::new("restored", Behind::Sqlite);
    let server = setup.start();
    setup.listen_on(server.address);
    let first = register(server.address, "ada@example.com");
    let file = setup.data().join("glowband.sqlite");
    let backup = setup.folder.join("backup.sqlite");
    // While the server runs, as backups are taken.
    let taken = Command::new("sqlite3").arg(&file).arg(format!(".backup '{}'", backup.display())).status();
    assert!(taken.expect("the Debian package sqlite3").success());
    let mut newest = first.clone();
    for _ in 0..5 {
        newest = refreshed(server.address, &newest.refresh);
    }
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(setup.data().join(format!("glowband.sqlite{ending}")));
    }
    fs::copy(&backup, &file).expect("the backup is there");
    let server = setup.start();
    let after = refreshed(server.address, &newest.refresh);
    assert_eq!(after.generation(), newest.generation() + 1);
    let after = refreshed(server.address, &after.refresh);
    // What was older before is older still.
    refused(server.address, &first.refresh);
    refused(server.address, &after.refresh);
    let audit = setup.run(&["audit", "list", "--json"]);
    let words = String::from_utf8_lossy(&audit.stdout).into_owned();
    assert!(words.contains("fast_forwarded") && words.contains("reuse_detected"), "{words}");
}
