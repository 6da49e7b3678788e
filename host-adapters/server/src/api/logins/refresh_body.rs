//! What a refresh and a logout are asked with.

use super::credentials::{AccessTokenForm, client};
use crate::api::fields::{Fields, FromFields, Text};
use crate::api::problem::Problem;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// What a native client refreshes with. A browser needs no body: its token is in the cookie.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RefreshBody {
    /// A native client's newest refresh token; not allowed in browser mode.
    #[schema(value_type = String, required = false, min_length = 1, max_length = 512,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "gbr_…")]
    pub(super) refresh_token: Option<Zeroizing<String>>,
    /// The client that logged in, if it gave its name then.
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._~-]{1,64}$")]
    pub(super) client: Option<String>,
    /// What the access token is to be; `jwt` if it is left out.
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

/// What a native client logs out with, if not with its access token.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LogoutBody {
    /// A native client's refresh token, the newest or an older one; not allowed in browser mode.
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
