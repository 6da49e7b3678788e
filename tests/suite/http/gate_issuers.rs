//! One gate for the tokens of several issuers, one of which cannot be reached; and the tenants of Microsoft Entra.

use super::client::{get, get_with};
use super::forward_auth::gate;
use super::tokens::Issuer;
use super::wanted;
use crate::cli::program::{file, glowband};
use serde_json::json;
use std::time::{Duration, Instant};

const STAFF: &str = "https://staff.example";
const PARTNERS: &str = "https://partners.example";
const DOWN: &str = "https://down.example";

/// A policy file for two issuers with key files, and one whose address no server listens on.
fn policy(name: &str, staff: &Issuer, partners: &Issuer) -> String {
    let text = format!(
        "token-type = \"at+jwt\"\ncache-bytes = 1000000\n\n\
         [[issuers]]\nissuer = \"{STAFF}\"\naudience = \"orders-api\"\n[issuers.keys]\nfile = {:?}\n\n\
         [[issuers]]\nissuer = \"{PARTNERS}\"\naudience = [\"api://orders\", \"api://old\"]\nalgorithms = [\"ES256\"]\n\
         client = \"shop\"\n[[issuers.require]]\nclaim = \"realm_access.roles\"\nany-of = [\"orders\"]\n\
         [issuers.keys]\nfile = {:?}\n\n\
         [[issuers]]\nissuer = \"{DOWN}\"\naudience = \"orders-api\"\n\
         [issuers.keys]\njwks-url = \"http://127.0.0.1:1/jwks\"\ndanger-allow-plain-http-on-loopback = true\n",
        staff.public.to_string_lossy(),
        partners.public.to_string_lossy(),
    );
    file(&format!("{name}.toml"), &text).to_string_lossy().into_owned()
}

#[test]
fn each_issuer_has_its_own_keys_and_policy() {
    if !wanted() {
        return;
    }
    let (staff, partners) = (Issuer::new("staff"), Issuer::new("partners"));
    let gate = gate(&policy("issuers", &staff, &partners));
    let role = json!({"client_id": "shop", "realm_access": {"roles": ["orders"]}});
    let good = [
        staff.sign_as(STAFF, "orders-api", &json!({})),
        partners.sign_as(PARTNERS, "api://orders", &role),
        partners.sign_as(PARTNERS, "api://old", &role),
    ];
    for token in good.iter().chain(&good) {
        let answer = get_with(gate.address, "/auth", token);
        assert_eq!(answer.status, 204, "{answer:?}");
    }
    assert_eq!(get_with(gate.address, "/auth", &good[1]).header("X-Auth-Issuer").as_deref(), Some(PARTNERS));
    for (token, status, name) in [
        (staff.sign_as(PARTNERS, "api://orders", &role), 401, "key_not_found"),
        (partners.sign_as(STAFF, "orders-api", &role), 401, "key_not_found"),
        (staff.sign_as(STAFF, "api://orders", &json!({})), 401, "audience_mismatch"),
        (partners.sign_as(PARTNERS, "orders-api", &role), 401, "audience_mismatch"),
        (partners.sign_as(PARTNERS, "api://orders", &json!({"client_id": "shop"})), 403, "claim_not_allowed"),
        (
            partners.sign_as(PARTNERS, "api://orders", &json!({"realm_access": {"roles": ["orders"]}})),
            403,
            "claim_not_allowed",
        ),
        (staff.sign_as("https://elsewhere.example", "orders-api", &json!({})), 401, "issuer_mismatch"),
        (staff.sign_claims(&json!({"aud": "orders-api"}), &["--expires-in", "10m"]), 401, "issuer_missing"),
        // The issuer that cannot be reached may have the key.
        (staff.sign_as(DOWN, "orders-api", &json!({})), 503, "keys_unavailable"),
    ] {
        let answer = get_with(gate.address, "/auth", &token);
        assert_eq!((answer.status, answer.json()["name"].as_str()), (status, Some(name)), "{answer:?}");
    }
}

