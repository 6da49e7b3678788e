//! Writes one answer of a batch as one line of JSON.

use crate::verdict::{self, Bad, Good};
use glowband_core::Refusal;
use glowband_text::json::push_minified;

/// Replaces `line` by `{"id":…,"ok":…,…}` and a newline. A missing id becomes null.
pub(super) fn push(line: &mut Vec<u8>, id: Option<&str>, verdict: &Result<Good<'_>, Bad>) {
    begin(line, id);
    verdict::push_members(line, verdict);
    line.extend_from_slice(b"}\n");
}

/// Replaces `line` by the answer to an invalid request; `message` says what is wrong and what is allowed.
pub(super) fn push_bad_request(line: &mut Vec<u8>, id: Option<&str>, message: &str) {
    begin(line, id);
    verdict::push_refusal(line, Refusal::BadRequest, message);
    line.extend_from_slice(b"}\n");
}

fn begin(line: &mut Vec<u8>, id: Option<&str>) {
    line.clear();
    line.extend_from_slice(b"{\"id\":");
    // The id keeps its spelling, without white space.
    push_minified(line, id.unwrap_or("null").as_bytes());
}
