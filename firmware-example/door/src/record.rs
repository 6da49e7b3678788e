//! Records in the store: fields one after the other, each of known length or with its length in front.

/// Writes fields into a caller's buffer.
pub(crate) struct Writer<'b> {
    buffer: &'b mut [u8],
    length: usize,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, length: 0 }
    }

    /// `None` if the buffer is full.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.length.checked_add(bytes.len())?;
        self.buffer.get_mut(self.length..end)?.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }

    pub(crate) fn byte(&mut self, byte: u8) -> Option<()> {
        self.raw(&[byte])
    }

    pub(crate) fn number(&mut self, number: u32) -> Option<()> {
        self.raw(&number.to_le_bytes())
    }

    /// At most 255 bytes.
    pub(crate) fn field(&mut self, bytes: &[u8]) -> Option<()> {
        self.byte(u8::try_from(bytes.len()).ok()?)?;
        self.raw(bytes)
    }

    pub(crate) fn finish(self) -> Option<&'b [u8]> {
        self.buffer.get(..self.length)
    }
}

/// Reads them again.
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(record: &'b [u8]) -> Self {
        Self { rest: record }
    }

    pub(crate) fn raw(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.raw(1)?.first().copied()
    }

    pub(crate) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.raw(4)?.try_into().ok()?))
    }

    pub(crate) fn field(&mut self) -> Option<&'b [u8]> {
        let length = self.byte()?;
        self.raw(usize::from(length))
    }

    pub(crate) fn text(&mut self) -> Option<&'b str> {
        core::str::from_utf8(self.field()?).ok()
    }

    /// Only a record that was read to its end is whole.
    pub(crate) fn ended(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}
