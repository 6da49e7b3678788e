//! Parses one request of a batch. Refuses unknown members, duplicate members and values of the wrong type.

use crate::json::quoted;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A valid request.
#[derive(Debug)]
pub struct Request<'l> {
    /// The id as JSON, exactly as in the request.
    pub id: Option<&'l str>,
    pub token: Cow<'l, str>,
    pub key: Option<RequestKey<'l>>,
    pub jws: Option<bool>,
    pub now: Option<u64>,
    pub iss: Option<Cow<'l, str>>,
    pub aud: Option<Cow<'l, str>>,
    pub sub: Option<Cow<'l, str>>,
    pub typ: Option<Cow<'l, str>>,
    pub leeway: Option<u64>,
    pub max_age: Option<u64>,
    pub allow_missing_expiry: Option<bool>,
}

/// The key or key set in a request, as JSON.
#[derive(Debug)]
pub enum RequestKey<'l> {
    Jwk(&'l str),
    Jwks(&'l str),
}

/// The error for an invalid request.
#[derive(Debug)]
pub struct BadRequest {
    /// The id of the request as JSON, if it could be read.
    pub id: Option<String>,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl BadRequest {
    pub fn new(message: impl Into<String>) -> Self {
        Self { id: None, message: message.into() }
    }
}

impl<'l> Request<'l> {
    /// Parses one line.
    pub fn parse(line: &'l [u8]) -> Result<Self, BadRequest> {
        let text = std::str::from_utf8(line)
            .map_err(|error| BadRequest::new(format!("Byte {} is not UTF-8.", error.valid_up_to() + 1)))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(BadRequest::new(format!("The line is not a JSON object; {}.", allowed())));
        }
        let mut members = Members::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = members.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        let bad = |message: String| BadRequest { id: members.id(), message };
        read.map_err(|error| bad(format!("The line is not valid JSON: {}.", without_line(&error.to_string()))))?;
        match &members.fault {
            Some(fault) => Err(bad(fault.clone())),
            None => members.checked().map_err(bad),
        }
    }
}

const NAMES: [&str; 13] = [
    "id",
    "token",
    "jwk",
    "jwks",
    "jws",
    "now",
    "iss",
    "aud",
    "sub",
    "typ",
    "leeway",
    "max_age",
    "allow_missing_expiry",
];

fn allowed() -> String {
    format!("allowed members: {}", NAMES.join(", "))
}

/// The values of the known members as JSON, in the order of [`NAMES`], and the first error.
#[derive(Default)]
struct Members<'l> {
    values: [Option<&'l RawValue>; NAMES.len()],
    fault: Option<String>,
    id_twice: bool,
}

impl<'l> Members<'l> {
    fn id(&self) -> Option<String> {
        self.value("id").filter(|_| !self.id_twice).map(str::to_owned)
    }

    fn value(&self, name: &str) -> Option<&'l str> {
        let index = NAMES.iter().position(|known| *known == name)?;
        self.values.get(index).copied().flatten().map(RawValue::get)
    }

    fn checked(&self) -> Result<Request<'l>, String> {
        let key = match (self.object("jwk")?, self.object("jwks")?) {
            (Some(_), Some(_)) => return Err("jwk and jwks are both given; allowed: one of them.".to_owned()),
            (jwk, jwks) => jwk.map(RequestKey::Jwk).or(jwks.map(RequestKey::Jwks)),
        };
        Ok(Request {
            id: self.value("id"),
            token: self.string("token")?.ok_or("token is missing; it must be a string.")?,
            key,
            jws: self.boolean("jws")?,
            now: self.seconds("now")?,
            iss: self.string("iss")?,
            aud: self.string("aud")?,
            sub: self.string("sub")?,
            typ: self.string("typ")?,
            leeway: self.seconds("leeway")?,
            max_age: self.seconds("max_age")?,
            allow_missing_expiry: self.boolean("allow_missing_expiry")?,
        })
    }

    fn string(&self, name: &str) -> Result<Option<Cow<'l, str>>, String> {
        let Some(raw) = self.value(name) else {
            return Ok(None);
        };
        let content = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let read = match content {
            Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
            Some(_) => serde_json::from_str(raw).ok().map(Cow::Owned),
            None => None,
        };
        read.map(Some).ok_or_else(|| wrong(name, "a string"))
    }

    fn object(&self, name: &str) -> Result<Option<&'l str>, String> {
        match self.value(name) {
            Some(raw) if !raw.starts_with('{') => Err(wrong(name, "an object")),
            raw => Ok(raw),
        }
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, String> {
        match self.value(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    fn seconds(&self, name: &str) -> Result<Option<u64>, String> {
        self.value(name)
            .map(|raw| {
                raw.parse().map_err(|_| wrong(name, &format!("a whole number of seconds from 0 to {}", u64::MAX)))
            })
            .transpose()
    }
}

fn wrong(name: &str, expected: &str) -> String {
    format!("{name} has the wrong type; allowed: {expected}.")
}

/// Removes the line number from an error of the parser, which sees every request as line 1.
fn without_line(error: &str) -> String {
    error.replace(" at line 1 column ", " at column ")
}

impl<'l> DeserializeSeed<'l> for &mut Members<'l> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for &mut Members<'l> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    /// Reads all members even after an error, because the id may follow later.
    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let (name, index) = match name {
                Ok(index) => (NAMES.get(index).copied().unwrap_or_default(), index),
                Err(unknown) => {
                    map.next_value::<IgnoredAny>()?;
                    self.fault.get_or_insert_with(|| format!("{unknown} is unknown; {}.", allowed()));
                    continue;
                }
            };
            let value = map.next_value()?;
            match self.values.get_mut(index) {
                Some(place @ None) => *place = Some(value),
                _ => {
                    self.id_twice |= name == "id";
                    self.fault.get_or_insert_with(|| format!("{name} is given twice; allowed: once."));
                }
            }
        }
        Ok(())
    }
}

