//! The settings of `[keys]` about fetching keys from an address.

use glowband_text::policy_file::Keys;
use glowband_verify::{RemoteKeySet, RemoteKeySetBuilder};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Returns the name of the first given setting that is only for addresses.
pub(super) fn first_given(keys: &Keys) -> Option<&'static str> {
    [
        ("timeout", keys.timeout.is_some()),
        ("drop-after", keys.drop_after.is_some()),
        ("refresh-every", keys.refresh_every.is_some()),
        ("root-certificates", keys.root_certificates.is_some()),
        ("bearer-file", keys.bearer_file.is_some()),
        ("headers", !keys.headers.is_empty()),
        ("header-files", !keys.header_files.is_empty()),
        ("proxy-from-environment", keys.proxy_from_environment),
        ("danger-allow-plain-http-on-loopback", keys.danger_allow_plain_http_on_loopback),
        ("danger-allow-plain-http-to", !keys.danger_allow_plain_http_to.is_empty()),
    ]
    .into_iter()
    .find_map(|(name, given)| given.then_some(name))
}

/// Starts to fetch keys as `[keys]` says. Paths in it are relative to the folder `beside`.
///
/// # Errors
/// Returns which setting is wrong and what is allowed.
pub(super) fn start(mut builder: RemoteKeySetBuilder, keys: &Keys, beside: &Path) -> Result<RemoteKeySet, String> {
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
    if let Some(path) = &keys.bearer_file {
        builder = builder.bearer_file(beside.join(path));
    }
    for (name, value) in &keys.headers {
        builder = builder.header(name, value);
    }
    for (name, path) in &keys.header_files {
        builder = builder.header_file(name, beside.join(path));
    }
    if keys.danger_allow_plain_http_on_loopback {
        builder = builder.danger_allow_plain_http_on_loopback();
    }
    builder = builder.danger_allow_plain_http_to(&keys.danger_allow_plain_http_to);
    builder.start().map_err(|error| format!("[keys] {error}"))
}
