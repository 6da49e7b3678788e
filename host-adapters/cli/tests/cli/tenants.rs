//! Repeated expectations, and tenants of an issuer with a placeholder.

use crate::program::{DOOR, DOOR_SECRET, Folder, Run, run, run_with};

const NOW: [&str; 2] = ["--now", "1700000000"];
const ENTRA: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn verify(secret: &str, more: &[&str], token: &str) -> Run {
    run(&[&["verify", "--secret-file", secret][..], &NOW, more, &[token]].concat())
}

#[test]
fn a_repeated_flag_allows_each_of_its_values() {
    let folder = Folder::new();
    let secret = folder.file("secret", DOOR_SECRET);
    let claims = r#"{"iss":"https://id.example","aud":["door-42","x"],"sub":"alice","exp":1700000300}"#;
    let claims = folder.file("claims", claims);
    let signed = run(&["sign", "--secret-file", &secret, "--claims", &claims, "--typ", "at+jwt", NOW[0], NOW[1]]);
    let token = signed.expect(0).out;
    for (flags, number) in [
        (&["--iss", "a", "--iss", "https://id.example"][..], ""),
        (&["--iss", "a", "--iss", "b"], "35 issuer_mismatch"),
        (&["--aud", "a", "--aud", "door-42"], ""),
        (&["--aud", "a", "--aud", "b"], "37 audience_mismatch"),
        (&["--typ", "JWT", "--typ", "at+jwt"], ""),
        (&["--typ", "JWT", "--typ", "logout+jwt"], "41 token_type_mismatch"),
        (&["--sub", "bob", "--sub", "alice"], ""),
        (&["--sub", "bob", "--sub", "carol"], "39 subject_mismatch"),
    ] {
        let done = verify(&secret, flags, token.trim()).expect(i32::from(!number.is_empty()));
        assert!(done.out.contains(number), "{flags:?}: {}", done.out);
        if !number.is_empty() {
            assert!(done.out.contains(&format!("Expected: {:?} or {:?}", flags[1], flags[3])), "{}", done.out);
        }
    }
    let done = verify(&secret, &["--typ", "a", "--typ", "b"], DOOR).expect(1);
    assert!(done.out.contains("token_type_m"), "{}", done.out);
    // A member of a batch request replaces the flags of the same name and keeps the others.
    let lines = format!(
        "{{\"token\":\"{0}\"}}\n{{\"token\":\"{0}\",\"iss\":\"a\"}}\n{{\"token\":\"{0}\",\"aud\":\"x\"}}\n",
        token.trim()
    );
    let flags = ["--iss", "c", "--iss", "https://id.example", "--aud", "door-42", "--batch"];
    let done = run_with(&[&["verify", "--secret-file", &secret][..], &NOW, &flags].concat(), lines.as_bytes());
    let verdicts: Vec<_> = done.expect(1).out.lines().map(|line| line.contains("\"ok\":true")).collect();
    assert_eq!(verdicts, [true, false, true]);
}

#[test]
fn a_placeholder_in_an_issuer_needs_tenants() {
    let folder = Folder::new();
    let secret = folder.file("secret", DOOR_SECRET);
    let token = |tid: &str| {
        let issuer = ENTRA.replace("{tenantid}", TENANT);
        let claims = folder.file("claims", format!(r#"{{"iss":"{issuer}","tid":"{tid}","exp":1700000300}}"#));
        run(&["sign", "--secret-file", &secret, "--claims", &claims, NOW[0], NOW[1]]).expect(0).out.trim().to_owned()
    };
    let good = token(TENANT);
    let other = "11111111-2222-3333-4444-555555555555";
    verify(&secret, &["--iss", ENTRA, "--tenant", other, "--tenant", TENANT], &good).expect(0);
    let done = verify(&secret, &["--iss", ENTRA, "--tenant", other], &good).expect(1);
    assert!(done.out.contains("35 issuer_mismatch"), "{}", done.out);
    let done = verify(&secret, &["--iss", ENTRA, "--tenant", TENANT], &token(other)).expect(1);
    assert!(done.out.contains("tid does not name the tenant"), "{}", done.out);
    for (flags, words) in [
        (&["--iss", ENTRA][..], "contains a placeholder"),
        (&["--iss", "https://{region}.example"], "contains a placeholder"),
        (&["--iss", "https://id.example", "--tenant", TENANT], "does not have it"),
        (&["--iss", ENTRA, "--tenant", "contoso"], "not a GUID"),
        (&["--iss", ENTRA, "--iss", "b", "--tenant", TENANT], "exactly one issuer"),
        (&["--tenant", TENANT], "--iss"),
    ] {
        let done = verify(&secret, flags, &good).expect(2);
        assert!(done.err.contains(words), "{flags:?}: {}", done.err);
    }
}
