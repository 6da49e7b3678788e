//! Reads the keys of a folder.

use super::folder_error::{KeyFileProblem, KeyFolderError, UnusableKeyFile};
use super::key_encryption_key::KeyEncryptionKey;
use super::key_text;
use crate::issuer_keys::IssuerKey;
use crate::rotation::KeyPlan;
use crate::signer::Signer;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The extension of key files.
pub(super) const ENDING: &str = ".jwk";

/// The largest key file in bytes; every JWK, also an encrypted one, is shorter.
const MAX_FILE: u64 = 64 * 1024;

/// The keys of a folder.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) files: Vec<KeyFile>,
    pub(super) unusable: Vec<UnusableKeyFile>,
}

/// A key and its file.
pub(super) struct KeyFile {
    pub(super) name: OsString,
    pub(super) sealed: bool,
    pub(super) key: IssuerKey,
}

impl Contents {
    pub(super) fn plans(&self) -> Vec<(String, KeyPlan)> {
        self.files.iter().map(|file| (file.key.kid().to_owned(), file.key.plan())).collect()
    }

    pub(super) fn file_of(&self, kid: &str) -> Option<&KeyFile> {
        self.files.iter().find(|file| file.key.kid() == kid)
    }
}

/// The list of files and their versions, to detect changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp(Vec<(OsString, u64, Option<SystemTime>, Version)>);

impl Stamp {
    pub(super) fn of(folder: &Path) -> Result<Self, KeyFolderError> {
        let mut files = Vec::new();
        for name in names(folder)? {
            // A file that was removed in between is left out.
            if let Ok(metadata) = fs::metadata(folder.join(&name)) {
                files.push((name, metadata.len(), metadata.modified().ok(), version(&metadata)));
            }
        }
        Ok(Self(files))
    }
}

/// Reads every key file of the folder. A missing folder has none.
pub(super) fn read(folder: &Path, keys: &[KeyEncryptionKey]) -> Result<Contents, KeyFolderError> {
    let mut contents = Contents::default();
    for name in names(folder)? {
        let path = folder.join(&name);
        match key_file(&path, keys) {
            Ok((key, sealed)) => match contents.file_of(key.kid()) {
                Some(other) => {
                    let problem = KeyFileProblem::DuplicateKid(folder.join(&other.name));
                    contents.unusable.push(UnusableKeyFile { path, problem });
                }
                None => contents.files.push(KeyFile { name, sealed, key }),
            },
            // It was removed after the folder was listed.
            Err(KeyFileProblem::Io(error)) if error.kind() == ErrorKind::NotFound => {}
            Err(problem) => contents.unusable.push(UnusableKeyFile { path, problem }),
        }
    }
    Ok(contents)
}

/// Returns the text of a key file, decrypted, and whether the file was encrypted.
pub(super) fn text(path: &Path, keys: &[KeyEncryptionKey]) -> Result<(Zeroizing<Vec<u8>>, bool), KeyFileProblem> {
    let mut file = open(path).map_err(KeyFileProblem::Io)?;
    let metadata = file.metadata().map_err(KeyFileProblem::Io)?;
    if metadata.len() > MAX_FILE {
        return Err(KeyFileProblem::TooLong);
    }
    // The buffer never grows: growing would leave a copy of the key in memory.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.by_ref().take(metadata.len() + 1).read_to_end(&mut text).map_err(KeyFileProblem::Io)?;
    if text.trim_ascii_start().starts_with(b"{") {
        return match too_open(&metadata) {
            Some(mode) => Err(KeyFileProblem::TooOpen(mode)),
            None => Ok((text, false)),
        };
    }
    let jwe = std::str::from_utf8(text.trim_ascii()).ok().filter(|text| text.split('.').count() == 5);
    let jwe = jwe.ok_or(KeyFileProblem::NoJwk)?;
    let mut problem = KeyFileProblem::NeedsKey;
    for key in keys {
        match key.open(jwe) {
            Ok(opened) => return Ok((opened, true)),
            Err(sealed) => problem = sealed.into(),
        }
    }
    Err(problem)
}

fn key_file(path: &Path, keys: &[KeyEncryptionKey]) -> Result<(IssuerKey, bool), KeyFileProblem> {
    let (text, sealed) = text(path, keys)?;
    let (key, plan) = key_text::read(&text)?;
    let signer: Arc<dyn Signer> = Arc::new(key);
    IssuerKey::new(signer, plan).map(|key| (key, sealed)).map_err(|_| KeyFileProblem::MissingKid)
}

/// Opens a regular file. Refuses other files, such as pipes, which could block or have no end.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a file"));
    }
    File::open(path)
}

/// Returns the names of the key files, sorted. Hidden files are ignored.
fn names(folder: &Path) -> Result<Vec<OsString>, KeyFolderError> {
    let failed = |error| KeyFolderError::Io { path: PathBuf::from(folder), error };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(ENDING) && !text.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Returns the permissions if users other than the owner can read the file.
#[cfg(unix)]
fn too_open(metadata: &Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn too_open(_: &Metadata) -> Option<u32> {
    None
}

/// Returns the permissions if users other than the owner can create files in the folder.
#[cfg(unix)]
pub(super) fn others_can_write(folder: &Path) -> Option<u32> {
    let metadata = fs::metadata(folder).ok()?;
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    (mode & 0o022 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(super) fn others_can_write(_: &Path) -> Option<u32> {
    None
}

/// The inode number and the time of the last status change. They differ after a file is replaced, or its owner or
/// permissions change.
type Version = (u64, i64, i64);

#[cfg(unix)]
fn version(metadata: &Metadata) -> Version {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn version(_: &Metadata) -> Version {
    (0, 0, 0)
}
