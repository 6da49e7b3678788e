//! Tracing events: the verdict is logged, the token is not.

use crate::tokens;
use glowband_http::Rejection;
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn verdicts_are_logged_without_any_part_of_a_token() {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::FULL)
        .with_writer(written.clone())
        .finish();
    let private = json!({"sub": "private-subject", "scope": "private-scope"});
    let all = [
        tokens::with(json!({"sub": "private-subject", "scope": "orders:read private-scope"})),
        tokens::with(private),
        tokens::with(json!({"sub": "private-subject", "exp": 1})),
        tokens::forged(),
        tokens::of_unknown_key(),
        "not-a-token".to_owned(),
        "unreadable \"token".to_owned(),
    ];
    let guard = tokens::guard();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tracing::subscriber::with_default(subscriber, || {
        for token in &all {
            let _ = runtime.block_on(guard.authenticate(&[("Authorization", format!("Bearer {token}"))][..]));
        }
        let none = runtime.block_on(guard.authenticate::<[(&str, &str)]>(&[]));
        assert_eq!(none.unwrap_err(), Rejection::NoToken);
    });
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "authenticate: glowband::http: token accepted verdict=\"accepted\" alg=\"HS256\" kid=\"k1\"",
        "verdict=\"refused\" code=17 name=\"bad_signature\"",
        "verdict=\"refused\" code=45 name=\"expired\"",
        "verdict=\"refused\" code=15 name=\"key_not_found\"",
        "verdict=\"insufficient_scope\"",
        "verdict=\"bad_request\" name=\"authorization_malformed\"",
        "verdict=\"no_token\"",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    let parts = all.iter().flat_map(|token| token.split(['.', ' ', '"'])).filter(|part| part.len() > 8);
    for secret in parts.chain(["private-subject", "private-scope", "k2"]) {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    assert!(!format!("{guard:?}").contains("example secret"));
}
