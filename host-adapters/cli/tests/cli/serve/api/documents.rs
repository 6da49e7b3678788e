//! The OpenAPI document and its page, the issuer's metadata, and errors of unknown routes.

use super::client::{Api, Ask, JSON, PASSWORD, get, post, text, told};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"];

fn document(api: &Api) -> Value {
    let answer = api.expect(200, &get("/openapi.json"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    told(&answer)
}

#[test]
fn the_document_has_the_paths_and_methods_of_the_router() {
    let api = Api::start(&[]);
    let document = document(&api);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["servers"][0]["url"], api.origin());
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 19, "{}", paths.len());
    for (path, item) in paths {
        let told: BTreeSet<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        let place = path.replace("{id}", "x");
        for method in METHODS {
            let answer = api.send(&Ask::new(method, &place));
            assert_eq!(answer.status != 405, told.contains(method), "{method} {path}: {answer:?}");
            let problem = answer.header("content-type").is_some_and(|kind| kind.contains("problem"));
            assert!(!(problem && answer.body.contains("\"not_found\"")), "{path}");
            if answer.status == 405 {
                let allowed: BTreeSet<String> =
                    answer.header("allow").unwrap().split(',').map(|name| name.trim().to_owned()).collect();
                let allowed: BTreeSet<String> = allowed.into_iter().filter(|method| method != "HEAD").collect();
                assert_eq!(allowed, told, "{method} {path}");
                let told = super::client::told(&answer);
                if path.starts_with("/oauth/") {
                    assert_eq!(told["error"], "invalid_request");
                } else {
                    assert_eq!(told["name"], "method_not_allowed");
                }
            }
        }
    }
    // The index names the same routes.
    let routes: BTreeSet<String> = told(&api.expect(200, &get("/")))["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|route| route.as_str().unwrap().to_owned())
        .collect();
    let expected: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert_eq!(routes, expected);
}

#[test]
fn all_required_routes_exist() {
    let api = Api::start(&[]);
    let document = document(&api);
    for route in [
        "post /auth/register",
        "post /auth/login",
        "post /auth/refresh",
        "post /auth/logout",
        "post /auth/logout-all",
        "get /auth/sessions",
        "delete /auth/sessions/{id}",
        "get /auth/me",
        "post /auth/password",
        "post /auth/tokens",
        "get /auth/tokens",
        "delete /auth/tokens/{id}",
        "post /oauth/introspect",
        "post /oauth/revoke",
        "get /.well-known/jwks.json",
        "get /.well-known/openid-configuration",
        "get /.well-known/oauth-authorization-server",
        "get /auth/revocations",
        "get /openapi.json",
        "get /docs",
        "get /",
    ] {
        let (method, path) = route.split_once(' ').unwrap();
        let operation = &document["paths"][path][method];
        assert!(operation["operationId"].is_string() && operation["summary"].is_string(), "{route}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let described =
                response["$ref"].is_string() || response["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{route} {status}");
        }
    }
}

#[test]
fn every_reference_resolves_and_every_name_is_unique() {
    let api = Api::start(&[]);
    let document = document(&api);
    let (mut references, mut ids) = (Vec::new(), Vec::new());
    collect(&document, &mut references, &mut ids);
    assert!(references.len() > 50);
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    for item in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        for requirement in item["security"].as_array().into_iter().flatten() {
            assert!(requirement.as_object().unwrap().keys().all(|name| schemes.contains_key(name)), "{item}");
        }
    }
}

fn collect(value: &Value, references: &mut Vec<String>, ids: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("$ref", Value::String(reference)) => references.push(reference.clone()),
                    ("operationId", Value::String(id)) => ids.push(id.clone()),
                    _ => collect(value, references, ids),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references, ids)),
        _ => {}
    }
}

