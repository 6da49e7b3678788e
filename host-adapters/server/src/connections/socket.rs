//! Where connections come from.

use crate::config::Listen;
use crate::start_error::StartError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
#[cfg(unix)]
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// Something that is listened on.
pub(crate) enum Socket {
    Tcp(TcpListener),
    /// In the file system; the name is taken away at the end.
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
}

/// A connection that was taken.
pub(super) enum Taken {
    Tcp(TcpStream, IpAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    /// Listens there.
    ///
    /// # Errors
    /// One that passes if another program has the address, or if the network that has it may yet come up.
    pub(crate) async fn bind(listen: &Listen) -> Result<Self, StartError> {
        let bound = match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            #[cfg(unix)]
            Listen::Unix(path) => bind_file(path),
            #[cfg(not(unix))]
            Listen::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        };
        bound.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                StartError::Passing(format!("cannot listen on {listen}: another program does ({error})"))
            }
            io::ErrorKind::AddrNotAvailable => StartError::Passing(format!("cannot listen on {listen}: {error}")),
            _ => StartError::Lasting(format!("cannot listen on {listen}: {error}")),
        })
    }

    /// The address with the port that the system gave; none for a socket in the file system.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Self::Unix(..) => None,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Taken> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok(Taken::Tcp(stream, address.ip().to_canonical()))
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Taken::Unix(listener.accept().await?.0)),
        }
    }
}

/// A socket that a process left which was killed is replaced; one that somebody answers on is not.
#[cfg(unix)]
fn bind_file(path: &Path) -> io::Result<Socket> {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = path.symlink_metadata().is_ok_and(|about| about.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(Socket::Unix(UnixListener::bind(path)?, path.to_owned()))
}

impl Drop for Socket {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Self::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
