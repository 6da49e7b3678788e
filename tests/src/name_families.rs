//! Documents whose member names resemble each other, as those of real tokens do: numbered, dated, paths, identifiers.
//!
//! Bytes choose everything, so that a fuzzing engine and a property test make them alike. Whether a name stands twice is
//! known by construction.

use crate::equal_tags;
use std::collections::HashSet;
use std::fmt::Write as _;

/// One object, and what is true of it.
#[derive(Debug)]
pub struct Document {
    /// The JSON text.
    pub text: String,
    /// The members in all objects together.
    pub members: usize,
    /// The most members of objects that are open at once.
    pub open: usize,
    /// Whether one object has a name twice.
    pub twice: bool,
    /// The names of the outermost object, unescaped.
    pub outermost: Vec<String>,
}

/// Makes a document with objects of up to `most` members each.
pub fn document(bytes: &[u8], most: usize) -> Document {
    let mut choice = Choice { bytes, state: 0x2545_f491_4f6c_dd1d };
    let family = family(&mut choice, most);
    let mut writer = Writer { text: String::new(), members: 0, open: 0, most_open: 0 };
    let depth = choice.below(4);
    // In which object the name stands twice; beyond the last one: in none.
    let twice_at = choice.below(2 * (depth + 1));
    let mut outermost = Vec::new();
    for level in 0..=depth {
        let mut names = family.clone();
        if level > 0 {
            names.truncate(choice.below(family.len()) + 1);
        }
        match choice.below(3) {
            0 => {}
            1 => names.reverse(),
            _ => names.sort_by_key(|name| {
                name.bytes().fold(level, |sum, byte| (sum ^ usize::from(byte)).wrapping_mul(0x0100_0193))
            }),
        }
        if level == twice_at {
            let again = names[choice.below(names.len())].clone();
            names.insert(choice.below(names.len() + 1), again);
        }
        if level == 0 {
            outermost.clone_from(&names);
        }
        writer.object(&names, &mut choice, level < depth);
    }
    for _ in 0..depth {
        writer.text.push_str("]}");
    }
    let Writer { text, members, most_open, .. } = writer;
    Document { text, members, open: most_open, twice: twice_at <= depth, outermost }
}

struct Writer {
    text: String,
    members: usize,
    open: usize,
    most_open: usize,
}

impl Writer {
    /// Writes an object; one that is not the innermost is left open at its last member, inside an array.
    fn object(&mut self, names: &[String], choice: &mut Choice<'_>, goes_on: bool) {
        let spelling = choice.below(4);
        self.text.push('{');
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.text.push('"');
            name.chars().for_each(|character| spell(&mut self.text, character, spelling, choice));
            self.text.push_str("\":");
            self.members += 1;
            self.open += 1;
            self.most_open = self.most_open.max(self.open);
            if index + 1 < names.len() || !goes_on {
                self.value(choice);
            }
        }
        if goes_on {
            // A smaller object comes and goes before the next one opens.
            self.text.push_str("[{\"group-1\":0,\"group-2\":[]},");
            self.members += 2;
            self.most_open = self.most_open.max(self.open + 2);
        } else {
            self.text.push('}');
        }
    }

    fn value(&mut self, choice: &mut Choice<'_>) {
        match choice.below(6) {
            0 => {
                self.text.push_str("{\"group-1\":\"}\"}");
                self.members += 1;
                self.most_open = self.most_open.max(self.open + 1);
            }
            1 => self.text.push_str("[\"a\", {}]"),
            2 => self.text.push_str("\"\\\"group-1\\\":0\""),
            _ => self.text.push('0'),
        }
    }
}

