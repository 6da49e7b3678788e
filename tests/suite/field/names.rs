//! Claims with families of natural names, drawn at random: each gets the right verdict. Each document is tried as it is
//! and with one name twice, by the core within a chip's limits and by the host.

use glowband_core::{Hs256Key, Policy, Refusal, UnixSeconds, Verifier};
use glowband_tests::signing::hs256;
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};

const TOKENS: usize = 2_000;
const SECRET: &[u8] = b"an example secret of 32+ bytes..";

/// Numbers that look random and are the same in each run (Steele, Lea, Flood: SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }

    fn pick<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

const STEMS: &[&str] = &[
    "group-",
    "app-",
    "role_",
    "svc",
    "client/",
    "address",
    "tenant:",
    "urn:shop:",
    "https://shop.example/claims/",
    "a",
    "x-",
    "Abteilung ",
    "部門",
    "отдел-",
    "kund\u{e9}-",
    "user.attributes.",
    "feature_flag_",
    "realm-management-",
    "",
    "eu-central-1_",
    "\u{1f6aa}",
];
const ENDS: &[&str] = &["", "", "", "-role", "_v2", ".example.com", "/read", " (alt)", "é"];
const LANGUAGES: &[&str] = &[
    "af",
    "ar",
    "bg",
    "bn",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "de-AT",
    "de-CH",
    "de-DE",
    "el",
    "en",
    "en-AU",
    "en-GB",
    "en-US",
    "es",
    "es-419",
    "es-ES",
    "et",
    "eu",
    "fa",
    "fi",
    "fil",
    "fr",
    "fr-CA",
    "fr-CH",
    "fr-FR",
    "gl",
    "gu",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "is",
    "it",
    "ja",
    "kk",
    "ko",
    "lt",
    "lv",
    "mk",
    "mr",
    "ms",
    "nb",
    "nl",
    "nl-BE",
    "pl",
    "pt",
    "pt-BR",
    "pt-PT",
    "ro",
    "ru",
    "sk",
    "sl",
    "sq",
    "sr",
    "sr-Latn",
    "sv",
    "sw",
    "ta",
    "te",
    "th",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh",
    "zh-Hans",
    "zh-Hant",
    "zh-Hant-HK",
];

/// A family of as many names, all different.
fn family(random: &mut Random, count: usize) -> Vec<String> {
    let (stem, end) = (random.pick(STEMS), random.pick(ENDS));
    let (kind, first, step, width) = (random.below(9), random.below(2_000), 1 + random.below(3), random.below(6));
    let (high, salt) = (random.next(), random.next());
    (0..count)
        .map(|at| {
            let number = first + at * step;
            match kind {
                0 => format!("{stem}{number}{end}"),
                1 => format!("{stem}{number:0width$}{end}"),
                2 => format!("{stem}{number:x}{end}"),
                3 => {
                    format!("{stem}{:04}-{:02}-{:02}{end}", 1990 + number / 336, 1 + number / 28 % 12, 1 + number % 28)
                }
                // UUIDs that differ at their end, and such as differ everywhere.
                4 => format!("{:08x}-{:04x}-4a55-9c0d-{number:012x}", high >> 32, high & 0xffff),
                5 => {
                    let own = Random(salt ^ number as u64).next();
                    format!("{:08x}-{:04x}-4{:03x}-9c0d-{number:012x}", own >> 32, own & 0xffff, own >> 16 & 0xfff)
                }
                6 => format!("/{stem}{}/{}/{number}{end}", number % 7, number % 5),
                7 => {
                    let language = LANGUAGES[at % LANGUAGES.len()];
                    format!("name#{language}{}", if at < LANGUAGES.len() { String::new() } else { format!("-{at}") })
                }
                // One character that wanders through a long name.
                _ => {
                    let mut name: Vec<u8> = vec![b'a'; 8 + width * 8];
                    let (place, round) = (at % name.len(), name.len() * 20);
                    name[place] = b'b' + u8::try_from(at / name.len() % 20).expect("small");
                    format!("{}{}", String::from_utf8(name).expect("text"), "z".repeat(at / round))
                }
            }
        })
        .collect()
}

/// The names as members, some of them escaped; `twice` names one that comes once more at the end, escaped otherwise.
fn object(random: &mut Random, names: &[String], twice: Option<&String>) -> String {
    let mut members = Vec::new();
    for name in names {
        let quoted = serde_json::to_string(name).expect("text");
        let value = random.pick(&["1", "true", "null", "\"x\"", "[]", "{\"roles\":[\"user\"]}", "{}"]);
        members.push(format!("{}:{value}", if random.below(8) == 0 { escaped(name) } else { quoted }));
    }
    if let Some(name) = twice {
        members.push(format!("{}:0", escaped(name)));
    }
    format!("{{{}}}", members.join(","))
}

/// Every character as `\u`.
fn escaped(name: &str) -> String {
    let units: Vec<String> = name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.join(""))
}

fn token(claims: &str) -> String {
    let payload = format!("{{\"iss\":\"i\",\"aud\":\"a\",\"exp\":4000000000,\"c\":{claims}}}");
    hs256(SECRET, r#"{"alg":"HS256"}"#, payload)
}

#[test]
fn no_family_of_names_gets_a_wrong_verdict() {
    let mut random = Random(0x676c_6f77);
    let key = Hs256Key::new(SECRET).expect("a key");
    let policy = Policy::issuer("i").audience("a");
    let host =
        HostVerifier::new(KeyReader::new().secret(SECRET).expect("a key"), OwnedPolicy::issuer("i").audience("a"));
    let (mut wrong, mut good) = (Vec::new(), 0);
    for at in 0..TOKENS {
        let long = at % 10 == 0;
        // A chip reads 128 members; each name may bring one more with it, and five stand above them.
        let count = if long { 100 + random.below(450) } else { 2 + random.below(59) };
        let names = family(&mut random, count);
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "a family repeats a name: {names:?}");
        let twice = (at % 2 == 1).then(|| names[random.below(names.len())].clone());
        let claims = object(&mut random, &names, twice.as_ref());
        let token = token(&claims);
        let expected = if twice.is_some() { Err(Refusal::PayloadDuplicate) } else { Ok(()) };
        good += usize::from(expected.is_ok());
        let by_host = host.verify_at(token.as_bytes(), UnixSeconds(1)).map(drop);
        if by_host != expected {
            wrong.push(format!("host: {by_host:?} instead of {expected:?}: {claims}"));
        }
        if !long {
            let by_core =
                Verifier::new(&key, &policy).verify_in_place(&mut token.into_bytes(), UnixSeconds(1)).map(drop);
            if by_core != expected {
                wrong.push(format!("core: {by_core:?} instead of {expected:?}: {claims}"));
            }
        }
    }
    println!("counted: {TOKENS} tokens with families of names, {good} of them good");
    let first: Vec<&str> = wrong.iter().take(5).map(|line| line.get(..line.len().min(400)).unwrap_or(line)).collect();
    assert!(wrong.is_empty(), "{} of {TOKENS} got a wrong verdict, such as\n{}", wrong.len(), first.join("\n"));
}
