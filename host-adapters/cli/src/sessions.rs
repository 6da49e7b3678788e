//! `glowband sessions`: lists logins and ends them.

use super::list_output::{ListOutput, date};
use super::operator::{NOT_FOUND, Operator, UserRef, logins, user_ref, wall_clock, with_database};
use super::{Outcome, Stop, print_message};
use crate::flags::DatabaseFlags;
use clap::Subcommand;
use glowband_server::admin::{Event, MissingDatabase};
use glowband_session::{Ending, Session, SessionId, State, Timestamp};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// List logins (sessions) and end them
#[derive(clap::Args)]
#[command(after_help = "\
These commands change the database of glowband serve. They find it by the same settings as
the server, which may be running.

A login that was ended cannot be refreshed. Its access tokens remain valid until they
expire, except at services that use introspection or the list of revocations.

Examples:
  glowband sessions list
  glowband sessions list --user jane@example.org --json
  glowband sessions revoke kJ2n0Xa4v8eQ1bYw5sTzRg
  glowband sessions revoke --user jane@example.org
  glowband sessions revoke --everyone --yes")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(List),
    Revoke(Revoke),
}

/// List the logins of all users or of one user
///
/// With --user, the login that was last seen is listed first. Without it, logins are not sorted.
#[derive(clap::Args)]
struct List {
    /// Only the logins of this user: an e-mail address or a user id
    #[arg(long, value_name = "USER", value_parser = user_ref)]
    user: Option<UserRef>,
    /// Also list logins that have ended and are still in the database
    #[arg(long)]
    all: bool,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// End logins
#[derive(clap::Args)]
struct Revoke {
    /// The ids of the logins to end
    #[arg(value_name = "ID", value_parser = session_id, required_unless_present_any = ["user", "everyone"])]
    ids: Vec<SessionId>,
    /// End all logins of this user: an e-mail address or a user id
    #[arg(long, value_name = "USER", value_parser = user_ref, conflicts_with = "ids")]
    user: Option<UserRef>,
    /// End all logins of all users; needs --yes
    #[arg(long, conflicts_with_all = ["ids", "user"])]
    everyone: bool,
    /// Confirm --everyone: all users have to log in again
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Logins per database query.
const PAGE: u32 = 500;

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    match &arguments.command {
        Command::List(arguments) => {
            with_database(&arguments.place, "sessions list", MissingDatabase::Refuse, async |operator| {
                list(operator, arguments).await
            })
        }
        Command::Revoke(arguments) => {
            with_database(&arguments.place, "sessions revoke", MissingDatabase::Refuse, async |operator| {
                revoke(operator, arguments).await
            })
        }
    }
}

async fn list(operator: &Operator, arguments: &List) -> Result<Outcome, Stop> {
    let mut listing = Listing { operator, shown: ListOutput::new(arguments.json), emails: HashMap::new() };
    let (id, created, seen) = ("id", "created", "last seen");
    let heading = format!("{id:22}  {created:20}  {seen:20}  {:7}  user, client, device", "state");
    if let Some(user) = &arguments.user {
        let Some(user) = operator.user(user).await? else { return Ok(NOT_FOUND) };
        listing.shown.heading(&heading)?;
        let mut of_user = Vec::new();
        let mut pages = Pages::new(operator);
        while let Some(page) = pages.next().await? {
            of_user.extend(page.into_iter().filter(|session| *session.user_id == *user.id));
        }
        of_user.sort_by_key(|session| Reverse(session.last_seen_at));
        listing.lines(&of_user, arguments.all).await?;
    } else {
        listing.shown.heading(&heading)?;
        let mut pages = Pages::new(operator);
        while let Some(page) = pages.next().await? {
            listing.lines(&page, arguments.all).await?;
        }
    }
    listing.shown.end()?;
    Ok(Outcome::AllGood)
}

/// Reads all logins page by page in the order of their ids. Logins that are opened meanwhile may be missed.
struct Pages<'o> {
    operator: &'o Operator,
    after: Option<SessionId>,
}

impl<'o> Pages<'o> {
    fn new(operator: &'o Operator) -> Self {
        Self { operator, after: None }
    }

    async fn next(&mut self) -> Result<Option<Vec<Session>>, Stop> {
        let page = self.operator.sessions.list_all(self.after, PAGE).await;
        let page = page.map_err(|error| self.operator.failed(&error))?;
        self.after = page.last().map(|session| session.id);
        Ok(Some(page).filter(|page| !page.is_empty()))
    }
}

/// A login as JSON; times are in seconds since 1970.
#[derive(Serialize)]
struct Listed<'s> {
    id: String,
    user_id: &'s str,
    email: Option<&'s str>,
    client: &'s str,
    label: Option<&'s str>,
    scope: Option<&'s str>,
    state: &'s str,
    created_at: u64,
    last_seen_at: u64,
    idle_expires_at: u64,
    absolute_expires_at: u64,
    ended_at: Option<u64>,
}

