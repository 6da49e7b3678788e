//! Microsoft: Entra's tokens of both versions, applications for many tenants, B2C, ADFS.

use crate::field::shape::{Collection, Shape};
use crate::field::signers::Signers;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let name = "accounts.accesscontrol.windows.net";
    let x5t = one.x5t(name);
    let key = |signer: &crate::field::signers::Signer, more: &str| {
        format!(
            r#"{{"kty":"RSA","use":"sig","kid":"{0}","x5t":"{0}","n":"{1}","e":"AQAB","x5c":["{2}"]{more}}}"#,
            signer.x5t(name),
            signer.n(),
            signer.x5c(name)
        )
    };
    all.keys("entra/jwks-v1.json", format!("{{\"keys\":[{},{}]}}\n", key(other, ""), key(one, "")));
    let issuer = format!(
        r#","cloud_instance_name":"microsoftonline.com","issuer":"https://login.microsoftonline.com/{TENANT}/v2.0""#
    );
    all.keys("entra/jwks-v2.json", format!("{{\"keys\":[{},{}]}}\n", key(other, &issuer), key(one, &issuer)));
    let template =
        r#","cloud_instance_name":"microsoftonline.com","issuer":"https://login.microsoftonline.com/{tenantid}/v2.0""#;
    all.keys("entra/jwks-common.json", format!("{{\"keys\":[{},{}]}}\n", key(other, template), key(one, template)));

    let shape = Shape {
        name: "entra/access-token-v1",
        about: "an access token of version 1: iss on sts.windows.net with a slash at its end, x5t beside kid",
        keys: "jwks-v1.json",
        signer: one,
        alg: "RS256",
        header: format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{x5t}","kid":"{x5t}"}}"#),
        payload: r#"{"aud":"api://orders","iss":"https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/","iat":1700000000,"nbf":1700000000,"exp":4102444800,"acr":"1","aio":"ATQAy/8VAAAA","amr":["pwd","mfa"],"appid":"b14a7505-96e9-4927-91e8-0601d0fc9caa","appidacr":"0","family_name":"Example","given_name":"Zoë","ipaddr":"192.0.2.7","name":"Zoë Example","oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","onprem_sid":"S-1-5-21-2127521184-1604012920-1887927527-26","rh":"0.AQEAv4j5cvGGr0GRqy180BHbR.","scp":"user_impersonation","sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","unique_name":"zoe@shop.example","upn":"zoe@shop.example","uti":"fqiBqXLPj0eQa82S-IYFAA","ver":"1.0","wids":["62e90394-69f5-4237-9190-012177145e10"],"xms_tcdt":1289241547}"#.to_owned(),
        iss: &["https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/"],
        aud: &["api://orders"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, ("api://orders", "00000003-0000-0000-c000-000000000000"), other);

    let second = Shape {
        name: "entra/access-token-v2",
        about: "an access token of version 2 with roles, groups that are too many, and keys that name their issuer",
        keys: "jwks-v2.json",
        header: format!(r#"{{"typ":"JWT","alg":"RS256","kid":"{x5t}"}}"#),
        payload: r#"{"aud":"6e74172b-be56-4843-9ff4-e66a39bb12e3","iss":"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0","iat":1700000000,"nbf":1700000000,"exp":4102444800,"aio":"AXQAi/8IAAAA","azp":"6e74172b-be56-4843-9ff4-e66a39bb12e3","azpacr":"0","_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://graph.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/users/690222be-ff1a-4d56-abd1-7e4f7d38e474/getMemberObjects"}},"name":"Zoë Example","oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","preferred_username":"zoe@shop.example","rh":"I","roles":["Orders.Read.All"],"scp":"access_as_user","sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","uti":"fqiBqXLPj0eQa82S-IYFAA","ver":"2.0"}"#.to_owned(),
        iss: &["https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"],
        aud: &["6e74172b-be56-4843-9ff4-e66a39bb12e3"],
        ..shape.clone()
    };
    all.usual(&second, (r#""aud":"6e74172b-"#, r#""aud":"7e74172b-"#), other);

    // One key set for all tenants; which of them may come in is said by the list of issuers.
    let tenants = Shape {
        name: "entra/several-tenants",
        about: "an application for several tenants: the keys' issuer is a template",
        keys: "jwks-common.json",
        iss: &[
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
            "https://login.microsoftonline.com/2e2bd5ef-1fb0-4a2b-a9a2-3f0c2b3e1b51/v2.0",
        ],
        ..second.clone()
    };
    all.good(&tenants);
    let elsewhere = tenants
        .replaced("com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
    all.refused(&elsewhere, "several-tenants-other-tenant", "a tenant that is not in the list", "issuer_mismatch");
    let hole = tenants.replaced("com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "com/{tenantid}/v2.0");
    all.refused(&hole, "several-tenants-template", "the template itself as iss", "issuer_mismatch");

    all.keys(
        "entra-b2c/jwks.json",
        format!(
            r#"{{
  "keys": [
    {{"kid":"X5eXk4xyojNFum1kl2Ytv8dlNP4-c57dO6QGTVBwaNk","nbf":1493763266,"use":"sig","kty":"RSA","e":"AQAB","n":"{}"}}
  ]
}}
"#,
            one.n()
        ),
    );
    let b2c = Shape {
        name: "entra-b2c/id-token",
        about: "Azure AD B2C: nbf in the key, a policy name in the token",
        keys: "jwks.json",
        header: r#"{"typ":"JWT","alg":"RS256","kid":"X5eXk4xyojNFum1kl2Ytv8dlNP4-c57dO6QGTVBwaNk"}"#.to_owned(),
        payload: r#"{"exp":4102444800,"nbf":1700000000,"ver":"1.0","iss":"https://shop.b2clogin.com/2e2bd5ef-1fb0-4a2b-a9a2-3f0c2b3e1b51/v2.0/","sub":"884408e1-2918-4cz0-b12d-3aa027d7563b","aud":"90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6","nonce":"defaultNonce","iat":1700000000,"auth_time":1700000000,"emails":["zoe@shop.example"],"extension_CustomerNumber":"000042","tfp":"B2C_1_signup_signin"}"#.to_owned(),
        iss: &["https://shop.b2clogin.com/2e2bd5ef-1fb0-4a2b-a9a2-3f0c2b3e1b51/v2.0/"],
        aud: &["90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6"],
        ..shape.clone()
    };
    all.usual(&b2c, (r#""aud":"90c0fe63"#, r#""aud":"90c0fe64"#), other);

    let adfs_name = "ADFS Signing - adfs.shop.example";
    all.keys(
        "adfs/jwks.json",
        format!(
            r#"{{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"{0}","x5t":"{0}","n":"{1}","e":"AQAB","x5c":["{2}"]}}]}}
"#,
            one.x5t(adfs_name),
            one.n(),
            one.x5c(adfs_name)
        ),
    );
    let adfs = Shape {
        name: "adfs/access-token",
        about: "Active Directory Federation Services: iss is an http address, the header has x5t beside kid",
        keys: "jwks.json",
        header: format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{0}","kid":"{0}"}}"#, one.x5t(adfs_name)),
        payload: r#"{"aud":"microsoft:identityserver:orders-api","iss":"http://adfs.shop.example/adfs/services/trust","iat":1700000000,"nbf":1700000000,"exp":4102444800,"apptype":"Confidential","appid":"c2d4ab11-3f4f-4c6c-9f0e-0a2cf9d9f2ab","authmethod":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","auth_time":"2023-11-14T22:13:20.000Z","ver":"1.0","scp":"openid","upn":"zoe@shop.example","group":["Domain Users","Orders"]}"#.to_owned(),
        iss: &["http://adfs.shop.example/adfs/services/trust"],
        aud: &["microsoft:identityserver:orders-api"],
        ..shape
    };
    all.usual(&adfs, ("microsoft:identityserver:orders-api", "microsoft:identityserver:bills-api"), other);
}
