//! Opens a session for a user whose password was checked.

use super::credentials::{Credentials, client_name};
use super::token_response::TokenResponse;
use crate::accounts::User;
use crate::api::client_info::ClientInfo;
use crate::api::client_mode::ClientMode;
use crate::api::problem::Problem;
use crate::api::refresh_cookie;
use crate::api::scope::{EMAIL, OPENID, Scope};
use crate::api::state::Api;
use crate::audit::Event;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use glowband_session::Login;

/// The user and the request of a successful login.
pub(super) struct LoginContext<'a> {
    pub(super) user: &'a User,
    pub(super) asked: &'a Credentials,
    pub(super) scope: Scope,
    pub(super) mode: ClientMode,
    pub(super) headers: &'a HeaderMap,
    pub(super) client_info: &'a ClientInfo,
}

impl Api {
    /// Returns the scope of a login.
    ///
    /// # Errors
    /// A requested scope is not allowed.
    pub(super) fn login_scope(&self, asked: Option<&str>) -> Result<Scope, Problem> {
        let allowed = &self.settings.scopes;
        match asked {
            Some(asked) => Scope::read(asked)?.within(allowed.iter().map(String::as_str).chain([OPENID, EMAIL])),
            None => Ok(Scope::of(allowed)),
        }
    }

    /// Opens a session and returns the response with its tokens.
    pub(super) async fn open_login(&self, status: StatusCode, context: LoginContext<'_>) -> Result<Response, Problem> {
        let LoginContext { user, asked, scope, mode, headers, client_info } = context;
        let scope = scope.to_string();
        let login = Login::new(user.id.as_str(), client_name(asked.client.as_deref(), mode))
            .label(asked.label.as_deref().or(client_info.label()))
            .scope((!scope.is_empty()).then_some(scope.as_str()));
        let opened = self.sessions.open(login).await?;
        if !self.accounts.still(user).await? {
            // The account was disabled, or its password was changed, during the login.
            self.sessions.close(opened.session.id).await?;
            return Err(invalid_credentials());
        }
        self.audit.note(client_info.entry(Event::LoggedIn).user(&user.id).session(opened.session.id)).await;
        if mode == ClientMode::Browser {
            self.close_the_cookies_session(headers).await;
        }
        let Ok(opaque) = self.prepare(&opened.session, opened.now, asked.access_token).await? else {
            self.sessions.close(opened.session.id).await?;
            return Err(invalid_credentials());
        };
        let delivery = TokenResponse { status, mode, opaque, nonce: asked.nonce.as_deref() };
        self.respond_with_tokens(&opened, user, delivery).await
    }

    /// Ends the session of the cookie that this login replaces (ASVS 7.2.4).
    async fn close_the_cookies_session(&self, headers: &HeaderMap) {
        let Ok(Some(token)) = refresh_cookie::of(headers) else {
            return;
        };
        if let Err(error) = self.sessions.close_by_token(token).await {
            // The previous session expires later. The new session is not affected.
            tracing::warn!(%error, "failed to end the previous session of a browser");
        }
    }
}

/// Returns one error for an unknown address, a wrong password and a disabled account.
pub(super) fn invalid_credentials() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong.")
}
