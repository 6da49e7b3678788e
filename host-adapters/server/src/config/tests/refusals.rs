//! Every wrong value is refused with its name, its source, and what is allowed.

use super::Folder;

/// The length of the TOML value at the beginning of `words`.
fn value_length(words: &str) -> usize {
    let value = words.split(" is ").next().unwrap_or_default();
    let value = value.split(" holds ").next().unwrap_or_default();
    value.split(" needs ").next().unwrap_or_default().len()
}

#[test]
fn wrong_values_of_flags() {
    let place = Folder::new();
    let certificate = "--tls-certificate";
    for (name, value, words) in [
        (
            "listen",
            "8080",
            "\"8080\" is not allowed; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "listen",
            "",
            "\"\" is empty; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "listen",
            "localhost:8080",
            "\"localhost:8080\" is not allowed; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "metrics-listen",
            "x",
            "\"x\" is not allowed; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        ("metrics-listen", "127.0.0.1:8080", "\"127.0.0.1:8080\" is the address of listen; allowed: another address"),
        (
            "public-url",
            "id.example",
            "\"id.example\" is not allowed; allowed: a URL such as https://id.example: http or https, lower case, no query, no slash at the end",
        ),
        ("audience", " ", "\" \" is empty; allowed: a name or an address"),
        ("data", "", "\"\" is empty; allowed: the name of a file"),
        ("database", "mysql://db", "\"mysql://db\" is not allowed; allowed: sqlite:FILE, postgres://USER@HOST/NAME"),
        (
            "database",
            "sqlite::memory:",
            "\"sqlite::memory:\" is not allowed; allowed: sqlite:FILE, postgres://USER@HOST/NAME",
        ),
        ("database-connections", "0", "0 is too small; allowed: 1 to 1000"),
        ("database-connections", "many", "\"many\" is not a whole number; allowed: 1 to 1000"),
        ("access-token-lifetime", "2h", "\"2h\" is too long; allowed: 1m to 1h"),
        ("access-token-lifetime", "59s", "\"59s\" is too short; allowed: 1m to 1h"),
        ("access-token-lifetime", "soon", "\"soon\" is not a time; allowed: 1m to 1h"),
        (
            "scopes",
            "a,é",
            "[\"a\", \"é\"] holds \"é\", which is not allowed; allowed: scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
        ),
        (
            "personal-token-scopes",
            "\"",
            "[\"\\\"\"] holds \"\\\"\", which is not allowed; allowed: scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
        ),
        ("signing-algorithm", "RS256", "\"RS256\" is not allowed; allowed: ES256, ES384, EdDSA, HS256"),
        ("key-rotation-every", "1m", "\"1m\" is too short; allowed: 1h to 365d"),
        ("idle-lifetime", "0", "\"0\" is too short; allowed: 1m to 400d"),
        ("absolute-lifetime", "13d", "\"13d\" is too short; allowed: 14d to 400d"),
        ("replay-window", "61s", "\"61s\" is too long; allowed: 0s to 1m"),
        ("registration", "yes", "\"yes\" is not allowed; allowed: true, false"),
        ("password-min-length", "7", "7 is too small; allowed: 8 to 64"),
        ("argon2-memory", "6MiB", "\"6MiB\" is too small; allowed: 7MiB to 1GiB"),
        ("argon2-memory", "8MiB", "\"8MiB\" is too weak; allowed: with argon2-memory = 8192KiB, 5 iterations or more"),
        ("argon2-memory", "19", "\"19\" is too small; allowed: 7MiB to 1GiB"),
        ("argon2-iterations", "1", "1 is too weak; allowed: with argon2-memory = 19456KiB, 2 iterations or more"),
        ("argon2-iterations", "17", "17 is too large; allowed: 1 to 16"),
        ("argon2-parallel-hashes", "0", "0 is too small; allowed: 1 to 256"),
        (
            "login-attempts-per-account",
            "10",
            "\"10\" is not allowed; allowed: a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "login-attempts-per-address",
            "0/1m",
            "\"0/1m\" is not allowed; allowed: a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "registrations-per-address",
            "1/8d",
            "\"1/8d\" is not allowed; allowed: a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "allowed-origins",
            "https://a/,*",
            "[\"https://a/\", \"*\"] holds \"*\", which is not allowed; allowed: origins such as https://app.example, without a path and without a slash at the end",
        ),
        ("forward-auth", "on", "\"on\" is not allowed; allowed: true, false"),
        (
            "trusted-proxies",
            "10.0.0.1/8",
            "[\"10.0.0.1/8\"] holds \"10.0.0.1/8\", which is not allowed; allowed: addresses and networks, such as 10.1.2.3 and 10.0.0.0/8",
        ),
        ("forwarded-header", "x-real-ip", "\"x-real-ip\" is not allowed; allowed: x-forwarded-for, forwarded"),
        ("tls-certificate", "c.pem", "\"c.pem\" needs tls-key as well"),
        ("tls-key", "k.pem", "\"k.pem\" needs tls-certificate as well"),
        ("max-connections", "7", "7 is too small; allowed: 8 to 1000000"),
        ("max-connections-per-address", "0", "0 is too small; allowed: 1 to 1000000"),
        ("max-body", "64KB", "\"64KB\" is not a size; allowed: 1KiB to 64KiB"),
        ("request-timeout", "0s", "\"0s\" is too short; allowed: 1s to 10m"),
        ("log", "trace", "\"trace\" is not allowed; allowed: off, error, warn, info, debug"),
        ("log-format", "xml", "\"xml\" is not allowed; allowed: text, json"),
        ("keep-ended", "1h", "\"1h\" is too short; allowed: 1d to 3650d"),
        ("keep-audit", "3651d", "\"3651d\" is too long; allowed: 1d to 3650d"),
    ] {
        let flag = format!("--{name}");
        let (shown, problem) = words.split_at(value_length(words));
        let from = |source: &str| format!("{name} = {shown} (from {source}){problem}");
        let wrong = place.wrong(&[], &[&flag, value]);
        assert!(wrong.contains(&from(&flag)), "{flag} {value}: {wrong:#?}");
        let variable = format!("GLOWBAND_{}", name.replace('-', "_").to_uppercase());
        let wrong = place.wrong(&[(&variable, value)], &[]);
        assert!(wrong.contains(&from(&variable)), "{variable} {value}: {wrong:#?}");
    }
    assert_eq!(place.wrong(&[], &[certificate, "c.pem"]).len(), 1);
}

