//! Log lines for debugging: what was decided and why, never a token, a key or a name.

use crate::answer::Answer;

pub(crate) fn decided(answer: &Answer) {
    match answer {
        Answer::Ready { start } => defmt::info!("start {=u32}", *start),
        Answer::Open { expires_at, .. } => defmt::info!("open, token ends at {=?}", *expires_at),
        Answer::Deny(denial) => defmt::warn!("denied: {=u8} {=str}", denial.code(), denial.name()),
        Answer::Busy => defmt::info!("busy"),
        Answer::LineTooLong => defmt::warn!("a line was dropped"),
        Answer::Nonce(_) => defmt::debug!("a nonce is out"),
        Answer::Time(time) => defmt::info!("the clock is set: {=?}", *time),
        Answer::Provisioned { .. } => defmt::info!("the door has an owner"),
        Answer::Keys { version, count } => defmt::info!("ring {=u32}: {=usize} keys", *version, *count),
        Answer::DenyList { version, count } => defmt::info!("deny list {=u32}: {=usize} entries", *version, *count),
        Answer::Status { .. } => defmt::debug!("status"),
    }
}
