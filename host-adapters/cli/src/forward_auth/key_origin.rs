//! Where the keys of one issuer come from: an address that is fetched, or a file.

use super::key_file::KeyFile;
use super::remote_keys;
use glowband_text::policy_file::Keys;
use glowband_verify::RemoteKeySet;
use std::path::Path;

/// Keys from an address, or from a file beside the policy file.
#[derive(Clone, Debug)]
pub(super) enum KeyOrigin {
    Remote(RemoteKeySet),
    File(KeyFile),
}

impl KeyOrigin {
    /// Reads `[keys]`; keys of an address begin to be fetched. `template` is the issuer with `{tenantid}` in it, which the
    /// configuration of an address for several tenants names itself.
    ///
    /// # Errors
    /// Which setting is wrong, and what is allowed.
    pub(super) fn read(keys: &Keys, beside: &Path, template: Option<&str>) -> Result<Self, String> {
        let file = match (&keys.discover, &keys.jwks_url, &keys.file, &keys.secret_file) {
            (Some(issuer), None, None, None) => {
                if issuer.contains(['{', '}']) {
                    return Err(format!(
                        "[keys] discover = {issuer:?} has a placeholder; allowed is an address, such as \
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
            Some(name) => Err(format!("[keys] {name} means nothing for a file; it goes with discover or jwks-url")),
            None => Ok(Self::File(file)),
        }
    }
}
