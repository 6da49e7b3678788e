//! File, environment, flags: the later wins, setting by setting.

use super::Folder;
use crate::config::Listen;
use crate::config::settings::{DatabaseUrl, ForwardedHeader, LogLevel, SecretPlace};
use std::path::Path;
use std::time::Duration;

#[test]
fn nothing_said_is_a_server_for_this_machine() {
    let settings = Folder::new().load(&[], &[]).unwrap().settings;
    assert_eq!(settings.listen, Listen::Tcp("127.0.0.1:8080".parse().unwrap()));
    assert_eq!(settings.public_url_at("127.0.0.1:8080".parse().ok()), "http://127.0.0.1:8080");
    assert_eq!(settings.data, Path::new("glowband-data"));
    assert_eq!(settings.database, DatabaseUrl::Sqlite("glowband-data/glowband.sqlite".into()));
    assert_eq!(settings.refresh_secret, SecretPlace::File("glowband-data/refresh.key".into()));
    assert_eq!(settings.access_token_lifetime, Duration::from_secs(600));
    assert_eq!(settings.idle_lifetime, Duration::from_secs(14 * 86_400));
    assert_eq!(settings.absolute_lifetime, Duration::from_secs(30 * 86_400));
    assert_eq!(settings.replay_window, Duration::from_secs(10));
    assert_eq!((settings.argon2_memory.0, settings.argon2_iterations), (19 << 20, 2));
    assert_eq!(settings.forwarded_header, ForwardedHeader::XForwardedFor);
    assert_eq!(settings.max_body.0, 65_536);
    assert!(settings.registration && settings.tls.is_none() && settings.trusted_proxies.is_empty());
}

#[test]
fn flags_win_over_the_environment_and_that_over_a_file() {
    let place = Folder::new();
    place.file("glowband.toml", "log = \"error\"\nreplay-window = 1\nmax-body = \"1KiB\"\nregistration = false\n");
    let variables = [("GLOWBAND_LOG", "warn"), ("GLOWBAND_REPLAY_WINDOW", "2s")];
    let loaded = place.load(&variables, &["--log", "debug"]).unwrap();
    assert_eq!(loaded.settings.log, LogLevel::Debug);
    assert_eq!(loaded.settings.replay_window, Duration::from_secs(2));
    assert_eq!(loaded.settings.max_body.0, 1024);
    assert!(!loaded.settings.registration);
    assert_eq!(loaded.remarks.len(), 1);
    assert!(loaded.remarks[0].starts_with("settings are read from "), "{:?}", loaded.remarks);
}

#[test]
fn a_named_file_takes_the_place_of_the_one_that_is_here() {
    let place = Folder::new();
    place.file("glowband.toml", "log = \"error\"\n");
    let (one, other) = (place.file("one.toml", "log = \"warn\"\n"), place.file("other.toml", "log = \"off\"\n"));
    let loaded = place.load(&[("GLOWBAND_CONFIG", &one)], &[]).unwrap();
    assert_eq!((loaded.settings.log, loaded.remarks.len()), (LogLevel::Warn, 0));
    let loaded = place.load(&[("GLOWBAND_CONFIG", &one)], &["--config", &other]).unwrap();
    assert_eq!(loaded.settings.log, LogLevel::Off);
}

#[test]
fn files_that_a_file_names_stand_beside_it() {
    let place = Folder::new();
    place.file("glowband.toml", "data = \"d\"\ntls-certificate = \"c.pem\"\ntls-key = \"/etc/k.pem\"\n");
    let settings = place.load(&[], &[]).unwrap().settings;
    assert_eq!(settings.data, place.0.join("d"));
    let tls = settings.tls.unwrap();
    assert_eq!((tls.certificate, tls.key), (place.0.join("c.pem"), "/etc/k.pem".into()));
    let settings = place.load(&[("GLOWBAND_DATA", "elsewhere")], &[]).unwrap().settings;
    assert_eq!(settings.database, DatabaseUrl::Sqlite("elsewhere/glowband.sqlite".into()));
    place.file("glowband.toml", "database = \"sqlite:x.sqlite\"\n");
    let settings = place.load(&[], &[]).unwrap().settings;
    assert_eq!(settings.database, DatabaseUrl::Sqlite(place.0.join("x.sqlite")));
}

#[test]
fn lists_are_words_with_commas() {
    let place = Folder::new();
    let networks = |variables: &[(&str, &str)], flags: &[&str]| {
        let settings = place.load(variables, flags).unwrap().settings;
        settings.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let both = ["10.0.0.0/8", "::1/128"];
    assert_eq!(networks(&[("GLOWBAND_TRUSTED_PROXIES", "10.0.0.0/8, ::1")], &[]), both);
    assert_eq!(networks(&[], &["--trusted-proxies", "10.0.0.0/8,::1"]), both);
    assert!(networks(&[("GLOWBAND_TRUSTED_PROXIES", "")], &[]).is_empty());
}

#[test]
fn the_better_source_of_one_thing_said_in_two_ways_wins() {
    let place = Folder::new();
    let url = place.file("url", "postgres://app:hunter2@db/glowband\n");
    place.file("glowband.toml", "database = \"sqlite:a.sqlite\"\nrefresh-secret-file = \"r\"\n");
    let variables = [("GLOWBAND_DATABASE_URL_FILE", url.as_str()), ("GLOWBAND_REFRESH_SECRET", "1 abc")];
    let settings = place.load(&variables, &[]).unwrap().settings;
    assert_eq!(settings.database.to_string(), "postgres://app@db/glowband");
    assert!(matches!(settings.refresh_secret, SecretPlace::Here(_)));
    let settings = place.load(&variables, &["--database", "sqlite:b.sqlite", "--refresh-secret-file", "f"]).unwrap();
    assert_eq!(settings.settings.database, DatabaseUrl::Sqlite("b.sqlite".into()));
    assert_eq!(settings.settings.refresh_secret, SecretPlace::File("f".into()));
}

#[test]
fn what_may_not_be_meant_is_remarked_upon() {
    let remarks = |arguments: &[&str]| {
        let public = ["--public-url", "https://id.example"];
        Folder::new().load(&[], &[&public, arguments].concat()).unwrap().remarks
    };
    assert!(remarks(&["--listen", "0.0.0.0:80"])[0].starts_with("passwords and tokens travel in the clear"));
    assert!(remarks(&["--listen", "0.0.0.0:80", "--trusted-proxies", "10.0.0.0/8"]).is_empty());
    assert!(remarks(&["--trusted-proxies", "0.0.0.0/0"])[0].starts_with("trusted-proxies contains all addresses"));
    assert!(remarks(&[]).is_empty());
}
