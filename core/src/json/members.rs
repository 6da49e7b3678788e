//! Member names: recognised by one comparison, and never twice in one object.

use super::lexer::{Lexer, Malformed, Quoted};
#[cfg(any(target_os = "none", test))]
use super::tag::Small;
use super::tag::Tag;
#[cfg(not(target_os = "none"))]
use super::text::QuotedText;
use super::text::Text;
#[cfg(target_os = "none")]
use super::text::quoted_bytes;
use super::value::Place;
#[cfg(not(target_os = "none"))]
use crate::limits::MEMBERS_WITHOUT_SLOTS;
use core::cmp::Ordering;
#[cfg(not(target_os = "none"))]
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
}

/// The name of an object's member.
#[derive(Clone, Copy)]
pub(crate) struct Name<'t> {
    pub(super) document: Lexer<'t>,
    /// Where the name's opening quote stands.
    pub(super) at: usize,
    short: ShortName,
    pub(super) tag: Tag,
}

impl<'t> Name<'t> {
    /// Reads a name from its opening quote, and says where it ends.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    #[cfg_attr(target_os = "none", inline(never))]
    pub(crate) fn read(document: Lexer<'t>, at: usize) -> Result<(Self, usize), Malformed> {
        let Quoted { end, escaped } = document.string(at)?;
        let length = end - at - 1;
        if escaped || length > SHORT {
            return Ok((Self::read_on(document, at, end, escaped), end + 1));
        }
        let mask = if length < SHORT { (1 << (8 * length)) - 1 } else { u64::MAX };
        let short = ShortName { start: document.eight_from(at + 1) & mask, length };
        Ok((Self { document, at, short, tag: Tag::of(length).with(short.start) }, end + 1))
    }

    /// A name that is long, or written with escapes.
    #[cfg(not(target_os = "none"))]
    #[cold]
    fn read_on(document: Lexer<'t>, at: usize, end: usize, escaped: bool) -> Self {
        let text = Text::new(document.slice(at + 1, end), escaped);
        let length = if escaped { text.bytes().count() } else { end - at - 1 };
        let mut words = Words { bytes: text.bytes() };
        let start = words.next().unwrap_or(0);
        let tag = words.fold(Tag::of(length).with(start), Tag::with);
        Self { document, at, short: ShortName { start, length }, tag }
    }

    /// The same in less flash.
    #[cfg(target_os = "none")]
    #[inline(never)]
    fn read_on(document: Lexer<'t>, at: usize, end: usize, escaped: bool) -> Self {
        let (short, tag) = by_bytes(Text::new(document.slice(at + 1, end), escaped).bytes());
        Self { document, at, short, tag }
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
        letters.then_some((Self { document, at, short, tag: Tag::of(3).with(short.start) }, at + 6))
    }

    /// The name for a comparison with [`ShortName::of`]; a longer name equals none of those.
    pub(crate) fn short(&self) -> ShortName {
        self.short
    }

    /// The name as it is written, read once more.
    #[cfg(test)]
    fn text(&self) -> Option<Text<'t>> {
        text_at(self.document, self.at)
    }
}

/// The name whose opening quote stands there.
fn text_at(document: Lexer<'_>, at: usize) -> Option<Text<'_>> {
    let Quoted { end, escaped } = document.string(at).ok()?;
    Some(Text::new(document.slice(at + 1, end), escaped))
}

/// A member of the outermost object: where its name and its value stand. It is handed from register to register.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    name: u16,
    value: Place,
}

impl Member {
    pub(crate) fn new(name: &Name<'_>, value: Place) -> Option<Self> {
        Some(Self { name: u16::try_from(name.at).ok()?, value })
    }

    /// Whether the name, unescaped, is `wanted`.
    pub(crate) fn is_named(self, document: &[u8], wanted: &str) -> bool {
        text_at(Lexer::new(document), usize::from(self.name)).is_some_and(|name| name == *wanted)
    }

    pub(crate) fn value(self) -> Place {
        self.value
    }
}

/// Bytes by eights, the first lowest, zeros behind the end.
#[cfg(not(target_os = "none"))]
struct Words<I> {
    bytes: I,
}

