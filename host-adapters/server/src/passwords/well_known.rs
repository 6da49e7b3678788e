//! The passwords that attackers try first.

/// The most frequent words in published lists. With digits and signs around them they are as weak.
const STEMS: &[&str] = &[
    "admin",
    "administrator",
    "baseball",
    "basketball",
    "batman",
    "changeme",
    "charlie",
    "chocolate",
    "computer",
    "dragon",
    "dragonball",
    "football",
    "fuckyou",
    "glowband",
    "hello",
    "helloworld",
    "iloveyou",
    "iloveyousomuch",
    "internet",
    "jordan",
    "letmein",
    "letmeinnow",
    "liverpool",
    "login",
    "lovely",
    "manchester",
    "master",
    "michael",
    "microsoft",
    "minecraft",
    "monkey",
    "mustang",
    "mypassword",
    "newpassword",
    "nothing",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "passord",
    "passw0rd",
    "password",
    "passwort",
    "pokemon",
    "princess",
    "qazwsx",
    "qazwsxedc",
    "qwert",
    "qwerty",
    "qwertyui",
    "qwertyuiop",
    "qwertz",
    "secret",
    "secretpassword",
    "shadow",
    "spiderman",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "supersecret",
    "temp",
    "temporary",
    "test",
    "testing",
    "testpassword",
    "thisisapassword",
    "trustno",
    "user",
    "welcome",
    "whatever",
    "winter",
    "zaq1zaq1",
];

/// The characters that people add to a word.
fn is_decoration(character: char) -> bool {
    character.is_ascii_digit() || character.is_ascii_punctuation() || character == ' '
}

/// Returns whether `lower`, in lower case, is such a word, alone or with only digits and signs around it.
pub(super) fn is_well_known(lower: &str) -> bool {
    let bare = lower.trim_matches(is_decoration);
    let behind = lower.trim_end_matches(is_decoration);
    [lower, behind, bare].iter().any(|word| STEMS.binary_search(word).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_word_stays_known_behind_digits_and_signs() {
        for text in ["password", "p@ssw0rd1!", "123qwerty456", "welcome 2026", "!!!admin!!!"] {
            assert!(is_well_known(text), "{text}");
        }
        for text in ["passwordless", "my welcome", "1234", "", "correct horse"] {
            assert!(!is_well_known(text), "{text}");
        }
    }

    #[test]
    fn the_list_can_be_searched() {
        let mut sorted = STEMS.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, STEMS);
    }
}
