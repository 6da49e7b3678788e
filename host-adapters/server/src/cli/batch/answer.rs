//! One answer of a batch, as one line of JSON.

use crate::cli::verdict::{self, Bad, Good};
use crate::json_text::push_minified;

/// Writes `{"id":…,"ok":…,…}` and a newline into `line`, in place of what it held. Without an id it is null.
pub(super) fn push(line: &mut Vec<u8>, id: Option<&str>, verdict: &Result<Good<'_>, Bad>) {
    line.clear();
    line.extend_from_slice(b"{\"id\":");
    // Verbatim, but for white space: whatever the partner takes for an id, it gets back.
    push_minified(line, id.unwrap_or("null").as_bytes());
    verdict::push_members(line, verdict);
    line.extend_from_slice(b"}\n");
}
