//! The source of an issuer's keys: an address or a file.

use super::key_file::KeyFile;
use super::remote_keys;
use glowband_text::policy_file::Keys;
use glowband_verify::RemoteKeySet;
use std::path::Path;

/// Keys from an address, or from a file whose path is relative to the policy file.
#[derive(Clone, Debug)]
pub(super) enum KeyOrigin {
    Remote(RemoteKeySet),
    File(KeyFile),
}

impl KeyOrigin {
    /// Reads `[keys]` and starts to fetch keys from an address. `template` is the issuer with the placeholder `{tenantid}`,
    /// as the discovery document of a multi-tenant provider names it.
    ///
    /// # Errors
    /// Returns which setting is wrong and what is allowed.
    pub(super) fn read(keys: &Keys, beside: &Path, template: Option<&str>) -> Result<Self, String> {
        let file = match (&keys.discover, &keys.jwks_url, &keys.file, &keys.secret_file) {
            (Some(issuer), None, None, None) => {
                if issuer.contains(['{', '}']) {
                    return Err(format!(
                        "[keys] discover = {issuer:?} contains a placeholder; allowed: an address without one, such as \
                         \"https://login.microsoftonline.com/organizations/v2.0\""
                    ));
                }
                let mut builder = RemoteKeySet::discover(issuer);
                if let Some(template) = template {
                    builder = builder.issuer_template(template);
                }
                return remote_keys::start(builder, keys, beside).map(Self::Remote);
            }
            (None, Some(url), None, None) => {
                return remote_keys::start(RemoteKeySet::jwks(url), keys, beside).map(Self::Remote);
            }
            (None, None, Some(path), None) => KeyFile::keys(beside.join(path)),
            (None, None, None, Some(path)) => KeyFile::secret(beside.join(path)),
            _ => return Err("[keys] needs exactly one of discover, jwks-url, file and secret-file".into()),
        };
        match remote_keys::first_given(keys) {
            Some(name) => Err(format!("[keys] {name} is not allowed for a file; allowed: with discover or jwks-url")),
            None => Ok(Self::File(file)),
        }
    }
}
