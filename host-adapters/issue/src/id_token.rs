//! ID tokens (OpenID Connect Core 1.0 §2): they tell the client who logged in.

use crate::compact::sign_compact;
use crate::further_claims::FurtherClaims;
use crate::grant::{Grant, present};
use crate::issue_error::IssueError;
use crate::issued_token::IssuedToken;
use crate::signer::Signer;
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Algorithm, UnixSeconds};
use serde::Serialize;
use zeroize::Zeroizing;

/// The header parameter `typ` of an ID token. APIs expect [`ACCESS_TOKEN_TYPE`](crate::ACCESS_TOKEN_TYPE), so they
/// refuse ID tokens by their type as well as by their audience.
pub const ID_TOKEN_TYPE: &str = "JWT";

/// The claims that [`IdToken`] writes. [`IdToken::claim`] must not use these names.
const OWN: &[&str] =
    &["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "at_hash", "sid", "email", "email_verified"];

/// Builds an ID token. Its audience is the client.
///
/// ```
/// use glowband_issue::{Algorithm, Grant, IdToken, SigningKey, SigningKeyReader, UnixSeconds};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let generated = SigningKey::generate(Algorithm::Es256, None)?;
/// # let key = SigningKeyReader::new().parse(generated.private_jwk().as_bytes())?;
/// let grant = Grant {
///     issuer: "https://id.example",
///     subject: "alice",
///     client_id: "web",
///     issued_at: UnixSeconds(1_700_000_000),
///     lifetime: Duration::from_secs(300),
/// };
/// let token = IdToken::new(grant).nonce("n-0S6_WzA2Mj").email("alice@example.com", true).sign(&key).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct IdToken<'a> {
    grant: Grant<'a>,
    auth_time: Option<UnixSeconds>,
    nonce: Option<&'a str>,
    access_token: Option<&'a str>,
    session_id: Option<&'a str>,
    email: Option<(&'a str, bool)>,
    further: FurtherClaims,
}

impl<'a> IdToken<'a> {
    /// Starts a token for the grant's client.
    pub fn new(grant: Grant<'a>) -> Self {
        Self {
            grant,
            auth_time: None,
            nonce: None,
            access_token: None,
            session_id: None,
            email: None,
            further: FurtherClaims::default(),
        }
    }

    /// Sets `auth_time`: when the user last authenticated.
    #[must_use]
    pub fn authenticated_at(mut self, moment: UnixSeconds) -> Self {
        self.auth_time = Some(moment);
        self
    }

    /// Sets `nonce`: the value from the client's authentication request.
    #[must_use]
    pub fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Sets `at_hash`: binds the access token that is issued together with the ID token (§3.1.3.6).
    #[must_use]
    pub fn access_token(mut self, access_token: &'a str) -> Self {
        self.access_token = Some(access_token);
        self
    }

    /// Sets `sid`: the session that the token belongs to.
    #[must_use]
    pub fn session(mut self, session_id: &'a str) -> Self {
        self.session_id = Some(session_id);
        self
    }

    /// Sets `email` and `email_verified` (§5.1).
    #[must_use]
    pub fn email(mut self, email: &'a str, verified: bool) -> Self {
        self.email = Some((email, verified));
        self
    }

    /// Adds another claim, such as `name` or `amr`. [`sign`](Self::sign) refuses a name that is already used.
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
        let payload = self.payload(signer.algorithm())?;
        let text = Zeroizing::new(sign_compact(signer, Some(ID_TOKEN_TYPE), &payload).await?);
        Ok(IssuedToken { text, token_id: None, expires_at: self.grant.expires_at()? })
    }

    fn payload(&self, algorithm: Algorithm) -> Result<Vec<u8>, IssueError> {
        if self.grant.subject.len() > 255 || !self.grant.subject.is_ascii() {
            return Err(IssueError::Subject);
        }
        let mut claims = self.grant.claims()?;
        claims.string("aud", self.grant.client_id);
        claims.number("iat", self.grant.issued_at.0);
        claims.number("exp", self.grant.expires_at()?.0);
        if let Some(moment) = self.auth_time {
            claims.number("auth_time", moment.0);
        }
        if let Some(nonce) = self.nonce {
            claims.string("nonce", present("nonce", nonce)?);
        }
        if let Some(access_token) = self.access_token {
            claims.string("at_hash", &at_hash(algorithm, access_token));
        }
        if let Some(session_id) = self.session_id {
            claims.string("sid", present("sid", session_id)?);
        }
        if let Some((email, verified)) = self.email {
            claims.string("email", present("email", email)?);
            claims.boolean("email_verified", verified);
        }
        self.further.write(&mut claims, OWN)?;
        Ok(claims.finish())
    }
}

/// Returns `at_hash`: the left half of the access token's hash, with the hash function of the ID token's algorithm
/// (OpenID Connect Core §3.1.3.6). For EdDSA with Ed25519 that is SHA-512.
///
/// ```
/// use glowband_issue::{Algorithm, at_hash};
///
/// let example = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
/// assert_eq!(at_hash(Algorithm::Rs256, example), "77QmUPtjPfzWtF2AnpK9RQ");
/// ```
pub fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let hash = match algorithm {
        Algorithm::Hs384 | Algorithm::Es384 | Algorithm::Rs384 | Algorithm::Ps384 => &SHA384,
        Algorithm::Hs512 | Algorithm::Es512 | Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa => &SHA512,
        _ => &SHA256,
    };
    let hash = digest(hash, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    Base64UrlUnpadded::encode_string(left)
}
