//! The rules for new passwords: a minimum length, and no passwords that attackers try first.
//!
//! There are no rules about digits and capital letters, because they lead to passwords such as `Password1!`
//! (NIST SP 800-63B §3.1.1.2).

use super::password::MAX_BYTES;
use super::well_known::is_well_known;
use super::{Password, PasswordProblem};
use crate::accounts::Email;
use crate::config::PasswordSettingError;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    min_length: usize,
}

/// The allowed minimum lengths. The lower bound is that of NIST SP 800-63B.
const LEAST_LENGTH: usize = 8;
const MOST_LENGTH: usize = 64;

/// Sequences that are refused in both directions.
const ROWS: &[&str] = &[
    "01234567890123456789012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];

impl Rules {
    pub(super) fn new(min_length: usize) -> Result<Self, PasswordSettingError> {
        if !(LEAST_LENGTH..=MOST_LENGTH).contains(&min_length) {
            let allowed = format!("{LEAST_LENGTH} to {MOST_LENGTH}");
            return Err(PasswordSettingError::outside("password-min-length", min_length, allowed));
        }
        Ok(Self { min_length })
    }

    pub(super) fn check(self, password: &Password, account: &Email) -> Result<(), PasswordProblem> {
        let text = password.text();
        if text.len() > MAX_BYTES {
            return Err(PasswordProblem::TooLong { bytes: text.len() });
        }
        if text.chars().count() < self.min_length {
            return Err(PasswordProblem::TooShort { min_length: self.min_length });
        }
        let lower = zeroize::Zeroizing::new(text.to_lowercase());
        if is_the_address(&lower, account) {
            return Err(PasswordProblem::IsTheAddress);
        }
        if repeats(lower.as_bytes()) {
            return Err(PasswordProblem::Repeats);
        }
        if is_a_sequence(&lower) {
            return Err(PasswordProblem::IsASequence);
        }
        if is_well_known(&lower) {
            return Err(PasswordProblem::WellKnown);
        }
        Ok(())
    }
}

fn is_the_address(lower: &str, account: &Email) -> bool {
    let address = account.key();
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    let turned = || lower.chars().rev().eq(address.chars());
    lower == address || lower == local || turned()
}

/// Returns whether the text repeats its first bytes: `aaaaaaaaaa`, `abcabcabca`.
fn repeats(text: &[u8]) -> bool {
    (1..=4).any(|period| text.len() >= 2 * period && text.iter().skip(period).eq(text.iter().take(text.len() - period)))
}

/// Returns whether the text is part of a sequence, forwards or backwards.
fn is_a_sequence(lower: &str) -> bool {
    let backwards = zeroize::Zeroizing::new(lower.chars().rev().collect::<String>());
    ROWS.iter().any(|row| row.contains(lower) || row.contains(backwards.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), PasswordProblem> {
        let account = Email::parse("Jane.Gatekeeper@Example.org").unwrap();
        Rules::new(10).unwrap().check(&Password::new(text.to_owned()).unwrap(), &account)
    }

    #[test]
    fn the_obvious_ones_are_refused_each_with_its_reason() {
        use PasswordProblem::{IsASequence, IsTheAddress, Repeats, TooShort, WellKnown};
        for (text, problem) in [
            ("", TooShort { min_length: 10 }),
            ("ninechars", TooShort { min_length: 10 }),
            // Nine characters, eighteen bytes.
            ("üüüüäääöö", TooShort { min_length: 10 }),
            ("jane.gatekeeper@example.ORG", IsTheAddress),
            ("Jane.Gatekeeper", IsTheAddress),
            ("gro.elpmaxe@repeeketag.enaj", IsTheAddress),
            ("aaaaaaaaaa", Repeats),
            ("ääääääääää", Repeats),
            ("AbcdabcDabc", Repeats),
            ("1234567890", IsASequence),
            ("0987654321", IsASequence),
            ("qwertyuiop", IsASequence),
            ("1q2w3e4r5t", IsASequence),
            ("ponmlkjihgf", IsASequence),
            ("Password123", WellKnown),
            ("PASSWORD2024!", WellKnown),
            ("iloveyou1234", WellKnown),
        ] {
            assert_eq!(check(text), Err(problem), "{text}");
        }
    }

    #[test]
    fn others_pass_whatever_they_are_made_of() {
        for text in [
            "correct horse",
            "          x",
            "jane.gatekeeper@example.org!",
            "пароль который длинный",
            "1234567890x",
            "🦀🦀🦀🦀🐟🦀🦀🦀🦀🦀",
            "zaq1password",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_setting_has_bounds() {
        for length in [0, 7, 65] {
            assert!(Rules::new(length).unwrap_err().to_string().contains("allowed: 8 to 64"));
        }
    }
}
