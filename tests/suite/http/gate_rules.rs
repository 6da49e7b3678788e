//! What the gate asks of a good token, where it looks for it, and what it passes on.

use super::client::{get, get_with, send};
use super::forward_auth::{gate, policy};
use super::process::Server;
use super::tokens::{AUDIENCE, ISSUER, Issuer};
use super::wanted;
use crate::cli::program::command;
use serde_json::{Value, json};
use std::io::Read as _;
use std::process::Stdio;

/// Status and name of the answer for a token with these claims besides those of the policy.
fn verdict(gate: &Server, issuer: &Issuer, more: &Value) -> (u16, String) {
    let answer = get_with(gate.address, "/auth", &issuer.sign_as(ISSUER, AUDIENCE, more));
    let name = if answer.status == 204 { Value::Null } else { answer.json()["name"].clone() };
    (answer.status, name.as_str().unwrap_or_default().to_owned())
}

#[test]
fn roles_groups_and_permissions_are_required() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("rules");
    let rules = "[[require]]\nclaim = \"realm_access.roles\"\nany-of = [\"admin\", \"editor\"]\n\
                 [[require]]\nclaim = \"https://id.example/permissions\"\nall-of = [\"read\", \"write\"]\n\
                 [[require]]\nclaim = \"/email_verified\"\nany-of = [true]\n";
    let gate = gate(&policy("rules", &issuer.public, rules));
    let good = json!({
        "realm_access": {"roles": ["viewer", "editor"]}, "https://id.example/permissions": ["write", "read"],
        "email_verified": true,
    });
    assert_eq!(verdict(&gate, &issuer, &good), (204, String::new()));
    for (path, value) in [
        ("/realm_access/roles", json!(["viewer"])),
        ("/realm_access/roles", json!("admin editor")),
        ("/realm_access/roles", json!(null)),
        ("/https:~1~1id.example~1permissions", json!(["read"])),
        ("/https:~1~1id.example~1permissions", json!([])),
        ("/email_verified", json!("true")),
        ("/email_verified", json!(false)),
    ] {
        let mut claims = good.clone();
        *claims.pointer_mut(path).expect("it is there") = value;
        assert_eq!(verdict(&gate, &issuer, &claims), (403, "claim_not_allowed".to_owned()), "{claims}");
    }
    assert_eq!(verdict(&gate, &issuer, &json!({})).0, 403);
    let metrics = get(gate.address, "/metrics", &[]).body;
    assert!(metrics.contains("glowband_requests_total{verdict=\"claim_not_allowed\"} 8\n"), "{metrics}");
}

/// `serde_json` cannot read every number of JSON; a rule decides about all of them.
#[test]
fn rules_decide_about_numbers_of_any_size_and_spelling() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("numbers");
    let rules = "[headers]\nX-Auth-Level = \"level\"\nX-Auth-Name = \"name\"\n\
                 [[require]]\nclaim = \"level\"\nany-of = [2, 9007199254740993, \"1e400\"]\n";
    let server = gate(&policy("numbers", &issuer.public, rules));
    for (level, passes) in [
        ("2", true),
        ("2.0", true),
        ("20e-1", true),
        ("[7, 2e0]", true),
        ("9007199254740993", true),
        ("9007199254740993.0", true),
        ("\"1e400\"", true),
        ("9007199254740992", false),
        ("2.0000000000000000001", false),
        ("1e400", false),
        ("-1e400", false),
        ("[1e400]", false),
        ("1e-400", false),
        ("123456789012345678901234567890", false),
    ] {
        for more in ["", ",\"other\":1e400", ",\"other\":{\"deep\":[-1e999999999999999999999]}"] {
            let claims =
                format!("{{\"iss\":\"{ISSUER}\",\"aud\":\"{AUDIENCE}\",\"name\":\"alice\",\"level\":{level}{more}}}");
            let token = issuer.sign_text(&claims, &["--expires-in", "10m"]);
            let answer = get_with(server.address, "/auth", &token);
            assert_eq!(answer.status, if passes { 204 } else { 403 }, "{claims}: {answer:?}");
            if passes {
                assert_eq!(answer.header("X-Auth-Name").as_deref(), Some("alice"), "{claims}: {answer:?}");
            }
        }
    }
    // Without rules, the headers of other claims are not lost.
    let open =
        gate(&policy("numbers-open", &issuer.public, "[headers]\nX-Auth-Level = \"level\"\nX-Auth-Name = \"name\"\n"));
    let claims =
        format!("{{\"iss\":\"{ISSUER}\",\"aud\":\"{AUDIENCE}\",\"name\":\"alice\",\"azp\":\"shop\",\"level\":1e400}}");
    let answer = get_with(open.address, "/auth", &issuer.sign_text(&claims, &["--expires-in", "10m"]));
    let header = |name| answer.header(name).unwrap_or_default();
    assert_eq!(
        (answer.status, header("X-Auth-Name"), header("X-Auth-Client"), header("X-Auth-Level")),
        (204, "alice".to_owned(), "shop".to_owned(), String::new()),
        "{answer:?}"
    );
}