#[test]
fn the_document_describes_exactly_the_members_that_are_read() {
    let api = Api::start(&[]);
    let document = document(&api);
    let bearer = text(&api.register("jane@example.org"), "access_token");
    for (path, schema) in [
        ("/auth/register", "Credentials"),
        ("/auth/login", "Credentials"),
        ("/auth/refresh", "RefreshBody"),
        ("/auth/logout", "LogoutBody"),
        ("/auth/password", "ChangeOfPassword"),
        ("/auth/tokens", "TokenRequest"),
    ] {
        let ask = Ask::new("POST", path).header(JSON).body("{\"zz\":1}").native().bearer(&bearer);
        let told = told(&api.refused(400, "field_unknown", &ask));
        let (_, allowed) = told["detail"].as_str().unwrap().split_once("allowed: ").unwrap();
        let allowed: BTreeSet<&str> = allowed.trim_end_matches('.').split(", ").collect();
        let schema = &document["components"]["schemas"][schema];
        let described: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(allowed, described, "{path}");
        assert_eq!(schema["additionalProperties"], false, "{path}");
    }
}

#[test]
fn the_page_has_every_operation_and_no_script() {
    let api = Api::start(&[]);
    let answer = api.expect(200, &get("/docs"));
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    for bad in ["<script", "http://", "https://", "src=", "onclick", "@import", "url("] {
        assert!(!answer.body.contains(bad), "{bad}");
    }
    for (path, item) in document(&api)["paths"].as_object().unwrap() {
        assert!(answer.body.contains(&format!("<code>{path}</code>")), "{path}");
        for operation in item.as_object().unwrap().values() {
            assert!(answer.body.contains(&format!("<article id=\"{}\">", operation["operationId"].as_str().unwrap())));
        }
    }
}

#[test]
fn documents_have_an_etag() {
    let api = Api::start(&[]);
    for path in ["/openapi.json", "/docs", "/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        let answer = api.expect(200, &get(path));
        let tag = answer.header("etag").unwrap().to_owned();
        for same in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let copy = api.expect(304, &get(path).header(("If-None-Match", &same)));
            assert_eq!((copy.body.as_str(), copy.header("etag")), ("", Some(tag.as_str())), "{path} {same}");
        }
        assert_eq!(api.expect(200, &get(path).header(("If-None-Match", "\"x\""))).body, answer.body);
        assert_eq!(api.expect(200, &Ask::new("HEAD", path)).header("etag"), Some(tag.as_str()));
    }
    let keys = api.expect(200, &get("/.well-known/jwks.json"));
    assert!(keys.header("cache-control").unwrap().starts_with("public, max-age="));
    assert_eq!(keys.header("content-type"), Some("application/jwk-set+json"));
    assert!(!keys.body.contains("\"d\""), "public keys only");
}

#[test]
fn the_metadata_are_correct_and_complete() {
    let api = Api::with_callers(&[]);
    let openid = told(&api.expect(200, &get("/.well-known/openid-configuration")));
    assert_eq!(openid, told(&api.expect(200, &get("/.well-known/oauth-authorization-server"))));
    assert_eq!(openid["issuer"], api.origin());
    assert_eq!(openid["scopes_supported"], json!(["openid", "email", "orders:read", "orders:write"]));
    assert_eq!(openid["id_token_signing_alg_values_supported"], json!(["ES256"]));
    for absent in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint"] {
        assert!(openid.get(absent).is_none(), "{absent}");
    }
    assert_eq!((&openid["response_types_supported"], &openid["grant_types_supported"]), (&json!([]), &json!([])));
    // Every address in the metadata answers.
    for (name, method) in [
        ("jwks_uri", "GET"),
        ("introspection_endpoint", "POST"),
        ("revocation_endpoint", "POST"),
        ("service_documentation", "GET"),
    ] {
        let path = text(&openid, name).strip_prefix(&api.origin()).unwrap().to_owned();
        assert!(!matches!(api.send(&Ask::new(method, &path)).status, 404 | 405), "{name}");
    }
}

#[test]
fn unknown_paths_get_a_problem_document() {
    let api = Api::start(&[]);
    for path in [
        "/nowhere",
        "/auth",
        "/auth/",
        "/auth/login/",
        "/auth//login",
        "/AUTH/LOGIN",
        "/auth/sessions/",
        "/docs/x",
        "/%00",
    ] {
        let answer = api.refused(404, "not_found", &get(path));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    api.refused(404, "not_found", &post("/auth/me/x", &json!({"password": PASSWORD})));
    let answer = api.refused(405, "method_not_allowed", &Ask::new("PUT", "/auth/tokens"));
    assert_eq!(answer.header("allow"), Some("POST,GET,HEAD"));
}
