//! The store in memory.

use glowband_session::contract::{Backend, Subject};
use glowband_session::{ManualClock, MemoryStore, Timestamp};
use std::sync::Arc;

struct Memory;

impl Backend for Memory {
    async fn fresh(&self) -> Subject {
        let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
        Subject::new(Arc::new(MemoryStore::with_clock(clock.clone())), move |time| {
            clock.advance(time);
            Box::pin(async {})
        })
    }
}

glowband_session::store_contract!(Some(Memory));
