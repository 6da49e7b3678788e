//! From settings to a server that answers, until it is told to end.

use super::background::Maintenance;
use super::introduction::NewSecret;
use super::metrics::Metrics;
use super::open::{Opened, open};
use super::state::App;
use super::{log, routes};
use crate::config::{Listen, Settings};
use crate::connections::{ConnectionLimits, DRAIN, HEAD_BYTES, Server, Socket, Tls};
use crate::signals::{Ends, Hangups};
use crate::start_error::StartError;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How much longer than a request a connection may lie still.
const STILL: Duration = Duration::from_secs(30);

/// Serves until the process is told to end. `note` tells people what they should know.
///
/// # Errors
/// Why it cannot begin.
pub(crate) fn run(settings: Settings, secret: NewSecret, note: impl Fn(&str)) -> Result<(), StartError> {
    log::begin(settings.log, settings.log_format);
    let runtime = runtime()?;
    let served = runtime.block_on(serve(Arc::new(settings), secret, note));
    // What still runs then has had its time.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

pub(super) fn runtime() -> Result<Runtime, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| format!("no threads to serve with: {error}"))
}

async fn serve(settings: Arc<Settings>, secret: NewSecret, note: impl Fn(&str)) -> Result<(), StartError> {
    // Before anybody is told that this is up: a signal that nobody listens to would end the process.
    let (hangups, mut ends) = (Hangups::listen()?, Ends::listen()?);
    let tls = settings.tls.clone().map(Tls::read).transpose()?;
    // Before anything is made: a second server of the same settings ends here.
    let socket = Socket::bind(&settings.listen).await?;
    let metrics_socket = match &settings.metrics_listen {
        Some(listen) => Some(Socket::bind(listen).await?),
        None => None,
    };
    let public_url = settings.public_url(socket.address());
    let metrics = Arc::new(Metrics::new());
    let Opened { app, folder, made } = open(Arc::clone(&settings), secret, &public_url, metrics).await?;
    made.iter().for_each(|line| note(line));

    let (tell, told) = watch::channel(false);
    let maintenance = Maintenance { app: app.clone(), folder, tls: tls.clone() };
    let background = maintenance.begin(hangups);
    announce(&settings, &socket, metrics_socket.as_ref());
    hint(&app, &note).await;

    let server = Server {
        socket,
        routes: routes::main(&app),
        tls,
        limits: ConnectionLimits {
            total: settings.max_connections,
            per_address: settings.max_connections_per_address,
            unlimited: settings.trusted_proxies.clone(),
        },
        patience: settings.request_timeout + STILL,
        head_bytes: HEAD_BYTES,
        open: app.metrics.open.clone(),
    };
    let main = tokio::spawn(server.serve(over(told.clone())));
    let operators = metrics_socket
        .map(|socket| tokio::spawn(Server::plain(socket, routes::of_operators(&app)).serve(over(told.clone()))));

    ends.next().await;
    tracing::info!("Told to end: no more connections are taken, and open requests have {DRAIN:?}.");
    // Whoever is told twice is in a hurry.
    tokio::spawn(async move {
        ends.next().await;
        tracing::warn!("Told to end again: open requests are left.");
        std::process::exit(1);
    });
    let _ = tell.send(true);
    let _ = main.await;
    if let Some(operators) = operators {
        let _ = operators.await;
    }
    drop(background);
    app.storage.close().await;
    tracing::info!("Ended.");
    Ok(())
}

async fn over(mut told: watch::Receiver<bool>) {
    // If nobody is left who could tell, it is over as well.
    let _ = told.wait_for(|over| *over).await;
}

/// The first line that people and programs wait for.
fn announce(settings: &Settings, socket: &Socket, metrics: Option<&Socket>) {
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let place = |listen: &Listen, socket: &Socket, scheme: &str| match socket.address() {
        Some(address) => format!("{scheme}://{address}"),
        None => listen.to_string(),
    };
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe does not want to know.
    let _ = writeln!(out, "glowband serves on {}", place(&settings.listen, socket, scheme));
    if let (Some(listen), Some(socket)) = (&settings.metrics_listen, metrics) {
        let _ = writeln!(out, "glowband shows its metrics on {}", place(listen, socket, "http"));
    }
    let _ = out.flush();
}

/// How to go on, for whoever has just begun.
async fn hint(app: &App, note: &impl Fn(&str)) {
    if !matches!(app.accounts.list(None, 1).await, Ok(users) if users.is_empty()) {
        return;
    }
    if app.settings.registration {
        note(&format!(
            "there is no account yet: POST {}/auth/register makes one, and so does glowband users add EMAIL",
            app.public_url
        ));
    } else {
        note("there is no account yet, and registration is off: glowband users add EMAIL makes one");
    }
}