#[test]
fn an_issuer_that_is_down_is_named_and_stops_no_other() {
    if !wanted() {
        return;
    }
    let (staff, partners) = (Issuer::new("staff-ready"), Issuer::new("partners-ready"));
    let gate = gate(&policy("ready", &staff, &partners));
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let ready = get(gate.address, "/readyz", &[]);
        assert_eq!(ready.status, 200, "{ready:?}");
        assert!(!ready.body.contains(STAFF) && !ready.body.contains(PARTNERS), "{ready:?}");
        if ready.body.contains(&format!("{DOWN}: no keys yet: ")) {
            break;
        }
        assert!(Instant::now() < until, "{ready:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    // A token that no issuer knows causes no fetch.
    let fetches = || {
        let metrics = get(gate.address, "/metrics", &[]).body;
        metrics
            .lines()
            .find_map(|line| line.strip_prefix(&format!("glowband_key_refetches_total{{issuer=\"{DOWN}\"}} ")))
            .unwrap_or_else(|| panic!("{metrics}"))
            .to_owned()
    };
    let before = fetches();
    for iss in ["https://elsewhere.example", STAFF, ""] {
        let token = staff.sign_as(iss, "orders-api", &json!({}));
        get_with(gate.address, "/auth", &token);
    }
    assert_eq!(fetches(), before);
    let metrics = get(gate.address, "/metrics", &[]).body;
    assert!(metrics.contains(&format!("glowband_keys{{issuer=\"{STAFF}\"}} 1\n")), "{metrics}");
    assert!(metrics.contains(&format!("glowband_keys{{issuer=\"{DOWN}\"}} 0\n")), "{metrics}");
    assert_eq!(metrics.matches("# TYPE glowband_keys gauge").count(), 1);
}

#[test]
fn keys_that_cannot_be_used_are_named_with_their_reasons() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("skipped");
    let usable: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&issuer.public).expect("it was written")).expect("a JWK");
    let weak = json!({"kty": "RSA", "kid": "weak", "n": "AQ", "e": "AQAB"});
    let curve = json!({"kty": "EC", "kid": "curve\n", "crv": "secp256k1", "x": "AA", "y": "AA"});
    let gate_with = |name: &str, keys: &[serde_json::Value]| {
        let keys = file(&format!("{name}.jwks"), &json!({"keys": keys}).to_string());
        let text =
            format!("issuer = \"{STAFF}\"\naudience = \"orders-api\"\n[keys]\nfile = {:?}\n", keys.to_string_lossy());
        gate(&file(&format!("{name}.toml"), &text).to_string_lossy())
    };
    let server = gate_with("skipped", &[weak.clone(), usable.clone(), curve]);
    let ready = get(server.address, "/readyz", &[]);
    assert_eq!(ready.status, 200, "{ready:?}");
    let lines: Vec<_> = ready.body.lines().collect();
    assert_eq!(lines[0], "ready");
    assert!(lines[1].starts_with("ignored key 0 (kid \"weak\"): n has "), "{ready:?}");
    assert!(lines[2].starts_with("ignored key 2 (kid \"curve\\n\"): crv "), "{ready:?}");
    assert_eq!(lines.len(), 3);
    // A large set is not written out.
    let server = gate_with("skipped-many", &[vec![usable], vec![weak; 50]].concat());
    let ready = get(server.address, "/readyz", &[]);
    assert_eq!(ready.body.matches("ignored key").count(), 20, "{ready:?}");
    assert!(ready.body.ends_with("ignored 30 more keys\n"), "{ready:?}");
}

#[test]
fn the_tenants_of_an_application_are_listed() {
    if !wanted() {
        return;
    }
    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const OTHER: &str = "11111111-2222-3333-4444-555555555555";
    let entra = Issuer::new("entra");
    let text = format!(
        "issuer = \"https://login.microsoftonline.com/{{tenantid}}/v2.0\"\ntenants = [\"{TENANT}\"]\n\
         audience = \"api://orders\"\n[keys]\nfile = {:?}\n",
        entra.public.to_string_lossy()
    );
    let gate = gate(&file("entra.toml", &text).to_string_lossy());
    let issuer = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    for (iss, tid, number) in [
        (issuer(TENANT), TENANT, None),
        (issuer(OTHER), OTHER, Some(35)),
        (issuer(TENANT), OTHER, Some(35)),
        (issuer("{tenantid}"), TENANT, Some(35)),
        (issuer("common"), TENANT, Some(35)),
    ] {
        let answer = get_with(gate.address, "/auth", &entra.sign_as(&iss, "api://orders", &json!({"tid": tid})));
        match number {
            None => assert_eq!(answer.status, 204, "{answer:?}"),
            Some(number) => assert_eq!(answer.json()["code"], number, "{iss} {tid}"),
        }
    }
}

