//! Every wrong value says who said it, what it is, and what is allowed.

use super::Place;

#[test]
fn wrong_values_of_flags() {
    let place = Place::new();
    let certificate = "--tls-certificate";
    for (name, value, words) in [
        (
            "listen",
            "8080",
            "is \"8080\"; allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "listen",
            "",
            "is \"\"; leave it out or fill it in: allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "listen",
            "localhost:8080",
            "is \"localhost:8080\"; allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        (
            "metrics-listen",
            "x",
            "is \"x\"; allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
        ),
        ("metrics-listen", "127.0.0.1:8080", "is \"127.0.0.1:8080\"; allowed is another address than that of listen"),
        (
            "public-url",
            "id.example",
            "is \"id.example\"; allowed is an address such as https://id.example: http or https, small letters, no query, no slash at the end",
        ),
        ("audience", " ", "is \" \"; leave it out or fill it in: allowed is a name or an address"),
        ("data", "", "is \"\"; leave it out or fill it in: allowed is the name of a file"),
        ("database", "mysql://db", "is \"mysql://db\"; allowed are sqlite:FILE and postgres://USER@HOST/NAME"),
        (
            "database",
            "sqlite::memory:",
            "is \"sqlite::memory:\"; allowed are sqlite:FILE and postgres://USER@HOST/NAME",
        ),
        ("database-connections", "0", "is 0; allowed are 1 to 1000"),
        ("database-connections", "many", "is \"many\"; allowed are 1 to 1000"),
        ("access-token-lifetime", "2h", "is \"2h\"; allowed are 1m to 1h"),
        ("access-token-lifetime", "59s", "is \"59s\"; allowed are 1m to 1h"),
        ("access-token-lifetime", "soon", "is \"soon\"; allowed are 1m to 1h"),
        (
            "scopes",
            "a,é",
            "holds \"é\"; allowed are scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
        ),
        (
            "personal-token-scopes",
            "\"",
            "holds \"\\\"\"; allowed are scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
        ),
        ("signing-algorithm", "RS256", "is \"RS256\"; allowed are ES256, ES384, EdDSA, HS256"),
        ("key-rotation-every", "1m", "is \"1m\"; allowed are 1h to 365d"),
        ("idle-lifetime", "0", "is \"0\"; allowed are 1m to 400d"),
        ("absolute-lifetime", "13d", "is \"13d\"; allowed are 14d to 400d"),
        ("replay-window", "61s", "is \"61s\"; allowed are 0s to 1m"),
        ("registration", "yes", "is \"yes\"; allowed are true and false"),
        ("password-min-length", "7", "is 7; allowed are 8 to 64"),
        ("argon2-memory", "6MiB", "is \"6MiB\"; allowed are 7MiB to 1GiB"),
        (
            "argon2-memory",
            "8MiB",
            "is \"8MiB\"; argon2 with 8192 KiB and 2 iterations is too weak; with 8192 KiB at least 5 iterations are needed",
        ),
        ("argon2-memory", "19", "is \"19\"; allowed are 7MiB to 1GiB"),
        (
            "argon2-iterations",
            "1",
            "is 1; argon2 with 19456 KiB and 1 iterations is too weak; with 19456 KiB at least 2 iterations are needed",
        ),
        ("argon2-iterations", "17", "is 17; allowed are 1 to 16"),
        ("argon2-parallel-hashes", "0", "is 0; allowed are 1 to 256"),
        (
            "login-attempts-per-account",
            "10",
            "is \"10\"; allowed are a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "login-attempts-per-address",
            "0/1m",
            "is \"0/1m\"; allowed are a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "registrations-per-address",
            "1/8d",
            "is \"1/8d\"; allowed are a number and a time of at most 7d, such as 10/15m",
        ),
        (
            "allowed-origins",
            "https://a/,*",
            "holds \"*\"; allowed are origins as browsers send them, such as https://app.example: no path, no slash at the end",
        ),
        ("forward-auth", "on", "is \"on\"; allowed are true and false"),
        (
            "trusted-proxies",
            "10.0.0.1/8",
            "holds \"10.0.0.1/8\"; allowed are addresses and networks, such as 10.1.2.3 and 10.0.0.0/8",
        ),
        ("forwarded-header", "x-real-ip", "is \"x-real-ip\"; allowed are x-forwarded-for, forwarded"),
        ("tls-certificate", "c.pem", "is \"c.pem\"; tls-key has to be there as well"),
        ("tls-key", "k.pem", "is \"k.pem\"; tls-certificate has to be there as well"),
        ("max-connections", "7", "is 7; allowed are 8 to 1000000"),
        ("max-connections-per-address", "0", "is 0; allowed are 1 to 1000000"),
        ("max-body", "64KB", "is \"64KB\"; allowed are 1KiB to 64KiB"),
        ("request-timeout", "0s", "is \"0s\"; allowed are 1s to 10m"),
        ("log", "trace", "is \"trace\"; allowed are off, error, warn, info, debug"),
        ("log-format", "xml", "is \"xml\"; allowed are text, json"),
        ("keep-ended", "1h", "is \"1h\"; allowed are 1d to 3650d"),
        ("keep-audit", "3651d", "is \"3651d\"; allowed are 1d to 3650d"),
    ] {
        let flag = format!("--{name}");
        let wrong = place.wrong(&[], &[&flag, value]);
        assert!(wrong.contains(&format!("{flag} {words}")), "{flag} {value}: {wrong:#?}");
        let variable = format!("GLOWBAND_{}", name.replace('-', "_").to_uppercase());
        let wrong = place.wrong(&[(&variable, value)], &[]);
        assert!(wrong.contains(&format!("{variable} {words}")), "{variable} {value}: {wrong:#?}");
    }
    assert_eq!(place.wrong(&[], &[certificate, "c.pem"]).len(), 1);
}

