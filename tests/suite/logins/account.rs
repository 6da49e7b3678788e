//! A client of the API that holds its own refresh token, as an app on a phone does.

use crate::http::client::{Answer, send};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;

pub(super) const PASSWORD: &str = "correct horse battery staple";

/// What a client knows after a login.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) session: String,
}

impl Tokens {
    #[track_caller]
    pub(super) fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token"), session: text("session_id") }
    }

    /// The generation that the refresh token says it is of.
    pub(super) fn generation(&self) -> u64 {
        generation(&self.refresh)
    }
}

/// Version, key id, 16 bytes of session id, then eight of the generation (big endian), before the MAC.
pub(super) fn generation(refresh: &str) -> u64 {
    let bytes = decode(refresh);
    u64::from_be_bytes(bytes[18..26].try_into().expect("eight bytes"))
}

fn decode(refresh: &str) -> Vec<u8> {
    let text = refresh.strip_prefix("gbr_").unwrap_or_else(|| panic!("no refresh token: {refresh}"));
    Base64UrlUnpadded::decode_vec(text).expect("base64url")
}

/// The same token with another MAC.
pub(super) fn forged(refresh: &str) -> String {
    let mut bytes = decode(refresh);
    *bytes.last_mut().expect("a MAC") ^= 1;
    format!("gbr_{}", Base64UrlUnpadded::encode_string(&bytes))
}

/// Sends JSON as a native client.
pub(super) fn post(server: SocketAddr, path: &str, access: Option<&str>, body: &Value) -> io::Result<Answer> {
    let bearer = access.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Content-Type", "application/json"), ("Glowband-Client", "native")];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    send(server, "POST", path, &headers, Some(body.to_string().as_bytes()))
}

/// Asks with an access token.
pub(super) fn get(server: SocketAddr, path: &str, access: &str) -> io::Result<Answer> {
    send(server, "GET", path, &[("Authorization", &format!("Bearer {access}"))], None)
}

/// A new account, logged in.
#[track_caller]
pub(super) fn register(server: SocketAddr, email: &str) -> Tokens {
    let answer = post(server, "/auth/register", None, &json!({"email": email, "password": PASSWORD}));
    let answer = answer.expect("the server answers");
    assert_eq!(answer.status, 201, "{answer:?}");
    Tokens::of(&answer)
}

/// One more login of an account.
#[track_caller]
pub(super) fn login(server: SocketAddr, email: &str) -> Tokens {
    let answer = post(server, "/auth/login", None, &json!({"email": email, "password": PASSWORD}));
    let answer = answer.expect("the server answers");
    assert_eq!(answer.status, 200, "{answer:?}");
    Tokens::of(&answer)
}

/// Asks for new tokens, once.
pub(super) fn refresh(server: SocketAddr, token: &str) -> io::Result<Answer> {
    post(server, "/auth/refresh", None, &json!({"refresh_token": token}))
}

/// Asks for new tokens, and gets them.
#[track_caller]
pub(super) fn refreshed(server: SocketAddr, token: &str) -> Tokens {
    let answer = refresh(server, token).expect("the server answers");
    assert_eq!(answer.status, 200, "{answer:?}");
    Tokens::of(&answer)
}

/// Asks for new tokens, and is told that the login is over.
#[track_caller]
pub(super) fn refused(server: SocketAddr, token: &str) {
    let answer = refresh(server, token).expect("the server answers");
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(answer.json()["name"], "invalid_grant", "{answer:?}");
}

/// Ends the login that the refresh token is of.
pub(super) fn logout(server: SocketAddr, token: &str) -> io::Result<Answer> {
    post(server, "/auth/logout", None, &json!({"refresh_token": token}))
}