#[cfg(not(target_os = "none"))]
impl<I: Iterator<Item = u8>> Iterator for Words<I> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let first = self.bytes.next()?;
        let rest = self.bytes.by_ref().take(7).zip(1..);
        Some(rest.fold(u64::from(first), |word, (byte, index)| word | u64::from(byte) << (8 * index)))
    }
}

/// What a name of these bytes, unescaped, is known by.
#[cfg(any(target_os = "none", test))]
fn by_bytes(bytes: impl Iterator<Item = u8>) -> (ShortName, Small) {
    let (mut start, mut length, mut tag) = ([0; SHORT], 0, Small::of(0));
    for byte in bytes {
        match start.get_mut(length) {
            Some(place) => *place = byte,
            None => tag = tag.with_byte(byte),
        }
        length += 1;
    }
    let start = u64::from_le_bytes(start);
    (ShortName { start, length }, tag.with_length(length).with(start))
}

/// Why a name cannot be added.
pub(crate) enum NameFault {
    Duplicate,
    Full,
}

/// The names of all open objects.
pub(crate) trait OpenNames {
    /// Returns where the names of an object that opens now will begin.
    fn mark(&self) -> usize;

    /// Removes the names of an object that closes.
    fn forget(&mut self, mark: usize);

    /// Adds a name, unless the object whose names begin at `mark` has it already.
    fn insert(&mut self, mark: usize, name: &Name<'_>) -> Result<(), NameFault>;
}

/// The names of all open objects, in the order in which the objects were opened.
///
/// Every name is compared exactly with the earlier ones of its object, at a bounded cost for every document. An object has
/// two groups of names:
///
/// 1. first the *ordered* ones, sorted by tag and then by content,
/// 2. then up to [`MAX_LOOSE`] *loose* ones, whose tags all differ from each other.
///
/// A name becomes loose if no loose name has its tag; all other names become ordered. So a name is compared in full with
/// at most one loose name, and with as many ordered ones as a binary search needs: eight among 128, thirteen among 4096. A
/// comparison stops at the first difference and passes each byte of the shorter name once. All
/// comparisons together therefore read at most that number times the length of the document, for any names and tags. A name
/// also costs at most [`MAX_LOOSE`] comparisons of tags and one move of memory. The check `bounded-work` counts the
/// instructions for the worst names that were found.
///
/// In ordinary documents nearly all tags differ: the names stay loose, and most are not compared at all, because `seen`
/// shows that they are new.
pub(crate) struct OrderedNames<S> {
    slots: S,
    /// A bit for each tag that was added, by its highest six bits. If it is not set, no earlier name has the tag.
    seen: u64,
}

/// How many loose names an object can have.
const MAX_LOOSE: usize = 32;

/// The bit of a tag that marks an ordered name.
const ORDERED: u16 = 1;

/// Memory for the name of one member while its object is read.
///
/// To allow more than [`MEMBERS_WITHOUT_SLOTS`](crate::MEMBERS_WITHOUT_SLOTS) members, provide one slot per member. Their
/// earlier content does not matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameSlot {
    /// The offset of the opening quote of the name in the document.
    at: u16,
    tag: u16,
}

/// A list of slots with a fixed capacity.
pub(crate) trait Slots {
    /// Returns the used slots.
    fn taken(&self) -> &[NameSlot];

    /// Appends a slot.
    fn push(&mut self, slot: NameSlot) -> Result<(), NameFault>;

    /// Inserts a slot at `index`.
    fn insert(&mut self, index: usize, slot: NameSlot) -> Result<(), NameFault>;

    /// Removes all slots after the first `count`.
    fn truncate(&mut self, count: usize);
}

/// Slots on the stack.
#[cfg(not(target_os = "none"))]
pub(crate) type OwnSlots = Vec<NameSlot, MEMBERS_WITHOUT_SLOTS>;

#[cfg(not(target_os = "none"))]
impl Slots for OwnSlots {
    #[inline(always)]
    fn taken(&self) -> &[NameSlot] {
        self
    }

    #[inline(always)]
    fn push(&mut self, slot: NameSlot) -> Result<(), NameFault> {
        Self::push(self, slot).map_err(|_| NameFault::Full)
    }

    fn insert(&mut self, index: usize, slot: NameSlot) -> Result<(), NameFault> {
        // Moves each later slot up by one; `Vec::insert` could panic.
        let mut carried = slot;
        self.iter_mut().skip(index).for_each(|place| core::mem::swap(place, &mut carried));
        Slots::push(self, carried)
    }

