//! A complete answer in types that do not depend on a framework.

use std::borrow::Cow;

/// The status, headers and body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The headers: names in lower case, values of printable ASCII.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body; may be empty.
    pub body: String,
}

#[cfg(feature = "tower")]
impl<B: From<String>> From<Answer> for http::Response<B> {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(answer.body.into());
        // Statuses and headers come from fixed tables. If one were invalid, the answer is 500: the request stays
        // rejected.
        *response.status_mut() =
            http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in answer.headers {
            if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(&*name), http::HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
