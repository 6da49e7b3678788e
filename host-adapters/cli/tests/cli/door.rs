//! `glowband door` against a simulated door: what is sent, and how answers are handled.

use crate::program::{Folder, run};
use glowband_core::{Es256Key, Jwk, Key, Policy, UnixSeconds, Verifier};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Accepts one connection for each list of answers. Returns the lines that were sent, without empty ones.
fn door(answers: &'static [&[&str]]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("tcp:{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for answers in answers {
            let (mut socket, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(socket.try_clone().unwrap());
            for answer in *answers {
                let mut line = String::new();
                while line.trim().is_empty() {
                    line.clear();
                    assert!(reader.read_line(&mut line).unwrap() > 0, "the connection was closed");
                }
                heard.push(line.trim().to_owned());
                socket.write_all(format!("READY start=1\r\n{answer}\r\n").as_bytes()).unwrap();
            }
        }
        heard
    });
    (at, heard)
}

fn owner(folder: &Folder) -> (String, Es256Key) {
    let path = folder.path("owner.jwk");
    let public = run(&["keys", "generate", "--kid", "owner", "--out", &path]).expect(0).out;
    match Jwk::parse(public.trim().as_bytes()).unwrap().key().unwrap() {
        Key::Es256(key) => (path, key),
        _ => panic!("an ES256 key"),
    }
}

fn claims(token: &str, typ: &str, key: &Es256Key) -> String {
    let policy = Policy::issuer("door-owner").danger_any_audience().token_type(typ).allow_missing_expiry();
    let mut room = vec![0; token.len()];
    let verified = Verifier::new(key, &policy).verify(token.as_bytes(), UnixSeconds(1), &mut room).unwrap();
    String::from_utf8(verified.payload().to_vec()).unwrap()
}

#[test]
fn the_clock_is_set_with_the_nonce() {
    let folder = Folder::new();
    let (path, key) = owner(&folder);
    let (at, heard) = door(&[&["NONCE 00ff", "TIME 1700000000"]]);
    let done = run(&["door", "time", "--at", &at, "--owner", &path, "--door", "door-42", "--now", "1700000000"]);
    assert_eq!(done.expect(0).out, "TIME 1700000000\n");
    let heard = heard.join().unwrap();
    assert_eq!(heard[0], "NONCE");
    let expected = r#"{"iss":"door-owner","aud":"door-42","nonce":"00ff","now":1700000000}"#;
    assert_eq!(claims(&heard[1], "door-time+jwt", &key), expected);
}

#[test]
fn a_door_is_provisioned_with_public_keys_only() {
    let folder = Folder::new();
    let (path, key) = owner(&folder);
    let (at, heard) = door(&[&["PROVISIONED door=a b"]]);
    let issuer = folder.path("issuer.jwk");
    run(&["keys", "generate", "--kid", "issuer", "--out", &issuer]).expect(0);
    let words = ["door", "provision", "--at", &at, "--owner", &path, "--door", "a b", "--iss", "i", "--key", &issuer];
    run(&words).expect(0);
    let heard = heard.join().unwrap();
    let (jwk, token) = heard[0].strip_prefix("PROVISION ").unwrap().split_once(' ').unwrap();
    assert!(jwk.contains(r#""kid":"owner""#) && !jwk.contains(r#""d""#), "{jwk}");
    let claims = claims(token, "door-provision+jwt", &key);
    assert!(claims.contains(r#""door":"a b","issuer":"i","one_time":false,"keys":[{"#), "{claims}");
    assert!(!claims.contains(r#""d":"#), "{claims}");
}

#[test]
fn updates_have_the_next_version() {
    let folder = Folder::new();
    let (path, key) = owner(&folder);
    let (at, heard) = door(&[
        &["STATUS door=d keys=7 denylist=3 time=unknown"],
        &["DENYLIST version=4 entries=1"],
        &["STATUS door=d keys=7 denylist=3 time=unknown"],
        &["DENY 17 bad_signature"],
    ]);
    run(&["door", "revoke", "--at", &at, "--owner", &path, "--door", "d", "--sub", "m\"x"]).expect(0);
    assert_eq!(
        run(&["door", "keys", "--at", &at, "--owner", &path, "--door", "d"]).expect(1).out,
        "DENY 17 bad_signature\n"
    );
    let heard = heard.join().unwrap();
    let expected = r#"{"iss":"door-owner","aud":"d","version":4,"subjects":["m\"x"],"tokens":[]}"#;
    assert_eq!(claims(&heard[1], "door-denylist+jwt", &key), expected);
    assert!(claims(&heard[3], "door-keys+jwt", &key).contains(r#""version":8,"keys":[]"#));
}

#[test]
fn invalid_input_is_refused_before_sending() {
    let folder = Folder::new();
    let at = |at: &str| run(&["door", "open", "--at", at, "a.b.c"]).expect(2).err;
    assert!(at(&folder.path("nothing")).contains("nothing: "));
    assert!(at(&folder.file("file", "")).contains("not a serial device"));
    let (listening, heard) = door(&[&[]]);
    assert!(
        run(&["door", "open", "--at", &listening, "a b"]).expect(2).err.contains("TOKEN is empty, or contains spaces")
    );
    let long = "x".repeat(3000);
    assert!(run(&["door", "open", "--at", &listening, &long]).expect(2).err.contains("allowed: 2048"));
    heard.join().unwrap();
}