#[test]
fn subjects_types_and_clients_are_lists() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("lists");
    let lists = "subject = [\"alice\", \"repo:glowband/*\"]\nsubject-prefix = \"system:serviceaccount:orders:\"\n\
                 client = [\"shop\", \"web\"]\n";
    let gate = gate(&policy("lists", &issuer.public, lists));
    for (claims, number) in [
        (json!({"sub": "alice", "client_id": "shop"}), 204),
        (json!({"sub": "repo:glowband/site:ref:refs/heads/main", "azp": "web"}), 204),
        (json!({"sub": "system:serviceaccount:orders:api", "azp": "web"}), 204),
        (json!({"sub": "repo:glowband", "azp": "web"}), 401),
        (json!({"sub": "repo:glowworm/site", "azp": "web"}), 401),
        (json!({"sub": "system:serviceaccount:other:api", "azp": "web"}), 401),
        (json!({"sub": "alice"}), 403),
        (json!({"sub": "alice", "client_id": "other", "azp": "web"}), 403),
    ] {
        assert_eq!(verdict(&gate, &issuer, &claims).0, number, "{claims}");
    }
    let types = policy("types", &issuer.public, "");
    let text = std::fs::read_to_string(&types).expect("it was written");
    std::fs::write(&types, text.replace("\"at+jwt\"", "[\"JWT\", \"at+jwt\"]")).expect("it can be written");
    let gate = super::forward_auth::gate(&types);
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE});
    for (typ, status) in [("JWT", 204), ("at+jwt", 204), ("logout+jwt", 401)] {
        let token = issuer.sign_typed(typ, &claims, &["--expires-in", "10m"]);
        assert_eq!(get_with(gate.address, "/auth", &token).status, status, "{typ}");
    }
}

#[test]
fn a_token_that_is_bound_to_a_key_is_no_bearer() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("bound");
    let strict = gate(&policy("bound", &issuer.public, "cache-bytes = 100000"));
    let lenient = gate(&policy("bound-lenient", &issuer.public, "danger-accept-bound-tokens = true"));
    for confirmation in [
        json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
        json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        json!({"jwk": {"kty": "EC"}}),
        json!({}),
        json!("a"),
    ] {
        let token = issuer.sign_as(ISSUER, AUDIENCE, &json!({"cnf": confirmation}));
        for _ in 0..2 {
            let answer = get_with(strict.address, "/auth", &token);
            assert_eq!((answer.status, &answer.json()["code"]), (401, &66.into()), "{answer:?}");
        }
        assert_eq!(get_with(lenient.address, "/auth", &token).status, 204);
    }
    assert_eq!(verdict(&strict, &issuer, &json!({"cnf": null})).0, 204);
}

#[test]
fn the_token_may_stand_in_another_header() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("header");
    let gate = gate(&policy("header", &issuer.public, "token-header = \"Cf-Access-Jwt-Assertion\""));
    let good = issuer.sign("a");
    let bearer = format!("Bearer {good}");
    let ask = |headers: &[(&str, &str)]| get(gate.address, "/auth", headers).status;
    assert_eq!(ask(&[("Cf-Access-Jwt-Assertion", &good)]), 204);
    assert_eq!(ask(&[("cf-access-jwt-assertion", &bearer)]), 204);
    assert_eq!(ask(&[("Cf-Access-Jwt-Assertion", &good), ("Authorization", "Basic eDp5")]), 204);
    assert_eq!(ask(&[("Authorization", &bearer)]), 401);
    assert_eq!(ask(&[("Cf-Access-Jwt-Assertion", &good), ("Cf-Access-Jwt-Assertion", &good)]), 401);
    assert_eq!(ask(&[("Cf-Access-Jwt-Assertion", "a b")]), 401);
    assert_eq!(ask(&[]), 401);
}

