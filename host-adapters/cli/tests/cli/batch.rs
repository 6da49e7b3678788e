//! `glowband verify --batch`: valid and invalid requests.

use crate::program::{DOOR, DOOR_JWK, DOOR_SECRET, Folder, run_with};
use serde_json::Value;

fn answers(arguments: &[&str], input: &[u8], code: i32) -> Vec<Value> {
    let done = run_with(&[&["verify", "--batch"], arguments].concat(), input).expect(code);
    assert_eq!(done.err, "");
    done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the answer to one line, which must be the only one.
fn answer(line: &str) -> Value {
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK);
    let done = run_with(&["verify", "--batch", "--key", &key, "--now", "1700000000"], line.as_bytes());
    assert_eq!(done.out.lines().count(), 1, "{}", done.out);
    let answer: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(done.code, i32::from(answer["ok"] == false));
    answer
}

#[test]
fn answers_have_exactly_the_agreed_members() {
    let folder = Folder::new();
    let key = folder.file("key", DOOR_SECRET);
    let claims = folder.file("claims", "{ \"n\" : 1.50,\r\n\t\"s\": \"a  b\", \"exp\": 1e10 }");
    let token =
        crate::program::run(&["sign", "--secret-file", &key, "--claims", &claims, "--kid", "k\"1", "--now", "5"]);
    let token = token.expect(0).out.trim().to_owned();
    let payload = token.split('.').nth(1).unwrap();
    let input = format!(
        "{{\"id\":{{\"a\" : [1, 2.0]}},\"token\":\"{token}\"}}\n{{\"token\":\"{token}\",\"jws\":true}}\n{{\"id\":\"x\",\"token\":\"{token}\",\"now\":10000000000}}\n"
    );
    let done = run_with(&["verify", "--batch", "--secret-file", &key], input.as_bytes()).expect(1);
    let lines: Vec<_> = done.out.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "{{\"id\":{{\"a\":[1,2.0]}},\"ok\":true,\"alg\":\"HS256\",\"kid\":\"k\\\"1\",\"payload_b64\":\"{payload}\",\"claims\":{{\"n\":1.50,\"s\":\"a  b\",\"exp\":1e10,\"iat\":5}}}}"
        )
    );
    assert_eq!(
        lines[1],
        format!("{{\"id\":null,\"ok\":true,\"alg\":\"HS256\",\"kid\":\"k\\\"1\",\"payload_b64\":\"{payload}\"}}")
    );
    assert!(lines[2].starts_with(
        "{\"id\":\"x\",\"ok\":false,\"code\":45,\"error\":\"expired\",\"message\":\"The token has expired."
    ));
}

#[test]
fn claims_with_line_breaks_are_answered_on_one_line() {
    // The payload of another issuer has several lines.
    let folder = Folder::new();
    let key = folder.file("key", DOOR_SECRET);
    let payload = folder.file("payload", "{\r\n  \"exp\": 9999999999,\n  \"t\": \"a\\n b\"\n}");
    let token = crate::program::run(&["sign", "--secret-file", &key, "--jws", &payload]).expect(0).out;
    let input = format!("{{\"token\":\"{}\"}}", token.trim());
    let done = run_with(&["verify", "--batch", "--secret-file", &key], input.as_bytes()).expect(0);
    assert!(done.out.ends_with("\"claims\":{\"exp\":9999999999,\"t\":\"a\\n b\"}}\n"), "{}", done.out);
}

#[test]
fn keys_are_in_the_request_or_on_the_command_line() {
    let other = DOOR_JWK.replace("YW4g", "YW5n");
    let line = |members: &str| format!("{{\"token\":\"{DOOR}\",\"now\":1700000000{members}}}\n");
    let input = [
        line(&format!(",\"jwk\":{DOOR_JWK}")),
        line(&format!(",\"jwk\":{other}")),
        line(&format!(",\"jwks\":{{\"keys\":[{other},{DOOR_JWK}]}}")),
        line(&format!(",\"jwks\":{{\"keys\":[{other}]}}")),
        line(",\"jwks\":{\"keys\":[]}"),
        line(",\"jwks\":{}"),
        line(",\"jwk\":{}"),
        line(",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-512\"}"),
        line(&format!(",\"jwk\":{}", DOOR_JWK.replace('}', ",\"use\":\"enc\"}"))),
        line(&format!(",\"jwk\":{}", DOOR_JWK.replace('}', ",\"alg\":\"ES256\"}"))),
        line(",\"jwk\":{\"kty\":\"oct\",\"k\":\"c2hvcnQ\"}"),
        line(""),
    ]
    .concat();
    let errors = |answers: Vec<Value>| -> Vec<String> {
        answers.iter().map(|answer| answer["error"].as_str().unwrap_or("ok").to_owned()).collect()
    };
    let mut expected = vec![
        "ok",
        "bad_signature",
        "ok",
        "bad_signature",
        "key_not_found",
        "key_malformed",
        "jwk_malformed",
        "key_unsupported",
        "jwk_may_not_verify",
        "jwk_algorithm_conflict",
        "secret_too_short",
        "bad_request",
    ];
    assert_eq!(errors(answers(&[], input.as_bytes(), 1)), expected);
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK);
    expected[11] = "ok";
    assert_eq!(errors(answers(&["--key", &key], input.as_bytes(), 1)), expected);
    let short = run_with(&["verify", "--batch", "--danger-allow-short-secret"], input.as_bytes()).out;
    assert!(short.lines().nth(10).unwrap().contains("bad_signature"));
}

