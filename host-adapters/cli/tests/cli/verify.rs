//! `glowband verify` with tokens on the command line and on standard input.

use crate::program::{DOOR, DOOR_JWK, DOOR_SECRET, Folder, run, run_with};

const NOW: [&str; 2] = ["--now", "1700000000"];

fn secret(folder: &Folder) -> [String; 4] {
    ["verify".into(), "--secret-file".into(), folder.file("secret", DOOR_SECRET), NOW.join("=")]
}

#[test]
fn a_valid_token_is_printed_with_exit_code_0() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    let done = run(&[&verify, &flag, &file, &now, "--iss", "https://id.example", "--aud", "door-42", DOOR]).expect(0);
    assert!(done.out.starts_with("ok  HS256"), "{}", done.out);
    assert!(done.out.contains("sub   \"alice\"") && done.out.contains("Z, in "), "{}", done.out);
    assert!(!done.out.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(done.err, "");
}

#[test]
fn unexpected_iss_and_aud_are_named() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    let done = run(&[&verify, &flag, &file, &now, DOOR]).expect(0);
    assert!(done.err.starts_with("note: iss and aud not checked"), "{}", done.err);
    let done = run(&[&verify, &flag, &file, &now, "--iss", "https://id.example", DOOR]).expect(0);
    assert!(done.err.starts_with("note: aud not checked"), "{}", done.err);
    let done = run(&[&verify, &flag, &file, &now, "--json", DOOR]).expect(0);
    assert_eq!(done.err, "");
}

#[test]
fn each_expectation_can_refuse_a_token() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    for (expectation, number) in [
        ("--iss=https://id.example/", "35 issuer_mismatch"),
        ("--aud=door-4", "37 audience_mismatch"),
        ("--sub=bob", "39 subject_mismatch"),
        ("--typ=at+jwt", "token_type_m"),
        ("--now=99999999999", "45 expired"),
        ("--alg=HS256", ""),
        ("--leeway=1h", ""),
    ] {
        let mut arguments = vec![verify.as_str(), &flag, &file, expectation, DOOR];
        if !expectation.starts_with("--now") {
            arguments.push(&now);
        }
        let done = run(&arguments).expect(i32::from(!number.is_empty()));
        assert!(done.out.contains(number), "{expectation}: {}", done.out);
    }
}

#[test]
fn all_tokens_are_verified_and_one_refusal_gives_exit_code_1() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    let bearer = format!("Bearer {DOOR}");
    let done = run(&[&verify, &flag, &file, &now, "a.b", DOOR, &bearer]).expect(1);
    let verdicts: Vec<_> = done.out.split("\n\n").collect();
    assert_eq!(verdicts.len(), 3, "{}", done.out);
    assert!(verdicts[0].starts_with("refused  2 segment_count: "));
    assert!(verdicts[1].starts_with("ok  HS256"));
    assert!(verdicts[2].contains("Remove \"Bearer \""));
}

#[test]
fn standard_input_has_one_token_per_line() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    let input = format!("\n  {DOOR}\t\r\n\n{DOOR}");
    for arguments in [vec![&verify, &flag, &file, &now], vec![&verify, &flag, &file, &now, &"-".to_owned()]] {
        let done = run_with(&arguments, input.as_bytes()).expect(0);
        assert_eq!(done.out.matches("ok  HS256").count(), 2);
    }
    let done = run_with(&[&verify, &flag, &file, &now], b"\n\n").expect(2);
    assert!(done.err.contains("no token was given"));
    let long = [vec![b'a'; (1 << 20) + 1], b"\n".to_vec(), DOOR.into()].concat();
    let done = run_with(&[&verify, &flag, &file, &now], &long).expect(1);
    assert!(done.out.contains("1 token_too_long") && done.out.contains("ok  HS256"), "{}", done.out);
}

#[test]
fn json_has_one_object_per_token() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    let done = run(&[&verify, &flag, &file, &now, "--json", DOOR, "x"]).expect(1);
    let lines: Vec<serde_json::Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["ok"], &lines[0]["alg"], &lines[0]["claims"]["sub"]),
        (&true.into(), &"HS256".into(), &"alice".into())
    );
    assert_eq!(lines[0]["payload_b64"], DOOR.split('.').nth(1).unwrap());
    assert_eq!(
        (&lines[1]["ok"], &lines[1]["code"], &lines[1]["error"]),
        (&false.into(), &2.into(), &"segment_count".into())
    );
}

