//! Numbers that are dates, hardly dates, or no dates; and clocks at their ends.

use crate::book::{Book, HS, PolicyChange};
use glowband_tests::claims_text::{ClaimsText, NOW};

pub(crate) fn write(book: &mut Book) {
    ranges(book);
    moments(book);
    arithmetic(book);
    unknown_clock(book);
}

fn ranges(book: &mut Book) {
    book.threat("number range");
    let digits = |first: &str, zeros: usize| format!("{first}{}", "0".repeat(zeros));
    let values = [
        ("0", "0".to_owned(), "expired"),
        ("minus-0", "-0".to_owned(), "expired"),
        ("minus-1", "-1".to_owned(), "expired"),
        ("1.5", "1.5".to_owned(), "expired"),
        ("1e3", "1e3".to_owned(), "expired"),
        ("1e300", "1e300".to_owned(), "expiry_malformed"),
        ("minus-1e300", "-1e300".to_owned(), "expiry_malformed"),
        ("1e-300", "1e-300".to_owned(), "expired"),
        ("exponent-of-256-digits", format!("1e{}", "9".repeat(256)), "expiry_malformed"),
        ("zero-with-exponent-of-256-digits", format!("0e{}", "9".repeat(256)), "expired"),
        ("minus-exponent-of-256-digits", format!("1e-{}", "9".repeat(256)), "expired"),
        ("2-to-the-31", "2147483648".to_owned(), "accepted"),
        ("2-to-the-32", "4294967296".to_owned(), "accepted"),
        ("2-to-the-32-and-1", "4294967297".to_owned(), "accepted"),
        ("2-to-the-53-minus-1", "9007199254740991".to_owned(), "accepted"),
        ("2-to-the-53", "9007199254740992".to_owned(), "accepted"),
        ("2-to-the-53-and-1", "9007199254740993".to_owned(), "accepted"),
        ("2-to-the-63-minus-1", "9223372036854775807".to_owned(), "accepted"),
        ("2-to-the-63-minus-a-half", "9223372036854775807.5".to_owned(), "accepted"),
        ("2-to-the-63", "9223372036854775808".to_owned(), "expiry_malformed"),
        ("minus-2-to-the-63", "-9223372036854775808".to_owned(), "expiry_malformed"),
        ("minus-2-to-the-63-and-1", "-9223372036854775807".to_owned(), "expired"),
        ("2-to-the-64", "18446744073709551616".to_owned(), "expiry_malformed"),
        ("2-to-the-64-and-300-seconds", "18446744075409551916".to_owned(), "expiry_malformed"),
        ("1e18", "1e18".to_owned(), "accepted"),
        ("1e19", "1e19".to_owned(), "expiry_malformed"),
        ("10-to-the-256", digits("1", 256), "expiry_malformed"),
        ("256-nines", "9".repeat(256), "expiry_malformed"),
        ("256-zeros-behind-the-point", format!("1700000300.{}1", "0".repeat(256)), "accepted"),
        ("10-to-the-256-shrunk", format!("{}e-247", digits("18", 255)), "accepted"),
        ("exponent", "17.000003e8".to_owned(), "accepted"),
        ("exponent-capital-plus", "1.7000003E+9".to_owned(), "accepted"),
        ("exponent-minus", "1700000300000e-3".to_owned(), "accepted"),
        ("milliseconds", "1700000300000".to_owned(), "accepted"),
        ("text", "\"1700000300\"".to_owned(), "expiry_malformed"),
        ("iso-8601", "\"2033-01-01T00:00:00Z\"".to_owned(), "expiry_malformed"),
    ];
    for (name, value, expected) in values {
        let token = book.hs256(HS, ClaimsText::good().with("exp", &value).to_string());
        book.verify(&format!("exp/{name}"), token.as_str()).refused(expected);
        book.verify(&format!("exp/{name}/missing-allowed"), token)
            .policy(|policy| policy.allow_missing_expiry = true)
            .refused(expected);
    }
    for (claim, malformed, later) in
        [("nbf", "not_before_malformed", "not_yet_valid"), ("iat", "issued_at_malformed", "issued_in_future")]
    {
        for (name, value, expected) in [
            ("0", "0", "accepted"),
            ("minus-1", "-1", "accepted"),
            ("1e300", "1e300", malformed),
            ("minus-1e300", "-1e300", malformed),
            ("2-to-the-53-and-1", "9007199254740993", later),
            ("2-to-the-63-minus-1", "9223372036854775807", later),
            ("2-to-the-63-minus-a-half", "9223372036854775807.5", later),
            ("2-to-the-63", "9223372036854775808", malformed),
            ("2-to-the-64", "18446744073709551616", malformed),
        ] {
            let token = book.hs256(HS, ClaimsText::good().with(claim, value).to_string());
            book.verify(&format!("{claim}/{name}"), token).refused(expected);
        }
    }
}

