//! What is no JSON, what is JSON twice, and what is too much of it.

use crate::book::{Book, HS};
use glowband_tests::claims_text::ClaimsText;
use glowband_tests::vector::{Case, Limits};

pub(crate) fn write(book: &mut Book) {
    strictness(book);
    not_an_object(book);
    duplicates(book);
    nesting(book);
    members(book);
    similar_names(book);
}

/// Raw values that are wrong in an object of any kind.
const WRONG_VALUES: &[(&str, &[u8])] = &[
    ("nan", b"NaN"),
    ("infinity", b"Infinity"),
    ("minus-infinity", b"-Infinity"),
    ("leading-zero", b"01"),
    ("minus-leading-zero", b"-01"),
    ("plus", b"+1"),
    ("point-first", b".5"),
    ("point-last", b"1."),
    ("point-before-exponent", b"1.e3"),
    ("exponent-empty", b"1e"),
    ("exponent-sign-only", b"1e+"),
    ("two-points", b"1.2.3"),
    ("minus-only", b"-"),
    ("hexadecimal", b"0x10"),
    ("underscore", b"1_000"),
    ("comma-number", b"1,5"),
    ("full-width-digit", "１".as_bytes()),
    ("true-cut", b"tru"),
    ("true-in-capitals", b"True"),
    ("null-in-capitals", b"NULL"),
    ("undefined", b"undefined"),
    ("nothing", b""),
    ("bare-word", b"north"),
    ("single-quotes", b"'north'"),
    ("control-character", b"\"\x01\""),
    ("raw-newline", b"\"a\nb\""),
    ("raw-tab", b"\"a\tb\""),
    ("raw-nul", b"\"a\0b\""),
    ("escape-unknown", b"\"\\x41\""),
    ("escape-quote-only", b"\"\\'\""),
    ("escape-capital-u", b"\"\\U0041\""),
    ("escape-three-digits", b"\"\\u041\""),
    ("escape-no-hex", b"\"\\u00g0\""),
    ("escape-braces", b"\"\\u{41}\""),
    ("surrogate-high-alone", b"\"\\ud800\""),
    ("surrogate-low-alone", b"\"\\udc00\""),
    ("surrogate-reversed", b"\"\\udc00\\ud800\""),
    ("surrogate-high-and-letter", b"\"\\ud800\\u0041\""),
    ("surrogate-high-twice", b"\"\\ud800\\ud800\""),
    ("utf-8-lone-continuation", b"\"\x80\""),
    ("utf-8-cut", b"\"\xe2\x82\""),
    ("utf-8-overlong-slash", b"\"\xc0\xaf\""),
    ("utf-8-overlong-nul", b"\"\xc0\x80\""),
    ("utf-8-surrogate", b"\"\xed\xa0\x80\""),
    ("utf-8-beyond-unicode", b"\"\xf4\x90\x80\x80\""),
    ("utf-8-ff", b"\"\xff\""),
    ("latin-1", b"\"caf\xe9\""),
    ("comment", b"1/* one */"),
    ("line-comment", b"1// one\n"),
    ("array-open", b"[1"),
    ("array-trailing-comma", b"[1,]"),
    ("array-leading-comma", b"[,1]"),
    ("array-of-nothing", b"[,]"),
    ("array-closed-by-brace", b"[1}"),
    ("array-without-commas", b"[1 2]"),
    ("object-trailing-comma", b"{\"a\":1,}"),
    ("object-number-name", b"{1:1}"),
    ("object-bare-name", b"{a:1}"),
    ("object-without-value", b"{\"a\"}"),
    ("object-without-colon", b"{\"a\" 1}"),
    ("object-two-colons", b"{\"a\"::1}"),
    ("object-closed-by-bracket", b"{\"a\":1]"),
    ("string-open", b"\"a"),
    ("vertical-tab", b"\x0b1"),
    ("form-feed", b"\x0c1"),
    ("no-break-space", b"\xc2\xa01"),
];

/// What is done to a whole text.
type Surrounding = fn(&str) -> Vec<u8>;

