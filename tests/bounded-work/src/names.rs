//! Objects whose names are made to cost much when they are told apart: every combination of what such names can be like.

use glowband_tests::equal_tags;

/// An object of names, and how it came about.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) document: Vec<u8>,
    pub(crate) members: usize,
}

/// How the common beginning of the names is written: eight bytes, in one spelling or in two by turns.
struct Front {
    name: &'static str,
    meaning: &'static str,
    spellings: [&'static str; 2],
}

const FRONTS: [Front; 9] = [
    Front { name: "plain", meaning: "xxxxxxxx", spellings: ["xxxxxxxx", "xxxxxxxx"] },
    Front { name: "slashes", meaning: "////////", spellings: ["////////", "\\/\\/\\/\\/\\/\\/\\/\\/"] },
    Front { name: "escaped slashes", meaning: "////////", spellings: [r"\/\/\/\/\/\/\/\/", r"\/\/\/\/\/\/\/\/"] },
    Front { name: "every other slash escaped", meaning: "////////", spellings: [r"\//\//\//\//", r"/\//\//\//\/"] },
    Front {
        name: "newlines",
        meaning: "\n\n\n\n\n\n\n\n",
        spellings: [r"\n\n\n\n\n\n\n\n", r"\n\u000a\n\u000a\n\u000a\n\u000a"],
    },
    Front { name: "one escape", meaning: "xxxxxxxx", spellings: ["xxxxxxxx", r"x\u0078xxxxxx"] },
    Front {
        name: "escapes",
        meaning: "xxxxxxxx",
        spellings: [
            r"\u0078\u0078\u0078\u0078\u0078\u0078\u0078\u0078",
            r"\u0078\u0078\u0078\u0078\u0078\u0078\u0078\u0078",
        ],
    },
    Front { name: "beyond ASCII", meaning: "éééé", spellings: ["éééé", r"é\u00e9é\u00e9"] },
    Front { name: "pairs of surrogates", meaning: "😀😀", spellings: ["😀😀", r"\ud83d\ude00\ud83d\ude00"] },
];

/// All of them: nearly as long as asked.
pub(crate) fn all(length: usize, counts: &[usize]) -> Vec<Case> {
    let mut cases = Vec::new();
    for count in counts.iter().copied().filter(|count| length / count >= 24) {
        for front in &FRONTS {
            let written = front.spellings.iter().map(|spelling| spelling.len()).max().unwrap_or(8);
            let repeat = (length / count - 16) / written;
            let meaning: [u8; 8] = front.meaning.as_bytes().try_into().expect("eight bytes");
            let mut tails: Vec<String> = equal_tags::names(meaning, repeat, count);
            tails.iter_mut().for_each(|name| drop(name.drain(..8 * repeat)));
            for order in ["ascending", "descending", "mixed"] {
                tails.sort_unstable();
                match order {
                    "descending" => tails.reverse(),
                    "mixed" => tails.sort_by_key(|tail| tail.bytes().rev().collect::<Vec<_>>()),
                    _ => {}
                }
                let names = tails
                    .iter()
                    .enumerate()
                    .map(|(index, tail)| format!("\"{}{tail}\":0", front.spellings[index % 2].repeat(repeat)));
                cases.push(Case {
                    name: format!("{count} names with equal tags, {}, {order}", front.name),
                    document: object(names),
                    members: count,
                });
            }
        }
    }
    cases
}

/// As many of the shortest names as fit, and no more than this.
pub(crate) fn short(length: usize, most: usize) -> Case {
    let count = most.min(length / 8);
    let alphabet: Vec<char> = ('!'..='~').filter(|letter| !matches!(letter, '"' | '\\')).collect();
    // Not in the order of anything.
    let number = |index: usize| index * 7919 % (alphabet.len() * alphabet.len());
    let names = (0..count).map(|index| {
        let number = number(index);
        format!("\"{}{}\":0", alphabet[number / alphabet.len()], alphabet[number % alphabet.len()])
    });
    Case { name: format!("{count} names of two letters"), document: object(names), members: count }
}

fn object(members: impl Iterator<Item = String>) -> Vec<u8> {
    format!("{{{}}}", members.collect::<Vec<_>>().join(",")).into_bytes()
}