fn moments(book: &mut Book) {
    book.threat("dates");
    let cases: [(&str, &str, &str, PolicyChange, &str); 36] = [
        ("exp-a-second-ago", "exp", "1699999999", |_| {}, "expired"),
        ("exp-now", "exp", "1700000000", |_| {}, "expired"),
        ("exp-now-and-a-fraction", "exp", "1700000000.9", |_| {}, "expired"),
        ("exp-in-a-second", "exp", "1700000001", |_| {}, "accepted"),
        ("exp-in-a-second-and-a-fraction", "exp", "1700000001.1", |_| {}, "accepted"),
        ("exp-now-leeway-1", "exp", "1700000000", |policy| policy.leeway = 1, "accepted"),
        ("exp-60-ago-leeway-60", "exp", "1699999940", |policy| policy.leeway = 60, "expired"),
        ("exp-59-ago-leeway-60", "exp", "1699999941", |policy| policy.leeway = 60, "accepted"),
        ("exp-fraction-does-not-help", "exp", "1699999940.99", |policy| policy.leeway = 60, "expired"),
        ("exp-past-though-allowed-missing", "exp", "1", |policy| policy.allow_missing_expiry = true, "expired"),
        ("nbf-now", "nbf", "1700000000", |_| {}, "accepted"),
        ("nbf-now-and-a-fraction", "nbf", "1700000000.1", |_| {}, "accepted"),
        ("nbf-now-and-nearly-a-second", "nbf", "1700000000.999999999", |_| {}, "accepted"),
        ("nbf-in-a-second-and-a-fraction", "nbf", "1700000001.1", |_| {}, "not_yet_valid"),
        ("nbf-a-fraction-ago", "nbf", "1699999999.9", |_| {}, "accepted"),
        ("nbf-in-a-second", "nbf", "1700000001", |_| {}, "not_yet_valid"),
        ("nbf-in-a-second-leeway-1", "nbf", "1700000001", |policy| policy.leeway = 1, "accepted"),
        ("nbf-in-more-than-a-second-leeway-1", "nbf", "1700000001.5", |policy| policy.leeway = 1, "accepted"),
        ("nbf-in-more-than-two-seconds-leeway-1", "nbf", "1700000002.5", |policy| policy.leeway = 1, "not_yet_valid"),
        ("nbf-in-60-leeway-59", "nbf", "1700000060", |policy| policy.leeway = 59, "not_yet_valid"),
        ("nbf-tiny-fraction", "nbf", "1700000000.00000000000000000001", |_| {}, "accepted"),
        ("nbf-behind-exp", "nbf", "1700000200", |_| {}, "not_yet_valid"),
        ("iat-now", "iat", "1700000000", |_| {}, "accepted"),
        ("iat-now-and-a-fraction", "iat", "1700000000.7", |_| {}, "accepted"),
        ("iat-in-a-second-and-a-fraction", "iat", "1700000001.7", |_| {}, "issued_in_future"),
        ("iat-in-a-second", "iat", "1700000001", |_| {}, "issued_in_future"),
        ("iat-in-a-second-leeway-1", "iat", "1700000001", |policy| policy.leeway = 1, "accepted"),
        ("iat-in-two-seconds-leeway-1", "iat", "1700000002", |policy| policy.leeway = 1, "issued_in_future"),
        ("age-60-of-60", "iat", "1699999940", |policy| policy.max_age = Some(60), "accepted"),
        ("age-61-of-60", "iat", "1699999939", |policy| policy.max_age = Some(60), "too_old"),
        ("age-a-fraction-over-60", "iat", "1699999939.9", |policy| policy.max_age = Some(60), "too_old"),
        ("age-0-of-0", "iat", "1700000000", |policy| policy.max_age = Some(0), "accepted"),
        ("age-1-of-0", "iat", "1699999999", |policy| policy.max_age = Some(0), "too_old"),
        (
            "age-70-of-60-leeway-10",
            "iat",
            "1699999930",
            |policy| (policy.max_age, policy.leeway) = (Some(60), 10),
            "accepted",
        ),
        (
            "age-71-of-60-leeway-10",
            "iat",
            "1699999929",
            |policy| (policy.max_age, policy.leeway) = (Some(60), 10),
            "too_old",
        ),
        ("age-of-iat-before-1970", "iat", "-1", |policy| policy.max_age = Some(60), "too_old"),
    ];
    for (name, claim, value, change, expected) in cases {
        let token = book.hs256(HS, ClaimsText::good().with(claim, value).to_string());
        book.verify(&format!("moment/{name}"), token).policy(change).refused(expected);
    }
}

