//! `glowband keys generate`, `show` and `prepare`.

use crate::program::{DOOR_JWK, Folder, command, run, run_with};
use glowband_core::{PreparedTable, TableError};
use serde_json::Value;

#[test]
fn keys_of_every_algorithm_sign_and_verify() {
    for algorithm in [
        "ES256", "ES384", "ES512", "EdDSA", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "HS256", "HS384",
        "HS512",
    ] {
        let folder = Folder::new();
        let private = folder.path("private.jwk");
        let made = run(&["keys", "generate", "--alg", algorithm, "--out", &private]).expect(0);
        assert_eq!(folder.names(), ["private.jwk"], "nothing else is left behind");
        let token = run(&["sign", "--key", &private, "--expires-in", "1m"]).expect(0).out;
        let verifying = if algorithm.starts_with("HS") {
            assert!(made.out.is_empty() && made.err.contains("no public part"));
            private.clone()
        } else {
            let public: Value = serde_json::from_str(&made.out).unwrap();
            assert_eq!((&public["alg"], &public["use"]), (&algorithm.into(), &"sig".into()));
            assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|name| public.get(name).is_none()));
            folder.file("public.jwk", &made.out)
        };
        let done = run(&["verify", "--key", &verifying, "--json", token.trim()]).expect(0);
        let verdict: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(verdict["alg"], algorithm);
        let kid = verdict["kid"].as_str().unwrap().to_owned();
        if !algorithm.starts_with("HS") {
            let table = run(&["keys", "show", &private]).expect(0).out;
            let row = table.lines().nth(1).unwrap();
            assert_eq!(row.matches(&kid).count(), 2, "the kid is the thumbprint: {table}");
            assert!(row.ends_with(algorithm), "{table}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_private_key_has_mode_0600_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let private = folder.path("private.jwk");
    run(&["keys", "generate", "--kid", "a b", "--out", &private]).expect(0);
    assert_eq!(std::fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&private).unwrap();
    let done = run(&["keys", "generate", "--out", &private]).expect(2);
    assert!(done.err.contains("the file exists") && done.out.is_empty());
    assert_eq!(std::fs::read(&private).unwrap(), before);
    std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("link")).unwrap();
    run(&["keys", "generate", "--out", &folder.path("link")]).expect(2);
    assert!(run(&["keys", "show", &private]).expect(0).out.contains("a b "));
    run(&["keys", "generate", "--out", &folder.path("nowhere/key")]).expect(2);
    assert_eq!(run(&["keys", "generate"]).expect(2).out, "");
}

#[test]
fn verify_reads_every_format() {
    let folder = Folder::new();
    for algorithm in ["ES256", "ES384", "ES512", "EdDSA", "RS256", "RS512"] {
        let private = folder.path(&format!("{algorithm}.jwk"));
        run(&["keys", "generate", "--alg", algorithm, "--out", &private]).expect(0);
        let token = run(&["sign", "--key", &private, "--expires-in", "1m"]).expect(0).out;
        let secret: Value = serde_json::from_slice(&std::fs::read(&private).unwrap()).unwrap();
        for format in ["jwk", "jwks", "pem"] {
            let shown = run(&["keys", "show", "--format", format, &private]).expect(0).out;
            assert!(!shown.contains(secret["d"].as_str().unwrap()));
            run_with(&["verify", "--key", "-", token.trim()], shown.as_bytes()).expect(0);
        }
    }
}

#[test]
fn keys_that_cannot_be_printed_are_counted() {
    let folder = Folder::new();
    let oct = folder.file("oct", DOOR_JWK);
    let table = run(&["keys", "show", &oct]).expect(0).out;
    assert!(table.contains("oct") && table.contains("HS256") && !table.contains("YW4g"), "{table}");
    assert!(
        run(&["keys", "show", "--format", "jwk", &oct])
            .expect(2)
            .err
            .contains("no key has a public part in this format")
    );
    let set =
        folder.file("set", format!("{{\"keys\":[{DOOR_JWK},{{\"kty\":\"EC\",\"crv\":\"P-512\",\"kid\":\"e\"}},7]}}"));
    let table = run(&["keys", "show", &set]).expect(0).out;
    assert!(
        table.contains("no: 58 key_unsupported: crv is \"P-512\"; allowed for EC: P-256, P-384, P-521."),
        "{table}"
    );
    assert!(table.contains("no: 57 jwk_malformed: The JWK is a number; allowed: an object."), "{table}");
    assert!(run(&["keys", "show", &folder.file("none", "x")]).expect(2).err.contains("63 key_malformed"));
    let wrong = run(&["keys", "show", "--format", "xml", &oct]).expect(2).err;
    assert!(wrong.contains("'xml'") && wrong.contains("jwk, jwks, pem, table"), "{wrong}");
}

#[test]
fn all_keys_of_a_pem_file_and_of_a_map_are_shown() {
    let folder = Folder::new();
    let private = folder.path("private.jwk");
    run(&["keys", "generate", "--out", &private]).expect(0);
    let pem = run(&["keys", "show", "--format", "pem", &private]).expect(0).out;
    let other = "-----BEGIN DH PARAMETERS-----\nMC4C\n-----END DH PARAMETERS-----\n";
    let table = run(&["keys", "show", &folder.file("two.pem", format!("{pem}{other}"))]).expect(0).out;
    assert!(table.contains("EC P-256") && table.contains("no: 63 key_malformed: The PEM section is"), "{table}");
    let map = serde_json::json!({"one": pem, "two": 7}).to_string();
    let table = run(&["keys", "show", &folder.file("map.json", map)]).expect(0).out;
    assert!(table.contains("one  EC P-256") && table.contains("two  -"), "{table}");
}

#[test]
fn a_key_is_prepared_as_bytes_that_check_and_as_source() {
    let folder = Folder::new();
    let public = run(&["keys", "generate", "--out", &folder.path("key.jwk")]).expect(0).out;
    let public = folder.file("key.public.jwk", public);
    for (shape, length) in [("comb2", 2048), ("comb4", 4096), ("windows5", 53_248)] {
        let output =
            command().args(["keys", "prepare", &public, "--shape", shape, "--format", "bin"]).output().unwrap();
        assert!(output.status.success());
        assert_eq!(output.stdout.len(), 128 + length, "{shape}");
        let table = PreparedTable::from_bytes(&output.stdout).unwrap();
        assert_eq!(table.check(), Ok(()));
        let mut damaged = output.stdout.clone();
        damaged[200] ^= 1;
        assert_eq!(PreparedTable::from_bytes(&damaged).err(), Some(TableError::Damaged));
    }
    let source = run(&["keys", "prepare", "--generator", "--shape", "comb2", "--name", "GENERATOR"]).expect(0).out;
    assert!(source.contains("pub static GENERATOR: [glowband_core::TableEntry; 32] = [\n"), "{source}");
    assert_eq!(source.lines().filter(|line| line.starts_with("    [")).count(), 32);

    let wrong = run(&["keys", "prepare", &public, "--name", "a table"]).expect(2).err;
    assert!(wrong.contains("ISSUER_TABLE"), "{wrong}");
    let other = run(&["keys", "generate", "--alg", "EdDSA", "--out", &folder.path("ed.jwk")]).expect(0).out;
    let other = folder.file("ed.public.jwk", other);
    let wrong = run(&["keys", "prepare", &other]).expect(2).err;
    assert!(wrong.contains("the key is not on P-256"), "{wrong}");
}
