//! Access tokens as JWT (RFC 9068).

use crate::compact::sign_compact;
use crate::further_claims::FurtherClaims;
use crate::grant::{Grant, present};
use crate::issue_error::IssueError;
use crate::issued_token::IssuedToken;
use crate::random;
use crate::signer::Signer;
use glowband_core::UnixSeconds;
use serde::Serialize;
use zeroize::Zeroizing;

/// The header parameter `typ` of an access token (RFC 9068 §2.1), which policies expect.
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The claims that [`AccessToken`] writes. [`AccessToken::claim`] must not use these names.
const OWN: &[&str] = &["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "scope", "auth_time"];

/// Builds an access token. [`new`](Self::new) takes the claims that RFC 9068 §2.2 requires; the other methods add
/// optional claims. `jti` is 128 random bits by default.
///
/// ```
/// use glowband_issue::{AccessToken, Algorithm, Grant, SigningKey, SigningKeyReader, UnixSeconds};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let generated = SigningKey::generate(Algorithm::Es256, None)?;
/// let key = SigningKeyReader::new().parse(generated.private_jwk().as_bytes())?;
/// let grant = Grant {
///     issuer: "https://id.example",
///     subject: "alice",
///     client_id: "web",
///     issued_at: UnixSeconds(1_700_000_000),
///     lifetime: Duration::from_secs(600),
/// };
/// let token = AccessToken::new(grant, "orders-api").scope("orders:read").session("a-session").sign(&key).await?;
/// assert_eq!(token.expires_at(), UnixSeconds(1_700_000_600));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AccessToken<'a> {
    grant: Grant<'a>,
    audience: Vec<&'a str>,
    session_id: Option<&'a str>,
    scope: Option<&'a str>,
    auth_time: Option<UnixSeconds>,
    token_id: Option<&'a str>,
    further: FurtherClaims,
}

impl<'a> AccessToken<'a> {
    /// Starts a token for this audience (`aud`): the service that will accept it.
    pub fn new(grant: Grant<'a>, audience: &'a str) -> Self {
        Self {
            grant,
            audience: vec![audience],
            session_id: None,
            scope: None,
            auth_time: None,
            token_id: None,
            further: FurtherClaims::default(),
        }
    }

    /// Adds another audience. Each service in `aud` could use the token at the others (RFC 9068 §5).
    #[must_use]
    pub fn also_for(mut self, audience: &'a str) -> Self {
        self.audience.push(audience);
        self
    }

    /// Sets `sid`: the session that the token belongs to. The token becomes invalid when the session ends.
    #[must_use]
    pub fn session(mut self, session_id: &'a str) -> Self {
        self.session_id = Some(session_id);
        self
    }

    /// Sets `scope`: names separated by single spaces (RFC 8693 §4.2). An empty text sets no scope.
    #[must_use]
    pub fn scope(mut self, scope: &'a str) -> Self {
        self.scope = Some(scope).filter(|scope| !scope.is_empty());
        self
    }

    /// Sets `auth_time`: when the user last authenticated. A refresh does not change it (RFC 9068 §2.2.1).
    #[must_use]
    pub fn authenticated_at(mut self, moment: UnixSeconds) -> Self {
        self.auth_time = Some(moment);
        self
    }

    /// Sets `jti`. By default it is random.
    #[must_use]
    pub fn token_id(mut self, token_id: &'a str) -> Self {
        self.token_id = Some(token_id);
        self
    }

    /// Adds another claim, such as `roles` (RFC 9068 §2.2.3.1). [`sign`](Self::sign) refuses a name that is already
    /// used.
    #[must_use]
    pub fn claim(mut self, name: &str, value: &impl Serialize) -> Self {
        self.further.add(name, value);
        self
    }

    /// Signs the token.
    ///
    /// # Errors
    /// Returns [`IssueError`] if a claim is malformed, a name is used twice, or signing fails.
    pub async fn sign(&self, signer: &dyn Signer) -> Result<IssuedToken, IssueError> {
        let token_id = match self.token_id {
            Some(own) => present("jti", own)?.to_owned(),
            None => random::token_id()?,
        };
        let payload = self.payload(&token_id)?;
        let text = Zeroizing::new(sign_compact(signer, Some(ACCESS_TOKEN_TYPE), &payload).await?);
        Ok(IssuedToken { text, token_id: Some(token_id), expires_at: self.grant.expires_at()? })
    }

    fn payload(&self, token_id: &str) -> Result<Vec<u8>, IssueError> {
        let mut claims = self.grant.claims()?;
        for audience in &self.audience {
            present("aud", audience)?;
        }
        claims.one_or_many("aud", &self.audience);
        claims.string("client_id", self.grant.client_id);
        claims.number("iat", self.grant.issued_at.0);
        claims.number("exp", self.grant.expires_at()?.0);
        claims.string("jti", token_id);
        if let Some(session_id) = self.session_id {
            claims.string("sid", present("sid", session_id)?);
        }
        if let Some(scope) = self.scope {
            claims.string("scope", well_formed(scope)?);
        }
        if let Some(moment) = self.auth_time {
            claims.number("auth_time", moment.0);
        }
        self.further.write(&mut claims, OWN)?;
        Ok(claims.finish())
    }
}

/// Checks the grammar `scope-token *( SP scope-token )` (RFC 6749 §3.3).
fn well_formed(scope: &str) -> Result<&str, IssueError> {
    let printable = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let good = scope.split(' ').all(|name| !name.is_empty() && name.bytes().all(printable));
    if good { Ok(scope) } else { Err(IssueError::Scope) }
}
