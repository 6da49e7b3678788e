//! Requests of `glowband verify --batch`: the command's own readers of lines and of requests, against a split at newlines
//! and a table of what each member may be.

use crate::reading::members::in_order;
use glowband_text::batch_request::{Request, RequestKey};
use glowband_text::lines::{Line, Lines};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, Read};

#[derive(Clone, Copy)]
enum Form {
    Anything,
    Text,
    Object,
    Flag,
    Seconds,
}

const NAMES: &[(&str, Form)] = &[
    ("id", Form::Anything),
    ("token", Form::Text),
    ("jwk", Form::Object),
    ("jwks", Form::Object),
    ("jws", Form::Flag),
    ("now", Form::Seconds),
    ("iss", Form::Text),
    ("aud", Form::Text),
    ("sub", Form::Text),
    ("typ", Form::Text),
    ("leeway", Form::Seconds),
    ("max_age", Form::Seconds),
    ("allow_missing_expiry", Form::Flag),
];

/// How many bytes the stream gives at a time, then the stream.
pub fn compare(bytes: &[u8]) {
    let Some((step, stream)) = bytes.split_first() else { return };
    let mut lines = Lines::new(Trickle { rest: stream, step: usize::from(*step) + 1 });
    // A newline ends a line; what is behind the last one is a line if there is anything.
    let mut expected: Vec<&[u8]> = stream.split(|byte| *byte == b'\n').collect();
    if expected.last().is_some_and(|last| last.is_empty()) {
        expected.pop();
    }
    for line in expected {
        match lines.next(&mut || Ok(())) {
            Ok(Some(Line::Whole(own))) => {
                assert_eq!(own, line);
                request(own);
            }
            _ => panic!("a line is missing"),
        }
    }
    assert!(matches!(lines.next(&mut || Ok(())), Ok(None)), "one line too many");
}

fn request(line: &[u8]) {
    let shown = String::from_utf8_lossy(line);
    match (Request::parse(line), reading(line)) {
        (Err(bad), None) => assert!(!bad.message.is_empty()),
        (Ok(own), Some(other)) => same(&own, &other),
        (own, other) => panic!("{shown}: {own:?}, and {other:?}"),
    }
}

/// The members of a request, if it is one.
fn reading(line: &[u8]) -> Option<BTreeMap<String, &RawValue>> {
    let members = in_order(std::str::from_utf8(line).ok()?)?;
    let count = members.len();
    let fits = |(name, value): &(String, &RawValue)| {
        let text = value.get();
        NAMES.iter().any(|(known, form)| {
            known == name
                && match form {
                    Form::Anything => true,
                    Form::Text => serde_json::from_str::<String>(text).is_ok(),
                    Form::Object => text.starts_with('{'),
                    Form::Flag => serde_json::from_str::<bool>(text).is_ok(),
                    Form::Seconds => serde_json::from_str::<u64>(text).is_ok(),
                }
        })
    };
    let good = members.iter().all(fits);
    let members: BTreeMap<_, _> = members.into_iter().collect();
    let whole = members.contains_key("token") && !(members.contains_key("jwk") && members.contains_key("jwks"));
    (good && whole && members.len() == count).then_some(members)
}

fn same(own: &Request<'_>, other: &BTreeMap<String, &RawValue>) {
    let raw = |name: &str| other.get(name).map(|value| value.get());
    let text = |name: &str| raw(name).map(|raw| serde_json::from_str::<String>(raw).expect("it fits"));
    let seconds = |name: &str| raw(name).map(|raw| serde_json::from_str::<u64>(raw).expect("it fits"));
    let flag = |name: &str| raw(name).map(|raw| raw == "true");
    let key = match &own.key {
        None => [None, None],
        Some(RequestKey::Jwk(key)) => [Some(*key), None],
        Some(RequestKey::Jwks(keys)) => [None, Some(*keys)],
    };
    assert_eq!((own.id, key), (raw("id"), [raw("jwk"), raw("jwks")]));
    assert_eq!(Some(own.token.as_ref()), text("token").as_deref());
    for (own, name) in [(&own.iss, "iss"), (&own.aud, "aud"), (&own.sub, "sub"), (&own.typ, "typ")] {
        assert_eq!(own.as_deref(), text(name).as_deref(), "{name}");
    }
    for (own, name) in [(own.now, "now"), (own.leeway, "leeway"), (own.max_age, "max_age")] {
        assert_eq!(own, seconds(name), "{name}");
    }
    assert_eq!((own.jws, own.allow_missing_expiry), (flag("jws"), flag("allow_missing_expiry")));
}

/// A stream that gives a few bytes at a time.
struct Trickle<'b> {
    rest: &'b [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let length = self.step.min(place.len());
        self.rest.read(&mut place[..length])
    }
}