struct Listing<'o> {
    operator: &'o Operator,
    shown: ListOutput,
    /// The addresses that were looked up, by user id; `None` for deleted users.
    emails: HashMap<String, Option<String>>,
}

impl Listing<'_> {
    /// Prints those of `sessions` that are alive, or all of them.
    async fn lines(&mut self, sessions: &[Session], all: bool) -> Result<(), Stop> {
        let now = Timestamp(wall_clock().saturating_mul(1000));
        for session in sessions {
            let expired = session.state == State::Open && session.expired(now);
            if all || session.alive(now) {
                self.line(session, if expired { "expired" } else { session.state.name() }).await?;
            }
        }
        Ok(())
    }

    async fn line(&mut self, session: &Session, state: &str) -> Result<(), Stop> {
        if !self.emails.contains_key(&session.user_id) {
            let email = self.email_of(&session.user_id).await?;
            self.emails.insert(session.user_id.clone(), email);
        }
        let email = self.emails.get(&session.user_id).and_then(Option::as_deref);
        let listed = Listed {
            id: session.id.to_string(),
            user_id: &session.user_id,
            email,
            client: &session.client,
            label: session.label.as_deref(),
            scope: session.scope.as_deref(),
            state,
            created_at: session.created_at.seconds(),
            last_seen_at: session.last_seen_at.seconds(),
            idle_expires_at: session.idle_expires_at.seconds(),
            absolute_expires_at: session.absolute_expires_at.seconds(),
            ended_at: session.ended_at.map(Timestamp::seconds),
        };
        self.shown.line(&listed, || {
            let user = email.unwrap_or(&session.user_id);
            let label = session.label.as_ref().map(|label| format!(", {label}")).unwrap_or_default();
            let (created, seen) = (date(session.created_at), date(session.last_seen_at));
            format!("{:22}  {created:20}  {seen:20}  {state:7}  {user}, {}{label}", session.id, session.client)
        })
    }

    async fn email_of(&self, user_id: &str) -> Result<Option<String>, Stop> {
        let Ok(id) = user_id.parse() else { return Ok(None) };
        let user = self.operator.accounts.find(&id).await.map_err(|error| self.operator.failed(&error))?;
        Ok(user.map(|user| user.email.to_string()))
    }
}

async fn revoke(operator: &Operator, arguments: &Revoke) -> Result<Outcome, Stop> {
    let mut shown = ListOutput::new(false);
    if let Some(user) = &arguments.user {
        let Some(user) = operator.user(user).await? else { return Ok(NOT_FOUND) };
        let ended = operator.end_sessions(&user).await?;
        let in_words = format!("{} ended", logins(ended));
        operator.record(operator.entry(Event::LoggedOutEverywhere).user(&user.id).detail(&in_words)).await?;
        shown.line(&(), || format!("{}: {in_words}", user.email))?;
        shown.end()?;
        return Ok(Outcome::AllGood);
    }
    if arguments.everyone {
        if !arguments.yes {
            return Err(Stop::usage("--everyone ends the logins of all users; add --yes to confirm"));
        }
        let (users, ended) = revoke_everyone(operator).await?;
        let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
        shown.line(&(), || format!("{users}: {} ended", logins(ended)))?;
        shown.end()?;
        return Ok(Outcome::AllGood);
    }
    let mut outcome = Outcome::AllGood;
    for id in &arguments.ids {
        let ended = operator.sessions.end(*id, Ending::Closed).await.map_err(|error| operator.failed(&error))?;
        match ended {
            Some(session) => {
                let entry = operator.entry(Event::SessionClosed).user_named(&session.user_id).session(*id);
                operator.record(entry).await?;
                shown.line(&(), || format!("{id}: login ended"))?;
            }
            None => {
                print_message("refused", &format!("{id}: there is no open login with this id"));
                outcome = Outcome::Refused;
            }
        }
    }
    shown.end()?;
    Ok(outcome)
}

/// Ends all open logins. Returns the number of users and the number of logins.
async fn revoke_everyone(operator: &Operator) -> Result<(usize, usize), Stop> {
    let (mut users, mut ended) = (0, 0);
    let mut pages = Pages::new(operator);
    while let Some(page) = pages.next().await? {
        let open = page.into_iter().filter(|session| session.state == State::Open);
        // Ending a user's logins ends all of them, also those on later pages, so each user is handled once per page.
        let of_page: BTreeSet<String> = open.map(|session| session.user_id).collect();
        for user_id in of_page {
            let closed = operator.end_sessions_of(&user_id).await?;
            if closed == 0 {
                continue;
            }
            let entry = operator.entry(Event::LoggedOutEverywhere).user_named(&user_id);
            operator
                .record(entry.detail(&format!("{} ended, together with those of all users", logins(closed))))
                .await?;
            users += 1;
            ended += closed;
        }
    }
    Ok((users, ended))
}

fn session_id(text: &str) -> Result<SessionId, String> {
    text.parse().map_err(|_| "allowed: the id of a login, which has 22 characters".to_owned())
}
