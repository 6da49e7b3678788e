//! Formats times for people: as dates (RFC 3339, in UTC) and relative to now.

/// Returns a time as `2023-11-14T22:13:20Z`, or `None` if its year is not between 0000 and 9999 (RFC 3339).
pub fn rfc3339(seconds: i64) -> Option<String> {
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Returns a time relative to `now`, such as `in 5 min`, `3 h ago` or `now`. Uses the largest unit that gives at least 2.
pub fn distance(moment: i64, now: u64) -> String {
    let difference = i128::from(moment) - i128::from(now);
    let seconds = difference.unsigned_abs();
    let (count, unit) = match seconds {
        0 => return "now".to_owned(),
        1..120 => (seconds, "s"),
        120..7_200 => (seconds / 60, "min"),
        7_200..172_800 => (seconds / 3_600, "h"),
        172_800..63_115_200 => (seconds / 86_400, "days"),
        _ => (seconds / 31_557_600, "years"),
    };
    if difference > 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

/// Returns year, month and day of a day that is counted from 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years begin on 1 March, so that the leap day is the last day of a year.
    let since_era = days + 719_468;
    let (era, day_of_era) = (since_era.div_euclid(146_097), since_era.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_agree_with_the_calendar() {
        // `date -u -d @N +%FT%TZ`.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_300, "2023-11-14T22:18:20Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds).as_deref(), Some(text));
        }
        for seconds in [253_402_300_800, -62_167_219_201, i64::MAX, i64::MIN] {
            assert_eq!(rfc3339(seconds), None);
        }
    }

    #[test]
    fn relative_times_use_the_largest_useful_unit() {
        let now = 1_700_000_000;
        for (moment, text) in [
            (1_700_000_000, "now"),
            (1_700_000_001, "in 1 s"),
            (1_699_999_881, "119 s ago"),
            (1_700_000_300, "in 5 min"),
            (1_700_007_200, "in 2 h"),
            (1_699_000_000, "11 days ago"),
            (0, "53 years ago"),
        ] {
            assert_eq!(distance(moment, now), text);
        }
        assert!(distance(i64::MAX, 0).ends_with("years") && distance(i64::MIN, u64::MAX).ends_with("ago"));
    }
}
