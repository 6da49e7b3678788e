use super::*;
use crate::json::few_names::FewNames;

fn walked(text: &str) -> Result<Vec<String>, Fault> {
    walked_bytes(text.as_bytes())
}

fn walked_bytes(text: &[u8]) -> Result<Vec<String>, Fault> {
    let limits = Limits::default();
    let mut seen = Vec::new();
    let checked = walk(text, &limits, &mut |_, member| {
        let known = ["a", "b", "exp", "a long name of a member"].into_iter().find(|known| member.is_named(text, known));
        let value = crate::json::Value::new(member.value().within(text)).unwrap();
        seen.push(format!("{}={value:?}", known.unwrap_or("?")));
    });
    assert_eq!(with_few_names(text, &limits), checked, "{}", String::from_utf8_lossy(text));
    checked.map(|()| seen)
}

/// The verdict as machines without an operating system reach it.
fn with_few_names(text: &[u8], limits: &Limits) -> Result<(), Fault> {
    walk_in(FewNames::new(), text, limits, &mut |_, _| ())
}

#[test]
fn members_are_shown_once_and_in_order() {
    assert_eq!(
        walked(" { \"a\" : 1 , \"b\":[ 1, {\"a\": [] } ,[]], \"exp\":{},\"z\":\"x\\n\" ,\"a long name of a member\":null}\n").unwrap(),
        ["a=Number(\"1\")", "b=Array(\"[ 1, {\\\"a\\\": [] } ,[]]\")", "exp=Object(\"{}\")", "?=Text(\"x\\n\")", "a long name of a member=Null"]
    );
    assert_eq!(walked("{}").unwrap(), [""; 0]);
    assert_eq!(walked(" {\t} ").unwrap(), [""; 0]);
    assert_eq!(walked(r#"{"\u0065xp":true,"":false}"#).unwrap(), ["exp=Bool(true)", "?=Bool(false)"]);
}

#[test]
fn what_rfc_8259_does_not_allow_is_malformed() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":[1}}",
        "{\"a\":[}",
        "{\"a\":{]}",
        "{\"a\":[{}]]",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1}x",
        "{\"a\":1}{}",
        "{\"a\":1},",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":-}",
        "{\"a\":0x1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":nul}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":[1}",
        "{\"a\":{\"b\":1]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":1}\u{0}",
        "\u{feff}{\"a\":1}",
        "{\"a\":1/*c*/}",
        "{\"a\":\"\\ud800\"}",
        "{1:2}",
        "{null:1}",
        "{\"a\":1}}",
        "{\"a\":]",
        "{\"a\":[}",
        "{\"a\":[]]}",
        "{\"a\":1\u{b}}",
        "\u{a0}{}",
    ] {
        assert_eq!(walked(text), Err(Fault::Malformed), "{text}");
    }
    assert_eq!(walked_bytes(b"{\"a\":\"\xff\"}"), Err(Fault::Malformed));
    assert_eq!(walked_bytes(b"{\"\xff\":1}"), Err(Fault::Malformed));
    assert_eq!(walked_bytes(b"{\"a\":[{\"\xc3\":1}]}"), Err(Fault::Malformed));
}

#[test]
fn other_values_are_no_object() {
    for text in ["[]", "\"a\"", "1", "-1", "true", "false", "null", " []"] {
        assert_eq!(walked(text), Err(Fault::NotAnObject), "{text}");
    }
}

