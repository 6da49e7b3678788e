//! Reads the names and values of a query or a form (application/x-www-form-urlencoded).

/// The pairs, in their order in the text.
#[derive(Debug)]
pub(super) struct Pairs(Vec<(String, String)>);

/// Why a query or a form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    Encoding,
    /// More pairs than allowed.
    TooMany,
}

const MOST: usize = 32;

impl Pairs {
    /// Reads a query or a form. Text that cannot be decoded is refused, never replaced.
    pub(super) fn read(text: &[u8]) -> Result<Self, Fault> {
        let mut pairs = Vec::new();
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == MOST {
                return Err(Fault::TooMany);
            }
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at_checked(equals).unwrap_or((pair, b""));
            pairs.push((decoded(name)?, decoded(value.strip_prefix(b"=").unwrap_or(value))?));
        }
        Ok(Self(pairs))
    }

    /// Returns the value of a name, if there is one.
    ///
    /// # Errors
    /// The name occurs more than once.
    pub(super) fn only(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() { Err(Repeated) } else { Ok(first) }
    }

    /// Returns the first name that is not known.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !known.contains(name))
    }
}

/// A name occurs more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repeated;

/// Decodes one name or value.
pub(super) fn decoded(text: &[u8]) -> Result<String, Fault> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(*bytes.next()?).to_digit(16);
                let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                value.and_then(|value| u8::try_from(value).ok()).ok_or(Fault::Encoding)?
            }
            plain => *plain,
        });
    }
    String::from_utf8(decoded).map_err(|_| Fault::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_or_refused() {
        let pairs = Pairs::read(b"token=a+b%20c&empty=&bare&&token2=%E2%82%AC").unwrap();
        assert_eq!(pairs.only("token"), Ok(Some("a b c")));
        assert_eq!((pairs.only("empty"), pairs.only("bare")), (Ok(Some("")), Ok(Some(""))));
        assert_eq!((pairs.only("token2"), pairs.only("none")), (Ok(Some("€")), Ok(None)));
        assert_eq!(pairs.unknown(&["token", "empty", "bare"]), Some("token2"));
        for bad in ["a=%", "a=%4", "a=%zz", "%ff=a", "a=%C3"] {
            assert_eq!(Pairs::read(bad.as_bytes()).unwrap_err(), Fault::Encoding, "{bad}");
        }
        assert_eq!(Pairs::read(b"a=\xff").unwrap_err(), Fault::Encoding);
    }

    #[test]
    fn repeated_names_and_too_many_pairs_are_refused() {
        assert_eq!(Pairs::read(b"a=1&a=1").unwrap().only("a"), Err(Repeated));
        assert_eq!(Pairs::read(b"a=1&%61=2").unwrap().only("a"), Err(Repeated));
        assert_eq!(Pairs::read("a&".repeat(33).as_bytes()).unwrap_err(), Fault::TooMany);
    }
}
