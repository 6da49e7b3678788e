//! Names of up to [`MEMBERS_WITHOUT_SLOTS`] members, told apart in little flash: for machines without an operating system.

use super::lexer::Lexer;
use super::members::{Name, NameFault, OpenNames};
use super::text::quoted_bytes;
use crate::limits::MEMBERS_WITHOUT_SLOTS;
use heapless::Vec;

/// The names of all objects that are open, in the order in which they came.
///
/// A name whose bit is not set was not there before. Any other name is compared with all earlier ones of its object.
///
/// No document makes that expensive. At most [`MEMBERS_WITHOUT_SLOTS`] names are kept, so that a name is compared at most
/// 127 times. A comparison stops at the first difference, or at the end of the shorter name. The bytes of a name are
/// therefore passed at most 127 times, whichever names and tags were chosen, and those of a document no more often.
pub(crate) struct FewNames {
    /// Where the opening quotes stand.
    places: Vec<u16, MEMBERS_WITHOUT_SLOTS>,
    /// A bit for each tag that was taken in, by its highest eight bits.
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

/// Whether the names whose opening quotes stand there are equal, however they are written.
#[inline(never)]
fn are_equal(document: Lexer<'_>, one: usize, other: usize) -> bool {
    quoted_bytes(document.from(one + 1)).eq(quoted_bytes(document.from(other + 1)))
}
