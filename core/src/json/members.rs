//! Member names: recognised by one comparison, and never twice in one object.

use super::lexer::{Cursor, Malformed};
use super::text::Text;
use crate::limits::MAX_MEMBERS;
use heapless::Vec;

/// Names of up to this many bytes are told apart by one comparison.
const SHORT: usize = 8;

/// The name of an object's member.
#[derive(Clone, Copy)]
pub(crate) struct Name<'t> {
    text: Text<'t>,
    /// The first eight bytes of the unescaped name, zeros behind its end.
    start: [u8; SHORT],
    /// The unescaped name's length.
    length: usize,
}

impl<'t> Name<'t> {
    /// Reads a name where the cursor stands.
    pub(crate) fn read(cursor: &mut Cursor<'t>) -> Result<Self, Malformed> {
        let begin = cursor.at() + 1;
        let quoted = cursor.string()?;
        let text = Text::new(quoted.content, quoted.escaped);
        if quoted.escaped {
            return Ok(Self::unescaped(text));
        }
        let length = quoted.content.len();
        let all = cursor.eight_from(begin);
        let start = if length < SHORT { all & ((1 << (8 * length)) - 1) } else { all };
        Ok(Self { text, start: start.to_le_bytes(), length })
    }

    fn unescaped(text: Text<'t>) -> Self {
        let mut name = Self { text, start: [0; SHORT], length: 0 };
        for byte in text.bytes() {
            if let Some(place) = name.start.get_mut(name.length) {
                *place = byte;
            }
            name.length += 1;
        }
        name
    }

    /// The unescaped name if it has up to eight bytes, as all registered names of tokens and keys have.
    pub(crate) fn short(&self) -> Option<&[u8]> {
        self.start.get(..self.length)
    }

    /// Whether the name, unescaped, is `other`.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.length == other.len() && self.text == *other
    }

    /// A number that equal names share, and others seldom.
    fn tag(&self) -> u16 {
        // A multiplication spreads all bytes into the top ones.
        let word = u64::from_le_bytes(self.start) ^ (self.length as u64) << 56;
        let [.., low, high] = word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.start == other.start && (self.length <= SHORT || self.text == other.text)
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
    pub(crate) fn insert(&mut self, text: &[u8], mark: usize, at: usize, name: &Name<'_>) -> Result<(), NameFault> {
        let tag = name.tag();
        let earlier = self.slots.get(mark..).unwrap_or_default();
        if earlier.iter().any(|slot| slot.tag == tag && same_name(text, slot.at, name)) {
            return Err(NameFault::Duplicate);
        }
        let at = u16::try_from(at).map_err(|_| NameFault::Full)?;
        self.slots.push(Slot { at, tag }).map_err(|_| NameFault::Full)
    }
}

/// Reads the earlier name once more; only names with equal tags come here.
fn same_name(text: &[u8], at: u16, name: &Name<'_>) -> bool {
    let mut cursor = Cursor::new(text.get(usize::from(at)..).unwrap_or_default());
    Name::read(&mut cursor).is_ok_and(|earlier| earlier == *name)
}
