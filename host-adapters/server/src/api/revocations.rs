//! The revocation feed: sessions that were ended before they expired.

use super::answers::{BadRequest, Unauthorized, Unavailable};
use super::pairs::{Fault, Pairs};
use super::problem::Problem;
use super::published::NoStore;
use super::service_client::{self, ClientAuth};
use super::state::Api;
use axum::extract::{FromRequestParts, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use glowband_session::{FeedCursor, Revocation};
use serde::Serialize;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;

const LIMIT: (u64, u64) = (1, 1000);
const USUAL_LIMIT: u64 = 100;
/// The allowed waits, in seconds. They are shorter than the time that open requests have at a shutdown.
const WAIT: (u64, u64) = (0, 8);
/// The pause between two queries while a request waits.
const PAUSE: Duration = Duration::from_millis(500);
const NAMES: [&str; 3] = ["after", "limit", "wait"];

/// A page of the feed, oldest entries first.
#[derive(Serialize, ToSchema)]
#[schema(as = Revocations)]
pub(super) struct Page {
    revocations: Vec<Ended>,
    /// The value of `after` for the next request.
    #[schema(pattern = "^[0-9]+\\.[A-Za-z0-9_-]{22}$")]
    next: String,
    /// Whether more entries are available now.
    more: bool,
}

/// A session that was ended before it expired.
#[derive(Serialize, ToSchema)]
struct Ended {
    /// The id of the session, which is `sid` in its access tokens.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$")]
    sid: String,
    /// `closed` by its user or an administrator, or `burnt` because a refresh token was used twice.
    #[schema(pattern = "^(closed|burnt)$")]
    reason: &'static str,
    /// When the session was ended, in seconds since 1970.
    ended_at: u64,
}

impl From<Revocation> for Ended {
    fn from(revocation: Revocation) -> Self {
        Self {
            sid: revocation.session_id.to_string(),
            reason: glowband_session::State::from(revocation.ending).name(),
            ended_at: revocation.ended_at().seconds(),
        }
    }
}

/// Follow the revocation feed
///
/// Lists sessions that were ended before they expired. A service that verifies JWTs without introspection refuses every
/// token whose `sid` is in this feed.
///
/// Send the first request without `after`. In each further request, set `after` to the `next` of the previous response. The
/// feed contains every session that ended within the lifetime of an access token, so no valid token is missed.
///
/// The credential of a service client is required, because the feed shows when users log out.
#[utoipa::path(
    get,
    path = "/auth/revocations",
    tag = "Services",
    params(
        ("after" = Option<String>, Query, description = "The `next` of the previous response.",
            pattern = "^(0|[1-9][0-9]{0,17})\\.[A-Za-z0-9_-]{21}[AQgw]$"),
        ("limit" = Option<u64>, Query, description = "The maximum number of entries. Default: 100.", minimum = 1, maximum = 1000),
        ("wait" = Option<u64>, Query, minimum = 0, maximum = 8,
            description = "How many seconds to wait for a new entry. Default: 0."),
    ),
    responses(
        (status = 200, description = "The sessions that ended since `after`.", body = Page),
        (status = 400, response = BadRequest),
        (status = 401, response = Unauthorized),
        (status = 503, response = Unavailable),
    ),
    security(("caller" = []))
)]
pub(super) async fn revocations(
    _: KnownCaller,
    State(api): State<Api>,
    Asked { after, limit, wait }: Asked,
) -> Result<NoStore<Page>, Problem> {
    let until = Instant::now() + wait.min(api.settings.request_timeout / 2);
    loop {
        let page = api.sessions.revoked_since(after, limit).await?;
        let left = until.saturating_duration_since(Instant::now());
        if page.revocations.is_empty() && !left.is_zero() {
            sleep(PAUSE.min(left)).await;
            continue;
        }
        return Ok(NoStore(Page {
            revocations: page.revocations.into_iter().map(Ended::from).collect(),
            next: page.next.to_string(),
            more: page.more,
        }));
    }
}

/// Proof that the request has the credential of a service client.
pub(super) struct KnownCaller;

impl FromRequestParts<Api> for KnownCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match service_client::authenticate(&parts.headers, &api.settings.callers) {
            ClientAuth::Known(_) => Ok(Self),
            ClientAuth::Nothing | ClientAuth::Wrong => {
                let detail = "The credential of a service client (setting callers) is missing or wrong. Send its id and secret with HTTP Basic.";
                Err(Problem::new(StatusCode::UNAUTHORIZED, "invalid_client", detail)
                    .header(WWW_AUTHENTICATE, HeaderValue::from_static(service_client::CHALLENGE)))
            }
        }
    }
}

/// The parameters of the query.
pub(super) struct Asked {
    after: FeedCursor,
    limit: u32,
    wait: Duration,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = Pairs::read(parts.uri.query().unwrap_or_default().as_bytes()).map_err(|fault| {
            let detail = match fault {
                Fault::Encoding => "The query must be form-encoded, in UTF-8.",
                Fault::TooMany => "The query has too many parameters; allowed: at most 32.",
            };
            Problem::bad("query_malformed", detail)
        })?;
        if let Some(unknown) = pairs.unknown(&NAMES) {
            let shown: String = unknown.chars().take(64).collect();
            let detail = "The query has an unknown parameter; allowed: after, limit, wait.";
            return Err(Problem::field("parameter_unknown", shown, detail));
        }
        let once = |name: &'static str| {
            let repeated =
                |_| Problem::field("parameter_duplicate", name, format!("{name} occurs more than once in the query."));
            pairs.only(name).map_err(repeated)
        };
        let number = |name: &'static str, usual: u64, (least, most): (u64, u64)| {
            let Some(text) = once(name)? else {
                return Ok(usual);
            };
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let read = text.parse().ok().filter(|value| digits && (least..=most).contains(value));
            read.ok_or_else(|| {
                let detail = format!("{name} must be a whole number from {least} to {most}.");
                Problem::field("parameter_value", name, detail)
            })
        };
        let after = match once("after")? {
            None => FeedCursor::START,
            Some(text) => text.parse().map_err(|_| {
                Problem::field("parameter_value", "after", "after must be the value of next from an earlier response.")
            })?,
        };
        let limit = u32::try_from(number("limit", USUAL_LIMIT, LIMIT)?).unwrap_or(u32::MAX);
        Ok(Self { after, limit, wait: Duration::from_secs(number("wait", 0, WAIT)?) })
    }
}
