//! The policy as the program may hold it: every value judged, the keys read or on their way.

use super::key_file::KeyFile;
use super::raw::{self, OneOrMany, PolicyFile};
use glowband_http::Guard;
use glowband_verify::{HostVerifier, LiveKeys, OwnedPolicy, RemoteKeySet, RemoteKeySetBuilder};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// How long a check waits for an issuer's keys; longer than one fetch may take by itself.
const PATIENCE: Duration = Duration::from_secs(15);
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9190);

/// A gate that is ready to be asked.
pub(crate) struct Gate {
    listen: SocketAddr,
    guard: Guard,
    origin: Origin,
    remarks: Vec<String>,
}

impl Gate {
    /// Reads a policy file and the keys it names. Keys of an issuer are only begun to be fetched.
    ///
    /// # Errors
    /// In words for people: which file, which name in it, what is wrong and what is allowed.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?;
        let raw: PolicyFile = toml::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
        Self::check(raw, path).map_err(|error| format!("{file}: {error}"))
    }

    fn check(raw: PolicyFile, path: &Path) -> Result<Self, String> {
        // Files that a policy names stand beside it, wherever the process was started.
        let beside = path.parent().unwrap_or(Path::new(""));
        let mut remarks = Vec::new();
        let policy = expectations(&raw, &mut remarks)?;
        let keys = raw.keys.as_ref().ok_or("[keys] is missing: one of discover, jwks-url, file, secret-file in it")?;
        let origin = origin(keys, beside)?;
        let verifier = match &origin {
            Origin::Remote(remote) => HostVerifier::remote(remote.clone(), policy),
            Origin::File(file) => {
                let read = file.read()?;
                remarks.extend(read.skipped().iter().map(|key| format!("{file}: left out {key}")));
                HostVerifier::new(read, policy)
            }
        };
        let verifier = match raw.cache_bytes {
            None | Some(0) => verifier,
            Some(bytes) => verifier.cache(bytes),
        };
        let mut guard = Guard::new(verifier);
        if let Some(realm) = raw.realm {
            guard = guard.realm(realm);
        }
        if let Some(cookie) = raw.cookie {
            named("cookie", &cookie)?;
            guard = guard.header_or_cookie(cookie);
        }
        for origin in raw.allow_origins {
            named("allow-origins", &origin)?;
            guard = guard.allow_origin(origin);
        }
        for scope in &raw.require_scopes {
            named("require-scopes", scope)?;
            guard = guard.require_scope(scope);
        }
        Ok(Self { listen: raw.listen.unwrap_or(LISTEN), guard, origin, remarks })
    }

    /// Waits until there are keys, and says how many and whose.
    ///
    /// # Errors
    /// Why an issuer's keys could not be fetched.
    pub(crate) fn keys_in_words(&self) -> Result<String, String> {
        let from = match &self.origin {
            Origin::File(file) => file.to_string(),
            Origin::Remote(remote) => {
                remote.wait_ready(PATIENCE).map_err(|error| format!("[keys] {error}"))?;
                "their issuer".to_owned()
            }
        };
        let keys = self.live_keys();
        // Once each: a key that names no algorithm is for several.
        let mut algorithms = Vec::new();
        for (_, algorithm) in keys.snapshot().keys().iter() {
            if !algorithms.contains(&algorithm.name()) {
                algorithms.push(algorithm.name());
            }
        }
        Ok(format!("{} from {from}", algorithms.join(", ")))
    }

    /// Listens there, whatever the file says.
    pub(crate) fn listen_on(&mut self, listen: SocketAddr) {
        self.listen = listen;
    }

    /// What people should know about the policy before it is used.
    pub(crate) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    pub(super) fn listen(&self) -> SocketAddr {
        self.listen
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard.clone()
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn live_keys(&self) -> LiveKeys {
        self.guard.verifier().keys().clone()
    }
}