#[test]
fn claims_become_headers_and_none_breaks_out() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("claims");
    let headers = "[headers]\nX-Auth-Email = \"email\"\nX-Auth-Roles = \"realm_access.roles\"\n\
                   X-Auth-Plan = \"/https:~1~1id.example~1app/plan\"\nRemote-User = \"preferred_username\"\n";
    let gate = gate(&policy("claims", &issuer.public, headers));
    let ask = |claims: &Value| {
        let token = issuer.sign_as(ISSUER, AUDIENCE, claims);
        let authorization = format!("Bearer {token}");
        let outside =
            [("Authorization", authorization.as_str()), ("X-Auth-Email", "root@example"), ("Remote-User", "root")];
        let answer = get(gate.address, "/auth", &outside);
        assert_eq!(answer.status, 204, "{answer:?}");
        ["X-Auth-Email", "X-Auth-Roles", "X-Auth-Plan", "Remote-User"].map(|name| answer.header(name).expect(name))
    };
    let full = json!({
        "email": "ada@example.com\r\nX-Auth-Subject: root", "realm_access": {"roles": ["a", "b,c"]},
        "https://id.example/app": {"plan": 3}, "preferred_username": "Ada L.",
    });
    assert_eq!(ask(&full), ["ada@example.com%0D%0AX-Auth-Subject: root", "a,b%2Cc", "3", "Ada L."]);
    assert_eq!(ask(&json!({"email": {"a": 1}})), ["", "", "", ""]);
}

#[test]
fn a_proxy_may_append_the_path() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("appended");
    let plain = gate(&policy("not-appended", &issuer.public, ""));
    let good = issuer.sign("orders:read");
    assert_eq!(get_with(plain.address, "/auth/orders/1", &good).status, 404, "only where it is set");
    let gate =
        gate(&policy("appended", &issuer.public, "appended-path = true\ncookie = \"t\"\n[headers]\nX-A = \"sub\"\n"));
    for path in
        ["/auth/", "/auth/orders/1", "/auth//orders", "/auth/orders?scope=admin&x=%zz", "/auth/a%2Fb", "/auth/../x"]
    {
        let answer = get_with(gate.address, path, &good);
        assert_eq!((answer.status, answer.header("X-A").as_deref()), (200, Some("alice")), "{path}");
        assert_eq!(get(gate.address, path, &[]).status, 401, "{path}");
    }
    assert_eq!(get_with(gate.address, "/auth?scope=orders:write", &good).status, 403);
    assert_eq!(get_with(gate.address, "/auth?x=1", &good).status, 500);
    // The question's own method counts, and no header of the client.
    let cookie = format!("t={good}");
    let ask = |method: &str, more: &[(&str, &str)]| {
        let headers = [&[("Cookie", cookie.as_str())], more].concat();
        send(gate.address, method, "/auth/orders", &headers, None).expect("an answer").status
    };
    assert_eq!(ask("GET", &[]), 200);
    assert_eq!(ask("POST", &[("X-Forwarded-Method", "GET"), ("X-Original-Method", "GET")]), 403);
    assert_eq!(ask("POST", &[("Sec-Fetch-Site", "same-origin")]), 200);
}

#[test]
fn ingress_nginx_names_the_request_in_its_own_headers() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("original");
    let gate = gate(&policy("original", &issuer.public, "cookie = \"t\""));
    let cookie = format!("t={}", issuer.sign("a"));
    let ask =
        |more: &[(&str, &str)]| get(gate.address, "/auth", &[&[("Cookie", cookie.as_str())], more].concat()).status;
    let url = ("X-Original-URL", "https://shop.example/cart");
    assert_eq!(ask(&[("X-Original-Method", "GET"), url]), 204);
    assert_eq!(ask(&[("X-Original-Method", "POST"), url]), 403);
    assert_eq!(ask(&[("X-Original-Method", "POST"), url, ("Origin", "https://shop.example")]), 204);
    assert_eq!(ask(&[("X-Original-Method", "POST"), url, ("Origin", "https://evil.example")]), 403);
    assert_eq!(ask(&[("X-Original-Method", "POST"), ("X-Forwarded-Method", "GET"), url]), 403);
    assert_eq!(ask(&[]), 403);
}

