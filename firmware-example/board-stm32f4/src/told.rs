//! A verifier whose keys and policy are told line by line: how vectors are tried on the chip.

use glowband_core::{
    Algorithm, Jwk, Key, KeyEntry, KeySource, Limits, Policy, Refusal, SignatureCheck, SignatureMismatch,
    SignatureVerifier, UnixSeconds, Verifier,
};
#[cfg(feature = "es256")]
use glowband_core::{PreparedEs256Key, PreparedTable, TableEntry, TableShape};
use heapless::{String, Vec};

/// Keys that a case may have; a vector with more is not for this chip.
pub const KEYS: usize = 96;
/// Prepared keys among them.
pub const PREPARED: usize = 6;
/// The longest token.
pub const TOKEN: usize = 16_900;

const MEMORY: usize = TOKEN / 4 * 3;
const TEXT: usize = 64;
#[cfg(feature = "es256")]
const SHAPE: TableShape = TableShape::Comb2;

/// What an order is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    Silence,
    /// A refusal's number; 0 if there was no refusal, 255 for an order that is not understood.
    Number(u8),
}

/// Everything that was told since the last `C`.
pub struct Case {
    keys: Vec<Named, KEYS>,
    #[cfg(feature = "es256")]
    tables: [[TableEntry; SHAPE.entries()]; PREPARED],
    #[cfg(feature = "es256")]
    generator: [TableEntry; SHAPE.entries()],
    prepared: usize,
    issuers: Option<Vec<String<TEXT>, 4>>,
    audiences: Option<Vec<String<TEXT>, 4>>,
    subject: Option<String<TEXT>>,
    token_type: Option<String<TEXT>>,
    leeway: u64,
    maximum_age: Option<u64>,
    missing_expiry: bool,
    token_id: bool,
    now: Option<u64>,
    scratch: usize,
    limits: Limits,
    token: [u8; TOKEN],
    /// How much of the token was told ahead of its last part.
    begun: usize,
    memory: [u8; MEMORY],
}

struct Named {
    kid: Option<Vec<u8, TEXT>>,
    key: Told,
}

enum Told {
    Secret(Key),
    /// The place of its table.
    #[cfg(feature = "es256")]
    Point(usize),
}

impl Case {
    /// Nothing was told yet.
    #[expect(clippy::new_without_default, reason = "too large to be made anywhere but in a static")]
    pub const fn new() -> Self {
        Self {
            keys: Vec::new(),
            #[cfg(feature = "es256")]
            tables: [[[0; 64]; SHAPE.entries()]; PREPARED],
            #[cfg(feature = "es256")]
            generator: [[0; 64]; SHAPE.entries()],
            prepared: 0,
            issuers: None,
            audiences: None,
            subject: None,
            token_type: None,
            leeway: 0,
            maximum_age: None,
            missing_expiry: false,
            token_id: false,
            now: None,
            scratch: MEMORY,
            limits: Limits::DEFAULT,
            token: [0; TOKEN],
            begun: 0,
            memory: [0; MEMORY],
        }
    }

    /// Takes an order.
    pub fn obey(&mut self, line: &[u8]) -> Word {
        self.order(line).unwrap_or(Word::Number(255))
    }

