//! The frozen vectors, sent over the serial line: the chip says the numbers that the host says.

use super::emulator::{Emulator, Wire};
use glowband_tests::vector::{Case, OneOrMany, Policy, Presented, VectorFile, to_hex};
use serde_json::{Value, json};

/// What the image `vectors` has memory for.
const LONGEST: usize = 16_900;
const KEYS: usize = 96;
const PREPARED: usize = 6;

fn order(wire: &mut Wire, letter: char, word: &str) {
    wire.send(format!("{letter}{word}\n").as_bytes());
}

fn number(wire: &mut Wire, letter: char, word: &str) -> u8 {
    let answer = wire.ask(format!("{letter}{word}").as_bytes());
    answer.parse().unwrap_or_else(|_| panic!("{letter}: {answer}"))
}

/// A word as it is, behind a capital letter; or as hexadecimal digits behind a small one, where it could end the line.
fn word(wire: &mut Wire, letter: char, word: &[u8]) -> u8 {
    match std::str::from_utf8(word).ok().filter(|word| !word.contains(['\n', '\r'])) {
        Some(plain) => number(wire, letter, plain),
        None => number(wire, letter.to_ascii_lowercase(), &to_hex(word)),
    }
}

/// The token, each repetition told as one: the line is slow, and a third of all bytes are such.
fn token(wire: &mut Wire, letter: char, token: &[u8]) -> u8 {
    let mut rest = token;
    while let Some((at, unit, count)) = repetition(rest) {
        let (front, behind) = rest.split_at(at + unit);
        match std::str::from_utf8(front).ok().filter(|front| !front.contains(['\n', '\r'])) {
            Some(plain) => order(wire, 'P', plain),
            None => order(wire, 'p', &to_hex(front)),
        }
        order(wire, 'Q', &format!("{count} {unit}"));
        rest = &behind[count * unit..];
    }
    word(wire, letter, rest)
}

/// Where the first unit that comes again and again begins, its length, and how often it comes again.
fn repetition(bytes: &[u8]) -> Option<(usize, usize, usize)> {
    (0..bytes.len()).find_map(|at| {
        (1..=64.min(bytes.len() - at)).find_map(|unit| {
            let (unit_bytes, behind) = bytes[at..].split_at(unit);
            let count = behind.chunks(unit).take_while(|chunk| *chunk == unit_bytes).count();
            (count * unit > 64).then_some((at, unit, count))
        })
    })
}

fn add(wire: &mut Wire, jwk: &str) -> u8 {
    word(wire, 'K', jwk.as_bytes())
}

/// What the chip was told last, which need not be told again.
#[derive(Default)]
struct Told {
    keys: Vec<Value>,
    terms: Option<Value>,
}

/// Sends the keys; returns the number of the first refusal.
fn tell_keys(wire: &mut Wire, keys: &[Value], last: &mut Told) -> u8 {
    if keys == last.keys {
        return 0;
    }
    order(wire, 'C', "");
    *last = Told { keys: keys.to_vec(), terms: None };
    let refused = keys.iter().map(|jwk| add(wire, &jwk.to_string())).find(|number| *number > 0);
    if refused.is_some() {
        *last = Told::default();
    }
    refused.unwrap_or(0)
}

fn tell_policy(wire: &mut Wire, policy: &Policy) {
    for (none, one, names) in [('i', 'I', &policy.iss), ('a', 'A', &policy.aud)] {
        let names = match names {
            Some(OneOrMany::One(name)) => std::slice::from_ref(name),
            Some(OneOrMany::Many(names)) => names.as_slice(),
            None => continue,
        };
        order(wire, none, "");
        names.iter().for_each(|name| order(wire, one, &to_hex(name.as_bytes())));
    }
    for (letter, text) in [('U', &policy.sub), ('Y', &policy.typ)] {
        if let Some(text) = text {
            order(wire, letter, &to_hex(text.as_bytes()));
        }
    }
    order(wire, 'L', &policy.leeway.to_string());
    if let Some(age) = policy.max_age {
        order(wire, 'M', &age.to_string());
    }
    if policy.allow_missing_expiry {
        order(wire, 'E', "");
    }
    if policy.require_jti {
        order(wire, 'J', "");
    }
}

/// Tells the policy, the time and the limits.
fn tell_terms(wire: &mut Wire, presented: &Presented, last: &mut Told) {
    let terms = json!([presented.policy, presented.now, presented.scratch, presented.limits]);
    if last.terms.as_ref() == Some(&terms) {
        return;
    }
    last.terms = Some(terms);
    order(wire, 'c', "");
    tell_policy(wire, &presented.policy);
    if let Some(now) = presented.now {
        order(wire, 'N', &now.to_string());
    }
    if let Some(scratch) = presented.scratch {
        order(wire, 'Z', &scratch.to_string());
    }
    let limits = presented.limits.unwrap_or_default();
    for (letter, limit) in [
        ('B', limits.token_bytes.map(|limit| limit.to_string())),
        ('D', limits.nesting.map(|limit| limit.to_string())),
        ('R', limits.members.map(|limit| limit.to_string())),
        ('W', limits.keys.map(|limit| limit.to_string())),
    ] {
        if let Some(limit) = limit {
            order(wire, letter, &limit);
        }
    }
}

fn tried(wire: &mut Wire, presented: &Presented, letter: char, last: &mut Told) -> u8 {
    let refused = tell_keys(wire, &presented.keys, last);
    if refused > 0 {
        return refused;
    }
    tell_terms(wire, presented, last);
    token(wire, letter, &presented.token.bytes())
}

/// Whether the image has memory for it.
fn fits(presented: &Presented) -> bool {
    let points = presented.keys.iter().filter(|key| key["kty"] == "EC").count();
    presented.token.bytes().len() <= LONGEST && presented.keys.len() <= KEYS && points <= PREPARED
}

#[test]
fn every_vector_has_its_number_on_the_chip() {
    let Some(images) = super::images() else { return };
    let mut emulator = Emulator::start(&images.join("vectors"));
    let mut wire = emulator.wire();
    let (mut same, mut left_out) = (0, Vec::new());
    let mut wrong = Vec::new();
    let mut last = Told::default();
    for vector in VectorFile::read().vectors {
        let said = match &vector.case {
            Case::Verify(presented) if fits(presented) => tried(&mut wire, presented, 'T', &mut last),
            Case::Jws(presented) if fits(presented) => tried(&mut wire, presented, 'S', &mut last),
            Case::Key { jwk } if jwk.len() <= LONGEST => {
                last = Told::default();
                order(&mut wire, 'C', "");
                add(&mut wire, jwk)
            }
            _ => {
                left_out.push(vector.name);
                continue;
            }
        };
        if said == vector.expected.number {
            same += 1;
        } else {
            wrong.push(format!("{}: {said}, expected {}", vector.name, vector.expected.number));
        }
    }
    println!("counted: {same} vectors with the same number on the chip, {} of other kinds or sizes", left_out.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 1500, "only {same}");
}
