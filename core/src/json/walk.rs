//! One pass over a whole document, with an explicit stack of at most [`MAX_NESTING`] open brackets.

use super::lexer::{Cursor, Malformed, Quoted};
use super::members::{Name, NameFault, OpenNames};
use super::value::{Kind, Place};
use crate::limits::{Limits, MAX_JSON, MAX_NESTING};

/// Why a document is not one object of strict JSON within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It breaks a rule of RFC 8259.
    Malformed,
    /// It is a JSON value, but no object.
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

/// Validates `text` and shows `visit` the name and the place of each member of the outermost object, in order.
///
/// A member is shown as soon as its value ended, so the visitor must not act before the whole walk succeeded.
pub(crate) fn walk<'t>(text: &'t [u8], limits: &Limits, visit: &mut dyn FnMut(&Name<'t>, Place)) -> Result<(), Fault> {
    if text.len() > MAX_JSON {
        return Err(Fault::TooLong);
    }
    let mut cursor = Cursor::new(text);
    match cursor.next_significant() {
        Some(b'{') => cursor.pass(),
        Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => return Err(Fault::NotAnObject),
        _ => return Err(Fault::Malformed),
    }
    if cursor.next_significant() == Some(b'}') {
        cursor.pass();
        return end(cursor);
    }
    let mut names = OpenNames::new();
    let mut members_left = limits.members();
    let mut open = Brackets::outermost_object();
    // The outermost object's member in progress, and where its value begins.
    let mut member: Option<(Name<'t>, usize)> = None;
    let mut show = |member: &Option<(Name<'t>, usize)>, end: usize, kind: Kind| {
        // The quotes are not part of a string.
        let quote = usize::from(matches!(kind, Kind::Text | Kind::EscapedText));
        if let Some((name, start)) = member {
            if let Some(place) = Place::new(start + quote, end - quote, kind) {
                visit(name, place);
            }
        }
    };
    loop {
        if open.is_object() {
            let at = cursor.at();
            let name = Name::read(&mut cursor)?;
            members_left = members_left.checked_sub(1).ok_or(Fault::TooManyMembers)?;
            names.insert(text, open.mark(), at, &name)?;
            cursor.next_significant();
            cursor.eat(b':')?;
            cursor.next_significant();
            if open.depth() == 1 {
                member = Some((name, cursor.at()));
            }
        }
        match cursor.peek().ok_or(Fault::Malformed)? {
            bracket @ (b'{' | b'[') => {
                cursor.pass();
                open.push(bracket == b'{', names.mark(), limits.nesting())?;
                if !matches!(cursor.next_significant(), Some(b'}' | b']')) {
                    continue;
                }
            }
            first => {
                let kind = scalar(&mut cursor, first)?;
                if open.depth() == 1 {
                    show(&member, cursor.at(), kind);
                }
            }
        }
        // After a value: a comma leads to the next one, a bracket closes; several may close in a row.
        loop {
            let next = cursor.next_significant().ok_or(Fault::Malformed)?;
            cursor.pass();
            let kind = match next {
                b',' => {
                    cursor.next_significant();
                    break;
                }
                b'}' if open.is_object() => {
                    names.forget(open.mark());
                    Kind::Object
                }
                b']' if !open.is_object() => Kind::Array,
                _ => return Err(Fault::Malformed),
            };
            open.pop();
            match open.depth() {
                0 => return end(cursor),
                1 => show(&member, cursor.at(), kind),
                _ => {}
            }
        }
    }
}

/// Passes a value without brackets, which begins with `first`.
fn scalar(cursor: &mut Cursor<'_>, first: u8) -> Result<Kind, Malformed> {
    match first {
        b'"' => {
            let Quoted { escaped, .. } = cursor.string()?;
            Ok(if escaped { Kind::EscapedText } else { Kind::Text })
        }
        b'-' | b'0'..=b'9' => cursor.number().map(|()| Kind::Number),
        b't' => cursor.literal(b"true").map(|()| Kind::True),
        b'f' => cursor.literal(b"false").map(|()| Kind::False),
        b'n' => cursor.literal(b"null").map(|()| Kind::Null),
        _ => Err(Malformed),
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

fn end(mut cursor: Cursor<'_>) -> Result<(), Fault> {
    match cursor.next_significant() {
        None => Ok(()),
        Some(_) => Err(Fault::Malformed),
    }
}

/// The brackets that are open: which kind each is, and where the names of each object begin.
struct Brackets {
    depth: u8,
    /// One bit each, the innermost lowest; set for an object.
    objects: u32,
    marks: [u8; MAX_NESTING as usize + 1],
}

impl Brackets {
    fn outermost_object() -> Self {
        Self { depth: 1, objects: 1, marks: [0; MAX_NESTING as usize + 1] }
    }

    fn depth(&self) -> u8 {
        self.depth
    }

    fn is_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Where the innermost object's names begin.
    fn mark(&self) -> usize {
        self.marks.get(usize::from(self.depth)).copied().map_or(0, usize::from)
    }

    fn push(&mut self, object: bool, mark: usize, limit: u8) -> Result<(), Fault> {
        if self.depth >= limit {
            return Err(Fault::TooDeep);
        }
        let mark = u8::try_from(mark).map_err(|_| Fault::TooManyMembers)?;
        self.depth += 1;
        self.objects = self.objects << 1 | u32::from(object);
        *self.marks.get_mut(usize::from(self.depth)).ok_or(Fault::TooDeep)? = mark;
        Ok(())
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }
}

#[cfg(test)]
mod tests;
