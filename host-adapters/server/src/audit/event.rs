//! The kinds of events, and who causes them.

use std::str::FromStr;

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:literal,)*) => {
        /// The kind of an event. The names are read by programs and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event {
            $($(#[$doc])* $event,)*
        }

        impl Event {
            pub(crate) const ALL: &[Self] = &[$(Self::$event,)*];

            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$event => $name,)*
                }
            }
        }
    };
}

events! {
    /// A user registered an account.
    Registered = "registered",
    LoggedIn = "logged_in",
    /// A wrong password, an unknown address, or a disabled account.
    LoginFailed = "login_failed",
    /// A limit on attempts was reached. It is recorded once for each lockout.
    LockedOut = "locked_out",
    /// A refresh token was used again, and its session revoked.
    ReuseDetected = "reuse_detected",
    /// A refresh token was later than its session: the database came from a backup.
    FastForwarded = "fast_forwarded",
    LoggedOut = "logged_out",
    LoggedOutEverywhere = "logged_out_everywhere",
    /// One session was ended from a list of them.
    SessionClosed = "session_closed",
    /// The user changed the password and gave the old one.
    PasswordChanged = "password_changed",
    /// The current password that was given for a change was wrong.
    PasswordChangeFailed = "password_change_failed",
    /// An operator reset the password of the user.
    PasswordReset = "password_reset",
    /// An operator added the user.
    UserAdded = "user_added",
    UserDisabled = "user_disabled",
    UserEnabled = "user_enabled",
    UserDeleted = "user_deleted",
    TokenCreated = "token_created",
    TokenRevoked = "token_revoked",
}

impl FromStr for Event {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|event| event.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|event| event.name()).collect();
            format!("allowed are {}", names.join(", "))
        })
    }
}

/// Who caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The user, or a client that tried to log in as the user.
    User,
    /// The operator, who runs commands on the server.
    Operator,
    /// The server itself.
    Server,
}

impl Actor {
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
            Self::Server => "server",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::User, Self::Operator, Self::Server].into_iter().find(|actor| actor.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_name_of_its_own_and_is_found_by_it() {
        for event in Event::ALL {
            assert_eq!(event.name().parse(), Ok(*event));
            assert!(event.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        }
        assert!("Logged_in".parse::<Event>().unwrap_err().contains("logged_in, login_failed"));
    }
}
