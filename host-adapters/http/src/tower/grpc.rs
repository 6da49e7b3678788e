//! A refusal in gRPC: an answer with only trailers (gRPC over HTTP/2, "Responses").

use crate::answer::Answer;
use crate::header_text::encoded;
use crate::rejection::Rejection;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Version};

/// The content type to answer with, if this is a call of gRPC or gRPC-Web.
///
/// The content type alone does not make one: it is the client's, and 200 for a refusal would be good news to whoever
/// looks at the status, such as a reverse proxy that asks before it lets a request through.
pub(super) fn manner<B>(request: &Request<B>) -> Option<&'static str> {
    let given = request.headers().get(CONTENT_TYPE)?.as_bytes();
    let media_type = given.split(|byte| matches!(byte, b';' | b'+' | b' ' | b'\t')).next()?;
    let known = ["application/grpc", "application/grpc-web", "application/grpc-web-text"]
        .into_iter()
        .find(|known| media_type.eq_ignore_ascii_case(known.as_bytes()))?;
    let for_browsers = known != "application/grpc";
    (request.method() == Method::POST && (for_browsers || request.version() == Version::HTTP_2)).then_some(known)
}

/// The plain answer, turned into one that gRPC's clients understand.
pub(super) fn answer(rejection: &Rejection, plain: Answer, content_type: &str) -> Answer {
    let mut headers = vec![
        ("content-type".into(), content_type.to_owned()),
        ("grpc-status".into(), code(plain.status).to_string()),
        ("grpc-message".into(), encoded(rejection.sentence())),
    ];
    headers.extend(plain.headers.into_iter().filter(|(name, _)| *name != "content-type"));
    Answer { status: 200, headers, body: String::new() }
}

/// The code for an HTTP status. Malformed credentials are unauthenticated: gRPC's own table for foreign servers, which
/// has them as an internal error, would blame us.
const fn code(status: u16) -> u8 {
    match status {
        400 | 401 => 16,
        403 => 7,
        503 => 14,
        _ => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Refusal;

    fn manner_of(method: Method, version: Version, content_type: &str) -> Option<&'static str> {
        let request = Request::builder().method(method).version(version).header("content-type", content_type);
        manner(&request.body(()).unwrap())
    }

    #[test]
    fn grpc_is_known_by_all_that_makes_a_call() {
        let call = |content_type| manner_of(Method::POST, Version::HTTP_2, content_type);
        for text in ["application/grpc", "application/grpc+proto", "Application/GRPC; x=y", "application/grpc+json"] {
            assert_eq!(call(text), Some("application/grpc"), "{text}");
            assert_eq!(manner_of(Method::GET, Version::HTTP_2, text), None, "{text}");
            assert_eq!(manner_of(Method::POST, Version::HTTP_11, text), None, "{text}");
        }
        assert_eq!(call("application/grpc-web+proto"), Some("application/grpc-web"));
        let text = "application/grpc-web-text";
        assert_eq!(manner_of(Method::POST, Version::HTTP_11, text), Some(text));
        assert_eq!(manner_of(Method::GET, Version::HTTP_11, text), None);
        for text in ["", "application/json", "application/grpcx", "application/problem+json"] {
            assert_eq!(call(text), None, "{text}");
        }
        assert_eq!(manner(&Request::post("/").version(Version::HTTP_2).body(()).unwrap()), None);
    }

    #[test]
    fn every_refusal_has_a_code_and_a_message() {
        for refusal in Refusal::ALL {
            let rejection = Rejection::Refused(*refusal);
            let plain = rejection.answer("api");
            let expected = match plain.status {
                401 => "16",
                503 => "14",
                _ => "13",
            };
            let answer = answer(&rejection, plain, "application/grpc");
            let header = |name| answer.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
            assert_eq!((answer.status, header("grpc-status")), (200, Some(expected)));
            assert_eq!(header("grpc-message"), Some(refusal.sentence()), "sentences need no encoding");
            assert_eq!(header("www-authenticate").is_some(), expected == "16");
            assert!(answer.body.is_empty());
        }
    }
}
