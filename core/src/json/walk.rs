//! One pass over a whole document, with an explicit stack of at most [`MAX_NESTING`] open brackets.

#[cfg(target_os = "none")]
use super::few_names::FewNames;
use super::lexer::{Lexer, Malformed, Quoted};
#[cfg(not(target_os = "none"))]
use super::members::OwnSlots;
use super::members::{LentSlots, Member, Name, NameFault, NameSlot, OpenNames, OrderedNames, ShortName};
use super::value::{Kind, Place};
use crate::limits::{Limits, MAX_JSON, MAX_NESTING};

/// Why a document is not a strict JSON object within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It breaks a rule of RFC 8259.
    Malformed,
    /// It is a JSON value, but not an object.
    NotAnObject,
    /// An object names a member twice.
    Duplicate,
    /// More brackets are open than allowed.
    TooDeep,
    /// More members than allowed.
    TooManyMembers,
    /// Longer than a document may be.
    TooLong,
}

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Validates `text` and calls `visit` with each member of the outermost object, in order.
///
/// The call is made as soon as the value ended, so `visit` must not act before the whole walk succeeded.
pub(crate) fn walk(text: &[u8], limits: &Limits, visit: &mut dyn FnMut(ShortName, Member)) -> Result<(), Fault> {
    #[cfg(not(target_os = "none"))]
    let names = OrderedNames::new(OwnSlots::new());
    #[cfg(target_os = "none")]
    let names = FewNames::new();
    walk_in(names, text, limits, visit)
}

/// As [`walk`], with slots for more members than [`MEMBERS_WITHOUT_SLOTS`](crate::MEMBERS_WITHOUT_SLOTS).
pub(crate) fn walk_with_slots(
    slots: &mut [NameSlot],
    text: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(ShortName, Member),
) -> Result<(), Fault> {
    walk_in(OrderedNames::new(LentSlots::new(slots)), text, limits, visit)
}

#[inline(always)]
fn walk_in<N: OpenNames>(
    names: N,
    text: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(ShortName, Member),
) -> Result<(), Fault> {
    if text.len() > MAX_JSON {
        return Err(Fault::TooLong);
    }
    let lexer = Lexer::new(text);
    let mut names = Names { open: names, left: limits.member_limit() };
    let mut at = lexer.space(0);
    match lexer.byte(at) {
        Some(b'{') => at = lexer.space(at + 1),
        Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => return Err(Fault::NotAnObject),
        _ => return Err(Fault::Malformed),
    }
    if lexer.byte(at) == Some(b'}') {
        return end(lexer, at + 1);
    }
    loop {
        let (name, start) = names.member(lexer, at, 0)?;
        let (behind, kind) = match lexer.byte(start) {
            Some(b'{' | b'[') => brackets(lexer, start, &mut names, limits.nesting_limit())?,
            _ => scalar(lexer, start)?,
        };
        // The quotes are not part of a string.
        let quote = usize::from(matches!(kind, Kind::Text | Kind::EscapedText));
        if let Some(member) =
            Place::new(start + quote, behind - quote, kind).and_then(|place| Member::new(&name, place))
        {
            visit(name.short(), member);
        }
        at = lexer.space(behind);
        match lexer.byte(at) {
            Some(b',') => at = lexer.space(at + 1),
            Some(b'}') => return end(lexer, at + 1),
            _ => return Err(Fault::Malformed),
        }
    }
}

/// Nothing but white space may follow the outermost object.
fn end(lexer: Lexer<'_>, at: usize) -> Result<(), Fault> {
    match lexer.byte(lexer.space(at)) {
        None => Ok(()),
        Some(_) => Err(Fault::Malformed),
    }
}

/// Skips a value without brackets.
#[cfg_attr(not(target_os = "none"), inline(always))]
#[cfg_attr(target_os = "none", inline(never))]
fn scalar(lexer: Lexer<'_>, at: usize) -> Result<(usize, Kind), Malformed> {
    match lexer.byte(at).ok_or(Malformed)? {
        b'"' => {
            let Quoted { end, escaped } = lexer.string(at)?;
            Ok((end + 1, if escaped { Kind::EscapedText } else { Kind::Text }))
        }
        b'-' | b'0'..=b'9' => Ok((lexer.number(at)?, Kind::Number)),
        b't' => Ok((lexer.literal(at, b"true")?, Kind::True)),
        b'f' => Ok((lexer.literal(at, b"false")?, Kind::False)),
        b'n' => Ok((lexer.literal(at, b"null")?, Kind::Null)),
        _ => Err(Malformed),
    }
}

