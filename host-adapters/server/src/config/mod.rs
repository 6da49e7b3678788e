//! The settings of a server: from a file, the environment and the program or its flags. Each overrides those before it.
//!
//! ```
//! use glowband_server::Settings;
//!
//! let settings = Settings::builder()
//!     .set("public-url", "https://id.example")
//!     .set("access-token-lifetime", "5m")
//!     .build()?;
//! # assert_eq!(settings.public_url.as_deref(), Some("https://id.example"));
//! # Ok::<(), glowband_server::config::ConfigErrors>(())
//! ```

mod address;
mod argon2_cost;
mod builder;
mod check_value;
mod database_url;
mod environment;
mod error;
mod file;
mod names;
mod nearest;
mod print;
mod raw;
mod secret_file;
mod settings;
mod units;
mod validate;
mod value;

pub use argon2_cost::PasswordSettingError;
pub use builder::{Loaded, SettingsBuilder};
pub use error::{ConfigError, ConfigErrors};
pub use names::{Setting, setting, setting_groups};
pub use secret_file::check_private;
pub use settings::{Listen, LogFormat, LogLevel, Settings, TlsFiles};
pub use value::SettingSource;

pub(crate) use argon2_cost::Cost;
pub(crate) use secret_file::{create as create_secret_file, read as read_secret_file, read_bytes as read_secret_bytes};
pub(crate) use settings::{DatabaseUrl, ForwardedHeader, SecretPlace, ServiceClient};
pub(crate) use units::Rate;
#[cfg(test)]
pub(crate) use units::Secret;

use std::net::SocketAddr;

impl Settings {
    /// Returns remarks about allowed values that may be mistakes.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let local = match &self.listen {
            Listen::Tcp(address) => address.ip().is_loopback(),
            Listen::Unix(_) => true,
        };
        if !local && self.tls.is_none() && self.trusted_proxies.is_empty() {
            remarks.push(
                "passwords and tokens travel in the clear: listen is open to other machines, and there is neither \
                 tls-certificate nor a proxy in trusted-proxies"
                    .to_owned(),
            );
        }
        if self.trusted_proxies.iter().any(|network| network.prefix_len() == 0) {
            remarks.push("trusted-proxies contains all addresses, so every client can claim any address".to_owned());
        }
        remarks
    }

    /// Starts with the defaults of all settings, and reads no file and no environment unless told to.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// Sets the public URL to the address that a listener is bound to, unless there is one.
    pub fn use_bound_address(&mut self, bound: Option<SocketAddr>) {
        self.public_url = Some(self.public_url_at(bound));
    }

    /// Returns the public URL, unless it depends on a port that the system chooses.
    fn known_public_url(&self) -> Option<String> {
        match &self.listen {
            Listen::Tcp(address) if address.port() > 0 => Some(self.public_url_at(Some(*address))),
            _ => self.public_url.clone(),
        }
    }

    /// Returns the setting `public-url`, or by default the listening address as a URL.
    pub(crate) fn public_url_at(&self, bound: Option<SocketAddr>) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let listen = || bound.map_or_else(|| self.listen.to_string(), |bound| bound.to_string());
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", listen()))
    }
}

#[cfg(test)]
mod tests;