#[test]
fn a_name_stands_once_in_each_object() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"exp":1,"\u0065xp":2}"#,
        r#"{"\u0065xp":1,"ex\u0070":2}"#,
        r#"{"":1,"":2}"#,
        r#"{"a":{"b":1,"c":2,"b":3}}"#,
        r#"{"a":[[{"b":1,"b":1}]]}"#,
        r#"{"a":[{"b":1},{"c":1,"c":1}]}"#,
        r#"{"a long name of a member":1,"b":{},"a long name of a member":2}"#,
        r#"{"a long name of a member":1,"a long\u0020name of a member":2}"#,
        r#"{"a long\u0020name of a member":1,"a long name of a member":2}"#,
        r#"{"b":{"x":1},"a":2,"b":3}"#,
    ] {
        assert_eq!(walked(text), Err(Fault::Duplicate), "{text}");
    }
    for text in [
        r#"{"a":{"a":{"a":1}}}"#,
        r#"{"a":[{"b":1},{"b":1}],"b":{"a":1}}"#,
        r#"{"a long name of a member":1,"a long name of a sember":2}"#,
        r#"{"aa":1,"a":2,"a\u0000":3}"#,
        r#"{"a":{"b":1},"b":{"b":1},"c":1}"#,
    ] {
        assert!(walked(text).is_ok(), "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(walked(&nested(usize::from(MAX_NESTING))).is_ok());
    assert_eq!(walked(&nested(usize::from(MAX_NESTING) + 1)), Err(Fault::TooDeep));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(walked(&objects(usize::from(MAX_NESTING))).is_ok());
    assert_eq!(walked(&objects(usize::from(MAX_NESTING) + 1)), Err(Fault::TooDeep));
    assert_eq!(walked(&format!("{{\"a\":{}", "[".repeat(50_000))), Err(Fault::TooDeep));
}

#[test]
fn members_are_counted_over_the_whole_document() {
    let flat = |count: usize| {
        let members: Vec<_> = (0..count).map(|index| format!("\"n{index}\":{index}")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(walked(&flat(128)).map(|seen| seen.len()), Ok(128));
    assert_eq!(walked(&flat(129)), Err(Fault::TooManyMembers));
    let spread = |count: usize| format!("{{\"a\":[{}]}}", vec!["{\"b\":1}"; count].join(","));
    assert!(walked(&spread(127)).is_ok());
    assert_eq!(walked(&spread(128)), Err(Fault::TooManyMembers));
}

#[test]
fn a_document_ends_at_64_kib() {
    let padded = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert!(walked(&padded(MAX_JSON)).is_ok());
    assert_eq!(walked(&padded(MAX_JSON + 1)), Err(Fault::TooLong));
}

/// An object with these names, and the name that stands at `again` once more at its end.
fn object(names: &[String], again: Option<usize>) -> String {
    let again = again.map(|at| names[at].clone());
    let members: Vec<_> = names.iter().cloned().chain(again).map(|name| format!("\"{name}\":1")).collect();
    format!("{{{}}}", members.join(","))
}

/// Names of eight bytes whose tags are all the same one.
fn names_with_equal_tags(count: usize) -> Vec<String> {
    let tag = |name: &str| crate::json::members::tag_of(format!("\"{name}\"").as_bytes());
    let first = "00000000".to_owned();
    let wanted = tag(&first);
    (0..).map(|number| format!("{number:08x}")).filter(|name| tag(name) == wanted).take(count).collect()
}

#[test]
fn names_with_equal_tags_are_told_apart() {
    let names = names_with_equal_tags(127);
    for count in [2, 6, 7, 33, 127] {
        let names = &names[..count];
        assert_eq!(walked(&object(names, None)).map(|seen| seen.len()), Ok(count));
        for again in 0..count {
            assert_eq!(walked(&object(names, Some(again))), Err(Fault::Duplicate), "{again} of {count}");
        }
    }
    // The same name written in another way; mixed with others; inside an array of objects.
    for at in [0, 1, 50, 126] {
        let mut names = names.clone();
        names[at] = format!("\\u{:04x}{}", names[at].as_bytes()[0], &names[at][1..]);
        assert!(walked(&object(&names, None)).is_ok());
        names.truncate(126);
        names.push(format!("{}\\u{:04x}", &names[3][..7], names[3].as_bytes()[7]));
        assert_eq!(walked(&object(&names, None)), Err(Fault::Duplicate));
    }
    let inner = object(&names[..60], None);
    assert!(walked(&format!("{{\"a\":[{inner},{inner}]}}")).is_ok());
    let twice = object(&names[..60], Some(20));
    assert_eq!(walked(&format!("{{\"a\":[{inner},{twice}]}}")), Err(Fault::Duplicate));
}

#[test]
fn numbered_names_are_told_apart() {
    for front in ["group-", "app-", "address", "", "g", "https://id.example/claims/", "aaaaaaaaaaaaaaaaaaaaaaaa"] {
        for count in [7, 16, 17, 32, 33, 34, 65, 127] {
            for start in [0, 1, 1000, 123_456] {
                let names: Vec<String> = (start..start + count).map(|number| format!("{front}{number}")).collect();
                assert_eq!(walked(&object(&names, None)).map(|seen| seen.len()), Ok(count), "{front} {start} {count}");
                for again in [0, 1, count / 2, count - 1] {
                    assert_eq!(walked(&object(&names, Some(again))), Err(Fault::Duplicate), "{front} {start} {again}");
                }
            }
        }
    }
}

#[test]
fn objects_keep_their_names_apart_from_those_around_them() {
    // The inner objects come and go while the outer one has loose and ordered names.
    let collide = names_with_equal_tags(20);
    let members = |names: &[String], inner: &str| {
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":{inner}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let inner = object(&collide[..4], None);
    assert_eq!(walked(&members(&collide, &inner)).map(|seen| seen.len()), Ok(20));
    let mut twice = collide.clone();
    twice.push(collide[7].clone());
    assert_eq!(walked(&members(&twice, &inner)), Err(Fault::Duplicate));
    let wrong = members(&collide, &inner).replacen(&inner, &object(&collide[..4], Some(2)), 1);
    assert_eq!(walked(&wrong), Err(Fault::Duplicate));
}

#[test]
fn slots_from_the_caller_make_room_for_more_members() {
    let checked = |text: &str, limit: u16, slots: usize| {
        let limits = Limits::DEFAULT.member_count(limit);
        walk_with_slots(&mut vec![NameSlot::default(); slots], text.as_bytes(), &limits, &mut |_, _| ())
    };
    let names: Vec<String> = (0..4000).map(|number| format!("role-{number}")).collect();
    let text = object(&names, None);
    assert_eq!(checked(&text, 4000, 4000), Ok(()));
    assert_eq!(checked(&text, 3999, 4000), Err(Fault::TooManyMembers), "the limit");
    assert_eq!(checked(&text, 4000, 3999), Err(Fault::TooManyMembers), "the slots");
    assert_eq!(checked(&text, 4000, 0), Err(Fault::TooManyMembers));
    assert_eq!(walked(&text), Err(Fault::TooManyMembers), "without slots");
    for again in [0, 1, 31, 32, 33, 1000, 2047, 2048, 3998, 3999] {
        assert_eq!(checked(&object(&names, Some(again)), 4001, 4001), Err(Fault::Duplicate), "{again}");
    }
    // What is closed needs no slots any more.
    let rows = format!("{{\"a\":[{}]}}", vec!["{\"b\":{\"c\":1}}"; 1000].join(","));
    assert_eq!(checked(&rows, 2001, 3), Ok(()));
    assert_eq!(checked(&rows, 2001, 2), Err(Fault::TooManyMembers));
    assert_eq!(checked(&rows, 2000, 3), Err(Fault::TooManyMembers));
}

#[test]
fn names_with_equal_tags_are_told_apart_in_any_order() {
    let mut names = names_with_equal_tags(400);
    let limits = Limits::DEFAULT.member_count(1000);
    let mut slots = vec![NameSlot::default(); 500];
    for turn in 0..7 {
        let mut checked = |text: &str| walk_with_slots(&mut slots, text.as_bytes(), &limits, &mut |_, _| ());
        assert_eq!(checked(&object(&names, None)), Ok(()), "{turn}");
        for again in (0..400).step_by(13) {
            assert_eq!(checked(&object(&names, Some(again))), Err(Fault::Duplicate), "{turn} {again}");
        }
        // Ascending at first, then descending, then anything.
        if turn == 0 {
            names.reverse()
        } else {
            names.sort_by_key(|name| name.bytes().fold(turn, |sum, byte| (sum * 31 + i32::from(byte)) & 0xffff))
        }
    }
}

/// Numbers that look random, the same ones in each run.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as usize % count
    }

    /// A name and one of its spellings.
    fn name(&mut self) -> (String, String) {
        const PARTS: [&str; 8] = ["a", "/", "\"", "\\", "\n", "é", "😀", "eight888"];
        let (mut name, mut spelling) = (String::new(), String::new());
        for _ in 0..self.below(5) {
            let part = PARTS[self.below(8)];
            name.push_str(part);
            for character in part.chars() {
                match (character, self.below(4)) {
                    ('\n', 1..) => spelling.push_str("\\n"),
                    ('"' | '\\', 1..) => spelling.extend(['\\', character]),
                    ('/', 1..3) => spelling.push_str("\\/"),
                    (_, 1..) => spelling.push(character),
                    _ => character
                        .encode_utf16(&mut [0; 2])
                        .iter()
                        .for_each(|unit| spelling.push_str(&format!("\\u{unit:04x}"))),
                }
            }
        }
        (name, spelling)
    }

    /// An object of so many members, with others inside it, and whether one of them has a name twice.
    fn object(&mut self, count: usize, depth: usize) -> (String, bool) {
        let mut known = std::collections::HashSet::new();
        let (mut members, mut twice) = (Vec::new(), false);
        for _ in 0..count {
            let (name, spelling) = self.name();
            if !known.insert(name) {
                // Most duplicates are left out, so that many documents are good.
                if self.below(40) > 0 {
                    continue;
                }
                twice = true;
            }
            let (value, inner) = match self.below(6) {
                0 if depth > 0 => self.object(count / 2, depth - 1),
                _ => ("[1]".to_owned(), false),
            };
            twice |= inner;
            members.push(format!("\"{spelling}\":{value}"));
        }
        (format!("{{{}}}", members.join(",")), twice)
    }
}

#[test]
fn both_ways_to_tell_names_apart_reach_the_same_verdict() {
    let limits = Limits::DEFAULT.member_count(u16::MAX);
    let mut numbers = Numbers(1);
    let mut verdicts = [0; 3];
    for turn in 0..6000 {
        let (text, twice) = numbers.object(turn % 60, 3);
        let checked = walk(text.as_bytes(), &limits, &mut |_, _| ());
        assert_eq!(with_few_names(text.as_bytes(), &limits), checked, "{text}");
        let verdict = match checked {
            Ok(()) => 0,
            Err(Fault::Duplicate) => 1,
            Err(fault) => {
                assert_eq!(fault, Fault::TooManyMembers, "{text}");
                2
            }
        };
        if verdict < 2 {
            assert_eq!(verdict == 1, twice, "{text}");
        }
        verdicts[verdict] += 1;
    }
    assert!(verdicts[0] > 1000 && verdicts[1] > 1000, "{verdicts:?}");
}

#[test]
fn few_names_are_told_apart_when_all_share_a_bit() {
    // More names than the filter has bits come and go, so that each later name is compared in full.
    let rows: Vec<_> = (0..500).map(|number| format!("{{\"row-{number}\":1,\"other-{number}\":2}}")).collect();
    let limits = Limits::DEFAULT.member_count(u16::MAX);
    let names: Vec<String> = (0..126).map(|number| format!("n{number}")).collect();
    let members: Vec<_> = names.iter().map(|name| format!("\"{name}\":1")).collect();
    let text = |more: &str| format!("{{\"rows\":[{}],{}{more}}}", rows.join(","), members.join(","));
    assert_eq!(with_few_names(text("").as_bytes(), &limits), Ok(()));
    assert_eq!(with_few_names(text(",\"last\":1").as_bytes(), &limits), Ok(()));
    assert_eq!(with_few_names(text(",\"last\":1,\"more\":1").as_bytes(), &limits), Err(Fault::TooManyMembers));
    for name in names.iter().chain([&"rows".to_owned()]) {
        let again = format!(",\"{name}\":1");
        assert_eq!(with_few_names(text(&again).as_bytes(), &limits), Err(Fault::Duplicate), "{name}");
    }
}