/// Parses the name of a member to its index in [`NAMES`]. An unknown name is returned in quotes.
struct Name;

impl<'l> DeserializeSeed<'l> for Name {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let known = NAMES.iter().position(|known| *known == name);
        Ok(known.ok_or_else(|| quoted(&name.chars().take(40).collect::<String>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str) -> (Option<String>, String) {
        let bad = Request::parse(line.as_bytes()).expect_err(line);
        (bad.id, bad.message)
    }

    #[test]
    fn errors_name_the_member_and_what_is_allowed() {
        for (line, id, words) in [
            ("x", None, "not a JSON object"),
            ("[]", None, "not a JSON object"),
            ("\"{\"", None, "not a JSON object"),
            ("{", None, "not valid JSON"),
            (r#"{"id":1,"token":"a""#, Some("1"), "not valid JSON"),
            (r#"{"id":1,"token":"a"} {}"#, Some("1"), "not valid JSON"),
            (r#"{"id":01}"#, None, "not valid JSON"),
            (r#"{"id":1,}"#, Some("1"), "not valid JSON"),
            (r#"{"id":1,"token":"a","extra":1}"#, Some("1"), "\"extra\" is unknown; allowed members: id, token"),
            (r#"{"extra":{"deep":[1]},"id":1,"token":"a"}"#, Some("1"), "\"extra\""),
            (r#"{"id":1,"token":"a","\u001b[2J":1}"#, Some("1"), "\"\\u001b[2J\""),
            (r#"{"id":1}"#, Some("1"), "token is missing"),
            (r#"{"id":1,"token":null}"#, Some("1"), "token has the wrong type; allowed: a string"),
            (r#"{"id":1,"token":"\ud800"}"#, Some("1"), "token has the wrong type"),
            (r#"{"id":1,"token":"a","token":"b"}"#, Some("1"), "token is given twice"),
            (r#"{"id":1,"token":"a","\u0074oken":"b"}"#, Some("1"), "token is given twice"),
            (r#"{"id":1,"id":2,"token":"a"}"#, None, "id is given twice"),
            (r#"{"id":1,"token":"a","jwk":{},"jwks":{}}"#, Some("1"), "jwk and jwks are both given"),
            (r#"{"id":1,"token":"a","jwk":"{}"}"#, Some("1"), "jwk has the wrong type; allowed: an object"),
            (r#"{"id":1,"token":"a","jwks":[]}"#, Some("1"), "jwks has the wrong type; allowed: an object"),
            (r#"{"id":1,"token":"a","jws":1}"#, Some("1"), "jws has the wrong type; allowed: true or false"),
            (r#"{"id":1,"token":"a","now":-1}"#, Some("1"), "now has the wrong type; allowed: a whole number"),
            (r#"{"id":1,"token":"a","now":1.5}"#, Some("1"), "now has"),
            (r#"{"id":1,"token":"a","now":1e3}"#, Some("1"), "now has"),
            (r#"{"id":1,"token":"a","now":"1"}"#, Some("1"), "now has"),
            (r#"{"id":1,"token":"a","leeway":18446744073709551616}"#, Some("1"), "leeway has"),
            (r#"{"id":1,"token":"a","max_age":null}"#, Some("1"), "max_age has"),
            (r#"{"id":1,"token":"a","aud":["a"]}"#, Some("1"), "aud has the wrong type; allowed: a string"),
            (r#"{"id":1,"token":"a","allow_missing_expiry":"yes"}"#, Some("1"), "allow_missing_expiry has"),
        ] {
            let (found, message) = fault(line);
            assert_eq!(found.as_deref(), id, "{line}");
            assert!(message.contains(words), "{line}: {message}");
        }
        let bad = Request::parse(b"{\"id\":1,\"token\":\"\xff\"}").unwrap_err();
        assert_eq!(bad.message, "Byte 18 is not UTF-8.");
    }

    #[test]
    fn errors_never_contain_a_part_of_a_token() {
        for line in
            [r#"{"token":"SECRET"x"#, r#"{"token":["SECRET"]}"#, r#""SECRET""#, r#"{"now":"SECRET","token":""}"#]
        {
            assert!(!fault(line).1.contains("SECRET"));
        }
    }

    #[test]
    fn deeply_nested_values_do_not_exhaust_the_stack() {
        let line = format!("{{\"id\":{}{},\"token\":\"\"}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Request::parse(line.as_bytes()).is_ok());
        let line = format!("{{\"x\":{}{},\"token\":\"\"}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Request::parse(line.as_bytes()).is_err());
    }
}
