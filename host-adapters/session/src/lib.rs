#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
#[cfg(feature = "contract")]
pub mod contract;
mod counters;
mod feed;
mod login;
mod memory;
mod refresh_keys;
mod refresh_token;
pub mod rules;
mod session;
mod session_id;
mod sessions;
mod store;
mod store_error;
mod timestamp;

pub use clock::{ManualClock, SteadyClock, StoreClock};
pub use counters::Snapshot;
pub use feed::{FeedCursor, FeedCursorError, FeedPage, Revocation};
pub use login::{Login, MAX_CLIENT, MAX_LABEL, MAX_SCOPE, MAX_USER_ID};
pub use memory::MemoryStore;
pub use refresh_keys::{KeyError, MIN_SECRET, RefreshKeys};
pub use refresh_token::RefreshToken;
pub use rules::{Rules, RulesError};
pub use session::{Ending, NewSession, Salt, Session, State};
pub use session_id::{SessionId, SessionIdError};
pub use sessions::{How, Presented, RefreshError, Refreshed, Refused, Sessions};
pub use store::{Advance, Doubt, MAX_LISTED, Reading, SessionStore, StoreFuture};
pub use store_error::{StoreError, StoreErrorKind};
pub use timestamp::Timestamp;
