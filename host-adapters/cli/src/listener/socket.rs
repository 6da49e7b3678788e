//! The sockets that connections are accepted from: TCP and Unix.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
#[cfg(feature = "serve")]
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// A socket that accepts connections.
pub(crate) enum Socket {
    Tcp(TcpListener),
    /// A Unix socket, whose file is deleted when the value is dropped.
    #[cfg(unix)]
    #[cfg_attr(not(feature = "serve"), allow(dead_code, reason = "forward-auth listens on an address"))]
    Unix(UnixListener, PathBuf),
}

/// An accepted connection.
pub(super) enum Accepted {
    Tcp(TcpStream, IpAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    /// Listens on an address.
    ///
    /// # Errors
    /// Returns the address and the error of the system.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let bound = TcpListener::bind(address).await.map(Self::Tcp);
        bound.map_err(|source| BindError { listen: address.to_string(), source })
    }

    /// Listens on a Unix socket.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    #[cfg(feature = "serve")]
    pub(crate) async fn bind_unix(path: &Path) -> Result<Self, BindError> {
        #[cfg(unix)]
        let bound = bind_file(path);
        #[cfg(not(unix))]
        let bound = Err(io::ErrorKind::Unsupported.into());
        bound.map_err(|source| BindError { listen: format!("unix:{}", path.display()), source })
    }

    /// Returns the address with its actual port, or `None` for a Unix socket.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Self::Unix(..) => None,
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok(Accepted::Tcp(stream, address.ip().to_canonical()))
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Accepted::Unix(listener.accept().await?.0)),
        }
    }
}

/// Binds a Unix socket. Replaces a file that a killed process has left behind, but not a socket that is in use.
#[cfg(all(feature = "serve", unix))]
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

/// The error of a socket that cannot be bound.
#[derive(Debug)]
pub(crate) struct BindError {
    listen: String,
    source: io::Error,
}

impl BindError {
    /// Returns whether a later attempt may succeed: another program uses the address, or the network is not up yet.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable)
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { listen, source } = self;
        match source.kind() {
            io::ErrorKind::AddrInUse => {
                write!(f, "cannot listen on {listen}: another program uses this address ({source})")
            }
            _ => write!(f, "cannot listen on {listen}: {source}"),
        }
    }
}

impl std::error::Error for BindError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
