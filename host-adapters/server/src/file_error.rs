//! A file or folder that cannot be used, and why.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file or folder cannot be used. Shows nothing of its content.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    problem: String,
    cause: Option<Cause>,
}

type Cause = Box<dyn Error + Send + Sync>;

impl FileError {
    /// A problem in words.
    pub(crate) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), problem: problem.into(), cause: None }
    }

    /// An error that says all there is.
    pub(crate) fn caused(path: &Path, cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(path, "") }
    }

    /// What could not be done, because of an error of the system.
    pub(crate) fn failed(path: &Path, problem: impl Into<String>, cause: io::Error) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(path, problem) }
    }

    /// Returns the path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if !self.problem.is_empty() {
            write!(f, ": {}", self.problem)?;
        }
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
