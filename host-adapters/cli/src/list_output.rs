//! Prints lists: a table for people, or one JSON object per line for programs.

use super::Stop;
use glowband_session::Timestamp;
use glowband_text::date::rfc3339;
use glowband_text::json::harmless;
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output with a buffer, which [`end`](Self::end) flushes.
pub(super) struct ListOutput {
    out: BufWriter<StdoutLock<'static>>,
    json: bool,
}

impl ListOutput {
    pub(super) fn new(json: bool) -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), json }
    }

    /// Prints one entry as JSON or as text.
    pub(super) fn line(
        &mut self,
        for_programs: &impl Serialize,
        for_people: impl FnOnce() -> String,
    ) -> Result<(), Stop> {
        if self.json {
            serde_json::to_writer(&mut self.out, for_programs).map_err(|error| Stop::writing(error.into()))?;
            writeln!(self.out).map_err(Stop::writing)
        } else {
            // Clients choose labels and user agents, so control characters are escaped.
            writeln!(self.out, "{}", harmless(&for_people()).trim_end()).map_err(Stop::writing)
        }
    }

    /// Prints the heading of a table for people.
    pub(super) fn heading(&mut self, heading: &str) -> Result<(), Stop> {
        if self.json { Ok(()) } else { writeln!(self.out, "{heading}").map_err(Stop::writing) }
    }

    pub(super) fn end(mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::writing)
    }
}

/// Returns the time as `2023-11-14T22:13:20Z`.
pub(super) fn date(moment: Timestamp) -> String {
    i64::try_from(moment.seconds()).ok().and_then(rfc3339).unwrap_or_else(|| moment.seconds().to_string())
}
