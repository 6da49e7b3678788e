//! The core reads exactly the JSON that serde_json reads, and the same things in it.

use super::{cases, noise};
use glowband_core::{Claim, Claims, Limits, MAX_NESTING, NameSlot, Text};
use glowband_tests::json_oracle::{Opinion, opinion};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

/// Valid JSON with odd spelling: white space, escapes, numbers of all forms, names that repeat by chance.
fn document() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        string(),
        prop_oneof![
            "-?(0|[1-9][0-9]{0,20})".prop_map(String::from),
            "-?(0|[1-9][0-9]{0,5})\\.[0-9]{1,12}",
            "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,5})?[eE][+-]?[0-9]{1,2}",
        ],
        prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    let value = leaf.prop_recursive(18, 40, 4, |inner| {
        prop_oneof![
            (vec((space(), inner.clone(), space()), 0..4)).prop_map(|elements| {
                let elements: Vec<String> = elements.into_iter().map(|(a, b, c)| a + &b + &c).collect();
                format!("[{}]", elements.join(","))
            }),
            object(inner.clone()),
            // Straight down, so that the limit is met.
            (inner, 1..18usize).prop_map(|(inner, depth)| "[".repeat(depth) + &inner + &"]".repeat(depth)),
        ]
    });
    (space(), object(value), space()).prop_map(|(a, b, c)| a + &b + &c)
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    vec((space(), name(), space(), value, space()), 0..5).prop_map(|members| {
        let members: Vec<String> =
            members.into_iter().map(|(a, name, b, value, c)| format!("{a}{name}{b}:{b}{value}{c}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "\"iss\"",
            "\"sub\"",
            "\"aud\"",
            "\"exp\"",
            "\"nbf\"",
            "\"iat\"",
            "\"jti\"",
            "\"\"",
            "\"iss\\u0000\"",
            "\"\\u0069ss\"",
            "\"a_long_name_1\"",
            "\"a_long_name_2\"",
            "\"a_long_name_\\u0032\"",
            "\"é\"",
            "\"\\u00e9\"",
        ])
        .prop_map(str::to_owned),
        string(),
    ]
}

fn string() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        "[a-z0-9 .:/-]{1,9}".prop_map(String::from),
        prop::sample::select(vec![
            "\\\"",
            "\\\\",
            "\\/",
            "\\b",
            "\\f",
            "\\n",
            "\\r",
            "\\t",
            "\\u0000",
            "\\u00e9",
            "\\uD83D\\uDE00",
            "\\uffff",
            "é",
            "😀",
            "\u{7f}",
            "\u{2028}",
        ])
        .prop_map(str::to_owned),
    ];
    vec(unit, 0..5).prop_map(|units| format!("\"{}\"", units.concat()))
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 1 => "[ \t\r\n]{1,3}"]
}

/// What can go wrong with a document.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index),
    Cut(Index),
    Repeat(Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(b"{}[]\",:\\ue0-+.1tfn \n\x00\x0b\xc3\xa9\xed\xa0\x80\xff".to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), vec(byte, 1..3)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
    ]
}

fn mutated(text: &str, mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for mutation in mutations.iter().filter(|_| !text.is_empty()) {
        let length = bytes.len() + 1;
        match mutation {
            Mutation::Replace(at, byte) => match bytes.get_mut(at.index(length)) {
                Some(place) => *place = *byte,
                None => bytes.push(*byte),
            },
            Mutation::Insert(at, new) => {
                let at = at.index(length);
                bytes.splice(at..at, new.iter().copied());
            }
            Mutation::Remove(at) if !bytes.is_empty() => drop(bytes.remove(at.index(length - 1))),
            Mutation::Remove(_) => {}
            Mutation::Cut(at) => bytes.truncate(at.index(length)),
            Mutation::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                bytes.extend_from_within(from.min(to)..from.max(to));
            }
        }
    }
    bytes
}