/// Writes a character as it is, or as an escape.
fn spell(text: &mut String, character: char, spelling: usize, choice: &mut Choice<'_>) {
    let escaped = match spelling {
        0 | 1 => false,
        2 => choice.below(8) == 0,
        _ => choice.below(2) == 0,
    };
    match character {
        '"' | '\\' => text.extend(['\\', character]),
        '/' if escaped => text.push_str("\\/"),
        _ if escaped => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let written =
                    if choice.below(2) == 0 { write!(text, "\\u{unit:04x}") } else { write!(text, "\\u{unit:04X}") };
                written.expect("a string takes everything");
            }
        }
        _ => text.push(character),
    }
}

const FRONTS: [&str; 12] = [
    "",
    "g",
    "group-",
    "app-",
    "address",
    "role_",
    "tenant/",
    "https://id.example/claims/",
    "urn:example:",
    "é",
    "漢字-",
    "a-common-beginning-of-fifty-six-bytes-that-all-share---",
];
const BACKS: [&str; 8] = ["", "-id", "/read:all", ".json", "_verified", "😀", "\"", "-and-a-common-end-of-thirty-two-"];
const LANGUAGES: [&str; 20] = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv",
    "zh",
];

/// One to `most` different names of one kind.
fn family(choice: &mut Choice<'_>, most: usize) -> Vec<String> {
    let kind = choice.below(11);
    let count = 1 + choice.below(most);
    let start = [0, 1, 7, 95, 990, 9_999, 123_456, 20_240_101][choice.below(8)];
    let front = FRONTS[choice.below(FRONTS.len())];
    let back = BACKS[choice.below(BACKS.len())];
    let width = choice.below(9);
    let place = choice.below(64);
    let mut name = |index: usize| match kind {
        0 => format!("{front}{}{back}", start + index),
        1 => format!("{front}{:0width$}{back}", start + index),
        2 => format!("{front}{:0width$x}{back}", (start + index) * 0x9e37),
        3 => format!("{front}20{:02}-{:02}-{:02}{back}", index / 372 % 100, index / 31 % 12 + 1, index % 31 + 1),
        4 => {
            let (high, low) = (choice.random(), choice.random());
            format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                high >> 32,
                high & 0xffff,
                high >> 16 & 0xfff,
                low >> 52,
                low & 0xffff_ffff_ffff
            )
        }
        5 => format!("{front}{}/{}/{}{back}", index / 64, index / 8 % 8, index % 8),
        6 => format!("{front}{}-{}{back}", LANGUAGES[index % 20], LANGUAGES[index / 20 % 20].to_uppercase()),
        // They differ at one place alone.
        7 => {
            let mut name = "x".repeat(64);
            let character = u32::try_from(index).ok().and_then(|index| char::from_u32(0xa1 + index)).unwrap_or('?');
            name.replace_range(place..place + 1, character.encode_utf8(&mut [0; 4]));
            name
        }
        // Each begins with the one before.
        8 => format!("{front}{}", "a".repeat(index % 400)),
        9 => (0..1 + width).map(|at| ['a', 'b', 'c', 'd'][index >> (2 * at) & 3]).collect(),
        _ => String::new(),
    };
    let names: Vec<String> = if kind == 10 {
        equal_tags::names(*b"claims/x", width / 3, count.min(300))
    } else {
        (0..count).map(&mut name).collect()
    };
    let mut known = HashSet::new();
    names.into_iter().filter(|name| known.insert(name.clone())).collect()
}

/// Numbers from bytes; where those end, from a generator.
struct Choice<'b> {
    bytes: &'b [u8],
    state: u64,
}

impl Choice<'_> {
    /// A number below `count`, which is not zero.
    fn below(&mut self, count: usize) -> usize {
        let number = match self.bytes {
            [high, low, rest @ ..] if count > 256 => {
                self.bytes = rest;
                usize::from(u16::from_be_bytes([*high, *low]))
            }
            [byte, rest @ ..] => {
                self.bytes = rest;
                self.state ^= u64::from(*byte) << 32;
                usize::from(*byte)
            }
            [] => (self.random() >> 40) as usize,
        };
        number % count
    }

    /// Any number (xorshift64*).
    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}
