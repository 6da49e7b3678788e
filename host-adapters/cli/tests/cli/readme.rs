//! The examples in the documents match the output of the program.

use crate::program::{Folder, run};

const PROJECT: &str = include_str!("../../../../README.md");
const PROGRAM: &str = include_str!("../../README.md");

/// Returns the names at the beginning of the lines below `ok`, in order.
fn claims(text: &str) -> Vec<&str> {
    let block = text.split_once("ok  ES256").map(|(_, rest)| rest).unwrap_or_default();
    let lines = block.lines().skip(1).take_while(|line| line.starts_with("  "));
    lines.filter_map(|line| line.split_whitespace().next()).collect()
}

#[test]
fn claims_are_printed_in_the_order_of_the_documents() {
    let folder = Folder::new();
    let (private, now) = (folder.path("issuer.jwk"), ["--now", "1700000000"]);
    let public = folder.file("issuer.public.jwk", run(&["keys", "generate", "--out", &private]).expect(0).out);
    let expected = ["--iss", "https://id.example", "--aud", "door-42"];
    let more = ["--sub", "alice", "--expires-in", "10m"];
    let token = run(&[&["sign", "--key", &private][..], &expected, &more, &now].concat()).expect(0).out;
    let shown = run(&[&["verify", "--key", &public][..], &expected, &now, &[token.trim()]].concat()).expect(0).out;
    assert_eq!(claims(&shown), ["iss", "sub", "aud", "iat", "exp"], "{shown}");
    for document in [PROJECT, PROGRAM] {
        assert_eq!(claims(document), claims(&shown));
        // The lines are the same too, except for the kid.
        let (_, block) = document.split_once("ok  ES256").unwrap();
        for line in shown.lines().skip(1) {
            assert!(block.lines().any(|own| own == line), "{line}");
        }
    }
}