fn agrees(document: &[u8]) -> Result<(), TestCaseError> {
    let core = Claims::read(document, &Limits::DEFAULT);
    // Whose memory the names are kept in makes no difference.
    let mut slots = [NameSlot::default(); 128];
    let lent = Claims::read_with_slots(document, &Limits::DEFAULT, &mut slots).map(drop);
    prop_assert_eq!(lent, core.map(drop));
    match opinion(document, usize::from(MAX_NESTING), usize::from(Limits::DEFAULT.member_limit())) {
        Opinion::None => return Ok(()),
        Opinion::Good => prop_assert!(core.is_ok(), "refused: {core:?}"),
        Opinion::Bad => prop_assert!(core.is_err(), "accepted"),
    }
    if let Ok(claims) = core {
        let other: Value = serde_json::from_slice(document).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (name, claim) in [("iss", claims.issuer()), ("sub", claims.subject()), ("jti", claims.token_id())] {
            prop_assert!(same_text(claim, other.get(name)), "{name}: {claim:?}");
        }
        let audience = match (claims.audience(), other.get("aud")) {
            (Claim::Absent, None) => true,
            (Claim::Present(own), Some(Value::String(one))) => own.iter().all(|text| text == *one.as_str()),
            (Claim::Present(own), Some(Value::Array(several))) => several
                .iter()
                .map(|one| one.as_str().map(str::to_owned))
                .eq(own.iter().map(|text| Some(text.to_string()))),
            (Claim::Malformed, Some(Value::String(_)) | None) => false,
            (Claim::Malformed, Some(Value::Array(several))) => several.iter().any(|one| !one.is_string()),
            (Claim::Malformed, Some(_)) => true,
            _ => false,
        };
        prop_assert!(audience, "aud: {:?}", claims.audience());
        for (name, claim) in [("exp", claims.expires_at()), ("nbf", claims.not_before()), ("iat", claims.issued_at())] {
            let number = other.get(name).map(Value::is_number);
            match claim {
                Claim::Absent => prop_assert_eq!(number, None, "{}", name),
                Claim::Present(_) => prop_assert_eq!(number, Some(true), "{}", name),
                // Too large is malformed as well; the dates have a law of their own.
                Claim::Malformed => prop_assert!(number.is_some(), "{name}"),
            }
        }
    }
    Ok(())
}

fn same_text(own: Claim<Text<'_>>, other: Option<&Value>) -> bool {
    match (own, other) {
        (Claim::Absent, None) => true,
        (Claim::Present(text), Some(Value::String(other))) => text == *other.as_str() && text.to_string() == *other,
        (Claim::Malformed, Some(other)) => !other.is_string(),
        _ => false,
    }
}

proptest! {
    #![proptest_config(cases(8000))]

    #[test]
    fn documents_are_read_as_serde_json_reads_them(document in document()) {
        agrees(document.as_bytes())?;
    }

    #[test]
    fn so_are_damaged_ones(document in document(), mutations in vec(mutation(), 1..4)) {
        agrees(&mutated(&document, &mutations))?;
    }

    #[test]
    fn so_are_pieces_in_any_order(text in noise::json_like()) {
        agrees(text.as_bytes())?;
    }

    #[test]
    fn so_is_anything(bytes in vec(any::<u8>(), 0..40)) {
        agrees(&bytes)?;
        agrees(&[b"{\"a\":\"", bytes.as_slice(), b"\"}"].concat())?;
        agrees(&[b"{\"a\":", bytes.as_slice(), b"}"].concat())?;
    }
}

/// Every byte in every place of a small document.
#[test]
fn every_byte_in_every_place() {
    let document = "{\"iss\":\"a\\u00e9é\",\"aud\":[\"x\", {}],\"exp\":-1.5e+3,\"n\":null,\"t\":true}".as_bytes();
    let mut changed = document.to_vec();
    for at in 0..document.len() {
        for byte in 0..=u8::MAX {
            changed[at] = byte;
            agrees(&changed).unwrap_or_else(|error| panic!("byte {at} is {byte}: {error}"));
        }
        changed[at] = document[at];
    }
}
