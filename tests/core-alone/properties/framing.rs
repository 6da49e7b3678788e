//! Lines from a serial port: what they are does not depend on how the bytes arrive, and no tail of a dropped line is
//! ever one.

use super::cases;
use glowband_core::{Frame, LineFramer};
use glowband_tests::framing_oracle::{Heard, feed, lines};
use proptest::collection::vec;
use proptest::prelude::*;

fn input() -> impl Strategy<Value = Vec<u8>> {
    vec(
        prop_oneof![6 => prop::sample::select(b"abc.".to_vec()), 1 => Just(b'\r'), 2 => Just(b'\n'), 1 => any::<u8>()],
        0..80,
    )
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn any_split_gives_the_same_lines(input in input(), cuts in vec(any::<prop::sample::Index>(), 0..8), capacity in 0..12usize) {
        let expected = lines(&input, capacity);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.extend([0, input.len()]);
        cuts.sort_unstable();
        let mut buffer = vec![0; capacity];
        let mut framer = LineFramer::new(&mut buffer);
        let mut heard = Vec::new();
        for cut in cuts.windows(2) {
            feed(&mut framer, &input[cut[0]..cut[1]], &mut heard);
        }
        prop_assert_eq!(&heard, &expected);

        let mut buffer = vec![0; capacity];
        let mut framer = LineFramer::new(&mut buffer);
        let mut one_by_one = Vec::new();
        for byte in &input {
            match framer.push(*byte) {
                Frame::Line(line) => one_by_one.push(Heard::Line(line.to_vec())),
                Frame::Overlong => one_by_one.push(Heard::Overlong),
                Frame::Idle => {}
            }
        }
        prop_assert_eq!(one_by_one, expected);
    }

    #[test]
    fn an_abandoned_line_donates_nothing(front in "[a-z]{1,9}", tail in "[a-z]{0,40}", next in "[a-z]{1,9}", capacity in 9..12usize) {
        let mut buffer = vec![0; capacity];
        let mut framer = LineFramer::new(&mut buffer);
        let mut heard = Vec::new();
        feed(&mut framer, front.as_bytes(), &mut heard);
        framer.abandon();
        feed(&mut framer, tail.as_bytes(), &mut heard);
        framer.abandon();
        feed(&mut framer, format!("\n{next}\r\n").as_bytes(), &mut heard);
        prop_assert_eq!(heard, [Heard::Overlong, Heard::Line(next.into_bytes())]);
    }
}