#[test]
fn flags_are_the_defaults_of_every_request() {
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK);
    let input = format!(
        "{{\"token\":\"{DOOR}\"}}\n{{\"token\":\"{DOOR}\",\"aud\":\"door-43\"}}\n{{\"token\":\"{DOOR}\",\"now\":99999999999}}\n{{\"token\":\"{DOOR}\",\"sub\":\"bob\"}}\n"
    );
    let flags = ["--key", &key, "--now", "1700000000", "--aud", "door-42", "--iss", "https://id.example"];
    let codes: Vec<_> = answers(&flags, input.as_bytes(), 1).iter().map(|answer| answer["code"].as_u64()).collect();
    assert_eq!(codes, [None, Some(37), Some(45), Some(39)]);
    let codes = answers(&["--key", &key, "--jws"], input.as_bytes(), 0);
    assert!(codes.iter().all(|answer| answer["ok"] == true && answer.get("claims").is_none()));
    let no_expiry = crate::program::run(&["sign", "--key", &key, "--allow-missing-expiry"]).expect(0).out;
    let line = format!("{{\"token\":\"{}\"}}", no_expiry.trim());
    assert_eq!(answers(&["--key", &key], line.as_bytes(), 1)[0]["error"], "expiry_missing");
    answers(&["--key", &key, "--allow-missing-expiry"], line.as_bytes(), 0);
    let line = line.replace('}', ",\"allow_missing_expiry\":true}");
    answers(&["--key", &key], line.as_bytes(), 0);
    let line = line.replace("true", "false");
    answers(&["--key", &key, "--allow-missing-expiry"], line.as_bytes(), 1);
}

#[test]
fn invalid_requests_are_answered_and_the_batch_continues() {
    let long = format!("{{\"id\":1,\"token\":\"{}\"}}", "a".repeat(1 << 20));
    for (line, id, words) in [
        ("nonsense", Value::Null, "not a JSON object"),
        ("[]", Value::Null, "not a JSON object"),
        ("{\"id\":7,\"token\":", 7.into(), "not valid JSON"),
        ("{\"id\":7,\"token\":\"a\"}{}", 7.into(), "not valid JSON"),
        ("{\"id\":7}", 7.into(), "token is missing"),
        ("{\"id\":7,\"token\":\"a\",\"tokens\":1}", 7.into(), "\"tokens\" is unknown; allowed members: id, token"),
        ("{\"id\":7,\"token\":1}", 7.into(), "token has the wrong type; allowed: a string"),
        ("{\"id\":7,\"token\":\"a\",\"jwk\":[]}", 7.into(), "jwk has the wrong type; allowed: an object"),
        ("{\"id\":7,\"token\":\"a\",\"jwk\":{},\"jwks\":{}}", 7.into(), "jwk and jwks are both given"),
        ("{\"id\":7,\"token\":\"a\",\"token\":\"a\"}", 7.into(), "token is given twice"),
        (
            "{\"id\":7,\"token\":\"a\",\"now\":18446744073709551616}",
            7.into(),
            "now has the wrong type; allowed: a whole number",
        ),
        ("{\"id\":7,\"token\":\"a\",\"leeway\":-1}", 7.into(), "leeway has the wrong type"),
        ("{\"id\":7,\"token\":\"a\",\"jws\":\"true\"}", 7.into(), "jws has the wrong type; allowed: true or false"),
        (long.as_str(), Value::Null, "allowed: 1048576 bytes"),
    ] {
        let answer = answer(line);
        assert_eq!(
            (&answer["id"], &answer["code"], &answer["error"]),
            (&id, &64.into(), &"bad_request".into()),
            "{answer}"
        );
        assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let folder = Folder::new();
    let key = folder.file("key", DOOR_JWK);
    let good = format!("{{\"id\":9,\"token\":\"{DOOR}\"}}");
    let input = [b"\xff\xfe\n", good.as_bytes(), b"\n", long.as_bytes(), b"\r\n\n  \n", good.as_bytes()].concat();
    let all = answers(&["--key", &key, "--now", "1700000000"], &input, 1);
    let ok: Vec<_> = all.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [false, true, false, true]);
    assert!(all[0]["message"].as_str().unwrap().contains("not UTF-8"));
}

#[test]
fn a_line_of_exactly_the_greatest_length_is_read() {
    let frame = "{\"id\":\"\",\"token\":\"\"}".len();
    let line = format!("{{\"id\":\"{}\",\"token\":\"\"}}", "i".repeat((1 << 20) - frame));
    assert_eq!(line.len(), 1 << 20);
    assert_eq!(answer(&line)["error"], "segment_count");
    let line = line.replacen("\"i", "\"ii", 1);
    assert_eq!(answer(&line)["error"], "bad_request");
}

#[test]
fn an_empty_batch_succeeds_and_tokens_as_arguments_are_refused() {
    assert!(answers(&[], b"", 0).is_empty());
    assert!(answers(&["-"], b"\n", 0).is_empty());
    let done = run_with(&["verify", "--batch", DOOR], b"").expect(2);
    assert!(done.err.contains("--batch reads requests from standard input"));
}
