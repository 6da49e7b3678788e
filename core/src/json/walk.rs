//! One pass over a whole document, with an explicit stack of at most [`MAX_NESTING`] open brackets.

use super::lexer::{Cursor, Malformed};
use super::members::{Name, NameFault, OpenNames};
use super::{Text, Value};
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

/// Validates `text` and shows `visit` each member of the outermost object, in order.
///
/// A member is shown as soon as its value ended, so the visitor must not act before the whole walk succeeded.
pub(crate) fn walk<'t>(
    text: &'t [u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Name<'t>, Value<'t>),
) -> Result<(), Fault> {
    if text.len() > MAX_JSON {
        return Err(Fault::TooLong);
    }
    let mut cursor = Cursor::new(text);
    match cursor.next_significant() {
        Some(b'{') => cursor.pass(),
        Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => return Err(Fault::NotAnObject),
        _ => return Err(Fault::Malformed),
    }
    let mut names = OpenNames::new();
    let mut members_left = limits.members();
    let mut open = Brackets::outermost_object();
    if cursor.next_significant() == Some(b'}') {
        cursor.pass();
        return end(cursor);
    }
    // The outermost object's member in progress, and where its value begins.
    let mut member = None;
    loop {
        let in_object = open.is_object();
        if in_object {
            let at = cursor.at();
            let name = Name::new(cursor.string()?);
            members_left = members_left.checked_sub(1).ok_or(Fault::TooManyMembers)?;
            names.insert(text, open.mark(), at, name)?;
            cursor.next_significant();
            cursor.eat(b':')?;
            cursor.next_significant();
            if open.depth() == 1 {
                member = Some((name, cursor.at()));
            }
        }
        let value = match cursor.peek().ok_or(Fault::Malformed)? {
            b'"' => {
                let quoted = cursor.string()?;
                // Only what is shown is made into a string.
                if open.depth() == 1 { Text::new(quoted.content, quoted.escaped).map(Value::Text) } else { None }
            }
            bracket @ (b'{' | b'[') => {
                cursor.pass();
                open.push(bracket == b'{', names.mark(), limits.nesting())?;
                match cursor.next_significant() {
                    Some(b'}' | b']') => None,
                    _ => continue,
                }
            }
            b'-' | b'0'..=b'9' => {
                let number = cursor.number()?;
                if open.depth() == 1 { core::str::from_utf8(number).ok().map(Value::Number) } else { None }
            }
            b't' => cursor.literal(b"true").map(|()| Some(Value::Bool(true)))?,
            b'f' => cursor.literal(b"false").map(|()| Some(Value::Bool(false)))?,
            b'n' => cursor.literal(b"null").map(|()| Some(Value::Null))?,
            _ => return Err(Fault::Malformed),
        };
        if let (1, Some((name, _)), Some(value)) = (open.depth(), member, value) {
            visit(name, value);
        }
        // After a value: a comma leads to the next one, a bracket closes; several may close in a row.
        loop {
            let next = cursor.next_significant().ok_or(Fault::Malformed)?;
            cursor.pass();
            match next {
                b',' => {
                    cursor.next_significant();
                    break;
                }
                b'}' if open.is_object() => names.forget(open.mark()),
                b']' if !open.is_object() => {}
                _ => return Err(Fault::Malformed),
            }
            let was_object = open.is_object();
            open.pop();
            match (open.depth(), member) {
                (0, _) => return end(cursor),
                (1, Some((name, start))) => {
                    let text = core::str::from_utf8(cursor.since(start)).map_err(|_| Fault::Malformed)?;
                    visit(name, if was_object { Value::Object(text) } else { Value::Array(text) });
                }
                _ => {}
            }
        }
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
