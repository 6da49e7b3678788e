//! Writes log lines to standard error, as text or JSON. No log line contains a token, a password or a secret.

use glowband_server::config::{LogFormat, LogLevel};
use std::io;
use std::panic;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Starts logging. Must be called only once in a process.
pub(super) fn begin(level: LogLevel, format: LogFormat) {
    let ours = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    // Libraries log only warnings and errors: at lower levels they log each SQL statement and each connection.
    let theirs = ours.min(LevelFilter::WARN);
    let filter = Targets::new().with_default(theirs).with_targets(
        [
            "glowband",
            "glowband_http",
            "glowband_issue",
            "glowband_server",
            "glowband_session",
            "glowband_storage",
            "glowband_verify",
        ]
        .map(|name| (name, ours)),
    );
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    panics_are_logged(format);
}

/// Logs panics as JSON, so that programs that collect the lines can read them. As text, the standard library prints them.
fn panics_are_logged(format: LogFormat) {
    if format == LogFormat::Json {
        panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let text = panic.payload_as_str().unwrap_or("no text");
            tracing::error!(place, text, "panic: internal error of this program");
        }));
    }
}
