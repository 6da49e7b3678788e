//! Rejections in gRPC: a trailers-only response (gRPC over HTTP/2, "Responses").

use crate::answer::Answer;
use crate::header_text::encoded;
use crate::rejection::Rejection;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Version};

/// Returns the content type of the answer if this is a call of gRPC or gRPC-Web, otherwise `None`.
///
/// The content type of the request alone is not sufficient. The client chooses it, and the HTTP status of a gRPC error
/// is 200: a reverse proxy that only checks the status would allow the request.
pub(super) fn grpc_content_type<B>(request: &Request<B>) -> Option<&'static str> {
    let given = request.headers().get(CONTENT_TYPE)?.as_bytes();
    let media_type = given.split(|byte| matches!(byte, b';' | b'+' | b' ' | b'\t')).next()?;
    let known = ["application/grpc", "application/grpc-web", "application/grpc-web-text"]
        .into_iter()
        .find(|known| media_type.eq_ignore_ascii_case(known.as_bytes()))?;
    let for_browsers = known != "application/grpc";
    (request.method() == Method::POST && (for_browsers || request.version() == Version::HTTP_2)).then_some(known)
}

/// Converts an HTTP answer to a gRPC answer.
pub(super) fn answer(rejection: &Rejection, plain: Answer, content_type: &str) -> Answer {
    let mut headers = vec![
        ("content-type".into(), content_type.to_owned()),
        ("grpc-status".into(), code(plain.status).to_string()),
        ("grpc-message".into(), encoded(rejection.sentence())),
    ];
    headers.extend(plain.headers.into_iter().filter(|(name, _)| *name != "content-type"));
    Answer { status: 200, headers, body: String::new() }
}

/// Returns the gRPC code for an HTTP status. 400 becomes `UNAUTHENTICATED`; the table of gRPC for foreign servers maps
/// it to `INTERNAL`, which would blame the server for the client's credentials.
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

    fn content_type_of(method: Method, version: Version, content_type: &str) -> Option<&'static str> {
        let request = Request::builder().method(method).version(version).header("content-type", content_type);
        grpc_content_type(&request.body(()).unwrap())
    }

    #[test]
    fn a_grpc_call_needs_its_method_version_and_content_type() {
        let call = |content_type| content_type_of(Method::POST, Version::HTTP_2, content_type);
        for text in ["application/grpc", "application/grpc+proto", "Application/GRPC; x=y", "application/grpc+json"] {
            assert_eq!(call(text), Some("application/grpc"), "{text}");
            assert_eq!(content_type_of(Method::GET, Version::HTTP_2, text), None, "{text}");
            assert_eq!(content_type_of(Method::POST, Version::HTTP_11, text), None, "{text}");
        }
        assert_eq!(call("application/grpc-web+proto"), Some("application/grpc-web"));
        let text = "application/grpc-web-text";
        assert_eq!(content_type_of(Method::POST, Version::HTTP_11, text), Some(text));
        assert_eq!(content_type_of(Method::GET, Version::HTTP_11, text), None);
        for text in ["", "application/json", "application/grpcx", "application/problem+json"] {
            assert_eq!(call(text), None, "{text}");
        }
        assert_eq!(grpc_content_type(&Request::post("/").version(Version::HTTP_2).body(()).unwrap()), None);
    }

    #[test]
    fn every_refusal_has_a_grpc_code_and_message() {
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
