//! Why the door stays closed: a refusal of the token, or one of the door's own.

use glowband_core::Refusal;

/// What a `DENY` line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The token is refused, with the number that it has everywhere.
    Token(Refusal),
    /// The door itself refuses.
    Door(DoorRefusal),
}

impl Denial {
    /// The number on the line.
    pub const fn code(self) -> u8 {
        match self {
            Self::Token(refusal) => refusal.code(),
            Self::Door(refusal) => refusal.code(),
        }
    }

    /// The name on the line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token(refusal) => refusal.name(),
            Self::Door(refusal) => refusal.name(),
        }
    }
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Token(refusal)
    }
}

impl From<DoorRefusal> for Denial {
    fn from(refusal: DoorRefusal) -> Self {
        Self::Door(refusal)
    }
}

/// The door's own refusals: numbers from 200 on, which the table of the core never reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DoorRefusal {
    /// The door has no owner yet.
    NotProvisioned = 200,
    /// The door has an owner already.
    AlreadyProvisioned = 201,
    /// An update is not newer than what the door has.
    VersionNotNewer = 202,
    /// The time token does not answer the nonce that is out, or answers too late.
    NonceMismatch = 203,
    /// A genuine update lacks a claim, or has one of another type.
    UpdateMalformed = 204,
    /// A genuine update has more keys or entries, or longer names, than the door has memory for.
    UpdateTooLarge = 205,
    /// The token's subject or id is on the deny list.
    Revoked = 206,
    /// The store cannot be read or written. Nothing opens.
    StoreFailed = 207,
    /// A one-time token ends later than an hour from now: remembering it would shut others out for as long after a reset.
    LivesTooLong = 208,
}

impl DoorRefusal {
    /// Every one of them, by rising number.
    pub const ALL: &'static [Self] = &[
        Self::NotProvisioned,
        Self::AlreadyProvisioned,
        Self::VersionNotNewer,
        Self::NonceMismatch,
        Self::UpdateMalformed,
        Self::UpdateTooLarge,
        Self::Revoked,
        Self::StoreFailed,
        Self::LivesTooLong,
    ];

    /// The frozen number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The frozen name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotProvisioned => "not_provisioned",
            Self::AlreadyProvisioned => "already_provisioned",
            Self::VersionNotNewer => "version_not_newer",
            Self::NonceMismatch => "nonce_mismatch",
            Self::UpdateMalformed => "update_malformed",
            Self::UpdateTooLarge => "update_too_large",
            Self::Revoked => "revoked",
            Self::StoreFailed => "store_failed",
            Self::LivesTooLong => "lives_too_long",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_200_and_never_meet_those_of_the_core() {
        for (index, refusal) in DoorRefusal::ALL.iter().enumerate() {
            assert_eq!(usize::from(refusal.code()), 200 + index);
            assert_eq!(Refusal::from_code(refusal.code()), None);
        }
    }
}
