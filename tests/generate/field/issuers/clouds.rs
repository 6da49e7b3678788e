//! Gates of clouds that hand a token on: Cloudflare Access, AWS load balancers.

use crate::field::shape::{Collection, Shape};
use crate::field::signers::{Signers, pem};

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    cloudflare(all, signers);
    load_balancer(all, signers);
}

fn cloudflare(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let (kid, other_kid) = (
        "7dd3ab4e4c0dbb2a4f3a9f0a2cf4c9fbcd2ba6f08a4f4bd7a2b1c0d9e8f7a6b5",
        "b1e0c3d2f4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f",
    );
    let certificate = |signer: &crate::field::signers::Signer| {
        pem("CERTIFICATE", &signer.certificate("cloudflareaccess.com", false), 64).replace('\n', "\\n")
    };
    all.keys(
        "cloudflare-access/certs.json",
        format!(
            r#"{{"keys":[{{"kid":"{kid}","kty":"RSA","alg":"RS256","use":"sig","e":"AQAB","n":"{}"}},{{"kid":"{other_kid}","kty":"RSA","alg":"RS256","use":"sig","e":"AQAB","n":"{}"}}],"public_cert":{{"kid":"{other_kid}","cert":"{}"}},"public_certs":[{{"kid":"{kid}","cert":"{}"}},{{"kid":"{other_kid}","cert":"{}"}}]}}
"#,
            one.n(),
            other.n(),
            certificate(other),
            certificate(one),
            certificate(other),
        ),
    );
    let shape = Shape {
        name: "cloudflare-access/application-token",
        about: "the key set has certificates beside keys; custom claims in an object",
        keys: "certs.json",
        signer: one,
        alg: "RS256",
        header: format!(r#"{{"alg":"RS256","kid":"{kid}","typ":"JWT"}}"#),
        payload: r#"{"aud":["32eafc7626e737873e7c4ae3fa7c2ef1f8a29bc4d1b2e3f405162738495a6b7c"],"email":"zoe@shop.example","exp":4102444800,"iat":1700000000,"nbf":1700000000,"iss":"https://shop.cloudflareaccess.com","type":"app","identity_nonce":"6ei69kawdKzMIAPF","sub":"7335d417-61da-459d-899c-0a01c76a2f94","custom":{"groups":["orders","bills"],"department":"Köln"},"policy_id":"1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","country":"DE"}"#.to_owned(),
        iss: &["https://shop.cloudflareaccess.com"],
        aud: &["32eafc7626e737873e7c4ae3fa7c2ef1f8a29bc4d1b2e3f405162738495a6b7c"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#"["32eafc"#, r#"["42eafc"#), other);
    all.good(&Shape {
        name: "cloudflare-access/service-token",
        about: "a token for a service: sub is the empty text",
        payload: r#"{"type":"app","aud":"32eafc7626e737873e7c4ae3fa7c2ef1f8a29bc4d1b2e3f405162738495a6b7c","exp":4102444800,"iss":"https://shop.cloudflareaccess.com","common_name":"e367826f93b8d71185e03fe518aff3b4.access","iat":1700000000,"sub":""}"#.to_owned(),
        ..shape
    });
}

fn load_balancer(all: &mut Collection, signers: &Signers) {
    let [one, other] = &signers.p256;
    all.keys("aws-alb/public-key.pem", pem("PUBLIC KEY", &one.spki(), 64));
    let header = r#"{"typ": "JWT", "kid": "c2f80c8b-c05c-4066-a21b-6cdd4b9d1b9b", "alg": "ES256", "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42", "client": "6f7l8m9n0p1q2r3s4t5u6v7w8x", "signer": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/8b1c5d4e3f2a1b0c", "exp": 4102444800}"#;
    let payload = r#"{"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "email_verified": "true", "email": "zoe@shop.example", "username": "zoe", "exp":4102444800, "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42"}"#;
    let strict = Shape {
        name: "aws-alb/data",
        about: "the X-Amzn-Oidc-Data header of a load balancer: padded base64, which RFC 7515 forbids",
        keys: "public-key.pem",
        signer: one,
        alg: "ES256",
        header: header.to_owned(),
        payload: payload.to_owned(),
        iss: &["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example42"],
        aud: &[],
        typ: None,
        padded: true,
        opt_ins: &[],
    };
    all.refused(&strict, "data", strict.about, "base64_invalid");
    let lenient = Shape {
        name: "aws-alb/data-opted-in",
        about: "the same where padding is allowed",
        opt_ins: &["danger_allow_padding"],
        ..strict
    };
    all.usual_by_issuer(&lenient, (r#"_Example42""#, r#"_Example43""#), other);
}
