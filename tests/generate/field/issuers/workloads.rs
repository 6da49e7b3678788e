//! Tokens of machines and builds: GitHub Actions, GitLab, Kubernetes, SPIFFE.

use crate::field::shape::{Collection, Shape};
use crate::field::signers::{Signer, Signers};
use base64ct::{Base64, Encoding as _};

pub(in crate::field) fn write(all: &mut Collection, signers: &Signers) {
    github(all, signers);
    gitlab(all, signers);
    kubernetes(all, signers);
    spiffe(all, signers);
}

fn github(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    let name = "pipelines.actions.githubusercontent.com";
    all.keys(
        "github-actions/jwks.json",
        format!(
            r#"{{"keys":[{{"n":"{}","kty":"RSA","kid":"cc413527-173f-5a05-976e-9c52b1d7b431","alg":"RS256","e":"AQAB","use":"sig"}},{{"kty":"RSA","alg":"RS256","use":"sig","kid":"{1}","x5c":["{2}"],"x5t":"{1}","n":"{3}","e":"AQAB"}}]}}
"#,
            other.n(),
            one.x5t(name),
            one.x5c(name),
            one.n()
        ),
    );
    let shape = Shape {
        name: "github-actions/oidc-token",
        about: "a build's token: 30 claims, numbers as text, empty texts, x5t in the header",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: format!(r#"{{"typ":"JWT","alg":"RS256","x5t":"{0}","kid":"{0}"}}"#, one.x5t(name)),
        payload: r#"{"jti":"0b5e1b2f-6a1c-4a3f-9d51-3f1b7a6c5d4e","sub":"repo:shop/orders:environment:prod","environment":"prod","aud":"https://github.com/shop","ref":"refs/heads/main","sha":"ffac537e6cbbf934b08745a378932722df287a53","repository":"shop/orders","repository_owner":"shop","repository_owner_id":"65","run_id":"7078913211","run_number":"10","run_attempt":"2","repository_visibility":"private","repository_id":"74","actor_id":"12","actor":"zoe","workflow":"deploy","head_ref":"","base_ref":"","event_name":"workflow_dispatch","ref_protected":"true","ref_type":"branch","workflow_ref":"shop/orders/.github/workflows/deploy.yml@refs/heads/main","workflow_sha":"ffac537e6cbbf934b08745a378932722df287a53","job_workflow_ref":"shop/orders/.github/workflows/deploy.yml@refs/heads/main","job_workflow_sha":"ffac537e6cbbf934b08745a378932722df287a53","runner_environment":"github-hosted","environment_node_id":"EN_kwDOABCD","iss":"https://token.actions.githubusercontent.com","nbf":1699999400,"exp":4102444800,"iat":1700000000}"#.to_owned(),
        iss: &["https://token.actions.githubusercontent.com"],
        aud: &["https://github.com/shop"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""aud":"https://github.com/shop""#, r#""aud":"https://github.com/shoq""#), other);
}

fn gitlab(all: &mut Collection, signers: &Signers) {
    let (one, other) = (&signers.rsa_4096, &signers.rsa[0]);
    all.keys(
        "gitlab/jwks.json",
        format!(
            r#"{{"keys":[{{"kty":"RSA","kid":"kewiQq9jiC84CvSsJYOB-N6A8WFLSV20Mb-y7IlWDSQ","e":"AQAB","n":"{}","use":"sig","alg":"RS256"}}]}}
"#,
            one.n()
        ),
    );
    let shape = Shape {
        name: "gitlab/ci-id-token",
        about: "a key of 4 096 bits; user_identities as a list of objects",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: r#"{"kid":"kewiQq9jiC84CvSsJYOB-N6A8WFLSV20Mb-y7IlWDSQ","typ":"JWT","alg":"RS256"}"#.to_owned(),
        payload: r#"{"namespace_id":"72","namespace_path":"shop","project_id":"20","project_path":"shop/orders","user_id":"1","user_login":"zoe","user_email":"zoe@shop.example","user_access_level":"owner","user_identities":[{"provider":"github","extern_uid":"2435223452345"},{"provider":"bitbucket","extern_uid":"john.smith"}],"pipeline_id":"574","pipeline_source":"push","job_id":"302","ref":"feature-branch-1","ref_type":"branch","ref_path":"refs/heads/feature-branch-1","ref_protected":"false","runner_id":1,"runner_environment":"self-hosted","sha":"714a629c0b401fdce83e847fc9589983fc6f46bc","ci_config_ref_uri":"gitlab.example/shop/orders//.gitlab-ci.yml@refs/heads/main","jti":"235b3a54-b797-45c7-ae9a-f72d7bc6ef5b","iat":1700000000,"nbf":1699999995,"exp":4102444800,"iss":"https://gitlab.example","sub":"project_path:shop/orders:ref_type:branch:ref:feature-branch-1","aud":"https://vault.example"}"#.to_owned(),
        iss: &["https://gitlab.example"],
        aud: &["https://vault.example"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#""aud":"https://vault.example""#, r#""aud":"https://vault.exampl""#), other);
}

fn kubernetes(all: &mut Collection, signers: &Signers) {
    let [one, other, _] = &signers.rsa;
    all.keys(
        "kubernetes/jwks.json",
        format!(
            r#"{{"keys":[{{"use":"sig","kty":"RSA","kid":"4dDFRd1DrAJxJEUMr-qgbk7W8xNo1cZXcyO3qRKqXVM","alg":"RS256","n":"{}","e":"AQAB"}}]}}
"#,
            one.n()
        ),
    );
    let shape = Shape {
        name: "kubernetes/service-account",
        about: "a projected token of a service account: names with dots, objects in objects, warnafter",
        keys: "jwks.json",
        signer: one,
        alg: "RS256",
        header: r#"{"alg":"RS256","kid":"4dDFRd1DrAJxJEUMr-qgbk7W8xNo1cZXcyO3qRKqXVM"}"#.to_owned(),
        payload: r#"{"aud":["https://kubernetes.default.svc.cluster.local","orders"],"exp":4102444800,"iat":1700000000,"iss":"https://kubernetes.default.svc.cluster.local","jti":"7b2d4f60-8192-4a3b-b5c6-d7e8f9a0b1c2","kubernetes.io":{"namespace":"shop","node":{"name":"worker-07","uid":"1f2e3d4c-5b6a-7988-97a6-b5c4d3e2f1a0"},"pod":{"name":"orders-7d9f8b6c5-x2k4q","uid":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"},"serviceaccount":{"name":"orders","uid":"9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0"},"warnafter":1700003607},"nbf":1700000000,"sub":"system:serviceaccount:shop:orders"}"#.to_owned(),
        iss: &["https://kubernetes.default.svc.cluster.local"],
        aud: &["orders"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#"local","orders"]"#, r#"local","bills"]"#), other);
    let legacy = Shape {
        name: "kubernetes/legacy-secret",
        about: "a token of a secret from before 1.24: neither exp nor aud",
        payload: r#"{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"shop","kubernetes.io/serviceaccount/secret.name":"orders-token-x7k2p","kubernetes.io/serviceaccount/service-account.name":"orders","kubernetes.io/serviceaccount/service-account.uid":"9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0","sub":"system:serviceaccount:shop:orders"}"#.to_owned(),
        iss: &["kubernetes/serviceaccount"],
        aud: &[],
        ..shape
    };
    all.refused(&legacy, "legacy-secret", legacy.about, "expiry_missing");
    let allowed = Shape {
        name: "kubernetes/legacy-secret-opted-in",
        about: "the same where exp may be missing",
        opt_ins: &["allow_missing_expiry"],
        ..legacy
    };
    all.good(&allowed);
}

fn spiffe(all: &mut Collection, signers: &Signers) {
    let [one, other] = &signers.p256;
    let ((x, y), (other_x, other_y)) = (one.x_y(), other.x_y());
    let Signer::Rsa(_) = &signers.rsa[2] else { return };
    let authority = Base64::encode_string(&signers.rsa[2].certificate("spiffe", true));
    all.keys(
        "spiffe/bundle.json",
        format!(
            r#"{{
    "keys": [
        {{
            "use": "x509-svid",
            "kty": "RSA",
            "n": "{}",
            "e": "AQAB",
            "x5c": [
                "{authority}"
            ]
        }},
        {{
            "use": "jwt-svid",
            "kty": "EC",
            "kid": "C6vs25welZOx6WksNYfbMfiw9l96pMnD",
            "crv": "P-256",
            "x": "{x}",
            "y": "{y}"
        }},
        {{
            "use": "jwt-svid",
            "kty": "EC",
            "kid": "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW",
            "crv": "P-256",
            "x": "{other_x}",
            "y": "{other_y}"
        }}
    ],
    "spiffe_sequence": 12035488,
    "spiffe_refresh_hint": 2419200
}}
"#,
            signers.rsa[2].n()
        ),
    );
    let shape = Shape {
        name: "spiffe/jwt-svid",
        about: "no iss; keys of two uses, neither of which is sig",
        keys: "bundle.json",
        signer: one,
        alg: "ES256",
        header: r#"{"alg":"ES256","kid":"C6vs25welZOx6WksNYfbMfiw9l96pMnD","typ":"JWT"}"#.to_owned(),
        payload: r#"{"aud":["spiffe://shop.example/orders"],"exp":4102444800,"iat":1700000000,"sub":"spiffe://shop.example/ns/shop/sa/web"}"#.to_owned(),
        iss: &[],
        aud: &["spiffe://shop.example/orders"],
        typ: None,
        padded: false,
        opt_ins: &[],
    };
    all.usual(&shape, (r#"["spiffe://shop.example/orders"]"#, r#"["spiffe://shop.example/bills"]"#), other);
    let by_authority =
        Shape { signer: &signers.rsa[2], alg: "RS256", header: r#"{"alg":"RS256","typ":"JWT"}"#.to_owned(), ..shape };
    all.refused(
        &by_authority,
        "jwt-svid-x509-key",
        "signed by the key of X.509 authorities, which may not sign tokens",
        "algorithm_mismatch",
    );
}
