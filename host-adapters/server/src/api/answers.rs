//! Responses that many routes share, for the OpenAPI document.

use super::oauth::ErrorBody;
use super::problem::ProblemDetails;
use utoipa::ToResponse;

#[derive(ToResponse)]
#[response(
    description = "The request is invalid. `name` identifies the error, `field` the part that is wrong.",
    content_type = "application/problem+json",
    headers(("WWW-Authenticate" = String, description = "Present if the credentials are malformed."))
)]
pub(super) struct BadRequest(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The credential is missing, invalid, expired or revoked.",
    content_type = "application/problem+json",
    headers(("WWW-Authenticate" = String, description = "The required scheme and the error (RFC 6750)."))
)]
pub(super) struct Unauthorized(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The request is not allowed. `name` gives the reason.",
    content_type = "application/problem+json"
)]
pub(super) struct Forbidden(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "There is no such object, or it belongs to another user.",
    content_type = "application/problem+json"
)]
pub(super) struct NotFound(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The body did not arrive within the time limit.", content_type = "application/problem+json")]
pub(super) struct Slow(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The request conflicts with the current state. `name` gives the reason.",
    content_type = "application/problem+json"
)]
pub(super) struct Conflict(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The body is too large.", content_type = "application/problem+json")]
pub(super) struct TooLarge(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The body has an unsupported media type.",
    content_type = "application/problem+json",
    headers(("Accept" = String, description = "The supported media type."))
)]
pub(super) struct WrongType(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "Too many attempts.",
    content_type = "application/problem+json",
    headers(("Retry-After" = u64, description = "Seconds until the next attempt is allowed."))
)]
pub(super) struct TooMany(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "The server is temporarily unavailable. `name` gives the reason, such as an unavailable database. Keep all tokens and retry.",
    content_type = "application/problem+json",
    headers(("Retry-After" = u64, description = "Seconds until the client should retry."))
)]
pub(super) struct Unavailable(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(
    description = "Internal server error. The server's log has the cause.",
    content_type = "application/problem+json"
)]
pub(super) struct Internal(#[allow(dead_code)] ProblemDetails);

#[derive(ToResponse)]
#[response(description = "The request is invalid (RFC 6749 §5.2).", content_type = "application/json")]
pub(super) struct OAuthBadRequest(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "The credential of the service client is missing or wrong (RFC 6749 §5.2).",
    content_type = "application/json",
    headers(("WWW-Authenticate" = String, description = "`Basic`."))
)]
pub(super) struct OAuthUnauthorized(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "The body did not arrive within the time limit.", content_type = "application/json")]
pub(super) struct OAuthSlow(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "The body is too large.", content_type = "application/json")]
pub(super) struct OAuthTooLarge(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(description = "Internal server error. The server's log has the cause.", content_type = "application/json")]
pub(super) struct OAuthInternal(#[allow(dead_code)] ErrorBody);

#[derive(ToResponse)]
#[response(
    description = "The server is temporarily unavailable. Retry later.",
    content_type = "application/json",
    headers(("Retry-After" = u64, description = "Seconds until the client should retry."))
)]
pub(super) struct OAuthUnavailable(#[allow(dead_code)] ErrorBody);
