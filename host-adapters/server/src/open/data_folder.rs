//! The folder for what has no place of its own: made for its owner alone, and known to be usable before anything else is.

use crate::file_error::FileError;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

/// Makes the folder if it is not there; says whether it was made.
///
/// # Errors
/// In words for people: what is wrong with the folder, and what to do about it.
pub(crate) fn prepare(path: &Path) -> Result<bool, FileError> {
    let made = match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            closed_to_others(path, &about)?;
            false
        }
        Ok(_) => return Err(FileError::new(path, "this is a file, but data must be a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(path).map_err(|error| FileError::failed(path, "the folder cannot be created", error))?;
            true
        }
        Err(error) => return Err(FileError::caused(path, error)),
    };
    try_to_write(path)?;
    Ok(made)
}

/// Whether [`prepare`] would find the folder usable, in words; makes nothing.
///
/// # Errors
/// As [`prepare`].
pub(super) fn look(path: &Path) -> Result<String, FileError> {
    let name = path.display();
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            closed_to_others(path, &about)?;
            writable(path).map_err(|error| cannot_be_written(path, error))?;
            Ok(format!("{name}: writable"))
        }
        Ok(_) => Err(FileError::new(path, "this is a file, but data must be a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // An empty path is this folder.
            let above = std::path::absolute(path).map_err(|error| FileError::caused(path, error))?;
            let above = above.ancestors().skip(1).find(|above| above.exists());
            let writable = above.map_or(Ok(()), writable);
            writable.map_err(|error| FileError::failed(path, "the folder cannot be created", error))?;
            Ok(format!("{name}: will be created"))
        }
        Err(error) => Err(FileError::caused(path, error)),
    }
}

#[cfg(unix)]
fn writable(path: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(path, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(not(unix))]
fn writable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A user who can write to the folder could replace the database or the keys.
#[cfg(unix)]
fn closed_to_others(path: &Path, about: &fs::Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    let (mode, name) = (about.mode() & 0o777, path.display());
    if mode & 0o022 == 0 {
        return Ok(());
    }
    let problem = format!("others can put files into this folder (mode {mode:04o}): chmod 0700 {name}");
    Err(FileError::new(path, problem))
}

#[cfg(not(unix))]
fn closed_to_others(_: &Path, _: &fs::Metadata) -> Result<(), FileError> {
    Ok(())
}

/// A database says less clearly why it cannot be written.
fn try_to_write(path: &Path) -> Result<(), FileError> {
    let trial = path.join(format!(".trial.{}", std::process::id()));
    let written = OpenOptions::new().write(true).create(true).truncate(true).open(&trial).and_then(|mut file| {
        std::io::Write::write_all(&mut file, b"glowband")?;
        file.sync_all()
    });
    let _ = fs::remove_file(&trial);
    written.map_err(|error| cannot_be_written(path, error))
}

fn cannot_be_written(path: &Path, error: std::io::Error) -> FileError {
    let problem = match error.kind() {
        ErrorKind::PermissionDenied => {
            "this user cannot write to the folder: change its owner (chown), or set data to another folder"
        }
        ErrorKind::ReadOnlyFilesystem => "the folder is on a read-only file system",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full",
        _ => return FileError::failed(path, "the folder cannot be written", error),
    };
    FileError::new(path, problem)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_is_created_for_its_owner_only_and_checked_if_it_exists() {
        let place = std::env::temp_dir().join(format!("glowband-data-{}", std::process::id()));
        let folder = place.join("below");
        assert!(prepare(&folder).unwrap());
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!prepare(&folder).unwrap());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
        let name = folder.display();
        assert_eq!(
            prepare(&folder).unwrap_err().to_string(),
            format!("{name}: others can put files into this folder (mode 0770): chmod 0700 {name}")
        );
        fs::write(place.join("file"), "").unwrap();
        assert!(
            prepare(&place.join("file"))
                .unwrap_err()
                .to_string()
                .ends_with("this is a file, but data must be a folder")
        );
        assert!(prepare(&place.join("file/below")).is_err());
        fs::remove_dir_all(place).unwrap();
    }
}
