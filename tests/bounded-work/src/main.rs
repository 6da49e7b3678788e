//! The work of one verification, in instructions that valgrind counts: bounded by the length of what comes in, whatever it
//! is. Started by `cargo checks bounded-work`; without valgrind it counts allocations alone.

mod hostile;
mod names;

use allocation_counter::measure;
use glowband_core::{
    Algorithm, Claims, Frame, Header, Jwk, KeyEntry, Limits, LineFramer, MEMBERS_WITHOUT_SLOTS, NameSlot, Policy,
    Refusal, SignatureCheck, SignatureMismatch, UnixSeconds, Verifier,
};
use glowband_test_valgrind as valgrind;
use hostile::{DOCUMENTS, Family, TOKENS, token};
use std::ffi::CString;
use std::hint::black_box;
use std::process::ExitCode;

/// The lengths that are tried; 64 KiB is more than the core reads as JSON.
const LENGTHS: [usize; 4] = [400, 4_000, 16_000, 65_500];

/// Finds every signature genuine, so that the work behind it is done.
struct AcceptsAll;

impl SignatureCheck for AcceptsAll {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, _: &[u8], _: &[u8]) -> Result<(), SignatureMismatch> {
        Ok(())
    }
}

fn main() -> ExitCode {
    let mut counter = Counter { allocated: Vec::new() };
    for length in LENGTHS {
        TOKENS.iter().for_each(|family| counter.token(family.name, &(family.input)(length)));
        DOCUMENTS.iter().for_each(|family| counter.document(family, length));
        counter.lines(length);
        counter.many_keys(length);
        counter.names(length);
    }
    if counter.allocated.is_empty() {
        return ExitCode::SUCCESS;
    }
    for name in counter.allocated {
        eprintln!("allocates: {name}");
    }
    ExitCode::FAILURE
}

struct Counter {
    allocated: Vec<String>,
}

impl Counter {
    /// Counts the work under this name, which ends with the number of bytes that it is about.
    fn count<T>(&mut self, name: &str, bytes: usize, work: impl FnOnce() -> T) {
        let name = CString::new(format!("{name}: {bytes}")).expect("no zero in it");
        let mut work = Some(work);
        let counted = measure(|| {
            let work = work.take().expect("it runs once");
            valgrind::count_from_zero();
            let result = black_box(work());
            valgrind::write_count(&name);
            drop(result);
        });
        if counted.count_total > 0 {
            self.allocated.push(name.to_string_lossy().into_owned());
        }
    }

    fn token(&mut self, name: &str, token: &[u8]) {
        let limits = Limits::DEFAULT.token_bytes(1 << 20);
        let policy = Policy::danger_any_issuer().audience("y").limits(limits);
        let verifier = Verifier::new(&AcceptsAll, &policy);
        let mut scratch = vec![0; token.len()];
        self.count(name, token.len(), || verifier.verify(token, UnixSeconds(1), &mut scratch).map(drop));
        let mut own = token.to_vec();
        self.count(&format!("{name}, in place"), token.len(), || {
            verifier.verify_in_place(&mut own, UnixSeconds(1)).map(drop)
        });
    }