fn strictness(book: &mut Book) {
    book.threat("JSON strictness");
    let good = ClaimsText::good().to_string();
    let claims_front = format!("{},\"x\":", &good[..good.len() - 1]);
    let header_front = r#"{"alg":"HS256","x":"#;
    for (name, value) in WRONG_VALUES {
        let payload = [claims_front.as_bytes(), value, b"}"].concat();
        let token = book.hs256(HS, payload);
        book.verify(&format!("json/payload/{name}"), token).refused("payload_not_json");
        let header = [header_front.as_bytes(), value, b"}"].concat();
        let token = book.hs256(header, &good);
        book.verify(&format!("json/header/{name}"), token).refused("header_not_json");
    }
    let around: [(&str, Surrounding); 15] = [
        ("trailing-byte", |text| format!("{text}x").into()),
        ("trailing-brace", |text| format!("{text}}}").into()),
        ("trailing-nul", |text| format!("{text}\0").into()),
        ("trailing-comma", |text| text.replace('}', ",}").into()),
        ("twice", |text| format!("{text}{text}").into()),
        ("twice-with-a-newline", |text| format!("{text}\n{text}").into()),
        ("byte-order-mark", |text| format!("\u{feff}{text}").into()),
        ("utf-16", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("cut", |text| text[..text.len() - 1].into()),
        ("leading-comma", |text| text.replacen('{', "{,", 1).into()),
        ("two-commas", |text| text.replacen(',', ",,", 1).into()),
        ("single-quotes-throughout", |text| text.replace('"', "'").into()),
        ("json-with-prefix", |text| format!(")]}}',\n{text}").into()),
        ("no-break-space-in-front", |text| format!("\u{a0}{text}").into()),
        ("form-feed-behind", |text| format!("{text}\u{c}").into()),
    ];
    for (name, change) in around {
        let token = book.hs256(HS, change(&good));
        book.verify(&format!("json/payload/{name}"), token).refused("payload_not_json");
        // One comma at least, so that every change finds its place.
        let token = book.hs256(change(HS), &good);
        book.verify(&format!("json/header/{name}"), token).refused("header_not_json");
    }
}

fn not_an_object(book: &mut Book) {
    book.threat("JSON strictness");
    let good = ClaimsText::good().to_string();
    for (name, text, expected) in [
        ("array", "[]".to_owned(), "payload_not_object"),
        ("array-of-claims", format!("[{good}]"), "payload_not_object"),
        ("string", "\"claims\"".to_owned(), "payload_not_object"),
        ("number", "1".to_owned(), "payload_not_object"),
        ("true", "true".to_owned(), "payload_not_object"),
        ("null", "null".to_owned(), "payload_not_object"),
        ("empty", String::new(), "payload_not_json"),
        ("white-space", " \n".to_owned(), "payload_not_json"),
        ("text", "hello".to_owned(), "payload_not_json"),
    ] {
        let token = book.hs256(HS, &text);
        book.verify(&format!("json/payload-is/{name}"), token.as_str()).refused(expected);
        book.verify(&format!("json/payload-is/{name}/jws"), token).jws().accepted();
        let token = book.hs256(&text, &good);
        book.verify(&format!("json/header-is/{name}"), token).refused("header_not_json");
    }
    let token = book.hs256("{}", &good);
    book.verify("json/header-is/empty-object", token).refused("algorithm_missing");
    let token = book.hs256(HS, "{}");
    book.verify("json/payload-is/empty-object", token).refused("issuer_missing");
}

fn duplicates(book: &mut Book) {
    book.threat("duplicate members");
    let good = ClaimsText::good();
    let long = "registered_name_of_more_than_eight_bytes";
    let cases = [
        ("exp", good.clone().again("exp", "1800000000"), "payload_duplicate"),
        ("exp-same-value", good.clone().again("exp", "1700000300"), "payload_duplicate"),
        ("exp-escaped", good.clone().again("\\u0065xp", "1800000000"), "payload_duplicate"),
        ("exp-all-escaped", good.clone().again("\\u0065\\u0078\\u0070", "1800000000"), "payload_duplicate"),
        ("iss", good.clone().again("iss", "\"https://attacker.example\""), "payload_duplicate"),
        ("private", good.clone().again("x", "1").again("x", "1"), "payload_duplicate"),
        ("empty-name", good.clone().again("", "1").again("", "2"), "payload_duplicate"),
        ("long-name", good.clone().again(long, "1").again(long, "2"), "payload_duplicate"),
        (
            "long-name-escaped",
            good.clone().again(long, "1").again(&long.replace('_', "\\u005f"), "2"),
            "payload_duplicate",
        ),
        ("non-ascii", good.clone().again("é", "1").again("\\u00e9", "2"), "payload_duplicate"),
        ("surrogate-pair", good.clone().again("😀", "1").again("\\ud83d\\ude00", "2"), "payload_duplicate"),
        ("nested", good.clone().with("x", r#"{"a":1,"a":2}"#), "payload_duplicate"),
        ("nested-escaped", good.clone().with("x", r#"{"a":1,"\u0061":2}"#), "payload_duplicate"),
        ("nested-after-a-sibling", good.clone().with("x", r#"{"a":{"b":1},"c":0,"a":2}"#), "payload_duplicate"),
        ("in-an-array", good.clone().with("x", r#"[1,{"a":1,"a":2}]"#), "payload_duplicate"),
        ("behind-a-nested-object", good.clone().with("x", "{}").again("exp", "1"), "payload_duplicate"),
        ("same-name-in-other-objects", good.clone().with("x", r#"[{"a":1},{"a":{"a":2}}]"#), "accepted"),
        ("registered-name-nested", good.clone().with("x", r#"{"exp":1,"iss":2,"aud":[]}"#), "accepted"),
        ("other-case", good.clone().with("EXP", "1").with("Iss", "2"), "accepted"),
        ("prefix", good.clone().with("registered_name_a", "1").with("registered_name_b", "2"), "accepted"),
        ("nul-behind", good.clone().with("exp\\u0000", "1"), "accepted"),
        ("decomposed", good.clone().with("é", "1").with("e\\u0301", "2"), "accepted"),
    ];
    for (name, claims, expected) in cases {
        let token = book.hs256(HS, claims.to_string());
        book.verify(&format!("duplicate/payload/{name}"), token).refused(expected);
    }
    let good = good.to_string();
    for (name, header) in [
        ("alg", r#"{"alg":"HS256","alg":"HS256"}"#),
        ("alg-and-none", r#"{"alg":"none","alg":"HS256"}"#),
        ("alg-escaped", r#"{"alg":"HS256","\u0061lg":"none"}"#),
        ("kid", r#"{"alg":"HS256","kid":"a","kid":"b"}"#),
        ("typ", r#"{"typ":"a","alg":"HS256","typ":"b"}"#),
        ("unknown", r#"{"alg":"HS256","x":1,"x":1}"#),
        ("nested", r#"{"alg":"HS256","jwk":{"kty":"oct","kty":"EC"}}"#),
        ("crit", r#"{"alg":"HS256","crit":["x"],"crit":["x"]}"#),
    ] {
        let token = book.hs256(header, &good);
        book.verify(&format!("duplicate/header/{name}"), token).refused("header_duplicate");
    }
}

fn nesting(book: &mut Book) {
    book.threat("nesting");
    let good = ClaimsText::good();
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    // The claims set is the first level of sixteen.
    for (depth, expected) in [
        (1, "accepted"),
        (14, "accepted"),
        (15, "accepted"),
        (16, "nesting_too_deep"),
        (17, "nesting_too_deep"),
        (1000, "nesting_too_deep"),
    ] {
        for (kind, value) in [("arrays", arrays(depth)), ("objects", objects(depth))] {
            let token = book.hs256(HS, good.clone().with("x", &value).to_string());
            let name = format!("nesting/payload/{kind}-{depth}");
            let draft = book.verify(&name, token);
            draft.limits(Limits { token_bytes: Some(100_000), ..Limits::default() }).refused(expected);
        }
        let token = book.hs256(format!(r#"{{"alg":"HS256","x":{}}}"#, arrays(depth)), good.to_string());
        book.verify(&format!("nesting/header/arrays-{depth}"), token).refused(expected);
    }
    let unclosed = format!("{}{}", &good.to_string().replace('}', ",\"x\":"), "[".repeat(4000));
    let token = book.hs256(HS, unclosed);
    book.verify("nesting/payload/unclosed-4000", token).refused("nesting_too_deep");
    let token = book.hs256(HS, good.clone().with("x", &arrays(3)).to_string());
    let limit = |nesting| Limits { nesting: Some(nesting), ..Limits::default() };
    book.verify("nesting/lowered-to-4", token.as_str()).limits(limit(4)).accepted();
    book.verify("nesting/lowered-to-3", token).limits(limit(3)).refused("nesting_too_deep");
    let token = book.hs256(HS, good.with("x", &arrays(16)).to_string());
    book.verify("nesting/cannot-be-raised", token).limits(limit(200)).refused("nesting_too_deep");
}

fn members(book: &mut Book) {
    book.threat("limits");
    let good = ClaimsText::good();
    let own = 7;
    let with_more =
        |more: usize| (0..more).fold(good.clone(), |claims, index| claims.with(&format!("m{index}"), "0")).to_string();
    for (count, expected) in [(128, "accepted"), (129, "too_many_members"), (1000, "too_many_members")] {
        let token = book.hs256(HS, with_more(count - own));
        book.verify(&format!("members/payload/{count}"), token).refused(expected);
        let list: Vec<String> = (0..count - own - 1).map(|_| "{\"a\":1}".to_owned()).collect();
        let token = book.hs256(HS, good.clone().with("x", &format!("[{}]", list.join(","))).to_string());
        book.verify(&format!("members/nested/{count}"), token).refused(expected);
        let list: Vec<String> = (1..count).map(|index| format!("\"h{index}\":1")).collect();
        let token = book.hs256(format!(r#"{{"alg":"HS256",{}}}"#, list.join(",")), good.to_string());
        book.verify(&format!("members/header/{count}"), token).refused(expected);
    }
    let token = book.hs256(HS, good.to_string());
    let limit = |members| Limits { members: Some(members), ..Limits::default() };
    book.verify("members/lowered-to-7", token.as_str()).limits(limit(7)).accepted();
    book.verify("members/lowered-to-6", token).limits(limit(6)).refused("too_many_members");
    let token = book.hs256(HS, with_more(129 - own));
    book.verify("members/raised-without-memory", token).limits(limit(200)).refused("too_many_members");
    let rows = vec!["{\"a\":1}"; 150].join(",");
    let token = book.hs256(HS, good.with("x", &format!("[{rows}]")).to_string());
    book.verify("members/raised-and-closed-again", token).limits(limit(200)).accepted();
}

/// Names that differ in a few characters alone, and the same with one of them twice.
fn similar_names(book: &mut Book) {
    book.threat("duplicate members");
    let good = ClaimsText::good();
    let numbered = |front: &'static str, back: &'static str, count: usize| -> Vec<String> {
        (1..=count).map(|number| format!("{front}{number}{back}")).collect()
    };
    let families: [(&str, Vec<String>); 10] = [
        ("group", numbered("group-", "", 7)),
        ("keycloak-client", (1..=7).map(|number| format!("app-{number:03}")).collect()),
        ("sixteen-characters", (1..=9).map(|number| format!("permission-{number:05}")).collect()),
        ("url", numbered("https://id.example/claims/", "", 60)),
        ("common-end", numbered("", "-of-the-tenant-that-all-share", 60)),
        ("date", (1..=28).map(|day| format!("2026-11-{day:02}T00:00:00Z")).collect()),
        ("hex", (0..60).map(|number| format!("{:016x}", number * 0x1_0001_u64)).collect()),
        ("each-one-longer", (0..60).map(|length| "a".repeat(length)).collect()),
        ("flat", numbered("role", "", 110)),
        ("equal-tags", glowband_tests::equal_tags::names(*b"claims/x", 1, 110)),
    ];
    for (family, names) in families {
        let object = |names: &[String]| {
            let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        let last = names.last().cloned().unwrap_or_default();
        let escaped = last.chars().map(|character| format!("\\u{:04x}", u32::from(character))).collect::<String>();
        let with = |more: String| names.iter().cloned().chain([more]).collect::<Vec<_>>();
        let (once, twice, spelt) = (object(&names), object(&with(last)), object(&with(escaped)));
        for (kind, value, payload, header) in [
            ("once", &once, "accepted", "accepted"),
            ("twice", &twice, "payload_duplicate", "header_duplicate"),
            ("twice-with-escapes", &spelt, "payload_duplicate", "header_duplicate"),
        ] {
            let token = book.hs256(HS, good.clone().with("x", value).to_string());
            book.verify(&format!("similar-names/{family}/{kind}"), token).refused(payload);
            let token = book.hs256(HS, good.clone().with("x", &format!("[[{{}},{{\"y\":{value}}}]]")).to_string());
            book.verify(&format!("similar-names/{family}/{kind}-in-depth"), token).refused(payload);
            let token = book.hs256(format!(r#"{{"alg":"HS256","x":{value}}}"#), good.to_string());
            book.verify(&format!("similar-names/{family}/{kind}-in-the-header"), token).refused(header);
            let key = format!(r#"{{"kty":"oct","k":"{}","x":{value}}}"#, "A".repeat(43));
            let key_verdict = if kind == "once" { "accepted" } else { "jwk_malformed" };
            book.case(&format!("similar-names/{family}/{kind}-in-a-key"), Case::Key { jwk: key }, key_verdict);
        }
    }
    let addresses: Vec<String> = (0..17).map(|_| r#"{"address1":"a","address2":"b"}"#.to_owned()).collect();
    let token = book.hs256(HS, good.with("x", &format!("[{}]", addresses.join(","))).to_string());
    book.verify("similar-names/two-in-17-objects", token).accepted();
}
