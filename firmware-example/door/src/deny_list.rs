//! Subjects and tokens that open nothing, whatever their signature says.

use crate::capacity::{DENIED, ID};
use crate::denial::{Denial, DoorRefusal};
use crate::record::{Reader, Writer};
use crate::ring::version;
use glowband_core::{Text, Verified};
use heapless::Vec;

const LAYOUT: u8 = 1;

/// The list in force. Each one replaces the one before, and has a greater version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DenyList {
    version: u32,
    entries: Vec<Entry, DENIED>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    kind: Kind,
    name: Vec<u8, ID>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Subject = 1,
    TokenId = 2,
}

impl DenyList {
    pub(crate) const fn new() -> Self {
        Self { version: 0, entries: Vec::new() }
    }

    /// Replaces the list by the one of a genuine update, or leaves it as it is.
    pub(crate) fn next(&self, update: &Verified<'_>) -> Result<Self, Denial> {
        let mut list = Self { version: version(update)?, entries: Vec::new() };
        if list.version <= self.version {
            return Err(DoorRefusal::VersionNotNewer.into());
        }
        for (claim, kind) in [("subjects", Kind::Subject), ("tokens", Kind::TokenId)] {
            let Some(names) = update.claim(claim) else { continue };
            for name in names.as_array().ok_or(DoorRefusal::UpdateMalformed)? {
                let name = name.as_text().ok_or(DoorRefusal::UpdateMalformed)?;
                let entry = Entry { kind, name: bytes(name).ok_or(DoorRefusal::UpdateTooLarge)? };
                list.entries.push(entry).map_err(|_| DoorRefusal::UpdateTooLarge)?;
            }
        }
        Ok(list)
    }

    /// Whether the token's subject or its id is on it.
    pub(crate) fn names(&self, token: &Verified<'_>) -> bool {
        self.entries.iter().any(|entry| {
            let text = match entry.kind {
                Kind::Subject => token.subject(),
                Kind::TokenId => token.token_id(),
            };
            text.is_some_and(|text| text.is(&entry.name))
        })
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn encode<'b>(&self, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let mut record = Writer::new(buffer);
        record.byte(LAYOUT)?;
        record.number(self.version)?;
        for entry in &self.entries {
            record.byte(entry.kind as u8)?;
            record.field(&entry.name)?;
        }
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Option<Self> {
        let mut record = Reader::new(record);
        if record.byte()? != LAYOUT {
            return None;
        }
        let mut list = Self { version: record.number()?, entries: Vec::new() };
        while record.ended().is_none() {
            let kind = match record.byte()? {
                1 => Kind::Subject,
                2 => Kind::TokenId,
                _ => return None,
            };
            list.entries.push(Entry { kind, name: Vec::from_slice(record.field()?).ok()? }).ok()?;
        }
        Some(list)
    }
}

fn bytes(text: Text<'_>) -> Option<Vec<u8, ID>> {
    let mut bytes = Vec::new();
    text.bytes().try_for_each(|byte| bytes.push(byte)).ok()?;
    Some(bytes)
}
