//! The contract of stores as a suite of tests, for authors of a [`SessionStore`](crate::SessionStore).
//!
//! ```no_run
//! use glowband_session::contract::{Backend, Passing, Subject};
//! use glowband_session::{ManualClock, MemoryStore, Timestamp};
//! use std::sync::Arc;
//!
//! struct Memory;
//!
//! impl Backend for Memory {
//!     async fn fresh(&self) -> Subject {
//!         let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
//!         let store = MemoryStore::with_clock(clock.clone());
//!         Subject::new(Arc::new(store), move |time| {
//!             clock.advance(time);
//!             Box::pin(async {})
//!         })
//!     }
//! }
//!
//! // In a file of tests: one test for each law.
//! glowband_session::store_contract!(Some(Memory));
//! ```

mod alike;
mod doubt_laws;
mod feed_laws;
mod key_laws;
mod race_laws;
mod refresh_laws;
mod store_laws;
mod subject;

pub use subject::{Backend, Passing, Subject, uphold};

macro_rules! laws {
    ($dollar:tt $($module:ident: $($law:ident)*;)*) => {
        $(pub use $module::{$($law),*};)*

        /// Makes a test of each law of [`contract`](crate::contract), over the backend that an expression gives; `None`
        /// leaves the tests out, where a database is missing.
        #[macro_export]
        macro_rules! store_contract {
            ($dollar backend:expr) => {
                $($(
                    #[test]
                    fn $law() {
                        $dollar crate::contract::uphold($dollar backend, $dollar crate::contract::$law);
                    }
                )*)*
            };
        }
    };
}

laws! { $
    store_laws:
        a_row_comes_back_as_it_was_put
        an_id_is_taken_once
        a_step_needs_every_condition
        a_step_moves_the_idle_expiry_and_never_the_absolute_one
        an_end_comes_once_and_stays
        all_sessions_of_a_user_end_together
        a_list_is_of_living_sessions_the_last_seen_first
        pages_of_all_sessions_miss_none
        what_ended_long_ago_is_removed;
    feed_laws:
        the_feed_tells_every_end_in_order
        pages_of_the_feed_miss_none
        a_reader_of_the_feed_misses_nothing_while_sessions_end;
    refresh_laws:
        a_chain_of_refreshes_goes_on
        a_replay_in_time_gets_the_same_successor_and_changes_nothing
        a_replay_too_late_revokes
        an_earlier_generation_revokes_at_once
        a_forged_token_revokes_nothing
        another_client_is_refused_and_changes_nothing
        a_later_token_than_the_row_counts_as_current
        expired_sessions_are_not_revived
        a_logout_takes_a_token_of_any_generation
        outcomes_are_counted;
    key_laws:
        a_new_secret_takes_over
        a_replay_gets_the_same_bytes_while_the_secret_changes
        a_missing_secret_is_no_verdict;
    doubt_laws:
        a_token_in_doubt_is_handed_out_again_however_late
        the_use_of_a_token_in_doubt_ends_the_doubt
        an_earlier_generation_than_a_token_in_doubt_revokes
        a_doubt_needs_every_condition
        a_doubt_in_time_keeps_a_session_from_being_revoked
        an_answer_that_was_not_delivered_is_known_to_all_servers;
    race_laws:
        parallel_refreshes_rotate_once
        parallel_refreshes_of_two_servers_rotate_once
        two_tabs_never_lose_their_session
        nothing_lives_after_a_logout
        nothing_lives_after_a_logout_everywhere
        parallel_reuse_revokes_once
        a_restored_backup_under_load_logs_nobody_out;
}
