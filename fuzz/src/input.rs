//! Values from the bytes of the engine; zeros where they end.

pub struct Input<'b>(pub &'b [u8]);

impl Input<'_> {
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
}
