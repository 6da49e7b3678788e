//! What the reader sees: headers, one line per check, colour only on a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

#[derive(Clone, Copy)]
pub(crate) struct Console {
    colour: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Green,
    Red,
    Yellow,
    Bold,
}

impl Console {
    /// Colours when standard output is a terminal and `NO_COLOR` is not set.
    pub(crate) fn detect() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: !refused && std::io::stdout().is_terminal() }
    }

    pub(crate) fn header(self, group: &str, proves: &str) {
        println!();
        println!("{}: {proves}", self.paint(Colour::Bold, group));
    }

    /// The name of a check that starts now; [`Console::outcome`] ends the line.
    pub(crate) fn start(self, name: &str) {
        print!("  {name} ... ");
        let _ = std::io::stdout().flush();
    }

    pub(crate) fn outcome(self, colour: Colour, word: &str, note: &str, took: Option<Duration>) {
        let word = self.paint(colour, word);
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        let time = took.map(|took| format!(" ({:.1} s)", took.as_secs_f64())).unwrap_or_default();
        println!("{word}{note}{time}");
    }

    /// A sentence about how the group goes about it.
    pub(crate) fn remark(self, text: &str) {
        println!("  {text}");
    }

    /// The complete output of what failed, set apart.
    pub(crate) fn details(self, text: &str) {
        for line in text.trim_end().lines() {
            println!("    {line}");
        }
    }

    fn paint(self, colour: Colour, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match colour {
            Colour::Green => 32,
            Colour::Red => 31,
            Colour::Yellow => 33,
            Colour::Bold => 1,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paint_leaves_text_alone_when_colour_is_off() {
        assert_eq!(Console { colour: false }.paint(Colour::Red, "no"), "no");
        assert_eq!(Console { colour: true }.paint(Colour::Red, "no"), "\x1b[31mno\x1b[0m");
    }
}
