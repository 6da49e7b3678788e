//! Authenticates service clients with HTTP Basic (RFC 6749 §2.3.1, RFC 7617).

use super::pairs::decoded;
use crate::config::ServiceClient;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

/// The challenge for a missing or wrong credential.
pub(super) const CHALLENGE: &str = "Basic realm=\"glowband callers\", charset=\"UTF-8\"";
/// The longest accepted credential, in bytes.
const LONGEST: usize = 4096;

/// The credential of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientAuth<'c> {
    /// The request has no credential.
    Nothing,
    /// The request has the credential of this service client.
    Known(&'c ServiceClient),
    /// The request has another scheme, a wrong id or secret, or two headers.
    Wrong,
}

/// Returns the service client of a request, by its header `Authorization`.
pub(super) fn authenticate<'c>(headers: &HeaderMap, callers: &'c [ServiceClient]) -> ClientAuth<'c> {
    let mut values = headers.get_all(AUTHORIZATION).into_iter();
    match (values.next(), values.next()) {
        (None, _) => ClientAuth::Nothing,
        (Some(value), None) => check(value.as_bytes(), callers).map_or(ClientAuth::Wrong, ClientAuth::Known),
        (Some(_), Some(_)) => ClientAuth::Wrong,
    }
}

fn check<'c>(value: &[u8], callers: &'c [ServiceClient]) -> Option<&'c ServiceClient> {
    let value = std::str::from_utf8(value).ok().filter(|value| value.len() <= LONGEST)?;
    let (scheme, credential) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let pair = Zeroizing::new(Base64::decode_vec(credential.trim_start_matches(' ')).ok()?);
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let (id, secret) = pair.split_at_checked(colon)?;
    let secret = secret.get(1..)?;
    // RFC 6749 requires form encoding of both, but many clients send them unencoded.
    let plain = same(callers, id, secret);
    let (id, secret) = (decoded(id).ok(), decoded(secret).ok().map(Zeroizing::new));
    let encoded = id.zip(secret).and_then(|(id, secret)| same(callers, id.as_bytes(), secret.as_bytes()));
    plain.or(encoded)
}

/// Returns the client with this id and this secret. The secret is compared in constant time.
fn same<'c>(callers: &'c [ServiceClient], id: &[u8], secret: &[u8]) -> Option<&'c ServiceClient> {
    // Comparing digests hides the length of the secret.
    let digest = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes);
    let shown = digest(secret);
    let caller = callers.iter().find(|caller| caller.id.as_bytes() == id)?;
    let own = digest(caller.secret.expose());
    verify_slices_are_equal(own.as_ref(), shown.as_ref()).is_ok().then_some(caller)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use axum::http::HeaderValue;

    fn callers() -> Vec<ServiceClient> {
        let caller = |id: &str, secret: &str| ServiceClient {
            id: id.to_owned(),
            secret: Secret::new(secret.as_bytes().to_vec()),
        };
        vec![caller("orders", "a secret: with % and +"), caller("billing", "another secret")]
    }

    fn shown(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        match authenticate(&headers, &callers()) {
            ClientAuth::Nothing => Some("nothing".to_owned()),
            ClientAuth::Known(caller) => Some(caller.id.clone()),
            ClientAuth::Wrong => None,
        }
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", Base64::encode_string(pair.as_bytes()))
    }

    #[test]
    fn the_secret_is_accepted_plain_and_form_encoded() {
        assert_eq!(shown(&[]).as_deref(), Some("nothing"));
        assert_eq!(shown(&[&basic("orders:a secret: with % and +")]).as_deref(), Some("orders"));
        assert_eq!(shown(&[&basic("orders:a+secret%3A+with+%25+and+%2B")]).as_deref(), Some("orders"));
        assert_eq!(shown(&[&basic("billing:another secret").replace("Basic", "bAsIc ")]).as_deref(), Some("billing"));
    }

    #[test]
    fn every_other_credential_is_refused() {
        let good = basic("billing:another secret");
        for value in [
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Bearer aaa.bbb.ccc",
            &basic("billing"),
            &basic("billing:"),
            &basic("billing:another secre"),
            &basic("billing:another secret "),
            &basic("orders:another secret"),
            &basic("unknown:another secret"),
            &basic(":another secret"),
            &good.replace("Basic", "Digest"),
            &format!("{good}="),
        ] {
            assert_eq!(shown(&[value]), None, "{value}");
        }
        assert_eq!(shown(&[&good, &good]), None, "two headers");
    }
}