    #[inline(always)]
    fn truncate(&mut self, count: usize) {
        Self::truncate(self, count);
    }
}

/// Slots of the caller.
pub(crate) struct LentSlots<'s> {
    room: &'s mut [NameSlot],
    taken: usize,
}

impl<'s> LentSlots<'s> {
    pub(crate) fn new(room: &'s mut [NameSlot]) -> Self {
        Self { room, taken: 0 }
    }
}

impl Slots for LentSlots<'_> {
    fn taken(&self) -> &[NameSlot] {
        self.room.get(..self.taken).unwrap_or_default()
    }

    fn push(&mut self, slot: NameSlot) -> Result<(), NameFault> {
        *self.room.get_mut(self.taken).ok_or(NameFault::Full)? = slot;
        self.taken += 1;
        Ok(())
    }

    fn insert(&mut self, index: usize, slot: NameSlot) -> Result<(), NameFault> {
        let behind = self.room.get_mut(index..=self.taken).ok_or(NameFault::Full)?;
        behind.rotate_right(1);
        if let Some(first) = behind.first_mut() {
            *first = slot;
        }
        self.taken += 1;
        Ok(())
    }

    fn truncate(&mut self, count: usize) {
        self.taken = self.taken.min(count);
    }
}

impl<S: Slots> OpenNames for OrderedNames<S> {
    #[inline(always)]
    fn mark(&self) -> usize {
        self.slots.taken().len()
    }

    #[inline(always)]
    fn forget(&mut self, mark: usize) {
        self.slots.truncate(mark);
    }

    #[inline(always)]
    fn insert(&mut self, mark: usize, name: &Name<'_>) -> Result<(), NameFault> {
        let tag = name.tag.short() & !ORDERED;
        let at = u16::try_from(name.at).map_err(|_| NameFault::Full)?;
        let bit = 1 << (tag >> 10);
        if self.seen & bit != 0 || self.mark() - mark >= MAX_LOOSE {
            return self.look_and_insert(mark, name.document, NameSlot { at, tag });
        }
        self.seen |= bit;
        self.slots.push(NameSlot { at, tag })
    }
}

impl<S: Slots> OrderedNames<S> {
    pub(crate) const fn new(slots: S) -> Self {
        Self { slots, seen: 0 }
    }

    /// Adds a name that may be a duplicate, or whose tag others share.
    #[cold]
    #[inline(never)]
    fn look_and_insert(&mut self, mark: usize, document: Lexer<'_>, mut new: NameSlot) -> Result<(), NameFault> {
        self.seen |= 1 << (new.tag >> 10);
        let object = self.slots.taken().get(mark..).unwrap_or_default();
        let (ordered, loose) =
            object.split_at_checked(object.partition_point(|slot| slot.tag & ORDERED != 0)).unwrap_or_default();
        let alike = loose.iter().find(|slot| slot.tag == new.tag);
        if alike.is_some_and(|slot| slot.order(new, document).is_eq()) {
            return Err(NameFault::Duplicate);
        }
        let stays_loose = alike.is_none() && loose.len() < MAX_LOOSE;
        new.tag |= ORDERED;
        let place = ordered.binary_search_by(|slot| slot.tag.cmp(&new.tag).then_with(|| slot.order(new, document)));
        let Err(place) = place else {
            return Err(NameFault::Duplicate);
        };
        if stays_loose {
            new.tag &= !ORDERED;
            return self.slots.push(new);
        }
        self.slots.insert(mark + place, new)
    }
}

impl NameSlot {
    /// Compares two names by their content.
    #[cfg(not(target_os = "none"))]
    fn order(self, other: Self, document: Lexer<'_>) -> Ordering {
        let name = |slot: Self| QuotedText::new(document.from(usize::from(slot.at) + 1));
        name(self).cmp(&name(other))
    }

    /// The same in less flash, for machines with short tokens.
    #[cfg(target_os = "none")]
    #[inline(never)]
    fn order(self, other: Self, document: Lexer<'_>) -> Ordering {
        let name = |slot: Self| quoted_bytes(document.from(usize::from(slot.at) + 1));
        name(self).cmp(name(other))
    }
}

