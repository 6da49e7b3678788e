//! The vectors, through `glowband verify`.

use super::program::{file, glowband};
use glowband_tests::claims_text::NOW;
use glowband_tests::vector::{Case, OneOrMany, Presented, Token, Vector, VectorFile};
use serde_json::{Value, json};

/// The request that a vector stands for, if a request can say all of it.
fn request(presented: &Presented, signature_only: bool) -> Option<Value> {
    let Token::Text(token) = &presented.token else { return None };
    // An empty set is refused by itself, before any token is looked at.
    if presented.scratch.is_some() || presented.limits.is_some() || presented.keys.is_empty() {
        return None;
    }
    let mut request = json!({"token": token, "jwks": {"keys": presented.keys}, "jws": signature_only});
    if signature_only {
        return Some(request);
    }
    let policy = &presented.policy;
    if policy.require_jti {
        return None;
    }
    // Without `now` the command looks at the clock.
    request["now"] = presented.now?.into();
    for (name, expected) in [("iss", &policy.iss), ("aud", &policy.aud)] {
        match expected {
            Some(OneOrMany::One(one)) => request[name] = one.as_str().into(),
            Some(OneOrMany::Many(_)) => return None,
            None => {}
        }
    }
    for (name, expected) in [("sub", &policy.sub), ("typ", &policy.typ)] {
        if let Some(expected) = expected {
            request[name] = expected.as_str().into();
        }
    }
    request["leeway"] = policy.leeway.into();
    if let Some(age) = policy.max_age {
        request["max_age"] = age.into();
    }
    request["allow_missing_expiry"] = policy.allow_missing_expiry.into();
    Some(request)
}

fn code(answer: &Value) -> u64 {
    if answer["ok"] == true { 0 } else { answer["code"].as_u64().expect("a refusal has its number") }
}

#[test]
fn the_batch_says_what_the_vectors_say() {
    let (mut lines, mut asked, mut left_out) = (String::new(), Vec::new(), 0);
    for vector in VectorFile::read().vectors {
        // The vectors know the limits of chips; the command has those of hosts.
        if matches!(vector.expected.name.as_str(), "token_too_long" | "too_many_members" | "too_many_keys") {
            left_out += 1;
            continue;
        }
        let request = match &vector.case {
            Case::Verify(presented) => request(presented, false),
            Case::Jws(presented) => request(presented, true),
            _ => continue,
        };
        match request {
            Some(mut request) => {
                request["id"] = vector.name.as_str().into();
                lines += &format!("{request}\n");
                asked.push(vector);
            }
            None => left_out += 1,
        }
    }
    let run = glowband(&["verify", "--batch"], &lines);
    assert_eq!(run.code, 1, "some are refused");
    let answers = run.answers();
    assert_eq!(answers.len(), asked.len());
    let mut wrong = Vec::new();
    for (answer, vector) in answers.iter().zip(&asked) {
        assert_eq!(answer["id"], vector.name, "in order");
        let named = answer["error"].as_str().unwrap_or("accepted") == vector.expected.name;
        if code(answer) != u64::from(vector.expected.number) || !named {
            wrong.push(format!("{}: {answer}, expected {:?}", vector.name, vector.expected));
        }
    }
    println!("{} vectors as requests, {left_out} left out", asked.len());
    assert!(asked.len() > 1000, "only {} vectors", asked.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A single answer with the vector's number.
fn expect(vector: &Vector, run: &super::program::Run) {
    let answers = run.answers();
    let [answer] = answers.as_slice() else { panic!("{}: {}", vector.name, run.out) };
    assert_eq!(code(answer), u64::from(vector.expected.number), "{}: {answer}", vector.name);
    assert_eq!(run.code, i32::from(vector.expected.number != 0), "{}", vector.name);
}

#[test]
fn requests_get_their_numbers() {
    let mut tried = 0;
    for vector in VectorFile::read().vectors {
        if let Case::Request { line } = &vector.case {
            expect(&vector, &glowband(&["verify", "--batch"], line));
            tried += 1;
        }
    }
    assert!(tried > 5, "only {tried} requests");
}

/// A valid key file verifies a token of its key; an invalid one is refused before any token.
#[test]
fn key_files_get_their_numbers() {
    let vectors = VectorFile::read().vectors;
    let good =
        vectors.iter().find(|vector| vector.name == "ordinary/es256/all-registered-claims").expect("it is there");
    let Case::Verify(Presented { token: Token::Text(token), .. }) = &good.case else { panic!("a token") };
    let mut tried = 0;
    for vector in &vectors {
        let Case::KeyFile { content } = &vector.case else { continue };
        let path = file(&vector.name.replace('/', "-"), content);
        let path_text = path.to_str().expect("text");
        let now = NOW.to_string();
        let run = glowband(&["verify", "--json", "--now", &now, "--key", path_text, token], "");
        let _ = std::fs::remove_file(&path);
        match vector.expected.number {
            0 => expect(vector, &run),
            number => {
                let said = format!("{number} {}:", vector.expected.name);
                assert!(run.err.contains(&said), "{}: {}", vector.name, run.err);
                assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", vector.name);
            }
        }
        tried += 1;
    }
    assert!(tried > 5, "only {tried} key files");
}
