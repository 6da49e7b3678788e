//! Parses durations and times of command lines and settings.

/// Parses a duration such as `90`, `90s`, `5m`, `1h` or `30d`. Returns seconds.
///
/// # Errors
/// Returns what is allowed.
pub fn seconds(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .parse::<u64>()
        .ok()
        .filter(|_| all_digits)
        .and_then(|count| count.checked_mul(unit))
        .ok_or_else(|| "allowed: whole seconds (90), or a number with a unit (90s, 5m, 1h, 30d)".to_owned())
}

/// Parses a time in seconds since 1970.
///
/// # Errors
/// Returns what is allowed.
pub fn moment(text: &str) -> Result<u64, String> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let read = text.parse().ok().filter(|_| all_digits);
    read.ok_or_else(|| "allowed: whole seconds since 1970, such as 1700000000".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(moment("1700000000"), Ok(1_700_000_000));
        for text in ["", "-1", "+1", "1.5", "1h", "now", "18446744073709551616"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_seconds_or_have_a_unit() {
        for (text, expected) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("1h", 3_600),
            ("30d", 2_592_000),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in
            ["", "m", "-1", "+1", "1.5", "1 h", "1w", "5M", "18446744073709551616", "18446744073709551615m", "1é"]
        {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
