//! Member names: recognised by one comparison, and never twice in one object.

use super::lexer::{Lexer, Malformed, Quoted};
use super::text::Text;
use crate::limits::MAX_MEMBERS;
use heapless::Vec;

/// The first eight bytes of a name, unescaped, and its length: all there is to know about a short one.
///
/// All registered names of tokens and keys are short, so that a `match` tells them apart by comparing numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShortName {
    /// The first byte lowest, zeros behind the end.
    start: u64,
    length: usize,
}

/// How many bytes a short name has at most.
const SHORT: usize = 8;

impl ShortName {
    pub(crate) const fn of(name: &str) -> Self {
        assert!(name.len() <= SHORT, "a short name has up to eight bytes");
        let mut start = 0;
        let mut rest = name.as_bytes();
        while let Some((last, before)) = rest.split_last() {
            start = start << 8 | *last as u64;
            rest = before;
        }
        Self { start, length: name.len() }
    }

    #[cold]
    fn unescaped(text: Text<'_>) -> Self {
        let mut name = Self { start: 0, length: 0 };
        for byte in text.bytes() {
            if name.length < SHORT {
                name.start |= u64::from(byte) << (8 * name.length);
            }
            name.length += 1;
        }
        name
    }

    /// A number that equal names share, and others seldom.
    fn tag(self) -> u16 {
        // A multiplication spreads all bytes into the top ones.
        let word = self.start ^ (self.length as u64) << 56;
        let [.., low, high] = word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

/// The name of an object's member.
#[derive(Clone, Copy)]
pub(crate) struct Name<'t> {
    document: Lexer<'t>,
    /// Where the name's opening quote stands.
    at: usize,
    short: ShortName,
}

impl<'t> Name<'t> {
    /// Reads a name from its opening quote, and says where it ends.
    #[inline(always)]
    pub(crate) fn read(document: Lexer<'t>, at: usize) -> Result<(Self, usize), Malformed> {
        let Quoted { end, escaped } = document.string(at)?;
        let short = if escaped {
            ShortName::unescaped(Text::new(document.slice(at + 1, end), true))
        } else {
            let length = end - at - 1;
            let mask = if length < SHORT { (1 << (8 * length)) - 1 } else { u64::MAX };
            ShortName { start: document.eight_from(at + 1) & mask, length }
        };
        Ok((Self { document, at, short }, end + 1))
    }

    /// A name as nearly all claims have it, `"iss":`, and where it ends behind its colon. Where the next step begins is
    /// then known by a branch that a processor foresees, not by a search whose result it must wait for.
    #[inline(always)]
    pub(crate) fn of_three_letters(document: Lexer<'t>, at: usize) -> Option<(Self, usize)> {
        let [b'"', a, b, c, b'"', b':'] = *document.chunk(at)? else {
            return None;
        };
        let letters = a.is_ascii_lowercase() & b.is_ascii_lowercase() & c.is_ascii_lowercase();
        let short = ShortName { start: u64::from(u32::from_le_bytes([a, b, c, 0])), length: 3 };
        letters.then_some((Self { document, at, short }, at + 6))
    }

    /// The name for a comparison with [`ShortName::of`]; a longer name equals none of those.
    pub(crate) fn short(&self) -> ShortName {
        self.short
    }

    /// Whether the name, unescaped, is `other`.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.short.length == other.len() && self.text().is_some_and(|text| text == *other)
    }

    /// The name as it is written, read once more.
    fn text(&self) -> Option<Text<'t>> {
        let Quoted { end, escaped } = self.document.string(self.at).ok()?;
        Some(Text::new(self.document.slice(self.at + 1, end), escaped))
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.short == other.short && (self.short.length <= SHORT || self.text() == other.text())
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

    /// Takes in a name, unless the object whose names began at `mark` has it already.
    #[inline(always)]
    pub(crate) fn insert(&mut self, mark: usize, name: &Name<'_>) -> Result<(), NameFault> {
        let tag = name.short.tag();
        let earlier = self.slots.get(mark..).unwrap_or_default();
        if earlier.iter().any(|slot| slot.tag == tag && slot.holds(name)) {
            return Err(NameFault::Duplicate);
        }
        let at = u16::try_from(name.at).map_err(|_| NameFault::Full)?;
        self.slots.push(Slot { at, tag }).map_err(|_| NameFault::Full)
    }
}

impl Slot {
    /// Reads the name once more; only names with equal tags come here.
    #[cold]
    fn holds(&self, name: &Name<'_>) -> bool {
        Name::read(name.document, usize::from(self.at)).is_ok_and(|(own, _)| own == *name)
    }
}