fn expectations(raw: &PolicyFile, remarks: &mut Vec<String>) -> Result<OwnedPolicy, String> {
    let mut policy = OwnedPolicy::danger_any_issuer_any_audience();
    for (name, texts) in [("issuer", &raw.issuer), ("audience", &raw.audience)] {
        texts.iter().flat_map(OneOrMany::iter).try_for_each(|text| named(name, text))?;
    }
    for (name, text) in [("token-type", &raw.token_type), ("subject", &raw.subject)] {
        text.iter().try_for_each(|text| named(name, text))?;
    }
    match (&raw.issuer, &raw.audience, raw.danger_any_issuer_any_audience) {
        (Some(_), Some(_), false) => {}
        (Some(_), Some(_), true) => {
            return Err("danger-any-issuer-any-audience contradicts issuer and audience; leave one of them out".into());
        }
        (.., true) => remarks.push(
            "danger-any-issuer-any-audience: tokens that were meant for another service get in as well".to_owned(),
        ),
        (None, ..) => return Err("issuer is missing: the iss of the tokens, such as \"https://id.example\"".into()),
        (_, None, _) => return Err("audience is missing: the aud of the tokens, such as \"orders-api\"".into()),
    }
    policy = match &raw.issuer {
        None => policy,
        Some(OneOrMany::One(issuer)) => policy.issuer(issuer),
        Some(OneOrMany::Many(issuers)) if issuers.is_empty() => return Err("issuer is an empty list".into()),
        Some(OneOrMany::Many(issuers)) => policy.any_issuer_of(issuers),
    };
    policy = match &raw.audience {
        None => policy,
        Some(OneOrMany::One(audience)) => policy.audience(audience),
        Some(OneOrMany::Many(audiences)) if audiences.is_empty() => return Err("audience is an empty list".into()),
        Some(OneOrMany::Many(audiences)) => policy.any_audience_of(audiences),
    };
    if let Some(token_type) = &raw.token_type {
        policy = policy.token_type(token_type);
    }
    if let Some(subject) = &raw.subject {
        policy = policy.subject(subject);
    }
    if let Some(leeway) = raw.leeway {
        policy = policy.leeway(leeway.0);
    }
    if let Some(age) = raw.max_age {
        policy = policy.maximum_age(age.0);
    }
    Ok(if raw.allow_missing_expiry { policy.allow_missing_expiry() } else { policy })
}

/// Where the keys come from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    Remote(RemoteKeySet),
    File(KeyFile),
}

fn origin(keys: &raw::Keys, beside: &Path) -> Result<Origin, String> {
    let only_remote = [
        ("timeout", keys.timeout.is_some()),
        ("drop-after", keys.drop_after.is_some()),
        ("refresh-every", keys.refresh_every.is_some()),
        ("proxy-from-environment", keys.proxy_from_environment),
        ("root-certificates", keys.root_certificates.is_some()),
        ("danger-allow-plain-http-on-loopback", keys.danger_allow_plain_http_on_loopback),
    ];
    let file = match (&keys.discover, &keys.jwks_url, &keys.file, &keys.secret_file) {
        (Some(issuer), None, None, None) => return remote(RemoteKeySet::discover(issuer), keys, beside),
        (None, Some(url), None, None) => return remote(RemoteKeySet::jwks(url), keys, beside),
        (None, None, Some(path), None) => KeyFile::keys(beside.join(path)),
        (None, None, None, Some(path)) => KeyFile::secret(beside.join(path)),
        _ => return Err("[keys] needs exactly one of discover, jwks-url, file and secret-file".into()),
    };
    match only_remote.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(format!("[keys] {name} means nothing for a file; it goes with discover or jwks-url")),
        None => Ok(Origin::File(file)),
    }
}

/// An empty text is more likely a setting that was forgotten than one that is meant.
fn named(name: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(format!("{name} holds an empty text; leave it out or fill it in")) } else { Ok(()) }
}

fn remote(mut builder: RemoteKeySetBuilder, keys: &raw::Keys, beside: &Path) -> Result<Origin, String> {
    if let Some(timeout) = keys.timeout {
        builder = builder.timeout(Duration::from_secs(timeout.0));
    }
    if let Some(path) = &keys.root_certificates {
        let path = beside.join(path);
        let pem = fs::read(&path).map_err(|error| format!("[keys] root-certificates: {}: {error}", path.display()))?;
        builder = builder.root_certificates(pem);
    }
    if let Some(age) = keys.drop_after {
        builder = builder.drop_after(Duration::from_secs(age.0));
    }
    if let Some(interval) = keys.refresh_every {
        builder = builder.refresh_every(Duration::from_secs(interval.0));
    }
    if keys.proxy_from_environment {
        builder = builder.proxy_from_environment();
    }
    if keys.danger_allow_plain_http_on_loopback {
        builder = builder.danger_allow_plain_http_on_loopback();
    }
    builder.start().map(Origin::Remote).map_err(|error| format!("[keys] {error}"))
}
