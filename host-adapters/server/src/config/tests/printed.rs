//! `--print-config`: a file that says the same.

use super::Folder;

#[test]
fn what_is_printed_can_be_read_back_and_says_the_same() {
    let place = Folder::new();
    place.file("secret", "0123456789abcdef");
    place.file(
        "glowband.toml",
        "data = \"d\"\nregistration = false\nreplay-window = 5\nallowed-origins = [\"https://app.example\"]\n\
         [[callers]]\nid = \"say \\\"hello\\\"\"\nsecret-file = \"secret\"\n",
    );
    let variables = [("GLOWBAND_TRUSTED_PROXIES", "10.0.0.0/8,::1"), ("GLOWBAND_AUDIENCE", "orders")];
    let flags = ["--listen", "[::1]:9000", "--public-url", "https://id.example", "--max-body", "8KiB"];
    let first = place.load(&variables, &flags).unwrap();
    let printed = first.print();

    let other = Folder::new();
    other.file("glowband.toml", &printed);
    let second = other.load(&[], &[]).unwrap();
    // What follows from others is written out.
    let mut expected = first.settings.clone();
    expected.public_url = Some("https://id.example".to_owned());
    expected.audience = Some("orders".to_owned());
    assert_eq!(format!("{:#?}", second.settings), format!("{expected:#?}"), "{printed}");
    assert_eq!(second.settings.callers[0].secret, first.settings.callers[0].secret);
}

#[test]
fn each_line_says_where_it_comes_from() {
    let place = Folder::new();
    let config = place.file("glowband.toml", "\nreplay-window = 5\ndatabase = \"sqlite:a\"\n");
    let variables = [("GLOWBAND_DATABASE", "postgres://app:hunter2@db/g"), ("GLOWBAND_REFRESH_SECRET", "hunter3")];
    let printed = place.load(&variables, &["--log", "warn"]).unwrap().print();
    let words: Vec<_> = printed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        format!("replay-window = 5 # {config}:2"),
        "log = \"warn\" # --log".to_owned(),
        "database = \"postgres://app@db/g\" # GLOWBAND_DATABASE; its password is not shown".to_owned(),
        "# GLOWBAND_REFRESH_SECRET is set, and not shown".to_owned(),
        "listen = \"127.0.0.1:8080\" # default".to_owned(),
        "public-url = \"http://127.0.0.1:8080\" # default, from listen".to_owned(),
        "audience = \"http://127.0.0.1:8080\" # default, from public-url".to_owned(),
        "# tls-certificate is not set".to_owned(),
        "# database-url-file is not set".to_owned(),
        "# refresh-secret-file is not set".to_owned(),
    ] {
        assert!(words.contains(&line), "{line}\n{printed}");
    }
    assert!(!printed.contains("hunter"), "{printed}");
}

#[test]
fn what_is_overruled_is_no_setting_any_more() {
    let place = Folder::new();
    place.file("glowband.toml", "refresh-secret-file = \"r\"\n");
    let printed = place.load(&[("GLOWBAND_REFRESH_SECRET", "x")], &[]).unwrap().print();
    assert!(printed.contains("# refresh-secret-file (from ") && printed.contains(":1) is overruled\n"), "{printed}");
    // A port that the system gives is not known yet.
    let printed = place.load(&[], &["--listen", "127.0.0.1:0"]).unwrap().print();
    assert!(printed.contains("# public-url is not set"), "{printed}");
}