    fn order(&mut self, line: &[u8]) -> Option<Word> {
        let (letter, word) = line.split_first()?;
        match letter {
            b'C' => {
                self.keys.clear();
                self.prepared = 0;
                self.forget();
            }
            // Everything but the keys.
            b'c' => self.forget(),
            b'P' | b'p' => {
                let begun = core::mem::take(&mut self.begun);
                self.begun = begun + take(*letter, word, self.token.get_mut(begun..)?)?;
            }
            b'Q' => self.repeat(word)?,
            b'K' | b'k' => {
                let length = take(*letter, word, &mut self.token)?;
                return Some(self.add(length).err().map_or(Word::Number(0), |refusal| Word::Number(refusal.code())));
            }
            b'i' => drop(self.issuers.get_or_insert_default()),
            b'I' => self.issuers.get_or_insert_default().push(text(word)?).ok()?,
            b'a' => drop(self.audiences.get_or_insert_default()),
            b'A' => self.audiences.get_or_insert_default().push(text(word)?).ok()?,
            b'U' => self.subject = Some(text(word)?),
            b'Y' => self.token_type = Some(text(word)?),
            b'L' => self.leeway = number(word)?,
            b'M' => self.maximum_age = Some(number(word)?),
            b'E' => self.missing_expiry = true,
            b'J' => self.token_id = true,
            b'N' => self.now = Some(number(word)?),
            b'Z' => self.scratch = usize::try_from(number(word)?).ok()?,
            b'B' => self.limits = self.limits.token_bytes(usize::try_from(number(word)?).ok()?),
            b'D' => self.limits = self.limits.nesting_depth(u8::try_from(number(word)?).ok()?),
            b'R' => self.limits = self.limits.member_count(u16::try_from(number(word)?).ok()?),
            b'W' => self.limits = self.limits.keys_tried(u8::try_from(number(word)?).ok()?),
            b'T' | b'S' | b't' | b's' => {
                let begun = core::mem::take(&mut self.begun);
                let length = begun + take(*letter, word, self.token.get_mut(begun..)?)?;
                let verdict = self.verdict(length, letter.eq_ignore_ascii_case(&b'T'));
                return Some(Word::Number(verdict.err().map_or(0, Refusal::code)));
            }
            _ => return None,
        }
        Some(Word::Silence)
    }

    /// `COUNT LENGTH`: so often again, what was told last.
    fn repeat(&mut self, word: &[u8]) -> Option<()> {
        let at = word.iter().position(|byte| *byte == b' ')?;
        let (count, length) = (number(word.get(..at)?)?, number(word.get(at + 1..)?)?);
        let length = usize::try_from(length).ok()?;
        for _ in 0..count {
            let from = self.begun.checked_sub(length)?;
            let (told, ahead) = self.token.split_at_mut_checked(self.begun)?;
            ahead.get_mut(..length)?.copy_from_slice(told.get(from..)?);
            self.begun += length;
        }
        Some(())
    }

    fn forget(&mut self) {
        self.issuers = None;
        self.audiences = None;
        self.subject = None;
        self.token_type = None;
        self.leeway = 0;
        self.maximum_age = None;
        self.missing_expiry = false;
        self.token_id = false;
        self.now = None;
        self.scratch = MEMORY;
        self.limits = Limits::DEFAULT;
    }

    fn add(&mut self, length: usize) -> Result<(), Refusal> {
        let jwk = Jwk::parse(self.token.get(..length).unwrap_or_default())?;
        let mut kid = None;
        if let Some(name) = jwk.key_id() {
            let own = kid.insert(Vec::new());
            for byte in name.bytes() {
                own.push(byte).map_err(|_| Refusal::KeyIdTooLong)?;
            }
        }
        #[cfg(feature = "es256")]
        if jwk.key_type() == *"EC" && jwk.curve().is_some_and(|curve| curve == *"P-256") {
            jwk.permit(Algorithm::Es256)?;
            let point = jwk.p256_point()?;
            let table = self.tables.get_mut(self.prepared).ok_or(Refusal::KeyRingFull)?;
            PreparedTable::build(SHAPE, &point, table).map_err(|_| Refusal::PointInvalid)?;
            PreparedTable::generator(SHAPE, &mut self.generator).map_err(|_| Refusal::PointInvalid)?;
            let named = Named { kid, key: Told::Point(self.prepared) };
            self.prepared += 1;
            return self.keys.push(named).map_err(|_| Refusal::KeyRingFull);
        }
        let named = Named { kid, key: Told::Secret(jwk.key()?) };
        self.keys.push(named).map_err(|_| Refusal::KeyRingFull)
    }

