//! Values from the bytes of the engine; zeros where they end.

pub struct Input<'b>(pub &'b [u8]);

impl<'b> Input<'b> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn take<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut taken = [0; COUNT];
        let length = COUNT.min(self.0.len());
        let (head, rest) = self.0.split_at(length);
        taken[..length].copy_from_slice(head);
        self.0 = rest;
        taken
    }

    pub fn byte(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    /// One of these, by the next byte.
    pub fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// An index below `count`, which is not zero.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(u16::from_be_bytes(self.take())) % count
    }

    /// The bytes before the next byte of this kind; all the bytes left if no such byte follows.
    pub fn until(&mut self, end: u8) -> &'b [u8] {
        let at = self.0.iter().position(|byte| *byte == end);
        let (taken, rest) = self.0.split_at(at.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        taken
    }

    pub fn rest(self) -> &'b [u8] {
        self.0
    }
}
