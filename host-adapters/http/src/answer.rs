//! A whole answer, in types that every framework can take.

use std::borrow::Cow;

/// Status, headers and body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// Names in lower case with their values, which are visible ASCII and spaces.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body; empty if there is none.
    pub body: String,
}

#[cfg(feature = "tower")]
impl<B: From<String>> From<Answer> for http::Response<B> {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(answer.body.into());
        // Statuses and values come from our own tables and encodings; should one ever not fit, nothing is let through.
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