    fn verdict(&mut self, length: usize, claims: bool) -> Result<(), Refusal> {
        let keys: Vec<Entry<'_>, KEYS> = self
            .keys
            .iter()
            .map(|named| Entry {
                named,
                #[cfg(feature = "es256")]
                tables: &self.tables,
                #[cfg(feature = "es256")]
                generator: &self.generator,
            })
            .collect();
        let keys = Entries(&keys);
        let token = self.token.get(..length).unwrap_or_default();
        let memory = self.memory.get_mut(..self.scratch).ok_or(Refusal::ScratchTooSmall)?;
        if !claims {
            return SignatureVerifier::new(&keys).limits(self.limits).verify(token, memory).map(drop);
        }
        let issuers: Vec<&str, 4> = self.issuers.iter().flatten().map(String::as_str).collect();
        let audiences: Vec<&str, 4> = self.audiences.iter().flatten().map(String::as_str).collect();
        let policy = if self.issuers.is_some() { Policy::any_issuer_of(&issuers) } else { Policy::danger_any_issuer() };
        let policy =
            if self.audiences.is_some() { policy.any_audience_of(&audiences) } else { policy.danger_any_audience() };
        let mut policy = policy.leeway(self.leeway).limits(self.limits);
        if let Some(subject) = &self.subject {
            policy = policy.subject(subject);
        }
        if let Some(token_type) = &self.token_type {
            policy = policy.token_type(token_type);
        }
        if let Some(age) = self.maximum_age {
            policy = policy.maximum_age(age);
        }
        if self.missing_expiry {
            policy = policy.allow_missing_expiry();
        }
        if self.token_id {
            policy = policy.require_token_id();
        }
        Verifier::new(&keys, &policy).verify(token, self.now.map(UnixSeconds), memory).map(drop)
    }
}

/// A key with the tables that it may need.
struct Entry<'c> {
    named: &'c Named,
    #[cfg(feature = "es256")]
    tables: &'c [[TableEntry; SHAPE.entries()]; PREPARED],
    #[cfg(feature = "es256")]
    generator: &'c [TableEntry; SHAPE.entries()],
}

struct Entries<'c>(&'c [Entry<'c>]);

impl KeySource for Entries<'_> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        let entry = self.0.get(index)?;
        Some(KeyEntry { kid: entry.named.kid.as_deref(), key: entry })
    }
}

impl SignatureCheck for Entry<'_> {
    fn algorithm(&self) -> Algorithm {
        match &self.named.key {
            Told::Secret(key) => key.algorithm(),
            #[cfg(feature = "es256")]
            Told::Point(_) => Algorithm::Es256,
        }
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        match &self.named.key {
            Told::Secret(key) => key.check(signing_input, signature),
            #[cfg(feature = "es256")]
            Told::Point(at) => {
                let table = self.tables.get(*at).ok_or(SignatureMismatch)?;
                let table = PreparedTable::trusted(SHAPE, table).map_err(|_| SignatureMismatch)?;
                let generator = PreparedTable::trusted(SHAPE, self.generator).map_err(|_| SignatureMismatch)?;
                let key = PreparedEs256Key::new(table, generator).map_err(|_| SignatureMismatch)?;
                key.check(signing_input, signature)
            }
        }
    }
}

fn number(word: &[u8]) -> Option<u64> {
    core::str::from_utf8(word).ok()?.parse().ok()
}

fn text(word: &[u8]) -> Option<String<TEXT>> {
    let mut bytes = [0; TEXT];
    let length = hex(word, &mut bytes)?;
    String::try_from(core::str::from_utf8(bytes.get(..length)?).ok()?).ok()
}

/// A capital letter stands before the bytes themselves, a small one before hexadecimal digits.
fn take(letter: u8, word: &[u8], bytes: &mut [u8]) -> Option<usize> {
    if letter.is_ascii_lowercase() {
        return hex(word, bytes);
    }
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    Some(word.len())
}

/// Bytes of hexadecimal digits, and how many they are.
fn hex(word: &[u8], bytes: &mut [u8]) -> Option<usize> {
    let (pairs, rest) = word.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    for (at, [high, low]) in pairs.iter().enumerate() {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *bytes.get_mut(at)? = digit(high)? << 4 | digit(low)?;
    }
    Some(pairs.len())
}
