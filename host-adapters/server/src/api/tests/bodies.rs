//! Bad bodies: every one is told apart, by a stable name and the member's name.

use crate::api::fields::{Fields, FromFields, Text};
use crate::api::json_body::{JsonBody, LIMIT, OptionalJsonBody};
use crate::api::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

#[derive(Debug, PartialEq)]
struct Sample {
    email: String,
    label: Option<String>,
    form: Option<u8>,
    days: Option<u64>,
}

impl FromFields for Sample {
    const NAMES: &'static [&'static str] = &["email", "label", "form", "days"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self {
            email: fields.text("email", Text::of(3, 10))?,
            label: fields.optional_text("label", Text::of(0, 4))?,
            form: fields.choice("form", &[("jwt", 1), ("opaque", 2)])?,
            days: fields.number("days", (1, 30))?,
        })
    }
}

fn request(media: Option<&str>, body: impl Into<Body>) -> Request {
    let mut request = Request::post("/");
    if let Some(media) = media {
        request = request.header(CONTENT_TYPE, media);
    }
    request.body(body.into()).unwrap()
}

async fn read(media: Option<&str>, body: impl Into<Body>) -> Result<Sample, Problem> {
    JsonBody::from_request(request(media, body), &()).await.map(|JsonBody(sample)| sample)
}

