//! Decides whether a token of any kind is valid now.

use super::bearer::LoginClaims;
use super::problem::Problem;
use super::state::Api;
use crate::live_login::LiveLogin;
use crate::opaque_tokens::OpaqueTokenRow;
use crate::personal_tokens::PersonalTokenRow;
use glowband_issue::{OPAQUE_TOKEN_PREFIX, OpaqueToken, PERSONAL_TOKEN_PREFIX, PersonalToken};
use glowband_session::Session;

/// The prefix of refresh tokens.
const REFRESH_TOKEN_PREFIX: &str = "gbr_";

/// A valid token of an enabled user.
pub(super) enum TokenStatus {
    Jwt(LoginClaims),
    Opaque(OpaqueTokenRow),
    Personal(PersonalTokenRow),
    /// The newest refresh token of an open session.
    Refresh(Session),
}

impl Api {
    /// Returns the token's properties, or `None` if it is not valid for any reason.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn token_status(&self, token: &str) -> Result<Option<TokenStatus>, Problem> {
        let status = if token.starts_with(OPAQUE_TOKEN_PREFIX) {
            let Some(token) = OpaqueToken::parse(token) else {
                return Ok(None);
            };
            return Ok(self.opaque_tokens.find(&token).await?.map(TokenStatus::Opaque));
        } else if token.starts_with(PERSONAL_TOKEN_PREFIX) {
            let Ok(token) = PersonalToken::parse(token) else {
                return Ok(None);
            };
            return Ok(self.personal_tokens.verify(&token).await?.map(TokenStatus::Personal));
        } else if token.starts_with(REFRESH_TOKEN_PREFIX) {
            let presented = self.sessions.find_by_token(token).await?.filter(|presented| presented.current());
            presented.map(|presented| TokenStatus::Refresh(presented.session().clone()))
        } else {
            self.claims_of(token).map(TokenStatus::Jwt)
        };
        // One statement checks that the session is open and its user enabled.
        let (session, user_id) = match &status {
            Some(TokenStatus::Jwt(claims)) => (claims.sid.parse().ok(), &claims.sub),
            Some(TokenStatus::Refresh(session)) => (Some(session.id), &session.user_id),
            _ => return Ok(None),
        };
        let live = match session {
            Some(id) => LiveLogin::find(&self.storage, id, user_id).await?.is_some(),
            None => false,
        };
        Ok(status.filter(|_| live))
    }

    /// Returns the claims of a JWT with a valid signature and valid times. Its session may have ended.
    pub(super) fn claims_of(&self, token: &str) -> Option<LoginClaims> {
        let claims: LoginClaims = self.guard.verifier().verify(token.as_bytes()).ok()?.claims().ok()?;
        (!claims.expired()).then_some(claims)
    }
}
