//! The settings of `glowband serve`: from a file, the environment and flags, in that rising order; judged once.

mod address;
mod check;
mod checked;
mod database_url;
mod environment;
mod file;
mod flags;
mod given;
mod judge;
mod kinds;
mod names;
mod nearest;
mod print;
mod raw;
mod secret_file;

pub(crate) use checked::{
    Caller, DatabaseUrl, ForwardedHeader, Listen, LogFormat, LogLevel, SecretPlace, Settings, TlsFiles,
};
pub(crate) use flags::{DataFlags, DatabaseFlags, Flags};
pub(crate) use kinds::Rate;
#[cfg(test)]
pub(crate) use kinds::Secret;
pub(crate) use secret_file::{
    create as create_secret_file, private, read as read_secret_file, read_bytes as read_secret_bytes,
};

use environment::Environment;
use raw::Raw;
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// The file that is read where none is named.
const IMPLICIT: &str = "glowband.toml";

/// Settings, and what people should know about them.
pub(crate) struct Loaded {
    pub(crate) settings: Settings,
    /// What people should know before they are used.
    pub(crate) remarks: Vec<String>,
    raw: Raw,
}

impl Loaded {
    /// Reads all sources and judges them.
    ///
    /// # Errors
    /// In words for people, a line for each thing that is wrong.
    pub(crate) fn read(flags: &Flags) -> Result<Self, String> {
        Self::from(flags, std::env::vars_os(), Path::new(IMPLICIT)).map_err(|wrong| wrong.join("\n"))
    }

    fn from(
        flags: &Flags,
        variables: impl Iterator<Item = (OsString, OsString)>,
        implicit: &Path,
    ) -> Result<Self, Vec<String>> {
        let Environment { raw: environment, config, mut remarks } = environment::read(variables)?;
        let named = flags.config.clone().or(config);
        let path = named.clone().or_else(|| implicit.exists().then(|| implicit.to_owned()));
        let file = path.as_deref().map_or_else(|| Ok(Raw::default()), read_file)?;
        if let (None, Some(path)) = (named, &path) {
            remarks.push(format!("settings are read from {}, which is here", path.display()));
        }
        let raw = Raw::defaults().overruled_by(file).overruled_by(environment).overruled_by(flags.raw.clone());
        let settings = judge::judge(&raw)?;
        remarks.extend(settings.remarks());
        Ok(Self { settings, remarks, raw })
    }

    /// The settings as a file that says the same, each with where it came from. Secrets are left out.
    pub(crate) fn print(&self) -> String {
        print::print(&self.raw, &self.settings)
    }
}

fn read_file(path: &Path) -> Result<Raw, Vec<String>> {
    let text = fs::read_to_string(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
    file::read(&text, path)
}

impl Settings {
    /// What is allowed, and may not be meant.
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
            remarks.push("trusted-proxies names every address: any client can say that it is another one".to_owned());
        }
        remarks
    }

    /// The public URL where it does not depend on the port that the system gives.
    fn known_public_url(&self) -> Option<String> {
        match &self.listen {
            Listen::Tcp(address) if address.port() > 0 => Some(self.public_url(Some(*address))),
            _ => self.public_url.clone(),
        }
    }

    /// The address that clients know: as set, or the one that is listened on.
    pub(crate) fn public_url(&self, bound: Option<SocketAddr>) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let listen = || bound.map_or_else(|| self.listen.to_string(), |bound| bound.to_string());
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", listen()))
    }
}

#[cfg(test)]
mod tests;