    fn document(&mut self, family: &Family, length: usize) {
        // In a token, JSON takes four thirds of its length.
        let document = (family.input)(length * 3 / 4 - 100);
        self.token(&format!("{} in the payload", family.name), &token(r#"{"alg":"HS256"}"#, &document));
        self.header(family.name, &document);
        let read = || Claims::read(&document, &Limits::DEFAULT).map(drop);
        self.count(&format!("{} as claims", family.name), document.len(), read);
        let key = || Jwk::parse(&document).and_then(|jwk| jwk.key()).map(drop);
        self.count(&format!("{} as a key", family.name), document.len(), key);
        self.typed(family.name, &document);
    }

    fn header(&mut self, name: &str, document: &[u8]) {
        let read = || Header::read(document, &Limits::DEFAULT).map(drop);
        self.count(&format!("{name} as a header"), document.len(), read);
    }

    /// A struct of the caller's, and one claim by its name: each walks the claims once more.
    fn typed(&mut self, name: &str, document: &[u8]) {
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only the work is of interest")]
        struct Typed<'t> {
            iss: Option<&'t str>,
            door: Option<u32>,
        }
        let policy = Policy::danger_any_issuer_any_audience()
            .allow_missing_expiry()
            .leeway(u64::MAX)
            .limits(Limits::DEFAULT.token_bytes(1 << 20));
        let token = token(r#"{"alg":"HS256"}"#, document);
        let mut scratch = vec![0; token.len()];
        let Ok(verified) = Verifier::new(&AcceptsAll, &policy).verify(&token, UnixSeconds(1), &mut scratch) else {
            return;
        };
        self.count(&format!("{name} into a struct"), document.len(), || verified.claims::<Typed<'_>>().map(drop));
        self.count(&format!("{name}, a claim by its name"), document.len(), || {
            verified.claim("no such claim").is_some()
        });
    }

    /// Names that have to be compared, in the core's own slots and in lent ones.
    fn names(&mut self, length: usize) {
        let limits = Limits::DEFAULT.member_count(u16::MAX);
        let mut cases = names::all(length, &[32, 128, 512, 2048, 4096]);
        cases.push(names::short(length, 4096));
        for names::Case { name, document, members } in cases {
            if members <= MEMBERS_WITHOUT_SLOTS {
                let read = || {
                    let read = Claims::read(&document, &limits).map(drop);
                    assert_eq!(read, Ok(()));
                };
                self.count(&name, document.len(), read);
                self.header(&name, &document);
            }
            let mut slots = vec![NameSlot::default(); members];
            self.count(&format!("{name}, lent slots"), document.len(), || {
                let read = Claims::read_with_slots(&document, &limits, &mut slots).map(drop);
                assert_eq!(read, Ok(()));
            });
        }
    }

    fn lines(&mut self, length: usize) {
        for (name, bytes) in
            [("lines of one byte", b"a\n".repeat(length / 2)), ("a line without end", vec![b'a'; length])]
        {
            let mut buffer = [0; 512];
            let mut framer = LineFramer::new(&mut buffer);
            self.count(name, length, || {
                let mut rest = bytes.as_slice();
                let mut heard = 0_u32;
                loop {
                    let (frame, unread) = framer.feed(rest);
                    if matches!(frame, Frame::Idle) {
                        return heard;
                    }
                    (heard, rest) = (heard + 1, unread);
                }
            });
        }
    }

    /// A `kid` of escapes that fits none of a thousand keys until its last byte.
    fn many_keys(&mut self, length: usize) {
        let kid = "\\u0061".repeat(64);
        let names: Vec<Vec<u8>> =
            (0..1000_u16).map(|index| [vec![b'a'; 62], index.to_be_bytes().to_vec()].concat()).collect();
        let entries: Vec<KeyEntry<'_>> =
            names.iter().map(|kid| KeyEntry { kid: Some(kid), key: &AcceptsAll }).collect();
        let header = format!("{{\"alg\":\"HS256\",\"kid\":\"{kid}\"}}");
        let token = token(&header, &hostile::around("{\"a\":\"", "b", "\"}", length / 2));
        let policy = Policy::danger_any_issuer_any_audience().limits(Limits::DEFAULT.token_bytes(1 << 20));
        let mut scratch = vec![0; token.len()];
        // As if each key were a part of the input.
        let bytes = token.len() + names.iter().map(Vec::len).sum::<usize>();
        self.count("a thousand keys", bytes, || {
            let verdict =
                Verifier::new(entries.as_slice(), &policy).verify(&token, UnixSeconds(1), &mut scratch).map(drop);
            assert_eq!(verdict, Err(Refusal::KeyNotFound));
        });
    }
}
