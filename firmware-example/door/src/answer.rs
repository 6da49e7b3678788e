//! What the door says: one line for each line that it was sent.

use crate::capacity::NAME;
use crate::denial::Denial;
use crate::nonce::Nonce;
use core::fmt::{self, Write as _};
use embedded_io::Write;
use glowband_core::{Text, UnixSeconds};
use heapless::String;

/// Bytes of a subject that are shown; the rest is left out.
const SHOWN: usize = 80;

/// A line out, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Ready { start: u32 },
    Open { subject: Subject, expires_at: Option<i64> },
    Deny(Denial),
    Busy,
    LineTooLong,
    Nonce(Nonce),
    Time(UnixSeconds),
    Provisioned { name: String<NAME> },
    Keys { version: u32, count: usize },
    DenyList { version: u32, count: usize },
    Status { name: String<NAME>, keys: u32, deny_list: u32, time: Option<UnixSeconds> },
}

impl Answer {
    /// Writes the line. If no receiver is connected, the line is lost, and the door goes on.
    pub(crate) fn send<W: Write>(&self, serial: &mut W) {
        let _ = write!(serial, "{self}\r\n").is_ok() && serial.flush().is_ok();
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { start } => write!(f, "READY start={start}"),
            Self::Open { subject, expires_at } => {
                write!(f, "OPEN sub={} exp=", subject.0)?;
                match expires_at {
                    Some(moment) => moment.fmt(f),
                    None => f.write_str("-"),
                }
            }
            Self::Deny(denial) => write!(f, "DENY {} {}", denial.code(), denial.name()),
            Self::Busy => f.write_str("BUSY"),
            Self::LineTooLong => f.write_str("LINE TOO LONG"),
            Self::Nonce(nonce) => write!(f, "NONCE {nonce}"),
            Self::Time(UnixSeconds(time)) => write!(f, "TIME {time}"),
            Self::Provisioned { name } => write!(f, "PROVISIONED door={name}"),
            Self::Keys { version, count } => write!(f, "KEYS version={version} keys={count}"),
            Self::DenyList { version, count } => write!(f, "DENYLIST version={version} entries={count}"),
            Self::Status { name, keys, deny_list, time } => {
                let name = if name.is_empty() { "-" } else { name };
                write!(f, "STATUS door={name} keys={keys} denylist={deny_list} time=")?;
                match time {
                    Some(UnixSeconds(time)) => time.fmt(f),
                    None => f.write_str("unknown"),
                }
            }
        }
    }
}

/// Whom a token is about, in printable characters without blanks: it cannot pass for a line of the door's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject(String<SHOWN>);

impl Subject {
    pub(crate) fn of(subject: Option<Text<'_>>) -> Self {
        let mut shown = String::new();
        let Some(subject) = subject else {
            return Self(String::try_from("-").unwrap_or_default());
        };
        for character in subject.chars() {
            let plain = character.is_ascii_graphic() && character != '\\';
            let written =
                if plain { shown.write_char(character) } else { write!(shown, "\\u{{{:x}}}", u32::from(character)) };
            if written.is_err() {
                break;
            }
        }
        Self(shown)
    }
}
