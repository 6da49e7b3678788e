//! Tokens padded with `=`, as load balancers of AWS send them.

use crate::program::{Folder, run, run_with};

/// An ES256 token in which every segment is padded, valid until 2100.
const PADDED: &str = "eyJ0eXAiOiJKV1QiLCJraWQiOiJrMSIsImFsZyI6IkVTMjU2In0=.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwgImF1ZCI6ICJhcGkiLCAic3ViIjogImFsaWNlIiwgImlhdCI6IDE3MDAwMDAwMDAsICJleHAiOiA0MTAyNDQ0ODAwLCAieCI6ICJhYmMifQ==.J03ht57VLPqs29ioCTfSvor8UwAEamdMgaU33OOi8T94hUR0oNFkrwbhsAh11VSXS_CDYZL891yZ4P1Iqc2rSQ==";
const KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"k1","alg":"ES256","x":"59V4hkw95QFnqzYVgmJ5psKYhnoutbHCIkvcQWM-ckc","y":"3gHt4cvonvT7PlG_pm8VZmDP_nrjqis2OVb5p_slS4k"}"#;

#[test]
fn padding_is_reported_and_accepted_with_a_danger_flag() {
    let folder = Folder::new();
    let key = folder.file("key.jwk", KEY);
    let verify = |flags: &[&str], token: &str| {
        run(&[&["verify", "--key", &key, "--iss", "https://id.example", "--aud", "api"][..], flags, &[token]].concat())
    };
    let done = verify(&[], PADDED).expect(1);
    assert!(done.out.contains("5 base64_invalid") && done.out.contains("padded with ="), "{}", done.out);
    let danger = "--danger-allow-padding";
    verify(&[danger], PADDED).expect(0);
    // The signature covers the padding of the first two segments, but not its own.
    verify(&[danger], PADDED.trim_end_matches('=')).expect(0);
    for (token, words) in [
        (PADDED.replace('=', ""), "17 bad_signature"),
        (PADDED.replacen("=.", ".", 1), "17 bad_signature"),
        (PADDED.replacen("==.", "=.", 1), "5 base64_invalid"),
        (PADDED.replacen("eyJ", "=eyJ", 1), "5 base64_invalid"),
        (format!("{PADDED}="), "5 base64_invalid"),
        (PADDED.replacen("J03h", "J13h", 1), "17 bad_signature"),
    ] {
        let done = verify(&[danger], &token).expect(1);
        assert!(done.out.contains(words), "{token}: {}", done.out);
    }
    let done = verify(&[danger, "--json"], PADDED).expect(0);
    let payload = PADDED.split('.').nth(1).unwrap().trim_end_matches('=');
    assert!(done.out.contains(&format!("\"payload_b64\":\"{payload}\",")), "{}", done.out);
    let line = format!("{{\"token\":\"{PADDED}\"}}\n");
    let batch = |flags: &[&str]| run_with(&[&["verify", "--key", &key, "--batch"], flags].concat(), line.as_bytes());
    let done = batch(&[]).expect(1);
    assert!(done.out.contains("\"code\":5,") && done.out.contains("padded with ="), "{}", done.out);
    batch(&[danger]).expect(0);
    verify(&[danger, "--jws"], PADDED).expect(2);
    run(&["verify", "--key", &key, danger, "--jws", PADDED]).expect(0);
}

#[test]
fn quotes_around_a_token_are_reported() {
    let folder = Folder::new();
    let key = folder.file("key.jwk", KEY);
    for text in [format!("\"{PADDED}\""), format!("'{PADDED}'")] {
        let done = run(&["verify", "--key", &key, &text]).expect(1);
        assert!(done.out.contains("quotes around the token"), "{}", done.out);
    }
}
