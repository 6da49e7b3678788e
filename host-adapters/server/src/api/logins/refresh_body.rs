//! The bodies of a refresh and of a logout.

use super::credentials::{AccessTokenForm, client};
use crate::api::fields::{Fields, FromFields, Text};
use crate::api::problem::Problem;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// The body of a refresh. A browser can omit it, because its refresh token is in the cookie.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RefreshBody {
    /// The newest refresh token. Required in native mode, not allowed in browser mode.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 512,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "gbr_…")]
    pub(super) refresh_token: Option<Zeroizing<String>>,
    /// The value of `client` at login. Required if the login had one.
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._~-]{1,64}$")]
    pub(super) client: Option<String>,
    /// The format of the access token. Default: `jwt`.
    #[schema(value_type = AccessTokenForm, required = false)]
    pub(super) access_token: AccessTokenForm,
}

impl FromFields for RefreshBody {
    const NAMES: &'static [&'static str] = &["refresh_token", "client", "access_token"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self {
            refresh_token: refresh_token(fields)?,
            client: client(fields)?,
            access_token: AccessTokenForm::read(fields)?,
        })
    }
}

/// The body of a native client's logout without an access token.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LogoutBody {
    /// A refresh token of the session, the newest or an older one. Not allowed in browser mode.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 512,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "gbr_…")]
    pub(super) refresh_token: Option<Zeroizing<String>>,
}

impl FromFields for LogoutBody {
    const NAMES: &'static [&'static str] = &["refresh_token"];

    fn from_fields(fields: &Fields<'_>) -> Result<Self, Problem> {
        Ok(Self { refresh_token: refresh_token(fields)? })
    }
}

fn refresh_token(fields: &Fields<'_>) -> Result<Option<Zeroizing<String>>, Problem> {
    Ok(fields.optional_text("refresh_token", Text::of(1, 512))?.map(Zeroizing::new))
}
