//! The answers that many routes have in common, for the OpenAPI document.

use super::oauth::ErrorBody;
use super::problem::ProblemDetails;
use utoipa::ToResponse;

/// The request is wrong: `name` says how, `field` where.
#[derive(ToResponse)]
#[response(
    description = "The request is wrong: `name` says how, `field` where.",
    content_type = "application/problem+json",
    headers(("WWW-Authenticate" = String, description = "Where the credentials are malformed."))
)]
pub(super) struct BadRequest(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "There is no credential, or it is not good, or no longer.",
    content_type = "application/problem+json",
    headers(("WWW-Authenticate" = String, description = "What is asked for, and what is wrong (RFC 6750)."))
)]
pub(super) struct Unauthorized(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The request may not do this.", content_type = "application/problem+json")]
pub(super) struct Forbidden(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "There is no such thing, or it is somebody else's.",
    content_type = "application/problem+json"
)]
pub(super) struct NotFound(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The body did not come in time.", content_type = "application/problem+json")]
pub(super) struct Slow(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "What is there already does not allow it.", content_type = "application/problem+json")]
pub(super) struct Conflict(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The body is too large.", content_type = "application/problem+json")]
pub(super) struct TooLarge(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The body is of another media type.",
    content_type = "application/problem+json",
    headers(("Accept" = String, description = "The media type that is taken."))
)]
pub(super) struct WrongType(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "Too many attempts.",
    content_type = "application/problem+json",
    headers(("Retry-After" = u64, description = "In how many seconds the next one is allowed."))
)]
pub(super) struct TooMany(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The server cannot answer at the moment: the database is away, or too much is going on.",
    content_type = "application/problem+json",
    headers(("Retry-After" = u64, description = "In how many seconds to ask again."))
)]
pub(super) struct Unavailable(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "A fault of the server's own, which its log tells about.",
    content_type = "application/problem+json"
)]
pub(super) struct Internal(#[allow(dead_code)] ProblemDetails);

/// As OAuth has it.
#[derive(ToResponse)]
#[response(description = "The request is wrong (RFC 6749 §5.2).", content_type = "application/json")]
pub(super) struct OAuthBadRequest(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "There is no credential of a caller, or it is wrong (RFC 6749 §5.2).",
    content_type = "application/json",
    headers(("WWW-Authenticate" = String, description = "`Basic`."))
)]
pub(super) struct OAuthUnauthorized(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "The body did not come in time.", content_type = "application/json")]
pub(super) struct OAuthSlow(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "The body is too large.", content_type = "application/json")]
pub(super) struct OAuthTooLarge(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "A fault of the server's own, which its log tells about.", content_type = "application/json")]
pub(super) struct OAuthInternal(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "The server cannot answer at the moment.",
    content_type = "application/json",
    headers(("Retry-After" = u64, description = "In how many seconds to ask again."))
)]
pub(super) struct OAuthUnavailable(#[allow(dead_code)] ErrorBody);