#[test]
fn a_wrong_table_is_named() {
    if !wanted() {
        return;
    }
    let issuer = Issuer::new("wrong-table");
    let keys = format!("file = {:?}\n", issuer.public.to_string_lossy());
    let table = |iss: &str, more: &str| {
        format!("[[issuers]]\nissuer = \"{iss}\"\naudience = \"b\"\n{more}[issuers.keys]\n{keys}\n")
    };
    let flat = |more: &str| format!("issuer = \"a\"\naudience = \"b\"\n{more}\n[keys]\n{keys}");
    let entra = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let guid = "tenants = [\"72f988bf-86f1-41af-91ab-2d7cd011db47\"]\n";
    for (name, text, expected) in [
        ("twice", table("a", "") + &table("a", ""), "the issuer \"a\" occurs twice"),
        ("top", format!("audience = \"x\"\n{}", table("a", "")), "audience is not allowed above [[issuers]]"),
        ("top-keys", format!("[keys]\n{keys}\n{}", table("a", "")), "[keys] is not allowed above [[issuers]]"),
        (
            "top-danger",
            format!("danger-allow-padding = true\n{}", table("a", "")),
            "danger-allow-padding is not allowed above",
        ),
        (
            "no-keys",
            "[[issuers]]\nissuer = \"a\"\naudience = \"b\"\n".to_owned(),
            "[[issuers]] 1 (\"a\"): [keys] is missing",
        ),
        ("no-audience", format!("[[issuers]]\nissuer = \"a\"\n[issuers.keys]\n{keys}"), "audience is missing"),
        ("unknown", table("a", "cookie = \"x\"\n"), "unknown field `cookie`"),
        ("hole", table(entra, ""), "placeholder"),
        ("hole-flat", flat("").replace("issuer = \"a\"", &format!("issuer = {entra:?}")), "placeholder"),
        ("other-hole", table("https://{region}.example/{tenantid}", guid), "only one {tenantid} is allowed"),
        ("no-hole", table("a", guid), "needs {tenantid} in the issuer"),
        ("no-guid", table(entra, "tenants = [\"contoso\"]\n"), "\"contoso\" is not a GUID"),
        ("no-tenant", table(entra, "tenants = []\n"), "tenants is an empty list"),
        ("discover-hole", flat("").replace(&keys, &format!("discover = {entra:?}\n")), "discover"),
        ("algorithm", flat("algorithms = [\"ES257\"]"), "allowed: HS256"),
        ("star", flat("subject = \"*\""), "accept every subject"),
        ("inner-star", flat("subject = \"repo:*/x\""), "one * at the end"),
        ("rule", flat("[[require]]\nclaim = \"a\""), "exactly one of any-of and all-of"),
        ("rule-empty", flat("[[require]]\nclaim = \"a\"\nany-of = []"), "the list of values is empty"),
        ("rule-claim", flat("[[require]]\nclaim = \"\"\nany-of = [\"x\"]"), "the claim path is empty"),
        ("header", flat("[headers]\n\"X_Auth_Email\" = \"email\""), "letters, digits and hyphens"),
        ("header-taken", flat("[headers]\nX-Auth-Subject = \"email\""), "is reserved"),
        ("header-twice", flat("[headers]\nX-A = \"email\"\nx-a = \"name\""), "occurs twice"),
        ("token-header", flat("token-header = \"a b\""), "is not the name of a header"),
        ("token-cookie", flat("token-header = \"a\"\ncookie = \"b\""), "cannot be used together"),
        ("limit", flat("[limits]\nkeys-tried = 17"), "[limits] keys-tried = 17 is not allowed; allowed: 1 to 16"),
        ("limit-zero", flat("[limits]\ntoken-bytes = 0"), "[limits] token-bytes = 0 is not allowed"),
    ] {
        let path = file(&format!("table-{name}.toml"), &text);
        let run = glowband(&["forward-auth", "--check", "--policy", &path.to_string_lossy()], "");
        assert_eq!(run.code, 2, "{name}: {run:?}");
        assert!(run.err.contains(expected), "{name}: {}", run.err);
    }
    let path = file("table-good.toml", &(table("a", "") + &table("b", "")));
    let run = glowband(&["forward-auth", "--check", "--policy", &path.to_string_lossy()], "");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("keys for a: ES256 from ") && run.out.contains("; b: ES256 from "), "{}", run.out);
}
