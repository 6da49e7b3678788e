//! One-time tokens, presented again.

use crate::book::{Book, HS};
use glowband_tests::claims_text::{AUDIENCE, ClaimsText, ISSUER, NOW};
use glowband_tests::trial::WINDOW;
use glowband_tests::vector::{Case, OneOrMany, Policy, Redemption};

/// A step: the raw `jti`, `exp`, when it is presented, and the verdict.
type Step<'s> = (&'s str, u64, Option<u64>, &'s str);

pub(crate) fn write(book: &mut Book) {
    book.threat("replay");
    let (later, end) = (NOW + 10, NOW + 300);
    let now = Some(NOW);
    sequence(book, "first-time", 0, &[("\"a\"", end, now, "accepted")]);
    sequence(book, "again", 0, &[("\"a\"", end, now, "accepted"), ("\"a\"", end, now, "replayed")]);
    sequence(book, "again-later", 0, &[("\"a\"", end, now, "accepted"), ("\"a\"", end, Some(end - 1), "replayed")]);
    sequence(
        book,
        "again-with-another-exp",
        0,
        &[("\"a\"", end, now, "accepted"), ("\"a\"", end + 9, now, "replayed")],
    );
    sequence(book, "again-escaped", 0, &[("\"a\"", end, now, "accepted"), ("\"\\u0061\"", end, now, "replayed")]);
    sequence(book, "other", 0, &[("\"a\"", end, now, "accepted"), ("\"b\"", end, now, "accepted")]);
    sequence(book, "longer", 0, &[("\"a\"", end, now, "accepted"), ("\"a\\u0000\"", end, now, "accepted")]);
    sequence(book, "again-after-its-end", 0, &[("\"a\"", end, now, "accepted"), ("\"a\"", end, Some(end), "expired")]);
    sequence(
        book,
        "again-within-leeway",
        60,
        &[
            ("\"a\"", end, now, "accepted"),
            ("\"a\"", end, Some(end + 59), "replayed"),
            ("\"a\"", end, Some(end + 60), "expired"),
        ],
    );
    sequence(
        book,
        "full",
        0,
        &[("\"a\"", end, now, "accepted"), ("\"b\"", end, now, "accepted"), ("\"c\"", end, now, "replay_window_full")],
    );
    sequence(
        book,
        "full-and-again",
        0,
        &[("\"a\"", end, now, "accepted"), ("\"b\"", end, now, "accepted"), ("\"a\"", end, now, "replayed")],
    );
    sequence(
        book,
        "room-once-one-has-expired",
        0,
        &[
            ("\"a\"", NOW + 5, now, "accepted"),
            ("\"b\"", end, now, "accepted"),
            ("\"c\"", end, Some(NOW + 4), "replay_window_full"),
            ("\"c\"", end, Some(later), "accepted"),
            ("\"b\"", end, Some(later), "replayed"),
        ],
    );
    sequence(
        book,
        "a-refused-token-takes-no-room",
        0,
        &[("\"a\"", NOW, now, "expired"), ("\"b\"", end, now, "accepted"), ("\"c\"", end, now, "accepted")],
    );
    sequence(book, "no-jti", 0, &[("", end, now, "token_id_missing")]);
    sequence(book, "empty-jti", 0, &[("\"\"", end, now, "token_id_missing")]);
    sequence(book, "jti-of-wrong-type", 0, &[("1", end, now, "token_id_malformed")]);
    sequence(book, "jti-of-16-bytes", 0, &[("\"0123456789abcdef\"", end, now, "accepted")]);
    sequence(book, "jti-of-17-bytes", 0, &[("\"0123456789abcdefg\"", end, now, "token_id_too_long")]);
    sequence(book, "jti-of-9-characters-in-18-bytes", 0, &[("\"ééééééééé\"", end, now, "token_id_too_long")]);
    sequence(
        book,
        "jti-of-16-bytes-all-escaped",
        0,
        &[(&format!("\"{}\"", "\\u0061".repeat(16)), end, now, "accepted")],
    );
}

fn sequence(book: &mut Book, name: &str, leeway: u64, steps: &[Step<'_>]) {
    let policy = Policy {
        iss: Some(OneOrMany::One(ISSUER.to_owned())),
        aud: Some(OneOrMany::One(AUDIENCE.to_owned())),
        leeway,
        ..Policy::default()
    };
    let mut redemptions = Vec::new();
    for (jti, exp, now, expected) in steps {
        let claims = ClaimsText::good().with("exp", &exp.to_string());
        let claims = if jti.is_empty() { claims.without("jti") } else { claims.with("jti", jti) };
        let token = book.hs256(HS, claims.to_string());
        redemptions.push(Redemption { token, now: *now, expected: book.verdict(expected) });
    }
    let (_, _, _, last) = steps.last().expect("a step");
    let keys = vec![book.oct()];
    let (capacity, jti_bytes) = WINDOW;
    let case = Case::Replay { capacity, jti_bytes, keys, policy, steps: redemptions };
    book.case(&format!("replay/{name}"), case, last);
}
