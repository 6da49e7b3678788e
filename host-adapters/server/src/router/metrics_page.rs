//! The page `/metrics`, in Prometheus' text format.

use crate::metrics::{Metrics, Seconds};
use crate::passwords::PoolFigures;
use crate::state::{AppState, wall_clock};
use glowband_storage::{PoolSize, Storage};
use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

/// The media type of the page.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns the page.
pub(crate) fn page(app: &AppState) -> String {
    let mut page = String::with_capacity(16 * 1024);
    // Writing to a string cannot fail.
    let _ = write(&mut page, app);
    page
}

fn write(f: &mut String, app: &AppState) -> fmt::Result {
    let metrics: &Metrics = &app.metrics;
    writeln!(f, "# HELP glowband_build_info Version of the server.\n# TYPE glowband_build_info gauge")?;
    writeln!(f, "glowband_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
    gauge(f, "glowband_uptime_seconds", "Seconds since the server started.", metrics.started.elapsed().as_secs())?;
    gauge(f, "glowband_open_connections", "Open client connections.", metrics.open.load(Ordering::Relaxed) as u64)?;
    metrics.requests.write(f)?;
    app.sessions.counters().write_prometheus(f)?;
    app.guard.metrics().write_prometheus(f)?;

    let name = "glowband_login_attempts_total";
    writeln!(f, "# HELP {name} Login attempts by outcome.\n# TYPE {name} counter")?;
    for (outcome, count) in metrics.logins() {
        writeln!(f, "{name}{{outcome=\"{outcome}\"}} {count}")?;
    }
    counter(
        f,
        "glowband_attempts_refused_total",
        "Logins and registrations refused by a rate limit.",
        app.attempts.refused(),
    )?;
    passwords(f, &app.passwords.figures())?;
    keys(f, app)?;
    connections(f, &app.storage)?;
    counter(
        f,
        "glowband_background_failures_total",
        "Failed background tasks: key rotation, deletion of expired rows, certificate reload.",
        metrics.failures.load(Ordering::Relaxed),
    )
}

fn passwords(f: &mut String, figures: &PoolFigures) -> fmt::Result {
    gauge(f, "glowband_password_hashes_running", "Password hashes being computed.", figures.running as u64)?;
    gauge(f, "glowband_password_hashes_waiting", "Password hashes waiting in the queue.", figures.waiting as u64)?;
    counter(f, "glowband_password_hashes_total", "Computed password hashes.", figures.done)?;
    counter(
        f,
        "glowband_password_hashes_refused_total",
        "Password hashes refused because the queue was full.",
        figures.refused,
    )?;
    let mean = u64::try_from(figures.mean.as_micros()).unwrap_or(u64::MAX);
    let name = "glowband_password_hash_seconds_mean";
    writeln!(
        f,
        "# HELP {name} Moving average of the time for one password hash, without waiting.\n# TYPE {name} gauge"
    )?;
    writeln!(f, "{name} {}", Seconds(mean))
}

fn keys(f: &mut String, app: &AppState) -> fmt::Result {
    let status = app.issuer_keys.status(wall_clock());
    let name = "glowband_signing_keys";
    writeln!(f, "# HELP {name} Signing keys by state.\n# TYPE {name} gauge")?;
    use glowband_issue::KeyState;
    for (state, label) in
        [(KeyState::Announced, "announced"), (KeyState::Active, "active"), (KeyState::Retiring, "retiring")]
    {
        let count = status.iter().filter(|key| key.state == state).count();
        writeln!(f, "{name}{{state=\"{label}\"}} {count}")?;
    }
    Ok(())
}

fn connections(f: &mut String, storage: &Storage) -> fmt::Result {
    let name = "glowband_database_connections";
    writeln!(f, "# HELP {name} Database connections by pool and state.\n# TYPE {name} gauge")?;
    for PoolSize { name: pool, open, idle } in storage.pools() {
        let used = open.saturating_sub(idle);
        writeln!(f, "{name}{{pool=\"{pool}\",state=\"idle\"}} {idle}")?;
        writeln!(f, "{name}{{pool=\"{pool}\",state=\"used\"}} {used}")?;
    }
    Ok(())
}

fn gauge(f: &mut String, name: &str, help: &str, value: u64) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")
}

fn counter(f: &mut String, name: &str, help: &str, value: u64) -> fmt::Result {
    writeln!(f, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}")
}