fn arithmetic(book: &mut Book) {
    book.threat("time arithmetic");
    let set = |exp: &str, nbf: &str, iat: &str| {
        ClaimsText::good().with("exp", exp).with("nbf", nbf).with("iat", iat).to_string()
    };
    let latest = "9223372036854775807";
    let ordinary = ("1700000300", "1699999990", "1699999990");
    let cases = [
        ("now-0", set("1", "0", "0"), 0, 0, None, "accepted"),
        ("now-0-exp-0", set("0", "0", "0"), 0, 0, None, "expired"),
        ("now-0-exp-minus-1", set("-1", "0", "0"), 0, 0, None, "expired"),
        ("now-0-exp-minus-1-leeway-1", set("-1", "0", "0"), 0, 1, None, "expired"),
        ("now-0-exp-minus-1-leeway-2", set("-1", "0", "0"), 0, 2, None, "accepted"),
        ("now-0-exp-minus-half-leeway-1", set("-0.5", "0", "0"), 0, 1, None, "expired"),
        ("now-0-nbf-1", set("9", "1", "0"), 0, 0, None, "not_yet_valid"),
        ("now-0-nbf-minus-half", set("9", "-0.5", "-0.5"), 0, 0, None, "accepted"),
        ("now-0-iat-1", set("9", "0", "1"), 0, 0, None, "issued_in_future"),
        ("now-0-ordinary-token", set(ordinary.0, ordinary.1, ordinary.2), 0, 0, None, "not_yet_valid"),
        ("now-less-than-leeway", set("1", "0", "0"), 30, 60, None, "accepted"),
        ("now-less-than-leeway-exp-negative", set("-31", "0", "0"), 30, 60, None, "expired"),
        ("now-less-than-maximum-age", set("99", "0", "0"), 30, 0, Some(60), "accepted"),
        ("now-last-second", set(latest, "0", "0"), i64::MAX as u64 - 1, 0, None, "accepted"),
        ("now-2-to-the-63-minus-1", set(latest, "0", "0"), i64::MAX as u64, 0, None, "expired"),
        ("now-2-to-the-63-minus-1-leeway-1", set(latest, "0", "0"), i64::MAX as u64, 1, None, "accepted"),
        ("now-max", set(latest, "0", "0"), u64::MAX, 0, None, "expired"),
        ("now-max-leeway-max", set("1", "0", "0"), u64::MAX, u64::MAX, None, "accepted"),
        ("now-max-leeway-max-exp-0", set("0", "0", "0"), u64::MAX, u64::MAX, None, "expired"),
        ("now-max-nbf-latest", set("1", latest, latest), u64::MAX, u64::MAX, None, "accepted"),
        ("leeway-max", set("-9223372036854775807", latest, latest), NOW, u64::MAX, None, "accepted"),
        ("leeway-max-expired-an-hour-ago", set("1699996400", "0", "0"), NOW, u64::MAX, None, "accepted"),
        ("exp-and-leeway-overflow", set(latest, "0", "0"), u64::MAX, i64::MAX as u64 + 2, None, "accepted"),
        ("exp-and-leeway-just-not-overflow", set(latest, "0", "0"), u64::MAX, i64::MAX as u64 + 1, None, "expired"),
        ("maximum-age-max", set("1800000000", "0", "0"), NOW, 0, Some(u64::MAX), "accepted"),
        ("maximum-age-and-leeway-overflow", set("1800000000", "0", "0"), NOW, u64::MAX, Some(u64::MAX), "accepted"),
        ("maximum-age-iat-earliest", set("1800000000", "0", "-9223372036854775807"), NOW, 0, Some(60), "too_old"),
        (
            "maximum-age-max-iat-earliest",
            set("1800000000", "0", "-9223372036854775807"),
            NOW,
            0,
            Some(u64::MAX),
            "accepted",
        ),
    ];
    for (name, payload, now, leeway, max_age, expected) in cases {
        let token = book.hs256(HS, payload);
        book.verify(&format!("arithmetic/{name}"), token)
            .policy(|policy| (policy.leeway, policy.max_age) = (leeway, max_age))
            .now(now)
            .refused(expected);
    }
}

fn unknown_clock(book: &mut Book) {
    book.threat("dates");
    let undated = ClaimsText::good().without("exp").without("nbf").without("iat");
    let cases: [(&str, ClaimsText, PolicyChange, &str); 7] = [
        ("all-dates", ClaimsText::good(), |_| {}, "clock_unknown"),
        ("exp-only", undated.clone().with("exp", "9000000000"), |_| {}, "clock_unknown"),
        ("leeway-max", ClaimsText::good(), |policy| policy.leeway = u64::MAX, "clock_unknown"),
        ("nbf-only", undated.clone().with("nbf", "0"), |policy| policy.allow_missing_expiry = true, "clock_unknown"),
        ("iat-only", undated.clone().with("iat", "0"), |policy| policy.allow_missing_expiry = true, "clock_unknown"),
        ("no-dates", undated.clone(), |_| {}, "expiry_missing"),
        ("no-dates-and-exp-allowed-missing", undated, |policy| policy.allow_missing_expiry = true, "accepted"),
    ];
    for (name, claims, change, expected) in cases {
        let token = book.hs256(HS, claims.to_string());
        book.verify(&format!("clock-unknown/{name}"), token).policy(change).now(None).refused(expected);
    }
}
