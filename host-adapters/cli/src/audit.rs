//! `glowband audit`: prints the audit log.

use super::list_output::{ListOutput, date};
use super::operator::{NOT_FOUND, Operator, UserRef, user_ref, wall_clock, with_database};
use super::{Outcome, Stop};
use crate::flags::DatabaseFlags;
use clap::Subcommand;
use glowband_server::admin::{Event, Filter, MissingDatabase, Recorded};
use glowband_session::Timestamp;
use glowband_text::duration;
use serde::Serialize;

/// Print the audit log: logins, failed logins, changes to accounts
#[derive(clap::Args)]
#[command(after_help = "\
The audit log is in the database of glowband serve. This command finds the database by the
same settings as the server, which may be running. The server removes entries that are
older than its setting keep-audit.

Examples:
  glowband audit list
  glowband audit list --user jane@example.org --since 7d
  glowband audit list --event login_failed --since 1h --json | jq -r .address | sort | uniq -c")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(List),
}

/// List the entries of the audit log, the newest first
#[derive(clap::Args)]
struct List {
    /// Only entries about this user: an e-mail address or user id (also of a deleted user)
    #[arg(long, value_name = "USER", value_parser = user_ref)]
    user: Option<UserRef>,
    /// Only this event, such as logged_in, login_failed, locked_out or reuse_detected
    #[arg(long, value_name = "EVENT", value_parser = event)]
    event: Option<Event>,
    /// Only entries of the last TIME: seconds, or with a unit 5m, 1h, 30d
    #[arg(long, value_name = "TIME", value_parser = duration::seconds)]
    since: Option<u64>,
    /// List at most this many entries
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
    /// Only entries with a smaller number than this: continues an earlier list
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: DatabaseFlags,
}

/// Entries per database query.
const PAGE: u32 = 500;

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let Command::List(arguments) = &arguments.command;
    with_database(&arguments.place, "audit list", MissingDatabase::Refuse, async |operator| {
        list(operator, arguments).await
    })
}

async fn list(operator: &Operator, arguments: &List) -> Result<Outcome, Stop> {
    let user = match &arguments.user {
        // The log keeps the entries of deleted users, so the id is not looked up.
        Some(UserRef::Id(id)) => Some(id.clone()),
        Some(user @ UserRef::Email(_)) => match operator.user(user).await? {
            Some(user) => Some(user.id),
            None => return Ok(NOT_FOUND),
        },
        None => None,
    };
    let since = arguments.since.map(|ago| Timestamp(wall_clock().saturating_sub(ago).saturating_mul(1000)));
    let mut filter = Filter { user, event: arguments.event, since, until: None, before: arguments.before };
    let mut shown = ListOutput::new(arguments.json);
    shown.heading(&format!("{:>8}  {:20}  {:22}  {:8}  from, user, login", "number", "when", "event", "by"))?;
    let mut left = arguments.limit;
    while left > 0 {
        let page = operator.audit.list(&filter, left.min(PAGE)).await.map_err(|error| operator.failed(&error))?;
        for line in &page {
            shown.line(&Listed::of(line), || in_words(line))?;
        }
        let Some(last) = page.last() else { break };
        filter.before = Some(last.number);
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(u32::MAX));
    }
    shown.end()?;
    Ok(Outcome::AllGood)
}

fn in_words(line: &Recorded) -> String {
    let user = line.user_id.as_ref().map(|id| format!("user {id}"));
    let session = line.session_id.as_ref().map(|id| format!("login {id}"));
    let rest = [&line.address, &user, &session, &line.detail, &line.agent];
    let rest: Vec<_> = rest.into_iter().filter_map(Option::as_deref).collect();
    let (number, event, actor) = (line.number, &line.event_name, line.actor.name());
    format!("{number:8}  {:20}  {event:22}  {actor:8}  {}", date(line.at), rest.join(", "))
}

/// An entry as JSON; `at` is in seconds since 1970.
#[derive(Serialize)]
struct Listed<'l> {
    number: i64,
    at: u64,
    event: &'l str,
    actor: &'l str,
    user_id: Option<&'l str>,
    session_id: Option<&'l str>,
    address: Option<&'l str>,
    agent: Option<&'l str>,
    detail: Option<&'l str>,
}

impl<'l> Listed<'l> {
    fn of(line: &'l Recorded) -> Self {
        Self {
            number: line.number,
            at: line.at.seconds(),
            event: &line.event_name,
            actor: line.actor.name(),
            user_id: line.user_id.as_deref(),
            session_id: line.session_id.as_deref(),
            address: line.address.as_deref(),
            agent: line.agent.as_deref(),
            detail: line.detail.as_deref(),
        }
    }
}

fn event(name: &str) -> Result<Event, String> {
    name.parse()
}