#[test]
fn keys_are_read_from_files_of_each_format_and_from_standard_input() {
    let folder = Folder::new();
    let jwk = folder.file("key.jwk", DOOR_JWK);
    let set = folder
        .file("set.json", format!("{{\"keys\":[{{\"kty\":\"EC\",\"crv\":\"P-512\",\"kid\":\"b\"}},{DOOR_JWK}]}}"));
    let secret = folder.file("secret", DOOR_SECRET);
    for (flag, file) in
        [("--key", &jwk), ("--jwks", &jwk), ("--key", &set), ("--jwks", &set), ("--secret-file", &secret)]
    {
        let done = run(&["verify", flag, file, NOW[0], NOW[1], DOOR]).expect(0);
        assert_eq!(
            done.err.contains("ignored key 0 (kid \"b\"): crv is \"P-512\"; allowed for EC: P-256, P-384, P-521."),
            file == &set,
            "{}",
            done.err
        );
        let content = std::fs::read(file).unwrap();
        run_with(&["verify", flag, "-", NOW[0], NOW[1], DOOR], &content).expect(0);
    }
    let done = run_with(&["verify", "--key", "-"], DOOR_JWK.as_bytes()).expect(2);
    assert!(done.err.contains("the key and the tokens cannot both be read from standard input"));
    run_with(&["verify", "--key", "-", "--batch"], DOOR_JWK.as_bytes()).expect(2);
    run_with(&["verify", "--key", "-", DOOR, "-"], DOOR_JWK.as_bytes()).expect(2);
}

