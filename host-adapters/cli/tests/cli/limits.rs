//! The flags that limit the work one token may cause.

use crate::program::{DOOR_SECRET, Folder, run, run_with};

#[test]
fn large_tokens_are_accepted_by_default_and_each_limit_can_be_set() {
    let folder = Folder::new();
    let secret = folder.file("secret", DOOR_SECRET);
    let roles: Vec<_> = (0..1_700).map(|number| format!("\"client-{number}\":{{\"roles\":[]}}")).collect();
    let claims = folder.file("claims", format!("{{\"exp\":4000000000,\"resource_access\":{{{}}}}}", roles.join(",")));
    let token = run(&["sign", "--secret-file", &secret, "--claims", &claims]).expect(0).out;
    let verify = |flags: &[&str]| {
        // On some systems, an argument cannot be that long.
        run_with(&[&["verify", "--secret-file", &secret, "-"], flags].concat(), token.as_bytes())
    };
    assert!(token.len() > 40_000, "{}", token.len());
    verify(&[]).expect(0);
    for (flags, words) in [
        (&["--max-token-bytes", "1000"][..], "1 token_too_long"),
        (&["--max-members", "128"], "26 too_many_members"),
        (&["--max-members", "3402"], "26 too_many_members"),
    ] {
        let done = verify(flags).expect(1);
        assert!(done.out.contains(words), "{flags:?}: {}", done.out);
    }
    verify(&["--max-members", "3403", "--max-token-bytes", "100000"]).expect(0);
    for (flags, words) in [
        (&["--max-token-bytes", "0"][..], "--max-token-bytes = 0 is not allowed; allowed: 1 to 1048576"),
        (&["--max-members", "0"], "--max-members = 0 is not allowed; allowed: 1 to 65535"),
        (&["--max-keys-tried", "17"], "--max-keys-tried = 17 is not allowed; allowed: 1 to 16"),
        (&["--max-keys-tried", "0"], "allowed: 1 to 16"),
        (&["--max-members", "many"], "invalid value"),
        (&["--jws", "--max-members", "5"], "--max-members is not allowed with it"),
    ] {
        let done = verify(flags).expect(2);
        assert!(done.err.contains(words), "{flags:?}: {}", done.err);
    }
    let line = format!("{{\"token\":\"{}\"}}\n", token.trim());
    let done = run_with(&["verify", "--secret-file", &secret, "--batch", "--max-members", "9"], line.as_bytes());
    assert!(done.expect(1).out.contains("\"code\":26"));
}

#[test]
fn the_number_of_keys_that_are_tried_can_be_set() {
    let folder = Folder::new();
    let keys: Vec<_> = (0..6)
        .map(|number| {
            let private = folder.path(&format!("{number}.jwk"));
            let public = run(&["keys", "generate", "--out", &private]).expect(0).out;
            // For a token without a kid, each key is tried.
            let public = public.trim().to_owned();
            let start = public.find("\"kid\":\"").unwrap();
            let end = start + 7 + public[start + 7..].find('"').unwrap() + 1;
            let rest = public[end..].trim_start_matches(',');
            format!("{}{rest}", &public[..start]).replace(",}", "}")
        })
        .collect();
    let set = folder.file("set.json", format!("{{\"keys\":[{}]}}", keys.join(",")));
    let token = run(&["sign", "--key", &folder.path("5.jwk"), "--expires-in", "60"]).expect(0).out;
    run(&["verify", "--jwks", &set, token.trim()]).expect(0);
    run(&["verify", "--jwks", &set, "--max-keys-tried", "6", token.trim()]).expect(0);
    let done = run(&["verify", "--jwks", &set, "--max-keys-tried", "5", token.trim()]).expect(1);
    assert!(done.out.contains("21 too_many_keys"), "{}", done.out);
}
