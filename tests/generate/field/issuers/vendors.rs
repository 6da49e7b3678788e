//! Identity providers that one rents: Auth0, Okta, Cognito, Apple, Clerk, Supabase; and such as one runs: Zitadel,
//! Authentik, Ory Hydra, Duende.

use crate::field::shape::{Collection, Shape};
use crate::field::signers::{Signer, Signers};

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    auth0(all, signers);
    okta(all, signers);
    cognito(all, signers);
    apple(all, signers);
    clerk(all, signers);
    supabase(all);
    zitadel(all, signers);
    authentik(all, signers);
    ory(all, signers);
    duende(all, signers);
}

fn shape<'s>(name: &'static str, about: &'static str, signer: &'s Signer, header: &str, payload: &str) -> Shape<'s> {
    Shape {
        name,
        about,
        keys: "jwks.json",
        signer,
        alg: "RS256",
        header: header.to_owned(),
        payload: payload.to_owned(),
        iss: &[],
        aud: &[],
        typ: None,
        padded: false,
        opt_ins: &[],
    }
}

fn auth0(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let name = "shop.us.auth0.com";
    let key = |signer: &Signer, kid: &str| {
        format!(
            r#"{{"kty":"RSA","use":"sig","n":"{}","e":"AQAB","kid":"{kid}","x5t":"{}","x5c":["{}"],"alg":"RS256"}}"#,
            signer.n(),
            signer.x5t(name),
            signer.x5c(name)
        )
    };
    let (first, second) = (key(one, "hLFSH46mFOxuV6O1i7iGs"), key(other, "nEz06R1mQzKIsXU1PZkbK"));
    all.keys("auth0/jwks.json", format!("{{\"keys\":[{first},{second}]}}\n"));
    let token = Shape {
        iss: &["https://shop.us.auth0.com/"],
        aud: &["https://orders.shop.example"],
        ..shape(
            "auth0/access-token",
            "permissions, a claim whose name is an address, two audiences",
            one,
            r#"{"alg":"RS256","typ":"JWT","kid":"hLFSH46mFOxuV6O1i7iGs"}"#,
            r#"{"https://shop.example/roles":["admin","buyer"],"https://shop.example/country":null,"iss":"https://shop.us.auth0.com/","sub":"auth0|6419f8b3d1c2b1c6d5a4e3f2","aud":["https://orders.shop.example","https://shop.us.auth0.com/userinfo"],"iat":1700000000,"exp":4102444800,"scope":"openid profile email read:orders","azp":"Jt3qP8n4yXyQbq8lHfN0x0ZpJ7WgF2rC","permissions":["read:orders","write:orders"]}"#,
        )
    };
    all.usual(&token, (r#"["https://orders.shop.example","#, r#"["https://bills.shop.example","#), other);
    let rfc = Shape {
        name: "auth0/access-token-rfc9068",
        about: "the profile of RFC 9068 for a machine: typ at+jwt, sub with @clients",
        header: r#"{"alg":"RS256","typ":"at+jwt","kid":"hLFSH46mFOxuV6O1i7iGs"}"#.to_owned(),
        payload: r#"{"iss":"https://shop.us.auth0.com/","sub":"Jt3qP8n4yXyQbq8lHfN0x0ZpJ7WgF2rC@clients","aud":"https://orders.shop.example","iat":1700000000,"exp":4102444800,"scope":"read:orders","jti":"UBsrlzQLFGy2GxP9hZ3c0j","client_id":"Jt3qP8n4yXyQbq8lHfN0x0ZpJ7WgF2rC","gty":"client-credentials"}"#.to_owned(),
        typ: Some("at+jwt"),
        ..token.clone()
    };
    all.good(&rfc);
    let id_token = Shape { header: token.header, ..rfc };
    all.refused(&id_token, "access-token-rfc9068-other-type", "an ID token's typ", "token_type_mismatch");
}

fn okta(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "okta/jwks.json",
        format!(
            r#"{{"keys":[{{"kty":"RSA","alg":"RS256","kid":"iKX9qIXvDGSdBKVQFJ2n3R8qZP-3m7v5TqSyJ0Cx8oA","use":"sig","e":"AQAB","n":"{}"}}]}}
"#,
            one.n()
        ),
    );
    let token = Shape {
        iss: &["https://dev-42424242.okta.com/oauth2/default"],
        aud: &["api://default"],
        ..shape(
            "okta/access-token",
            "no typ in the header, ver is a number, scp a list",
            one,
            r#"{"kid":"iKX9qIXvDGSdBKVQFJ2n3R8qZP-3m7v5TqSyJ0Cx8oA","alg":"RS256"}"#,
            r#"{"ver":1,"jti":"AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE","iss":"https://dev-42424242.okta.com/oauth2/default","aud":"api://default","iat":1700000000,"exp":4102444800,"cid":"0oa5ap4v2hFfGxLaZ5d7","uid":"00u5ap4v2kYb8LCTK5d7","scp":["offline_access","openid","profile"],"auth_time":1699999990,"sub":"zoe@shop.example","groups":["Everyone","Orders – Köln"]}"#,
        )
    };
    all.usual(&token, (r#""aud":"api://default""#, r#""aud":"api://other""#), other);
}

fn cognito(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "cognito/jwks.json",
        format!(
            r#"{{"keys":[{{"alg":"RS256","e":"AQAB","kid":"DOhTxmV0hP1sWq1hR0gJxAqT5o3JQv0jHDJ2r9cUuWE=","kty":"RSA","n":"{}","use":"sig"}},{{"alg":"RS256","e":"AQAB","kid":"2uHpZ8cXgSxU0jYk9VdQpW7RbWqfJmH8xX6mGq1YtQk=","kty":"RSA","n":"{}","use":"sig"}}]}}
"#,
            one.n(),
            other.n()
        ),
    );
    let header = r#"{"kid":"DOhTxmV0hP1sWq1hR0gJxAqT5o3JQv0jHDJ2r9cUuWE=","alg":"RS256"}"#;
    let access = Shape {
        iss: &["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42"],
        ..shape(
            "cognito/access-token",
            "no aud at all, kid with = at its end",
            one,
            header,
            r#"{"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","cognito:groups":["admins","buyers"],"iss":"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42","version":2,"client_id":"6f7l8m9n0p1q2r3s4t5u6v7w8x","origin_jti":"64d8f1f6-4c2d-4a7c-8b0c-1d2e3f405162","event_id":"dc5b0f2c-9d2a-4f6f-8a51-7a2f0d9c4b11","token_use":"access","scope":"openid orders/read","auth_time":1700000000,"exp":4102444800,"iat":1700000000,"jti":"a1b2c3d4-e5f6-a7b8-c9d0-e1f2a3b4c5d6","username":"zoe"}"#,
        )
    };
    all.usual_by_issuer(
        &access,
        (r#"amazonaws.com/eu-central-1_Example42""#, r#"amazonaws.com/eu-central-1_Example43""#),
        other,
    );
    let with_audience = Shape { aud: &["6f7l8m9n0p1q2r3s4t5u6v7w8x"], ..access.clone() };
    all.refused(
        &with_audience,
        "access-token-audience-expected",
        "an audience is expected, and none is there",
        "audience_missing",
    );
    let id = Shape {
        name: "cognito/id-token",
        about: "identities with null and numbers as text, names with a colon",
        payload: r#"{"at_hash":"hmC8GmAKLMNWnSnKEmJvuw","sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","cognito:groups":["eu-central-1_Example42_Google"],"email_verified":true,"iss":"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42","cognito:username":"google_110169484474386276334","custom:tenant":"42","origin_jti":"64d8f1f6-4c2d-4a7c-8b0c-1d2e3f405162","aud":"6f7l8m9n0p1q2r3s4t5u6v7w8x","identities":[{"userId":"110169484474386276334","providerName":"Google","providerType":"Google","issuer":null,"primary":"true","dateCreated":"1642699117273"}],"token_use":"id","auth_time":1700000000,"exp":4102444800,"iat":1700000000,"jti":"a1b2c3d4-e5f6-a7b8-c9d0-e1f2a3b4c5d7","email":"zoe@shop.example"}"#.to_owned(),
        ..with_audience
    };
    all.usual(&id, (r#""aud":"6f7l"#, r#""aud":"7f7l"#), other);
}

fn apple(all: &mut Collection, signers: &Signers) {
    let [one, other, third] = &signers.rsa;
    let key = |kid: &str, signer: &Signer| {
        format!(r#"    {{"kty":"RSA","kid":"{kid}","use":"sig","alg":"RS256","n":"{}","e":"AQAB"}}"#, signer.n())
    };
    let keys = [key("fh6Bs8C", third), key("lVHdOx8ltR", one), key("pggnQeNCOU", other)];
    all.keys("apple/jwks.json", format!("{{\n  \"keys\": [\n{}\n  ]\n}}\n", keys.join(",\n")));
    let token = Shape {
        iss: &["https://appleid.apple.com"],
        aud: &["com.shop.example.app"],
        ..shape(
            "apple/id-token",
            "truth values as text, a sub with dots",
            one,
            r#"{"kid":"lVHdOx8ltR","alg":"RS256"}"#,
            r#"{"iss":"https://appleid.apple.com","aud":"com.shop.example.app","exp":4102444800,"iat":1700000000,"sub":"001234.9f2b3c4d5e6f708192a3b4c5d6e7f809.1234","c_hash":"cOIuNkVHQWgqNBDPyw8kkQ","email":"x2y3z4@privaterelay.appleid.com","email_verified":"true","is_private_email":"true","auth_time":1700000000,"nonce_supported":true,"real_user_status":2}"#,
        )
    };
    all.usual(&token, (r#""aud":"com.shop.example.app""#, r#""aud":"com.shop.example.apq""#), other);
}

fn clerk(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "clerk/jwks.json",
        format!(
            r#"{{"keys":[{{"use":"sig","kty":"RSA","kid":"ins_2hP5gkMzVYxL0fJ0sX3v8bS1QkD","alg":"RS256","n":"{}","e":"AQAB"}}]}}
"#,
            one.n()
        ),
    );
    let token = Shape {
        iss: &["https://clerk.shop.example"],
        ..shape(
            "clerk/session-token",
            "no aud, cat in the header, a list with a negative number",
            one,
            r#"{"alg":"RS256","cat":"cl_B7d4PD111AAA","kid":"ins_2hP5gkMzVYxL0fJ0sX3v8bS1QkD","typ":"JWT"}"#,
            r#"{"azp":"https://shop.example","exp":4102444800,"fva":[0,-1],"iat":1700000000,"iss":"https://clerk.shop.example","nbf":1699999990,"o":{"id":"org_2hP5","rol":"admin","slg":"shop"},"pla":"u:free","sid":"sess_2hP5hJvJ0","sts":"active","sub":"user_2hP5iRk","v":2}"#,
        )
    };
    all.usual_by_issuer(
        &token,
        (r#""iss":"https://clerk.shop.example""#, r#""iss":"https://clerk.shop.exampl""#),
        other,
    );
}

fn supabase(all: &mut Collection) {
    let secret = Signer::Secret(b"super-secret-jwt-token-with-at-least-32-characters-long".to_vec());
    let other = Signer::Secret(b"another-secret-jwt-token-with-at-least-32-characters".to_vec());
    let Signer::Secret(bytes) = &secret else { return };
    all.keys(
        "supabase/key.json",
        format!("{{\"kty\":\"oct\",\"k\":\"{}\",\"alg\":\"HS256\"}}\n", glowband_tests::signing::encode(bytes)),
    );
    let token = Shape {
        keys: "key.json",
        alg: "HS256",
        iss: &["https://shop42.supabase.co/auth/v1"],
        aud: &["authenticated"],
        ..shape(
            "supabase/access-token",
            "a secret of text and a kid that it does not have; objects in lists, empty objects, empty texts",
            &secret,
            r#"{"alg":"HS256","kid":"Zc3M8pV2xqT1","typ":"JWT"}"#,
            r#"{"iss":"https://shop42.supabase.co/auth/v1","sub":"8ccaa7af-909f-44e7-84cb-67cdccb56be6","aud":"authenticated","exp":4102444800,"iat":1700000000,"email":"zoe@shop.example","phone":"","app_metadata":{"provider":"email","providers":["email"]},"user_metadata":{},"role":"authenticated","aal":"aal1","amr":[{"method":"password","timestamp":1700000000}],"session_id":"4938c5ab-1bd0-4c1c-8d6c-8d4f8ddfa5c2","is_anonymous":false}"#,
        )
    };
    all.usual(&token, (r#""aud":"authenticated""#, r#""aud":"anon""#), &other);
}

fn zitadel(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "zitadel/jwks.json",
        format!(
            r#"{{"keys":[{{"use":"sig","kty":"RSA","kid":"263871023419785283","alg":"RS256","n":"{}","e":"AQAB"}}]}}
"#,
            one.n()
        ),
    );
    let token = Shape {
        iss: &["https://shop-x1y2z3.zitadel.cloud"],
        aud: &["263870561379352643"],
        ..shape(
            "zitadel/access-token",
            "roles as objects in objects under urn names, three audiences",
            one,
            r#"{"alg":"RS256","kid":"263871023419785283","typ":"JWT"}"#,
            r#"{"aud":["263870561379352643@shop","263870561379352643","263870489920561155"],"client_id":"263870561379352643@shop","exp":4102444800,"iat":1700000000,"iss":"https://shop-x1y2z3.zitadel.cloud","jti":"V2_263872098311700547-at_263872098311766083","nbf":1700000000,"sub":"263870226111430659","urn:zitadel:iam:org:project:263870489920561155:roles":{"admin":{"263870101389574147":"shop.example"},"reader":{"263870101389574147":"shop.example"}},"urn:zitadel:iam:org:project:roles":{"admin":{"263870101389574147":"shop.example"},"reader":{"263870101389574147":"shop.example"}}}"#,
        )
    };
    all.usual(&token, (r#"@shop","263870561379352643","#, r#"@shop","263870561379352644","#), other);
}

fn authentik(all: &mut Collection, signers: &Signers) {
    let [one, other] = &signers.p256;
    let (x, y) = one.x_y();
    all.keys(
        "authentik/jwks.json",
        format!(
            r#"{{"keys": [{{"kid": "3f5a0f39b1b94f2a9d2e3c4b5a697887", "kty": "EC", "alg": "ES256", "use": "sig", "x": "{x}", "y": "{y}", "crv": "P-256"}}]}}
"#
        ),
    );
    let token = Shape {
        alg: "ES256",
        iss: &["https://auth.shop.example/application/o/orders/"],
        aud: &["wZ7sJYd3Uq0Z9rPqk9p3hYzPxgq5cV2tq8aXkP0r"],
        ..shape(
            "authentik/id-token",
            "blanks between JSON tokens, iss with a slash at its end",
            one,
            r#"{"alg": "ES256", "kid": "3f5a0f39b1b94f2a9d2e3c4b5a697887", "typ": "JWT"}"#,
            r#"{"iss": "https://auth.shop.example/application/o/orders/", "sub": "b5c1a8e3f0d2", "aud": "wZ7sJYd3Uq0Z9rPqk9p3hYzPxgq5cV2tq8aXkP0r", "exp":4102444800, "iat": 1700000000, "auth_time": 1700000000, "acr": "goauthentik.io/providers/oauth2/default", "amr": ["pwd", "mfa"], "c_hash": "2eNgQvX0", "nonce": "n-0S6_WzA2Mj", "sid": "c0ffee", "email": "zoe@shop.example", "email_verified": true, "name": "Zo\u00eb \ud83d\ude80", "given_name": "Zo\u00eb", "preferred_username": "zoe", "nickname": "zoe", "groups": ["authentik Admins", "/orders"], "azp": "wZ7sJYd3Uq0Z9rPqk9p3hYzPxgq5cV2tq8aXkP0r", "uid": "9F1oXW"}"#,
        )
    };
    all.usual(&token, (r#""aud": "wZ7s"#, r#""aud": "xZ7s"#), other);
}

fn ory(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "ory-hydra/jwks.json",
        format!(
            r#"{{"keys":[{{"use":"sig","kty":"RSA","kid":"public:hydra.jwt.access-token","alg":"RS256","n":"{}","e":"AQAB"}},{{"use":"sig","kty":"RSA","kid":"25ae4ee7-6cda-4a8e-b8f2-5d5e54e0f1f1","alg":"RS256","n":"{}","e":"AQAB"}}]}}
"#,
            one.n(),
            other.n()
        ),
    );
    let token = Shape {
        iss: &["https://oauth.shop.example"],
        aud: &["https://orders.shop.example"],
        ..shape(
            "ory-hydra/access-token",
            "a kid with colons, an empty object, dates with fractions",
            one,
            r#"{"alg":"RS256","kid":"public:hydra.jwt.access-token","typ":"JWT"}"#,
            r#"{"aud":["https://orders.shop.example"],"client_id":"5c0b0b6e-7c3e-4d9d-9b0f-1f0b5d7e0a11","exp":4102444800,"ext":{},"iat":1700000000.25,"iss":"https://oauth.shop.example","jti":"e1c6b0d1-74a8-4e79-9a2f-0d1c2b3a4958","nbf":1700000000.75,"scp":["openid","orders.read"],"sub":"zoe@shop.example"}"#,
        )
    };
    all.usual(&token, (r#"["https://orders."#, r#"["https://bills."#), other);
}

fn duende(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "duende/jwks.json",
        format!(
            r#"{{"keys":[{{"kty":"RSA","use":"sig","kid":"4E1CF6E1DF1F1C1F6D1D2C3B4A596877","e":"AQAB","n":"{}","alg":"PS256"}}]}}
"#,
            one.n()
        ),
    );
    let token = Shape {
        alg: "PS256",
        iss: &["https://identity.shop.example"],
        aud: &["orders"],
        typ: Some("at+jwt"),
        ..shape(
            "duende/access-token",
            "PS256, at+jwt, scope as a list",
            one,
            r#"{"alg":"PS256","kid":"4E1CF6E1DF1F1C1F6D1D2C3B4A596877","typ":"at+jwt"}"#,
            r#"{"iss":"https://identity.shop.example","nbf":1700000000,"iat":1700000000,"exp":4102444800,"aud":"orders","scope":["openid","orders.read","offline_access"],"amr":["pwd"],"client_id":"interactive.confidential","sub":"88421113","auth_time":1700000000,"idp":"local","sid":"5D2D0E6C0B7A4F4A","jti":"0E7C2B1A3D4F5E6D7C8B9A0F1E2D3C4B"}"#,
        )
    };
    all.usual(&token, (r#""aud":"orders""#, r#""aud":"bills""#), other);
}
