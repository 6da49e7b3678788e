//! Member names: recognised by one comparison, and never twice in one object.

use super::lexer::{Cursor, Quoted};
use super::text::Text;
use crate::limits::MAX_MEMBERS;
use heapless::Vec;

/// The name of an object's member.
#[derive(Clone, Copy)]
pub(crate) struct Name<'t> {
    quoted: Quoted<'t>,
    key: NameKey,
}

impl<'t> Name<'t> {
    pub(crate) fn new(quoted: Quoted<'t>) -> Self {
        let key = if quoted.escaped { NameKey::of_escaped(quoted) } else { NameKey::of(quoted.content) };
        Self { quoted, key }
    }

    /// Whether the name, unescaped, is `other`.
    #[inline]
    pub(crate) fn is(&self, other: &str) -> bool {
        self.key == NameKey::of(other.as_bytes()) && (other.len() <= PREFIX || self.is_exactly(other.as_bytes()))
    }

    fn is_exactly(&self, other: &[u8]) -> bool {
        match Text::new(self.quoted.content, self.quoted.escaped) {
            Some(text) => text.is(other),
            None => false,
        }
    }
}

const PREFIX: usize = 8;

/// The first eight bytes and the length of an unescaped name: all there is to know about a short one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct NameKey {
    prefix: u64,
    length: usize,
}

impl NameKey {
    #[inline(always)]
    const fn of(name: &[u8]) -> Self {
        let mut prefix = 0;
        let mut index = 0;
        let mut rest = name;
        while let Some((byte, after)) = rest.split_first() {
            if index == PREFIX {
                break;
            }
            prefix |= (*byte as u64) << (8 * index);
            index += 1;
            rest = after;
        }
        Self { prefix, length: name.len() }
    }

    fn of_escaped(quoted: Quoted<'_>) -> Self {
        let mut key = Self { prefix: 0, length: 0 };
        let text = Text::new(quoted.content, quoted.escaped);
        for byte in text.into_iter().flat_map(|text| text.bytes()) {
            if key.length < PREFIX {
                key.prefix |= u64::from(byte) << (8 * key.length);
            }
            key.length += 1;
        }
        key
    }

    fn tag(self) -> u16 {
        // A multiplication spreads all bytes into the top ones; names that collide are compared in full.
        let mixed = (self.prefix ^ (self.length as u64) << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 48) as u16
    }
}

/// Why a name cannot be taken in.
pub(crate) enum NameFault {
    Duplicate,
    Full,
}

/// The names of all objects that are open, in the order they were opened.
pub(crate) struct OpenNames {
    slots: Vec<Slot, { MAX_MEMBERS as usize }>,
}

#[derive(Clone, Copy)]
struct Slot {
    /// Where the name's opening quote stands in the document.
    at: u16,
    tag: u16,
}

impl OpenNames {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// Where the names of an object that opens now will begin.
    pub(crate) fn mark(&self) -> usize {
        self.slots.len()
    }

    /// Forgets the names of an object that closes.
    pub(crate) fn forget(&mut self, mark: usize) {
        self.slots.truncate(mark);
    }

    /// Takes in a name, whose opening quote stands at `at`, unless the object that began at `mark` has it already.
    pub(crate) fn insert(&mut self, text: &[u8], mark: usize, at: usize, name: Name<'_>) -> Result<(), NameFault> {
        let tag = name.key.tag();
        let earlier = self.slots.get(mark..).unwrap_or_default();
        if earlier.iter().any(|slot| slot.tag == tag && same_name(text, slot.at, name)) {
            return Err(NameFault::Duplicate);
        }
        let at = u16::try_from(at).map_err(|_| NameFault::Full)?;
        self.slots.push(Slot { at, tag }).map_err(|_| NameFault::Full)
    }
}

/// Reads the earlier name once more; only names with equal tags come here.
fn same_name(text: &[u8], at: u16, name: Name<'_>) -> bool {
    let mut cursor = Cursor::new(text.get(usize::from(at)..).unwrap_or_default());
    let Ok(quoted) = cursor.string() else {
        return false;
    };
    let earlier = Name::new(quoted);
    earlier.key == name.key
        && (name.key.length <= PREFIX
            || if name.quoted.escaped {
                Text::new(quoted.content, quoted.escaped) == Text::new(name.quoted.content, true)
            } else {
                earlier.is_exactly(name.quoted.content)
            })
}