#[test]
fn wrong_lines_of_a_file() {
    let place = Place::new();
    for (text, expected) in [
        (
            "\n\nlisten = 8080\n",
            &[
                "glowband.toml:3: listen is 8080; allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
            ][..],
        ),
        ("lisetn = \"127.0.0.1:1\"\n", &["glowband.toml:1: there is no setting \"lisetn\"; the nearest is listen"]),
        ("wood = 1\n", &["glowband.toml:1: there is no setting \"wood\""]),
        ("log = \"warn\"\nlog = \"info\"\n", &["glowband.toml:2: duplicate key"]),
        ("# x\nlog = 'warn\n", &["glowband.toml:2: invalid literal string, expected `'`"]),
        ("registration = \"true\"\n", &["glowband.toml:1: registration is \"true\"; allowed are true and false"]),
        ("replay-window = 1.5\n", &["glowband.toml:1: replay-window is a fraction; allowed are 0s to 1m"]),
        ("replay-window = -1\n", &["glowband.toml:1: replay-window is -1; allowed are 0s to 1m"]),
        (
            "max-connections = 99999999999999999999\n",
            &["glowband.toml:1: max-connections is a number beyond 64 bits; allowed are 8 to 1000000"],
        ),
        (
            "scopes = \"a\"\n",
            &[
                "glowband.toml:1: scopes is \"a\"; allowed is a list of texts: allowed are scopes of printable ASCII without spaces, quotes and backslashes (RFC 6749 section 3.3)",
            ],
        ),
        (
            "trusted-proxies = [1]\n",
            &[
                "glowband.toml:1: trusted-proxies is a list of something else than texts; allowed is a list of texts: allowed are addresses and networks, such as 10.1.2.3 and 10.0.0.0/8",
            ],
        ),
        (
            "[listen]\nx = 1\n",
            &[
                "glowband.toml:1: listen is a table; allowed are an address with a port, such as 127.0.0.1:8080 or [::1]:8080, and unix:/FILE; names such as localhost are not looked up",
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
                "glowband.toml:1: database and glowband.toml:2: database-url-file contradict each other; leave one of them out",
            ],
        ),
        ("callers = 1\n", &["glowband.toml:1: callers: allowed are tables [[callers]] with id and secret-file"]),
        (
            "\n[[callers]]\nid = \"a\"\nsecret = \"x\"\n",
            &[
                "glowband.toml:4: callers: there is no \"secret\" in it; allowed are tables [[callers]] with id and secret-file",
            ],
        ),
        ("\n[[callers]]\nid = \"a\"\n", &["glowband.toml:2: callers: secret-file is missing"]),
        (
            "[[callers]]\nid = \"a:b\"\nsecret-file = \"s\"\n",
            &["glowband.toml:1: callers: id is \"a:b\"; allowed is a text without colons and control characters"],
        ),
        (
            "[[callers]]\nid = \"a\"\nsecret-file = \"none\"\n",
            &["glowband.toml:1: callers: none: No such file or directory (os error 2)"],
        ),
        // All that is wrong is told at once.
        (
            "log = \"x\"\nlog-format = \"y\"\n",
            &[
                "glowband.toml:1: log is \"x\"; allowed are off, error, warn, info, debug",
                "glowband.toml:2: log-format is \"y\"; allowed are text, json",
            ],
        ),
    ] {
        place.file("glowband.toml", text);
        assert_eq!(place.wrong(&[], &[]), expected, "{text}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let place = Place::new();
    for (variables, arguments) in
        [(&[("GLOWBAND_CONFIG", "/nowhere/g.toml")][..], &[][..]), (&[], &["--config", "/nowhere/g.toml"])]
    {
        assert_eq!(place.wrong(variables, arguments), ["/nowhere/g.toml: No such file or directory (os error 2)"]);
    }
}

#[test]
fn an_address_that_no_client_can_call_needs_a_public_url() {
    let place = Place::new();
    let allowed =
        "allowed is an address such as https://id.example: http or https, small letters, no query, no slash at the end";
    for (listen, why) in [
        ("0.0.0.0:8080", "listen is 0.0.0.0:8080, which no client can call"),
        ("[::]:8080", "listen is [::]:8080, which no client can call"),
        #[cfg(unix)]
        ("unix:/run/g.sock", "listen is a socket in the file system"),
    ] {
        assert_eq!(place.wrong(&[], &["--listen", listen]), [format!("public-url is missing: {why}; {allowed}")]);
        assert!(place.load(&[], &["--listen", listen, "--public-url", "https://id.example"]).is_ok());
    }
}