#[test]
fn an_unusable_key_gives_exit_code_2_with_number_and_name() {
    let folder = Folder::new();
    for (content, flag, words) in [
        ("short", "--secret-file", "54 secret_too_short: The secret has 5 bytes; allowed, at least: 32 for HS256"),
        ("{}", "--key", "57 jwk_malformed: kty is missing; allowed: EC, OKP, RSA and oct."),
        ("{\"kty\":\"EC\",\"crv\":\"P-521\"}", "--key", "57 jwk_malformed: x is missing"),
        ("{\"kty\":\"EC\",\"crv\":\"P-512\"}", "--key", "58 key_unsupported: crv is \"P-512\""),
        (
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQ\",\"e\":\"AQAB\"},{\"kty\":\"x\"}]}",
            "--jwks",
            "None of 2 keys can be used: key 0 (kid \"a\"): n has 1 bit; allowed: 2048 to 8192. key 1: kty is \"x\"",
        ),
        ("{\"keys\":[]}", "--jwks", "holds no key"),
        ("no key", "--key", "63 key_malformed"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n", "--key", "openssl pkey"),
        ("-----BEGIN CERTIFICATE-----\nMC4C\n-----END CERTIFICATE-----\n", "--key", "not an X.509 certificate"),
        (DOOR_JWK, "--alg=ES256", "there is no key for --alg ES256; there are keys for HS256"),
    ] {
        let file = folder.file("key", content);
        let arguments = if flag.starts_with("--alg") {
            vec!["verify", flag, "--key", &file, DOOR]
        } else {
            vec!["verify", flag, &file, DOOR]
        };
        let done = run(&arguments).expect(2);
        assert!(done.err.contains(words), "{content}: {}", done.err);
        assert_eq!(done.out, "");
    }
    assert!(run(&["verify", "--key", &folder.path("nowhere"), DOOR]).expect(2).err.contains("nowhere: "));
    let long = folder.file("long", vec![b' '; (1 << 20) + 1]);
    assert!(run(&["verify", "--key", &long, DOOR]).expect(2).err.contains("longer than 1048576 bytes"));
}

#[test]
fn a_short_secret_needs_a_danger_flag() {
    let folder = Folder::new();
    let short = folder.file("short", "secret");
    let token = run(&["sign", "--secret-file", &short, "--expires-in", "60"]).expect(2);
    assert!(token.err.contains("54 secret_too_short") && token.out.is_empty());
    let danger = "--danger-allow-short-secret";
    let token = run(&["sign", "--secret-file", &short, danger, "--expires-in", "60"]).expect(0).out;
    run(&["verify", "--secret-file", &short, token.trim()]).expect(2);
    run(&["verify", "--secret-file", &short, danger, token.trim()]).expect(0);
}

#[test]
fn a_secret_verifies_each_hash_or_only_that_of_alg() {
    let folder = Folder::new();
    let secret = folder.file("secret", "s".repeat(64));
    for algorithm in ["HS256", "HS384", "HS512"] {
        let signed = run(&["sign", "--secret-file", &secret, "--alg", algorithm, "--expires-in", "60"]).expect(0).out;
        run(&["verify", "--secret-file", &secret, signed.trim()]).expect(0);
        run(&["verify", "--secret-file", &secret, "--alg", algorithm, signed.trim()]).expect(0);
        let other = if algorithm == "HS256" { "HS384" } else { "HS256" };
        let done = run(&["verify", "--secret-file", &secret, "--alg", other, signed.trim()]).expect(1);
        assert!(done.out.contains("16 algorithm_mismatch"), "{}", done.out);
    }
    let short = folder.file("short", "s".repeat(48));
    let done = run(&["sign", "--secret-file", &short, "--alg", "HS512", "--expires-in", "60"]).expect(2);
    assert!(done.err.contains("54 secret_too_short"), "{}", done.err);
    run(&["sign", "--secret-file", &short, "--alg", "HS384", "--expires-in", "60"]).expect(0);
}

#[test]
fn a_newline_at_the_end_of_a_secret_causes_a_note() {
    let folder = Folder::new();
    let file = folder.file("secret", format!("{DOOR_SECRET}\n"));
    let done = run(&["verify", "--secret-file", &file, NOW[0], NOW[1], DOOR]).expect(1);
    assert!(done.err.contains("newline") && done.out.contains("17 bad_signature"));
}

/// Otherwise, an attacker could sign with the text of the public key as a secret (CVE-2016-10555).
#[test]
fn a_public_key_is_not_accepted_as_a_secret() {
    let folder = Folder::new();
    let private = folder.path("private.jwk");
    let public = folder.file("public.jwk", run(&["keys", "generate", "--out", &private]).expect(0).out);
    let pem = folder.file("public.pem", run(&["keys", "show", &public, "--format", "pem"]).expect(0).out);
    for file in [&private, &public, &pem] {
        let done = run(&["verify", "--secret-file", file, NOW[0], NOW[1], DOOR]).expect(2);
        assert!(done.err.contains("63 key_malformed") && done.err.contains("not a secret"), "{}", done.err);
        let done =
            run(&["verify", "--danger-allow-short-secret", "--secret-file", file, NOW[0], NOW[1], DOOR]).expect(2);
        assert!(done.err.contains("not a secret"), "{}", done.err);
    }
}

#[test]
fn jws_checks_only_the_signature() {
    let folder = Folder::new();
    let file = folder.file("secret", DOOR_SECRET);
    let payload = folder.file("payload", b"plain \x1b[2J text");
    let token = run(&["sign", "--secret-file", &file, "--jws", &payload]).expect(0).out;
    run(&["verify", "--secret-file", &file, token.trim()]).expect(1);
    let done = run(&["verify", "--secret-file", &file, "--jws", token.trim()]).expect(0);
    assert!(!done.out.contains('\u{1b}'), "{}", done.out);
    let done = run(&["verify", "--secret-file", &file, "--jws", "--json", token.trim()]).expect(0);
    assert_eq!(done.out, "{\"ok\":true,\"alg\":\"HS256\",\"payload_b64\":\"cGxhaW4gG1sySiB0ZXh0\"}\n");
    let done = run(&["verify", "--secret-file", &file, "--jws", "--aud", "a", token.trim()]).expect(2);
    assert!(done.err.contains("--aud is not allowed with it"));
}

#[test]
fn control_characters_in_claims_are_escaped() {
    let folder = Folder::new();
    let file = folder.file("secret", DOOR_SECRET);
    let claims = folder.file("claims", "{\"a\":\"\u{9b}2J\\u001b]0;x\\u0007\u{202e}\",\"k\u{9b}\":1}");
    let token = run(&["sign", "--secret-file", &file, "--claims", &claims, "--expires-in", "60"]).expect(0).out;
    for command in [vec!["verify", "--secret-file", &file], vec!["inspect"]] {
        let done = run(&[&command[..], &[token.trim()]].concat()).expect(0);
        assert!(done.out.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{:?}", done.out);
        assert!(done.out.contains("\\u009b2J\\u001b]0;x\\u0007\\u202e"), "{}", done.out);
    }
}

#[test]
fn a_token_with_a_leading_dash_follows_two_dashes() {
    let folder = Folder::new();
    let [verify, flag, file, now] = secret(&folder);
    run(&[&verify, &flag, &file, &now, "--", "-x.y.z"]).expect(1);
    run(&[&verify, &flag, &file, &now, "-x.y.z"]).expect(2);
}
