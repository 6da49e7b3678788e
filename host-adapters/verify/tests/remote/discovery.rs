//! OpenID providers: the issuer says where its keys are, and only the issuer.

use crate::issuer::{Answer, Issuer};
use crate::signer::{Signer, jwks, policy};
use crate::traffic::eventually;
use glowband_verify::{FetchFault, HostVerifier, RemoteKeySet};
use std::time::Duration;

const CONFIGURATION: &str = "/realm/.well-known/openid-configuration";

fn configuration(issuer: &str, keys: &str) -> Answer {
    Answer::Document(format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}","response_types_supported":["code"]}}"#))
}

fn keys_of(issuer: &Issuer, roots: &str) -> RemoteKeySet {
    RemoteKeySet::discover(issuer.url("/realm")).root_certificates(roots).start().unwrap()
}

#[test]
fn keys_are_found_by_the_issuers_name() {
    let (issuer, key_host) = (Issuer::https(), Issuer::https());
    let signer = Signer::new("a");
    issuer.answer("/realm/keys", Answer::Document(jwks(&[&signer])));
    key_host.answer("/keys", Answer::Document(jwks(&[&signer])));
    let roots = [issuer.root(), key_host.root()].concat();
    // Its own host, and another that it names.
    for address in [issuer.url("/realm/keys"), key_host.url("/keys")] {
        issuer.answer(CONFIGURATION, configuration(&issuer.url("/realm"), &address));
        let keys = keys_of(&issuer, &roots);
        keys.wait_ready(Duration::from_secs(15)).unwrap();
        let verifier = HostVerifier::remote(keys.clone(), policy());
        assert_eq!(verifier.verify(&signer.token()).unwrap().subject(), Some("alice"));
        assert_eq!(keys.status().fetches, 1, "both documents are one fetch");
    }
    assert_eq!((issuer.asked("/realm/keys"), key_host.asked("/keys")), (1, 1));
}

#[test]
fn a_configuration_that_is_not_the_issuers_leads_nowhere() {
    let (issuer, plain) = (Issuer::https(), Issuer::plain());
    let good = issuer.url("/keys");
    for server in [&issuer, &plain] {
        server.answer("/keys", Answer::Document(jwks(&[&Signer::new("a")])));
    }
    let realm = issuer.url("/realm");
    let mismatch = |found: &str| format!("expected \"{realm}\", found \"{found}\"");
    for (answer, words) in [
        (configuration(&issuer.url("/other"), &good), mismatch(&issuer.url("/other"))),
        (configuration(&issuer.url("/realm/"), &good), mismatch(&issuer.url("/realm/"))),
        (configuration(&issuer.url("/realm/"), &good), "write it in the expected issuer too".to_owned()),
        (configuration(&realm, &plain.url("/keys")), format!("{}: The address is plain http", plain.url("/keys"))),
        (configuration(&realm, "file:///etc/passwd"), "file:///etc/passwd: The address is not allowed".to_owned()),
        (configuration(&realm, "/keys"), "/keys: The address is not allowed".to_owned()),
        (Answer::Document("[]".to_owned()), "it is not a JSON object".to_owned()),
        (Answer::Document(jwks(&[&Signer::new("a")])), "it is a JWK set".to_owned()),
        (Answer::Status(404), format!("{}: The server answered with status 404", issuer.url(CONFIGURATION))),
    ] {
        issuer.answer(CONFIGURATION, answer);
        // Also where plain http is allowed: an issuer with https does not lead to less.
        let keys = RemoteKeySet::discover(issuer.url("/realm"))
            .root_certificates(issuer.root())
            .danger_allow_plain_http_on_loopback()
            .start()
            .unwrap();
        eventually(&words, &keys, || keys.status().last_error.is_some_and(|error| error.to_string().contains(&words)));
    }
    assert_eq!((issuer.asked("/keys"), plain.connections()), (0, 0));
}

#[test]
fn plain_http_on_this_machine_takes_a_setting() {
    let issuer = Issuer::plain();
    let signer = Signer::new("a");
    issuer.answer(CONFIGURATION, configuration(&issuer.url("/realm"), &issuer.url("/keys")));
    issuer.answer("/keys", Answer::Document(jwks(&[&signer])));
    let error = RemoteKeySet::discover(issuer.url("/realm")).start().unwrap_err();
    assert_eq!(*error.fault(), FetchFault::PlainHttp { host: "localhost".to_owned() });
    assert_eq!(issuer.connections(), 0);
    let keys = RemoteKeySet::discover(issuer.url("/realm")).danger_allow_plain_http_on_loopback().start().unwrap();
    keys.wait_ready(Duration::from_secs(15)).unwrap();
    assert!(HostVerifier::remote(keys, policy()).verify(&signer.token()).is_ok());
}

#[test]
fn an_issuer_with_https_may_lead_to_a_plain_host_that_is_named() {
    let (issuer, plain) = (Issuer::https(), Issuer::plain());
    let signer = Signer::new("a");
    issuer.answer(CONFIGURATION, configuration(&issuer.url("/realm"), &plain.url("/keys")));
    plain.answer("/keys", Answer::Document(jwks(&[&signer])));
    let builder = RemoteKeySet::discover(issuer.url("/realm")).root_certificates(issuer.root());
    let refused = builder.clone().danger_allow_plain_http_to(["127.0.0.1"]).fetch().unwrap_err();
    assert_eq!(*refused.fault(), FetchFault::PlainHttp { host: "localhost".to_owned() });
    assert_eq!(plain.connections(), 0);
    assert_eq!(builder.danger_allow_plain_http_to(["LocalHost"]).fetch().unwrap().len(), 1);
}
