//! Google: sign-in, its certificate map, Identity-Aware Proxy, Firebase.

use crate::field::shape::{Collection, Shape};
use crate::field::signers::{Signers, pem};

const KID: &str = "1f40f0a8ef3d880978dc82f25c3ec317c6a5b781";
const OTHER_KID: &str = "5d12ab782cb6096285f69e48aea99079bb59cb86";

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    sign_in(all, signers);
    identity_aware_proxy(all, signers);
    firebase(all, signers);
    app_check(all, signers);
}

fn sign_in(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "google/jwks.json",
        format!(
            r#"{{
  "keys": [
    {{
      "kty": "RSA",
      "e": "AQAB",
      "kid": "{KID}",
      "alg": "RS256",
      "n": "{}",
      "use": "sig"
    }},
    {{
      "n": "{}",
      "kid": "{OTHER_KID}",
      "e": "AQAB",
      "kty": "RSA",
      "alg": "RS256",
      "use": "sig"
    }}
  ]
}}
"#,
            one.n(),
            other.n()
        ),
    );
    let certificate = |signer: &crate::field::signers::Signer| {
        let text = pem("CERTIFICATE", &signer.certificate("federated-signon.system.gserviceaccount.com", false), 64);
        text.replace('\n', "\\n")
    };
    all.keys(
        "google/certificates.json",
        format!("{{\n  \"{KID}\": \"{}\",\n  \"{OTHER_KID}\": \"{}\"\n}}\n", certificate(one), certificate(other)),
    );
    let shape = Shape {
        name: "google/id-token",
        about: "an ID token of Sign in with Google; iss comes with and without https",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: format!(r#"{{"alg":"RS256","kid":"{KID}","typ":"JWT"}}"#),
        payload: r#"{"iss":"https://accounts.google.com","azp":"407408718192.apps.googleusercontent.com","aud":"407408718192.apps.googleusercontent.com","sub":"110169484474386276334","hd":"shop.example","email":"zoe@shop.example","email_verified":true,"at_hash":"HK6E_P6Dh8Y93mRNtsDB1Q","nonce":"0394852-3190485-2490358","name":"Zo\u00eb Example","picture":"https://lh3.googleusercontent.com/a/AAcHTtd=s96-c","given_name":"Zo\u00eb","family_name":"Example","iat":1700000000,"exp":4102444800}"#.to_owned(),
        iss: &["https://accounts.google.com", "accounts.google.com"],
        aud: &["407408718192.apps.googleusercontent.com"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""aud":"407408718192."#, r#""aud":"999999999999."#), other);
    let old = shape.replaced("https://accounts.google.com", "accounts.google.com");
    all.good(&Shape { name: "google/id-token-issuer-without-https", about: "the older spelling of iss", ..old });
    all.good(&Shape {
        name: "google/certificate-map",
        about: "keys as a map from kid to certificate, as /oauth2/v1/certs has them",
        keys: "certificates.json",
        ..shape.clone()
    });
    let forged = Shape { keys: "certificates.json", signer: other, ..shape };
    all.refused(
        &forged,
        "certificate-map-other-key",
        "the kid of one certificate, the key of the other",
        "bad_signature",
    );
}

fn identity_aware_proxy(all: &mut Collection, signers: &Signers) {
    let [one, other] = &signers.p256;
    let ((x, y), (other_x, other_y)) = (one.x_y(), other.x_y());
    all.keys(
        "google-iap/jwks.json",
        format!(
            r#"{{"keys":[{{"alg":"ES256","crv":"P-256","kid":"0oeLcQ","kty":"EC","use":"sig","x":"{x}","y":"{y}"}},{{"alg":"ES256","crv":"P-256","kid":"t1JDGg","kty":"EC","use":"sig","x":"{other_x}","y":"{other_y}"}}]}}
"#
        ),
    );
    let shape = Shape {
        name: "google-iap/assertion",
        about: "the X-Goog-IAP-JWT-Assertion header of Identity-Aware Proxy",
        keys: "jwks.json",
        signer: one,
        alg: "ES256",
        header: r#"{"alg":"ES256","typ":"JWT","kid":"0oeLcQ"}"#.to_owned(),
        payload: r#"{"aud":"/projects/123456789/global/backendServices/987654321","azp":"/projects/123456789/global/backendServices/987654321","email":"accounts.google.com:zoe@shop.example","exp":4102444800,"google":{"access_levels":["accessPolicies/519/accessLevels/recentSecureConnect"]},"hd":"shop.example","iat":1700000000,"identity_source":"GOOGLE","iss":"https://cloud.google.com/iap","sub":"accounts.google.com:118133858486581853996"}"#.to_owned(),
        iss: &["https://cloud.google.com/iap"],
        aud: &["/projects/123456789/global/backendServices/987654321"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#"{"aud":"/projects/123456789/"#, r#"{"aud":"/projects/123456780/"#), other);
}

fn firebase(all: &mut Collection, signers: &Signers) {
    let [other, one, _] = &signers.rsa;
    let certificate = |signer: &crate::field::signers::Signer| {
        pem("CERTIFICATE", &signer.certificate("securetoken.system.gserviceaccount.com", false), 64)
            .replace('\n', "\\n")
    };
    all.keys(
        "firebase/certificates.json",
        format!(
            "{{\n  \"f08e6e7bfb21e9b0a1ae3e7f1c4e9e1ac5b1d5a5\": \"{}\",\n  \"4d3ad4b0f1d9ec8f7d2bdc1b5a8f6a0a7a2b9d31\": \"{}\"\n}}\n",
            certificate(one),
            certificate(other)
        ),
    );
    let shape = Shape {
        name: "firebase/id-token",
        about: "an ID token of Firebase Authentication, whose keys are published as certificates alone",
        keys: "certificates.json",
        signer: one,
        alg: "RS256",
        header: r#"{"alg":"RS256","kid":"f08e6e7bfb21e9b0a1ae3e7f1c4e9e1ac5b1d5a5","typ":"JWT"}"#.to_owned(),
        payload: r#"{"name":"Zoë Example","iss":"https://securetoken.google.com/shop-42","aud":"shop-42","auth_time":1700000000,"user_id":"8Qp3yJ0vbGQ1","sub":"8Qp3yJ0vbGQ1","iat":1700000000,"exp":4102444800,"email":"zoe@shop.example","email_verified":false,"firebase":{"identities":{"email":["zoe@shop.example"]},"sign_in_provider":"password"}}"#.to_owned(),
        iss: &["https://securetoken.google.com/shop-42"],
        aud: &["shop-42"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""aud":"shop-42""#, r#""aud":"shop-43""#), other);
}

fn app_check(all: &mut Collection, signers: &Signers) {
    let [one, _, other] = &signers.rsa;
    all.keys(
        "firebase-app-check/jwks.json",
        format!(
            r#"{{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"QNYbdQ","n":"{}","e":"AQAB"}},{{"kty":"RSA","use":"sig","alg":"RS256","kid":"vC5lbw","n":"{}","e":"AQAB"}}]}}
"#,
            one.n(),
            other.n()
        ),
    );
    let shape = Shape {
        name: "firebase-app-check/token",
        about: "an App Check token: the audiences are resource names",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: r#"{"kid":"QNYbdQ","typ":"JWT","alg":"RS256"}"#.to_owned(),
        payload: r#"{"sub":"1:1234567890:android:321abc456def7890","aud":["projects/1234567890","projects/shop-42"],"provider":"play_integrity","iss":"https://firebaseappcheck.googleapis.com/1234567890","exp":4102444800,"iat":1700000000,"jti":"8nXWTAJH3ZcOOMe7dJkRsUXDk1nJvZUzKvB0cnpoMOs"}"#.to_owned(),
        iss: &["https://firebaseappcheck.googleapis.com/1234567890"],
        aud: &["projects/1234567890"],
        typ: Some("JWT"),
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""projects/1234567890","#, r#""projects/1234567891","#), other);
}
