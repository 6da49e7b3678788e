//! Keycloak, whose tokens grow with the number of clients, roles and groups.

use crate::field::shape::{Collection, EXP, Shape};
use crate::field::signers::Signers;
use std::fmt::Write as _;

const HEADER: &str = r#"{"alg":"RS256","typ" : "JWT","kid" : "Ztvsa8vXcOr4YtUqFSoQYaDkOhvTxRcMC4kUMqYLhXY"}"#;
/// The longest token that hosts take by default.
const LIMIT: usize = 64 * 1024;

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    let [one, other, encryption] = &signers.rsa;
    let (name, n) = ("shop", one.n());
    all.keys(
        "keycloak/jwks.json",
        format!(
            r#"{{"keys":[{{"kid":"oYBGTqGCpNkSx3mZ3fN9lW4B0cYgqv1mUqT1p1r1c9A","kty":"RSA","alg":"RSA-OAEP","use":"enc","x5c":["{}"],"x5t":"{}","x5t#S256":"{}","n":"{}","e":"AQAB"}},{{"kid":"Ztvsa8vXcOr4YtUqFSoQYaDkOhvTxRcMC4kUMqYLhXY","kty":"RSA","alg":"RS256","use":"sig","x5c":["{}"],"x5t":"{}","x5t#S256":"{}","n":"{n}","e":"AQAB"}}]}}
"#,
            encryption.x5c(name),
            encryption.x5t(name),
            encryption.x5t_s256(name),
            encryption.n(),
            one.x5c(name),
            one.x5t(name),
            one.x5t_s256(name),
        ),
    );
    let shape = Shape {
        name: "keycloak/access-token",
        about: "an access token with a few roles; the key set also has a key for encryption",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: HEADER.to_owned(),
        payload: payload(&[("orders", &["read", "write"]), ("account", &["manage-account", "view-profile"])], &[]),
        iss: &["https://sso.shop.example/realms/shop"],
        aud: &["orders"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""aud":["orders","#, r#""aud":["bills","#), other);

    let numbered: Vec<String> = (1..=62).map(|number| format!("app-{number:03}")).collect();
    let clients: Vec<(&str, &[&str])> = numbered.iter().map(|name| (name.as_str(), ["user"].as_slice())).collect();
    let many = Shape {
        name: "keycloak/62-clients",
        about: "62 clients with numbered names",
        payload: payload(&clients, &[]),
        ..shape.clone()
    };
    all.usual(&many, (r#""aud":["orders","#, r#""aud":["bills","#), other);
    let twice = many.replaced(r#""app-040":"#, r#""app-041":"#);
    all.refused(&twice, "62-clients-one-twice", "one of the 62 clients twice", "payload_duplicate");

    // 2 000 roles over 250 clients and 300 groups, as much as fits the limit.
    let names: Vec<String> = (0..250).map(|number| format!("svc-{number:03}")).collect();
    let roles: Vec<String> = (0..8).map(|number| format!("orders-r{number}")).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let clients: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), roles.as_slice())).collect();
    let groups: Vec<String> =
        (0..300).map(|number| format!("/Firma/Abteilung {number:03}/Köln–Süd Gruppe {number:03}")).collect();
    let large = Shape {
        name: "keycloak/2000-roles-300-groups",
        about: "2 000 client roles of 250 clients and 300 groups in close to 64 KiB",
        payload: payload(&clients, &groups),
        ..shape.clone()
    };
    let encoded = (large.header.len() + large.payload.len()).div_ceil(3) * 4 + 350;
    assert!((LIMIT * 7 / 8..LIMIT).contains(&encoded), "{encoded}");
    all.usual(&large, (r#""aud":["orders","#, r#""aud":["bills","#), other);
    let twice = large.replaced(r#""svc-200":"#, r#""svc-199":"#);
    all.refused(&twice, "2000-roles-300-groups-one-twice", "one of the 250 clients twice", "payload_duplicate");

    // Beyond the limit, so that the limit is seen to hold.
    let more: Vec<String> =
        (0..900).map(|number| format!("/Firma/Abteilung {number:03}/Köln–Süd Gruppe {number:03}")).collect();
    let longer = Shape { payload: payload(&clients, &more), ..shape };
    all.refused(&longer, "900-groups", "longer than the default limit of 64 KiB", "token_too_long");
}

/// Claims with a role list for each client and these groups.
fn payload(clients: &[(&str, &[&str])], groups: &[String]) -> String {
    let mut text = format!(
        r#"{{"exp":{EXP},"iat":1700000000,"auth_time":1700000000,"jti":"onrtac:6d0b4d3c-1f0e-4a55-9c0d-2b1a7c8e9f00","iss":"https://sso.shop.example/realms/shop","aud":["orders","account"],"sub":"f:550e8400-e29b-11d4-a716-446655440000:zoe","typ":"Bearer","azp":"web-shop","sid":"77a5f4d5-4f9e-4a7f-8f6f-0d6a2e3b1c44","acr":"0","allowed-origins":["https://shop.example"],"realm_access":{{"roles":["default-roles-shop","offline_access","uma_authorization"]}},"resource_access":{{"#
    );
    for (index, (client, roles)) in clients.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(text, "{comma}\"{client}\":{{\"roles\":[\"{}\"]}}", roles.join("\",\""));
    }
    text.push_str(r#"},"scope":"openid email profile","email_verified":false,"name":"Zoë Example","preferred_username":"zoe","given_name":"Zoë","family_name":"Example","email":"zoe@shop.example""#);
    if !groups.is_empty() {
        let _ = write!(text, ",\"groups\":[\"{}\"]", groups.join("\",\""));
    }
    text + "}"
}
