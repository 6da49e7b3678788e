//! The gate as the policy file describes it: reads the file, checks every value and starts to fetch the keys.

use super::issuer_settings::{IssuerSettings, named, rules};
use super::key_origin::KeyOrigin;
use glowband_http::Guard;
use glowband_http::forward_auth::ForwardAuth;
use glowband_text::policy_file::PolicyFile;
use glowband_verify::{HostVerifier, LiveKeys, TrustedIssuer};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// How long `--check` waits for an issuer's keys; longer than the default timeout of a fetch.
const PATIENCE: Duration = Duration::from_secs(15);
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9190);

/// A gate that is ready to serve.
pub(crate) struct Gate {
    listen: SocketAddr,
    answers: ForwardAuth,
    guard: Guard,
    issuers: Vec<KnownIssuer>,
    longest_token: usize,
    remarks: Vec<String>,
}

/// An issuer of the gate: its name for logs and metrics, and its keys.
#[derive(Clone)]
pub(super) struct KnownIssuer {
    pub(super) name: String,
    pub(super) origin: KeyOrigin,
    pub(super) keys: LiveKeys,
}

impl KnownIssuer {
    /// Returns whether the issuer has at least one key.
    pub(super) fn has_keys(&self) -> bool {
        !self.keys.snapshot().keys().is_empty()
    }
}

impl Gate {
    /// Reads a policy file and the key files that it names, and starts to fetch keys from addresses.
    ///
    /// # Errors
    /// Returns a message with the file, the setting, what is wrong and what is allowed.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{file}: {error}"))?;
        let raw: PolicyFile = toml::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
        Self::check(raw, path).map_err(|error| format!("{file}: {error}"))
    }

    fn check(mut raw: PolicyFile, path: &Path) -> Result<Self, String> {
        // Paths in a policy file are relative to the folder of the file.
        let beside = path.parent().unwrap_or(Path::new(""));
        let mut remarks = Vec::new();
        let settings = IssuerSettings::all(&mut raw, beside, &mut remarks)?;
        let several = settings.len() > 1;
        let (mut issuers, mut trusted, mut claim_rules) = (Vec::new(), Vec::new(), rules(&raw.require)?);
        for IssuerSettings { name, policy, keys: origin, rules } in settings {
            let names = policy.issuers().unwrap_or_default().to_vec();
            claim_rules.extend(rules.into_iter().map(|rule| match several {
                true => rule.of_issuers(names.iter().map(String::as_str)),
                false => rule,
            }));
            let issuer = match &origin {
                KeyOrigin::Remote(remote) => TrustedIssuer::remote(remote.clone(), policy),
                KeyOrigin::File(file) => {
                    let read = file.read()?;
                    remarks.extend(read.skipped().iter().map(|key| format!("{file}: ignored {key}")));
                    TrustedIssuer::new(read, policy)
                }
            };
            issuers.push(KnownIssuer { name, origin, keys: issuer.keys().clone() });
            trusted.push(issuer);
        }
        let longest_token = trusted.iter().map(|issuer| issuer.policy().longest_token()).max().unwrap_or(0);
        let guard = Self::guard_of(&raw, verifier(trusted)?, claim_rules, &mut remarks)?;
        let mut answers = ForwardAuth::new(guard.clone());
        for (header, claim) in &raw.headers {
            answers = answers.claim_header(header, claim).map_err(|error| format!("[headers] {header}: {error}"))?;
        }
        if raw.appended_path {
            answers = answers.appended_path();
        }
        Ok(Self { listen: raw.listen.unwrap_or(LISTEN), answers, guard, issuers, longest_token, remarks })
    }

    fn guard_of(
        raw: &PolicyFile,
        verifier: HostVerifier,
        claim_rules: Vec<glowband_http::ClaimRule>,
        remarks: &mut Vec<String>,
    ) -> Result<Guard, String> {
        let verifier = match raw.cache_bytes {
            None | Some(0) => verifier,
            Some(bytes) => verifier.cache(bytes),
        };
        let mut guard = claim_rules.into_iter().fold(Guard::new(verifier), Guard::require_claim);
        if let Some(realm) = &raw.realm {
            guard = guard.realm(realm.as_str());
        }
        guard = match (&raw.cookie, &raw.token_header) {
            (Some(_), Some(_)) => {
                return Err("token-header and cookie cannot be used together; remove one of them".into());
            }
            (Some(cookie), None) => {
                named("cookie", cookie)?;
                guard.header_or_cookie(cookie.as_str())
            }
            (None, Some(header)) => {
                if header.is_empty() || !header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    return Err(format!(
                        "token-header = {header:?} is not the name of a header; allowed: letters, digits and hyphens"
                    ));
                }
                guard.named_header(header.as_str())
            }
            (None, None) => guard,
        };
        for origin in &raw.allow_origins {
            named("allow-origins", origin)?;
            guard = guard.allow_origin(origin.as_str());
        }
        for scope in &raw.require_scopes {
            named("require-scopes", scope)?;
            guard = guard.require_scope(scope);
        }
        if raw.danger_accept_bound_tokens {
            remarks.push(
                "danger-accept-bound-tokens: tokens that are bound to a key (cnf) are accepted without proof of the key"
                    .to_owned(),
            );
            guard = guard.danger_accept_bound_tokens();
        }
        Ok(guard)
    }

    /// Waits until every issuer has keys. Returns their algorithms and sources as text.
    ///
    /// # Errors
    /// Returns why an issuer's keys could not be fetched.
    pub(crate) fn describe_keys(&self) -> Result<String, String> {
        let several = self.issuers.len() > 1;
        let words = self.issuers.iter().map(|issuer| {
            let of = if several { format!("{}: ", issuer.name) } else { String::new() };
            let from = match &issuer.origin {
                KeyOrigin::File(file) => file.to_string(),
                KeyOrigin::Remote(remote) => {
                    remote.wait_ready(PATIENCE).map_err(|error| format!("{of}[keys] {error}"))?;
                    "their issuer".to_owned()
                }
            };
            // Each algorithm once; a key without `alg` can be used for several.
            let mut algorithms = Vec::new();
            for (_, algorithm) in issuer.keys.snapshot().keys().iter() {
                if !algorithms.contains(&algorithm.name()) {
                    algorithms.push(algorithm.name());
                }
            }
            Ok(format!("{of}{} from {from}", algorithms.join(", ")))
        });
        Ok(words.collect::<Result<Vec<_>, String>>()?.join("; "))
    }

    /// Replaces the address to listen on.
    pub(crate) fn listen_on(&mut self, listen: SocketAddr) {
        self.listen = listen;
    }

    /// Returns warnings about the policy.
    pub(crate) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    pub(super) fn listen(&self) -> SocketAddr {
        self.listen
    }

    pub(super) fn answers(&self) -> ForwardAuth {
        self.answers.clone()
    }

    pub(super) fn guard(&self) -> Guard {
        self.guard.clone()
    }

    pub(super) fn issuers(&self) -> &[KnownIssuer] {
        &self.issuers
    }

    /// Returns the length of the longest token that a policy accepts, in bytes.
    pub(super) fn longest_token(&self) -> usize {
        self.longest_token
    }
}

fn verifier(mut issuers: Vec<TrustedIssuer>) -> Result<HostVerifier, String> {
    match issuers.pop() {
        Some(only) if issuers.is_empty() => Ok(HostVerifier::of_issuer(only)),
        last => {
            HostVerifier::for_issuers(issuers.into_iter().chain(last)).map_err(|error| format!("[[issuers]]: {error}"))
        }
    }
}
