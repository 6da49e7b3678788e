//! Reads secrets from files, and refuses files that other users can read.

use super::units::Secret;
use crate::file_error::FileError;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The maximum length of a secret file, in bytes.
const LIMIT: u64 = 64 * 1024;

/// Reads a file and removes white space at both ends.
///
/// # Errors
/// As [`read_bytes`], or the file contains only white space.
pub(crate) fn read(path: &Path) -> Result<Secret, FileError> {
    match read_bytes(path)?.expose().trim_ascii() {
        [] => Err(FileError::new(path, "the file is empty")),
        trimmed => Ok(Secret::new(trimmed.to_vec())),
    }
}

/// Reads a file unchanged.
///
/// # Errors
/// Names the file and, if other users can read it, the command that changes its mode.
pub(crate) fn read_bytes(path: &Path) -> Result<Secret, FileError> {
    let failed = |error: io::Error| FileError::caused(path, error);
    let file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    check_private(path, &about)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Err(FileError::new(path, format!("the file is too long for a secret; allowed: at most {LIMIT} bytes")));
    }
    Ok(Secret::new(bytes))
}

/// Checks that only the owner can read a file with a secret. A file of root may also be readable by its group.
///
/// # Errors
/// Names the command that changes the mode.
#[cfg(unix)]
pub fn check_private(path: &Path, about: &Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let mode = about.mode() & 0o777;
    // Services often read secrets of root through a group, and cannot change the mode.
    let (allowed, told) =
        if about.uid() == 0 && !rustix::process::geteuid().is_root() { (0o640, "0640") } else { (0o600, "0600") };
    if mode & 0o077 & !allowed == 0 {
        return Ok(());
    }
    let name = path.display();
    let problem = format!("other users can read this secret (mode {mode:04o}; allowed: {told}): chmod {told} {name}");
    Err(FileError::new(path, problem))
}

/// Accepts every file. Other systems protect a user's folders from other users.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn check_private(_: &Path, _: &Metadata) -> Result<(), FileError> {
    Ok(())
}

/// Checks a file by its path, as [`check_private`] does.
///
/// # Errors
/// As [`check_private`], and if there is no such file.
pub(crate) fn check_private_path(path: &Path) -> Result<(), FileError> {
    let about = std::fs::metadata(path).map_err(|error| FileError::caused(path, error))?;
    check_private(path, &about)
}

/// Creates a new file atomically, readable by its owner only.
///
/// # Errors
/// Returns the system's error: `AlreadyExists` if the file exists already.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = Path::new(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A killed process with the same id may have left this file.
    let _ = fs::remove_file(beside);
    let mut file = options.open(beside)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    // Unlike a rename, a link never replaces a file that another process has created in the meantime.
    let placed = written.and_then(|()| fs::hard_link(beside, path));
    let _ = fs::remove_file(beside);
    placed?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