/// Skips an object or array inside the outermost object, with everything nested in it.
fn brackets<N: OpenNames>(
    lexer: Lexer<'_>,
    mut at: usize,
    names: &mut Names<N>,
    nesting: u8,
) -> Result<(usize, Kind), Fault> {
    let mut open = Brackets::new(nesting);
    // The offset of an element: after an opening bracket or a comma.
    let mut expecting = lexer.byte(at);
    loop {
        if let Some(bracket @ (b'{' | b'[')) = expecting {
            open.push(bracket == b'{', names.open.mark())?;
            at = lexer.space(at + 1);
            if !matches!(lexer.byte(at), Some(b'}' | b']')) {
                (at, expecting) = element(lexer, at, names, &open)?;
                continue;
            }
        }
        at = lexer.space(at);
        let closed = match lexer.byte(at) {
            Some(b',') => {
                (at, expecting) = element(lexer, lexer.space(at + 1), names, &open)?;
                continue;
            }
            Some(b'}') if open.is_object() => {
                names.open.forget(open.mark());
                Kind::Object
            }
            Some(b']') if !open.is_object() => Kind::Array,
            _ => return Err(Fault::Malformed),
        };
        at += 1;
        expecting = None;
        if open.pop() {
            return Ok((at, closed));
        }
    }
}

/// Skips an element or a member of the innermost brackets. If it begins with a bracket, returns that bracket instead.
fn element<N: OpenNames>(
    lexer: Lexer<'_>,
    at: usize,
    names: &mut Names<N>,
    open: &Brackets,
) -> Result<(usize, Option<u8>), Fault> {
    let start = if open.is_object() { names.member(lexer, at, open.mark())?.1 } else { at };
    match lexer.byte(start) {
        bracket @ Some(b'{' | b'[') => Ok((start, bracket)),
        _ => Ok((scalar(lexer, start)?.0, None)),
    }
}

/// The names of the open objects, and how many more members the document can have.
struct Names<N> {
    open: N,
    left: u16,
}

impl<N: OpenNames> Names<N> {
    /// Skips the name and the colon of a member. Returns the name, and the offset of the value. The names of its object
    /// begin at `mark`.
    #[cfg_attr(not(target_os = "none"), inline(always))]
    #[cfg_attr(target_os = "none", inline(never))]
    fn member<'t>(&mut self, lexer: Lexer<'t>, at: usize, mark: usize) -> Result<(Name<'t>, usize), Fault> {
        let (name, behind) = match Name::of_three_letters(lexer, at) {
            Some(known) => known,
            None => {
                let (name, end) = Name::read(lexer, at)?;
                (name, lexer.eat(lexer.space(end), b':')?)
            }
        };
        self.left = self.left.checked_sub(1).ok_or(Fault::TooManyMembers)?;
        self.open.insert(mark, &name)?;
        Ok((name, lexer.space(behind)))
    }
}

impl From<NameFault> for Fault {
    fn from(fault: NameFault) -> Self {
        match fault {
            NameFault::Duplicate => Self::Duplicate,
            NameFault::Full => Self::TooManyMembers,
        }
    }
}

/// The open brackets inside the outermost object: their kinds, and where the names of each object begin.
struct Brackets {
    depth: u8,
    limit: u8,
    /// One bit per bracket, the innermost lowest; set for an object.
    objects: u32,
    marks: [u16; MAX_NESTING as usize],
}

impl Brackets {
    /// Creates an empty stack. The outermost object takes one of `nesting` levels.
    fn new(nesting: u8) -> Self {
        Self { depth: 0, limit: nesting.saturating_sub(1), objects: 0, marks: [0; MAX_NESTING as usize] }
    }

    fn is_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Returns where the names of the innermost object begin.
    fn mark(&self) -> usize {
        self.marks.get(usize::from(self.depth)).copied().map_or(0, usize::from)
    }

    fn push(&mut self, object: bool, mark: usize) -> Result<(), Fault> {
        if self.depth >= self.limit {
            return Err(Fault::TooDeep);
        }
        self.depth += 1;
        self.objects = self.objects << 1 | u32::from(object);
        let mark = u16::try_from(mark).map_err(|_| Fault::TooManyMembers)?;
        *self.marks.get_mut(usize::from(self.depth)).ok_or(Fault::TooDeep)? = mark;
        Ok(())
    }

    /// Closes the innermost bracket. Returns true if it was the last.
    fn pop(&mut self) -> bool {
        self.depth = self.depth.saturating_sub(1);
        self.objects >>= 1;
        self.depth == 0
    }
}

#[cfg(test)]
mod tests;
