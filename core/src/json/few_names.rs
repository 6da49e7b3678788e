//! Finds duplicate names among up to [`MEMBERS_WITHOUT_SLOTS`] members in little flash, for machines without an operating
//! system.

use super::lexer::Lexer;
use super::members::{Name, NameFault, OpenNames};
use super::text::quoted_bytes;
use crate::limits::MEMBERS_WITHOUT_SLOTS;
use heapless::Vec;

/// The names of all open objects, in their order in the document.
///
/// A name whose bit is not set is new. Any other name is compared with all earlier ones of its object.
///
/// The cost is bounded for every document. At most [`MEMBERS_WITHOUT_SLOTS`] names are kept, so that a name is compared at most
/// 127 times. A comparison stops at the first difference, or at the end of the shorter name. The bytes of a name, and
/// of a document, are therefore read at most 127 times, for any names and tags.
pub(crate) struct FewNames {
    /// The offsets of the opening quotes.
    places: Vec<u16, MEMBERS_WITHOUT_SLOTS>,
    /// A bit for each tag that was added, by its highest eight bits.
    seen: [u32; 8],
}

impl FewNames {
    pub(crate) const fn new() -> Self {
        Self { places: Vec::new(), seen: [0; 8] }
    }
}

impl OpenNames for FewNames {
    #[inline(always)]
    fn mark(&self) -> usize {
        self.places.len()
    }

    #[inline(always)]
    fn forget(&mut self, mark: usize) {
        self.places.truncate(mark);
    }

    #[inline(always)]
    fn insert(&mut self, mark: usize, name: &Name<'_>) -> Result<(), NameFault> {
        let [_, tag] = name.tag.short().to_le_bytes();
        let bits = self.seen.get_mut(usize::from(tag >> 5)).ok_or(NameFault::Full)?;
        let bit = 1 << (tag & 31);
        let may_be_there = *bits & bit != 0;
        *bits |= bit;
        if may_be_there {
            let mut earlier = self.places.get(mark..).unwrap_or_default().iter();
            if earlier.any(|place| are_equal(name.document, usize::from(*place), name.at)) {
                return Err(NameFault::Duplicate);
            }
        }
        let place = u16::try_from(name.at).map_err(|_| NameFault::Full)?;
        self.places.push(place).map_err(|_| NameFault::Full)
    }
}

/// Returns true if the names with these opening quotes are equal after unescaping.
#[inline(never)]
fn are_equal(document: Lexer<'_>, one: usize, other: usize) -> bool {
    quoted_bytes(document.from(one + 1)).eq(quoted_bytes(document.from(other + 1)))
}