/// The token of a load balancer of AWS: ES256, every segment padded, good until 2100.
const PADDED: &str = "eyJ0eXAiOiJKV1QiLCJraWQiOiJrMSIsImFsZyI6IkVTMjU2In0=.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwgImF1ZCI6ICJhcGkiLCAic3ViIjogImFsaWNlIiwgImlhdCI6IDE3MDAwMDAwMDAsICJleHAiOiA0MTAyNDQ0ODAwLCAieCI6ICJhYmMifQ==.J03ht57VLPqs29ioCTfSvor8UwAEamdMgaU33OOi8T94hUR0oNFkrwbhsAh11VSXS_CDYZL891yZ4P1Iqc2rSQ==";
const PADDED_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"k1","alg":"ES256","x":"59V4hkw95QFnqzYVgmJ5psKYhnoutbHCIkvcQWM-ckc","y":"3gHt4cvonvT7PlG_pm8VZmDP_nrjqis2OVb5p_slS4k"}"#;

#[test]
fn a_padded_token_is_told_its_fault_and_gets_in_by_a_setting_that_warns() {
    if !wanted() {
        return;
    }
    let key = crate::cli::program::file("padded.jwk", PADDED_KEY);
    let text = |more: &str| {
        format!("issuer = \"{ISSUER}\"\naudience = \"api\"\n{more}\n[keys]\nfile = {:?}\n", key.to_string_lossy())
    };
    let lenient = crate::cli::program::file("padded.toml", &text("danger-allow-padding = true"));
    let amazon = crate::cli::program::file(
        "padded-header.toml",
        &text("danger-allow-padding = true\ntoken-header = \"X-Amzn-Oidc-Data\""),
    );
    let strict = crate::cli::program::file("padded-strict.toml", &text(""));
    let server = gate(&lenient.to_string_lossy());
    let answer = get_with(server.address, "/auth", PADDED);
    assert_eq!((answer.status, answer.header("X-Auth-Subject").as_deref()), (204, Some("alice")), "{answer:?}");
    let server = gate(&amazon.to_string_lossy());
    assert_eq!(get(server.address, "/auth", &[("X-Amzn-Oidc-Data", PADDED)]).status, 204);

    let mut child = command()
        .args(["forward-auth", "--policy", &strict.to_string_lossy(), "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().expect("piped")), &mut line)
        .expect("text");
    let address =
        line.split_once("http://").and_then(|(_, rest)| rest.split('/').next()?.parse().ok()).expect("an address");
    let answer = get_with(address, "/auth", PADDED);
    let body = answer.json();
    assert_eq!((answer.status, &body["code"], &body["name"]), (401, &5.into(), &"base64_invalid".into()), "{answer:?}");
    let detail = body["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("padded with `=`") && detail.contains("danger-allow-padding"), "{answer:?}");
    child.kill().expect("it can be ended");
    let mut log = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut log).expect("text");
    child.wait().expect("it ends");
    assert!(log.contains("padded with `=`") && log.contains("danger_allow_padding"), "{log}");
    assert!(!log.contains("eyJ"), "{log}");
}

#[test]
fn a_clock_that_is_half_a_minute_slow_locks_no_user_out() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("leeway");
    let (usual, exact) =
        (gate(&policy("leeway", &issuer.public, "")), gate(&policy("exact", &issuer.public, "leeway = 0")));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let token = issuer.sign_as(ISSUER, AUDIENCE, &json!({"nbf": now + 20}));
    assert_eq!(get_with(usual.address, "/auth", &token).status, 204);
    assert_eq!(get_with(exact.address, "/auth", &token).json()["code"], 46);
    let late = issuer.sign_as(ISSUER, AUDIENCE, &json!({"nbf": now + 300}));
    assert_eq!(get_with(usual.address, "/auth", &late).json()["code"], 46);
}

#[test]
fn tokens_as_long_as_the_limit_are_taken() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("long");
    let usual = gate(&policy("long", &issuer.public, ""));
    let short = gate(&policy("short", &issuer.public, "[limits]\ntoken-bytes = 1000\n"));
    let groups: Vec<_> = (0..1_700).map(|number| format!("/company/department-{number}")).collect();
    let token = issuer.sign_as(ISSUER, AUDIENCE, &json!({"groups": groups}));
    assert!((50_000..64 * 1024).contains(&token.len()), "{}", token.len());
    assert_eq!(get_with(usual.address, "/auth", &token).status, 204);
    assert_eq!(get_with(short.address, "/auth", &token).json()["code"], 1);
    // No command signs a token that is too long.
    let longer = token + &"A".repeat(20_000);
    assert_eq!(get_with(usual.address, "/auth", &longer).json()["code"], 1);
}
