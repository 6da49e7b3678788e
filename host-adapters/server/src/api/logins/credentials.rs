//! The body of a login and of a registration.

use crate::accounts::Email;
use crate::api::client_mode::ClientMode;
use crate::api::fields::{Fields, FromFields, Text};
use crate::api::problem::Problem;
use crate::api::scope;
use crate::passwords::Password;
use utoipa::ToSchema;

/// The format of an access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::api) enum AccessTokenForm {
    /// A signed JWT (RFC 9068). Services verify it without a request to this server.
    #[default]
    Jwt,
    /// A random string. Services introspect it, and it becomes invalid as soon as its session ends.
    Opaque,
}

impl AccessTokenForm {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Problem> {
        let chosen = fields.choice("access_token", &[("jwt", Self::Jwt), ("opaque", Self::Opaque)])?;
        Ok(chosen.unwrap_or_default())
    }
}

/// The credentials of a user, and options for the new session.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Credentials {
    /// The account's e-mail address.
    #[schema(value_type = String, format = "email", min_length = 3, max_length = 320, example = "jane@example.org")]
    pub(super) email: Email,
    /// The account's password. The server does not trim or normalise it.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        example = "correct horse battery")]
    pub(super) password: Password,
    /// The name of the client, which becomes `client_id` of the tokens. Refreshes must send the same name. Default: the
    /// client mode, `browser` or `native`.
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._~-]{1,64}$")]
    pub(super) client: Option<String>,
    /// The label of the session in `GET /auth/sessions`. Default: the header `User-Agent`.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 60,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "Jane's phone")]
    pub(super) label: Option<String>,
    /// The requested scopes, separated by spaces. With `openid` the response has an ID token; with `email` as well, the ID
    /// token has the e-mail address. Default: all scopes of the server's setting `scopes`.
    #[schema(value_type = String, required = false, max_length = 1024, example = "openid email")]
    pub(super) scope: Option<String>,
    /// The format of the access token. Default: `jwt`.
    #[schema(value_type = AccessTokenForm, required = false)]
    pub(super) access_token: AccessTokenForm,
    /// A value that is copied into the ID token.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    pub(super) nonce: Option<String>,
}

impl FromFields for Credentials {
    const NAMES: &'static [&'static str] = &["email", "password", "client", "label", "scope", "access_token", "nonce"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self {
            email: email(fields)?,
            password: password(fields, "password")?,
            client: client(fields)?,
            label: fields.optional_text("label", Text::of(1, 60))?,
            scope: fields.optional_text("scope", Text::of(0, scope::LONGEST))?,
            access_token: AccessTokenForm::read(fields)?,
            nonce: fields.optional_text("nonce", Text::of(1, 255))?,
        })
    }
}

fn email(fields: &Fields<'_>) -> Result<Email, Problem> {
    let text = fields.text("email", Text::of(3, 320))?;
    Email::parse(&text).map_err(|error| Problem::field("email_malformed", "email", error.to_string()))
}

/// Reads a password of any strength. The rules for new passwords are checked where a password is set.
pub(in crate::api) fn password(fields: &Fields<'_>, name: &'static str) -> Result<Password, Problem> {
    let text = fields.text(name, Text::of(1, 256))?;
    Password::new(text).map_err(|problem| Problem::field("field_length", name, problem.to_string()))
}

/// Reads the client's name. It is used in tokens, logs and lists.
pub(super) fn client(fields: &Fields<'_>) -> Result<Option<String>, Problem> {
    let named = fields.optional_text("client", Text::of(1, 64))?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    if named.as_ref().is_some_and(|name| !name.bytes().all(good)) {
        let detail = "client contains a character that is not allowed; allowed: ASCII letters, digits and . _ ~ -";
        return Err(Problem::field("field_characters", "client", detail));
    }
    Ok(named)
}

/// Returns the client's name, or the name of its mode.
pub(super) fn client_name(named: Option<&str>, mode: ClientMode) -> &str {
    named.unwrap_or(mode.name())
}