#[cfg(test)]
pub(super) fn tag_of(quoted: &[u8]) -> u16 {
    Name::read(Lexer::new(quoted), 0).map(|(name, _)| name.tag.short() & !ORDERED).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(quoted: &str) -> Name<'_> {
        Name::read(Lexer::new(quoted.as_bytes()), 0).unwrap_or_else(|_| panic!("{quoted}")).0
    }

    #[test]
    fn equal_names_are_equal_however_they_are_written() {
        for (plain, escaped) in [
            (r#""exp""#, r#""\u0065xp""#),
            (r#""""#, r#""""#),
            (r#""eight888""#, r#""eigh\u0074888""#),
            (r#""nine99999""#, r#""nine9999\u0039""#),
            (r#""https://id.example/roles""#, r#""https:\/\/id.example\/roles""#),
            ("\"gr\u{fc}\u{df}e aus der ferne\"", r#""gr\u00fc\u00dfe aus der ferne""#),
        ] {
            assert_eq!(name(plain).text(), name(escaped).text(), "{plain}");
            assert!(name(plain).short() == name(escaped).short(), "{plain}");
            assert_eq!(name(plain).tag.short(), name(escaped).tag.short(), "{plain}");
            // As machines with little flash read them.
            let text = |quoted| name(quoted).text().unwrap();
            let ((short, tag), (other, other_tag)) = (by_bytes(text(plain).bytes()), by_bytes(text(escaped).bytes()));
            assert!(short == other && short == name(plain).short(), "{plain}");
            assert_eq!(tag.short(), other_tag.short(), "{plain}");
            if short.length <= SHORT {
                assert_eq!(tag.short(), Small::of(short.length).with(short.start).short(), "{plain}");
            }
        }
    }

    #[test]
    fn three_small_letters_and_a_colon_are_a_name_at_once() {
        for (at, byte) in (1..4).flat_map(|at| (0..=255u8).map(move |byte| (at, byte))) {
            let mut text = *b"\"abc\":";
            text[at] = byte;
            let read = Name::of_three_letters(Lexer::new(&text), 0);
            assert_eq!(read.map(|(_, end)| end), byte.is_ascii_lowercase().then_some(6), "{byte:#x} at {at}");
        }
        for other in [b"\"abcd\":".as_slice(), b"\"ab\":1", b"\"abc\" :", b"\"abc", b"abcdef"] {
            assert!(Name::of_three_letters(Lexer::new(other), 0).is_none());
        }
        let (name, _) = Name::of_three_letters(Lexer::new(b"\"exp\":"), 0).unwrap();
        assert!(name.short() == ShortName::of("exp") && name.tag.short() & !ORDERED == tag_of(b"\"exp\""));
    }

    #[test]
    fn names_that_differ_anywhere_differ_in_their_tags() {
        let base = "https://id.example/claims/role";
        let mut tags = std::collections::HashSet::new();
        for at in 0..base.len() {
            let mut changed = base.as_bytes().to_vec();
            changed[at] = b'~';
            tags.insert(tag_of(&[b"\"", changed.as_slice(), b"\""].concat()));
        }
        assert!(tags.len() > base.len() - 3, "{} tags of {} names", tags.len(), base.len());
    }

    #[test]
    fn names_with_numbers_share_tags_no_more_often_than_by_chance() {
        const COUNT: usize = 100;
        let front = "https://id.example/claims/of/tenants/and/their/applications/role-";
        let mut pairs = 0;
        let mut families = 0;
        for length in 0..=front.len() {
            for back in ["", "-id", "/read:all"] {
                for start in [0, 1, 950, 20_000_000] {
                    let name = |number| format!("\"{}{number}{back}\"", &front[front.len() - length..]);
                    let mut tags: std::vec::Vec<u16> =
                        (start..start + COUNT).map(|n| tag_of(name(n).as_bytes())).collect();
                    tags.sort_unstable();
                    let equal = tags.windows(2).filter(|pair| pair[0] == pair[1]).count();
                    assert!(equal < 8, "{equal} pairs of tags among {}", name(start));
                    pairs += equal;
                    families += 1;
                }
            }
        }
        // By chance it is one pair in 32768 of 4950.
        assert!(pairs < families / 3, "{pairs} pairs in {families} families");
    }
}
