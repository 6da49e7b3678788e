//! In place of `ifma.rs` on other processors: there is no such thing as their [`Ifma`].

use glowband_core::{TableEntry, TableShape};
use glowband_p256::internals::SignatureScalars;

#[derive(Clone, Copy)]
pub(super) enum Ifma {}

#[allow(dead_code)] // As in `ifma.rs`, where they are read.
#[derive(Clone, Copy)]
pub(super) struct Windows<'k> {
    pub(super) entries: &'k [TableEntry],
    pub(super) width: u32,
}

#[allow(dead_code)] // As in `ifma.rs`, where they are read.
#[derive(Clone, Copy)]
pub(super) struct Tables<'k> {
    pub(super) generator: Windows<'k>,
    pub(super) key: Windows<'k>,
}

pub(super) const fn window_width(_: TableShape) -> Option<u32> {
    None
}

impl Ifma {
    pub(super) const fn detect() -> Option<Self> {
        None
    }

    pub(super) fn check(self, _: &Tables<'_>, _: &SignatureScalars) -> bool {
        match self {}
    }

    pub(super) fn check_eight(self, _: &[Option<(Tables<'_>, SignatureScalars)>; 8]) -> [bool; 8] {
        match self {}
    }
}
