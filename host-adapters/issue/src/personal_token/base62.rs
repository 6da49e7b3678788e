//! Base 62: letters and digits, which a double click selects as one word and no shell or URL changes.

use crate::random;
use crate::signer::SignError;
use zeroize::Zeroizing;

/// The digits in the order of their values, as in GitHub's tokens.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `count` random digits. All 62 digits are equally likely: 5.95 bits each.
pub(super) fn push_random(target: &mut String, count: usize) -> Result<(), SignError> {
    let end = target.len() + count;
    while target.len() < end {
        let random: Zeroizing<[u8; 64]> = random::bytes()?;
        for byte in random.iter().map(|byte| usize::from(byte >> 2)) {
            // 62 and 63 are skipped: mapping them to digits would make some digits more likely.
            if let Some(digit) = DIGITS.get(byte).filter(|_| target.len() < end) {
                target.push(char::from(*digit));
            }
        }
    }
    Ok(())
}

/// Appends a number as six digits, the most significant first.
pub(super) fn push_number(target: &mut String, number: u32) {
    let digit = |place: u32| {
        let value = u64::from(number) / 62_u64.pow(place) % 62;
        usize::try_from(value).ok().and_then(|value| DIGITS.get(value)).map(|digit| char::from(*digit))
    };
    target.extend((0..6).rev().filter_map(digit));
}

pub(super) fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_six_digits() {
        let shown = |number| {
            let mut text = String::new();
            push_number(&mut text, number);
            text
        };
        assert_eq!(shown(0), "000000");
        assert_eq!(shown(61), "00000z");
        assert_eq!(shown(62), "000010");
        let value = |text: &str| {
            text.bytes()
                .fold(0_u64, |sum, byte| sum * 62 + DIGITS.iter().position(|digit| *digit == byte).unwrap() as u64)
        };
        for number in [1, 62, 3843, 3844, 1 << 16, u32::MAX - 1, u32::MAX] {
            assert_eq!((value(&shown(number)), shown(number).len()), (u64::from(number), 6));
        }
    }

    #[test]
    fn all_digits_are_equally_likely() {
        let mut text = String::new();
        push_random(&mut text, 62_000).unwrap();
        assert!(is_base62(&text) && text.len() == 62_000);
        for digit in DIGITS {
            let count = text.bytes().filter(|byte| byte == digit).count();
            // Six standard deviations of a binomial with mean 1000.
            assert!((810..=1190).contains(&count), "{}: {count}", char::from(*digit));
        }
    }
}