#[test]
fn wrong_lines_of_a_file() {
    let place = Folder::new();
    for (text, expected) in [
        (
            "\n\nlisten = 8080\n",
            &[
                "listen = 8080 (from glowband.toml:3) is not allowed; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
            ][..],
        ),
        ("lisetn = \"127.0.0.1:1\"\n", &["glowband.toml:1: there is no setting \"lisetn\"; the nearest is listen"]),
        ("wood = 1\n", &["glowband.toml:1: there is no setting \"wood\""]),
        ("log = \"warn\"\nlog = \"info\"\n", &["glowband.toml:2: duplicate key"]),
        ("# x\nlog = 'warn\n", &["glowband.toml:2: invalid literal string, expected `'`"]),
        (
            "registration = \"true\"\n",
            &["registration = \"true\" (from glowband.toml:1) is not allowed; allowed: true, false"],
        ),
        (
            "replay-window = 1.5\n",
            &["replay-window = a fraction (from glowband.toml:1) is not a time; allowed: 0s to 1m"],
        ),
        ("replay-window = -1\n", &["replay-window = -1 (from glowband.toml:1) is not a time; allowed: 0s to 1m"]),
        (
            "max-connections = 99999999999999999999\n",
            &["max-connections = a number beyond 64 bits (from glowband.toml:1) is not allowed; allowed: 8 to 1000000"],
        ),
        (
            "scopes = \"a\"\n",
            &[
                "scopes = \"a\" (from glowband.toml:1) is not a list of texts; allowed: scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
            ],
        ),
        (
            "trusted-proxies = [1]\n",
            &[
                "trusted-proxies = a list of something else than texts (from glowband.toml:1) is not a list of texts; allowed: addresses and networks, such as 10.1.2.3 and 10.0.0.0/8",
            ],
        ),
        (
            "[listen]\nx = 1\n",
            &[
                "listen = a table (from glowband.toml:1) is not allowed; allowed: an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
            ],
        ),
        (
            "refresh-secret = \"x\"\n",
            &[
                "glowband.toml:1: refresh-secret is taken from GLOWBAND_REFRESH_SECRET alone; in a file there is refresh-secret-file",
            ],
        ),
        (
            "database = \"sqlite:a\"\ndatabase-url-file = \"u\"\n",
            &[
                "database (from glowband.toml:1) contradicts database-url-file (from glowband.toml:2); remove one of them",
            ],
        ),
        (
            "callers = 1\n",
            &["glowband.toml:1: callers is not a list of tables; allowed: tables [[callers]] with id and secret-file"],
        ),
        (
            "\n[[callers]]\nid = \"a\"\nsecret = \"x\"\n",
            &["glowband.toml:4: callers has no member \"secret\"; allowed: tables [[callers]] with id and secret-file"],
        ),
        ("\n[[callers]]\nid = \"a\"\n", &["glowband.toml:2: callers: secret-file is missing"]),
        (
            "[[callers]]\nid = \"a:b\"\nsecret-file = \"s\"\n",
            &[
                "glowband.toml:1: callers: id = \"a:b\" is not allowed; allowed: a text without colons and control characters",
            ],
        ),
        (
            "[[callers]]\nid = \"a\"\nsecret-file = \"none\"\n",
            &["glowband.toml:1: callers: none: No such file or directory (os error 2)"],
        ),
        // All that is wrong is told at once.
        (
            "log = \"x\"\nlog-format = \"y\"\n",
            &[
                "log = \"x\" (from glowband.toml:1) is not allowed; allowed: off, error, warn, info, debug",
                "log-format = \"y\" (from glowband.toml:2) is not allowed; allowed: text, json",
            ],
        ),
    ] {
        place.file("glowband.toml", text);
        assert_eq!(place.wrong(&[], &[]), expected, "{text}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let place = Folder::new();
    for (variables, arguments) in
        [(&[("GLOWBAND_CONFIG", "/nowhere/g.toml")][..], &[][..]), (&[], &["--config", "/nowhere/g.toml"])]
    {
        assert_eq!(place.wrong(variables, arguments), ["/nowhere/g.toml: No such file or directory (os error 2)"]);
    }
}

#[test]
fn an_address_that_no_client_can_call_needs_a_public_url() {
    let place = Folder::new();
    let allowed = "a URL such as https://id.example: http or https, lower case, no query, no slash at the end";
    for (listen, why) in [
        ("0.0.0.0:8080", "listen is 0.0.0.0:8080, which no client can call"),
        ("[::]:8080", "listen is [::]:8080, which no client can call"),
        #[cfg(unix)]
        ("unix:/run/g.sock", "listen is a socket in the file system"),
    ] {
        assert_eq!(
            place.wrong(&[], &["--listen", listen]),
            [format!("public-url is missing: {why}; allowed: {allowed}")]
        );
        assert!(place.load(&[], &["--listen", listen, "--public-url", "https://id.example"]).is_ok());
    }
}
