//! Writes a JSON object member by member. Names and strings are escaped (RFC 8259 §7).

/// A JSON object that is being written.
pub(crate) struct JsonObject {
    text: Vec<u8>,
}

impl JsonObject {
    pub(crate) fn new() -> Self {
        Self { text: b"{".to_vec() }
    }

    pub(crate) fn string(&mut self, name: &str, value: &str) {
        self.name(name);
        self.push_string(value);
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) {
        self.raw(name, value.to_string().as_bytes());
    }

    pub(crate) fn boolean(&mut self, name: &str, value: bool) {
        self.raw(name, if value { b"true" } else { b"false" });
    }

    /// Writes one string, or an array if there are several.
    pub(crate) fn one_or_many(&mut self, name: &str, values: &[&str]) {
        if let [one] = values {
            return self.string(name, one);
        }
        self.name(name);
        self.text.push(b'[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push(b',');
            }
            self.push_string(value);
        }
        self.text.push(b']');
    }

    /// Writes a value that is already JSON.
    pub(crate) fn raw(&mut self, name: &str, json: &[u8]) {
        self.name(name);
        self.text.extend_from_slice(json);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.text.push(b'}');
        self.text
    }

    fn name(&mut self, name: &str) {
        if self.text.len() > 1 {
            self.text.push(b',');
        }
        self.push_string(name);
        self.text.push(b':');
    }

    fn push_string(&mut self, text: &str) {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.text, text);
    }
}
