//! What a login and a registration are asked with.

use crate::accounts::Email;
use crate::api::client_mode::ClientMode;
use crate::api::fields::{Fields, FromFields, Text};
use crate::api::problem::Problem;
use crate::api::scope;
use crate::passwords::Password;
use utoipa::ToSchema;

/// What an access token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::api) enum AccessTokenForm {
    /// Good by its signature until it expires (RFC 9068).
    #[default]
    Jwt,
    /// Looked up by introspection, and void at once when its login ends.
    Opaque,
}

impl AccessTokenForm {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Problem> {
        let chosen = fields.choice("access_token", &[("jwt", Self::Jwt), ("opaque", Self::Opaque)])?;
        Ok(chosen.unwrap_or_default())
    }
}

/// E-mail address and password, and what is wanted for them.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Credentials {
    /// The account's e-mail address.
    #[schema(value_type = String, format = "email", min_length = 3, max_length = 320, example = "jane@example.org")]
    pub(super) email: Email,
    /// The account's password. It is taken as it is: nothing is trimmed or normalised.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 256, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
        example = "correct horse battery")]
    pub(super) password: Password,
    /// Which client this is: `client_id` of the tokens. The refresh must name the same. Left out: `browser` or `native`.
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._~-]{1,64}$")]
    pub(super) client: Option<String>,
    /// What the list of logins calls this one. Left out: what the client calls itself in `User-Agent`.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 60,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "Jane's phone")]
    pub(super) label: Option<String>,
    /// Names with spaces between them. `openid` brings an ID token, `email` the address in it. Left out: everything of the
    /// server's setting `scopes`.
    #[schema(value_type = String, required = false, max_length = 1024, example = "openid email")]
    pub(super) scope: Option<String>,
    /// What the access token is to be; `jwt` if it is left out.
    #[schema(value_type = AccessTokenForm, required = false)]
    pub(super) access_token: AccessTokenForm,
    /// Comes back in the ID token.
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

/// A password of any strength: what a new one must be is judged where it is set.
pub(in crate::api) fn password(fields: &Fields<'_>, name: &'static str) -> Result<Password, Problem> {
    let text = fields.text(name, Text::of(1, 256))?;
    Password::new(text).map_err(|problem| Problem::field("field_length", name, problem.to_string()))
}

/// The client's name: a part of tokens, logs and lists.
pub(super) fn client(fields: &Fields<'_>) -> Result<Option<String>, Problem> {
    let named = fields.optional_text("client", Text::of(1, 64))?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    if named.as_ref().is_some_and(|name| !name.bytes().all(good)) {
        let detail = "client must be made of letters and digits of ASCII and of . _ ~ -";
        return Err(Problem::field("field_characters", "client", detail));
    }
    Ok(named)
}

/// The client's name, or the one of its kind.
pub(super) fn client_name(named: Option<&str>, mode: ClientMode) -> &str {
    named.unwrap_or(mode.name())
}
