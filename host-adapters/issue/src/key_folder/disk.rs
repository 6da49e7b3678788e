//! File operations, behind a trait so that tests can simulate a crash between any two of them.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The steps of a write. A crash can follow each of them.
pub(super) trait Disk: Send + Sync {
    /// Creates a file that only its owner can read, and writes it.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    fn sync_file(&self, path: &Path) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The file system of the operating system.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        give_to_the_owner_of(path.parent().unwrap_or(Path::new("")), &file)?;
        file.write_all(bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Other systems cannot open a folder; a rename there has no stronger guarantee.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// Writes `bytes` to the file `name` atomically: a reader, also after a crash, sees the complete old or the complete
/// new content. The caller must hold the folder's lock.
pub(super) fn write_atomically(disk: &dyn Disk, folder: &Path, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(UNFINISHED);
    let beside = folder.join(beside);
    let written = disk
        .write_new(&beside, bytes)
        .and_then(|()| disk.sync_file(&beside))
        .and_then(|()| disk.rename(&beside, &folder.join(name)));
    if written.is_err() {
        let _ = disk.remove(&beside);
    }
    written.and_then(|()| disk.sync_folder(folder))
}

/// Removes a file and syncs the folder.
pub(super) fn remove_durably(disk: &dyn Disk, folder: &Path, name: &OsStr) -> io::Result<()> {
    match disk.remove(&folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => disk.sync_folder(folder),
    }
}

/// Gives a new file to the folder's owner: if root writes it, a server with its own user could not read it otherwise.
#[cfg(unix)]
pub(super) fn give_to_the_owner_of(folder: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (owner, own) = (fs::metadata(folder)?, file.metadata()?);
    if owner.uid() == own.uid() { Ok(()) } else { fchown(file, Some(owner.uid()), Some(owner.gid())) }
}

#[cfg(not(unix))]
pub(super) fn give_to_the_owner_of(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

/// The suffix of a file that is being written.
pub(super) const UNFINISHED: &str = ".tmp";

/// Creates a folder that only its owner can enter, and its parents, unless it exists.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    RealDisk.sync_folder(above.map_or_else(|| PathBuf::from("."), Path::to_path_buf).as_path())
}