/// The whole answer to a refused body.
async fn told(problem: Problem) -> (u16, Value) {
    let response = problem.into_response();
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_good_body_is_read() {
    for media in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\"; x=y;"] {
        let sample = read(Some(media), r#"{"label":"", "email":"a\u0040b", "form":"\u006fpaque", "days":30}"#).await;
        let expected = Sample { email: "a@b".into(), label: Some(String::new()), form: Some(2), days: Some(30) };
        assert_eq!(sample.unwrap(), expected, "{media}");
    }
}

#[tokio::test]
async fn every_bad_body_has_its_name_and_its_field() {
    let long = format!(r#"{{"email":"{}"}}"#, "a".repeat(11));
    for (body, name, field) in [
        ("", "body_malformed", None),
        ("{", "body_malformed", None),
        ("{'email':1}", "body_malformed", None),
        (r#"{"email":"abc"} x"#, "body_malformed", None),
        (r#"{"email":"abc",}"#, "body_malformed", None),
        ("{\"email\":\"a\0c\"}", "body_malformed", None),
        ("\u{feff}{}", "body_malformed", None),
        ("NaN", "body_malformed", None),
        ("null", "body_not_object", None),
        ("[]", "body_not_object", None),
        ("\"email\"", "body_not_object", None),
        ("{}", "field_missing", Some("email")),
        (r#"{"label":"x"}"#, "field_missing", Some("email")),
        (r#"{"email":"abc","e-mail":"abc"}"#, "field_unknown", Some("e-mail")),
        (r#"{"Email":"abc"}"#, "field_unknown", Some("Email")),
        (r#"{"":1}"#, "field_unknown", Some("")),
        (r#"{"email":"abc","email":"abc"}"#, "field_duplicate", Some("email")),
        (r#"{"email":"abc","\u0065mail":"abc"}"#, "field_duplicate", Some("email")),
        (r#"{"email":null}"#, "field_null", Some("email")),
        (r#"{"email":"abc","label":null}"#, "field_null", Some("label")),
        (r#"{"email":"abc","form":null}"#, "field_null", Some("form")),
        (r#"{"email":1}"#, "field_type", Some("email")),
        (r#"{"email":true}"#, "field_type", Some("email")),
        (r#"{"email":["abc"]}"#, "field_type", Some("email")),
        (r#"{"email":{"a":"b"}}"#, "field_type", Some("email")),
        (r#"{"email":"ab"}"#, "field_length", Some("email")),
        (&long, "field_length", Some("email")),
        (r#"{"email":"abc","label":"12345"}"#, "field_length", Some("label")),
        (r#"{"email":"ab\u0000c"}"#, "field_characters", Some("email")),
        (r#"{"email":"ab\nc"}"#, "field_characters", Some("email")),
        (r#"{"email":"ab\u009fc"}"#, "field_characters", Some("email")),
        (r#"{"email":"ab\ud800"}"#, "field_characters", Some("email")),
        (r#"{"email":"abc","form":"JWT"}"#, "field_value", Some("form")),
        (r#"{"email":"abc","form":1}"#, "field_value", Some("form")),
        (r#"{"email":"abc","days":"1"}"#, "field_type", Some("days")),
        (r#"{"email":"abc","days":0}"#, "field_value", Some("days")),
        (r#"{"email":"abc","days":31}"#, "field_value", Some("days")),
        (r#"{"email":"abc","days":-1}"#, "field_value", Some("days")),
        (r#"{"email":"abc","days":1.5}"#, "field_value", Some("days")),
        (r#"{"email":"abc","days":1e400}"#, "field_value", Some("days")),
    ] {
        let (status, problem) = told(read(Some("application/json"), body.to_owned()).await.unwrap_err()).await;
        assert_eq!((status, problem["status"].as_u64()), (400, Some(400)), "{body}");
        assert_eq!((problem["name"].as_str(), problem["field"].as_str()), (Some(name), field), "{body}");
        assert_eq!((&problem["type"], &problem["title"]), (&json!("about:blank"), &json!("Bad Request")));
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{body}");
    }
}

#[tokio::test]
async fn malformed_json_says_where() {
    let (_, problem) = told(read(Some("application/json"), "{\n  \"email\": \"abc\",\n  }").await.unwrap_err()).await;
    assert_eq!((problem["line"].as_u64(), problem["column"].as_u64()), (Some(3), Some(3)));
    assert!(problem["detail"].as_str().unwrap().contains("line 3, column 3"), "{problem}");
}

#[tokio::test]
async fn what_is_told_back_is_short() {
    let body = format!(r#"{{"{}":1}}"#, "é".repeat(10_000));
    let (_, problem) = told(read(Some("application/json"), body).await.unwrap_err()).await;
    assert_eq!(problem["field"].as_str().unwrap().chars().count(), 64);
    // A value is never told back: it may be a password.
    let body = r#"{"email":"abc","form":"a-secret"}"#;
    let (_, problem) = told(read(Some("application/json"), body).await.unwrap_err()).await;
    assert!(!problem.to_string().contains("a-secret"));
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_told_where() {
    let (status, problem) =
        told(read(Some("application/json"), b"{\"email\":\"\xff\"}".to_vec()).await.unwrap_err()).await;
    assert_eq!((status, problem["name"].as_str()), (400, Some("body_not_utf8")));
    assert!(problem["detail"].as_str().unwrap().contains("byte 10"));
}

#[tokio::test]
async fn another_media_type_is_415_and_says_which_one_is_taken() {
    for media in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonx"),
        Some("application/json, text/plain"),
        Some("application/json; charset=latin1"),
        Some("application/json; nonsense"),
        Some(""),
    ] {
        let problem = read(media, r#"{"email":"abc"}"#).await.unwrap_err();
        assert!(problem.headers().iter().any(|(name, value)| name == "accept" && value == "application/json"));
        let (status, problem) = told(problem).await;
        assert_eq!(status, 415, "{media:?}");
        assert_eq!((problem["name"].as_str(), problem["field"].as_str()), (Some("content_type"), Some("Content-Type")));
    }
}

#[tokio::test]
async fn a_huge_body_is_413_whether_it_says_so_or_not() {
    let body = format!(r#"{{"email":"abc"{}}}"#, " ".repeat(LIMIT));
    let announced = Request::post("/").header(CONTENT_TYPE, "application/json").header("content-length", "99999999");
    let announced = JsonBody::<Sample>::from_request(announced.body(Body::empty()).unwrap(), &()).await;
    for problem in [announced.err().unwrap(), read(Some("application/json"), body).await.unwrap_err()] {
        let (status, problem) = told(problem).await;
        assert_eq!((status, problem["name"].as_str()), (413, Some("body_too_large")));
    }
}

#[tokio::test]
async fn an_optional_body_is_checked_if_it_is_present() {
    let empty = OptionalJsonBody::<Sample>::from_request(request(None, ""), &()).await;
    assert!(empty.is_ok_and(|OptionalJsonBody(sample)| sample.is_none()));
    let wrong = OptionalJsonBody::<Sample>::from_request(request(None, "{}"), &()).await;
    assert_eq!(wrong.err().map(|problem| problem.name()), Some("content_type"));
    let there = request(Some("application/json"), r#"{"email":"abc"}"#);
    assert!(OptionalJsonBody::<Sample>::from_request(there, &()).await.is_ok_and(|body| body.0.is_some()));
}
