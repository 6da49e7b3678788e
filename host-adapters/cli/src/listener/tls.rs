//! TLS with a certificate and a key from files, which are read again when they change.

use arc_swap::ArcSwap;
use glowband_server::config::{TlsFiles, check_private};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, ServerConfig};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// The greatest size of a file, in bytes.
const LIMIT: u64 = 1 << 20;

/// The TLS configuration of a listener. A clone refers to the same configuration.
#[derive(Clone)]
pub(crate) struct Tls {
    files: Arc<TlsFiles>,
    current: Arc<ArcSwap<ServerConfig>>,
}

/// The time of the last change and the size of both files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileState([Option<(SystemTime, u64)>; 2]);

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Returns a message with the file and what is wrong with it.
    pub(crate) fn read(files: TlsFiles) -> Result<Self, String> {
        let current = Arc::new(ArcSwap::from_pointee(configuration(&files)?));
        Ok(Self { files: Arc::new(files), current })
    }

    /// Reads the files again. Open connections keep their certificate.
    ///
    /// # Errors
    /// As [`read`](Self::read); the old certificate then stays in use.
    pub(crate) fn reload(&self) -> Result<(), String> {
        self.current.store(Arc::new(configuration(&self.files)?));
        Ok(())
    }

    /// Returns the state of the files, for comparison with a later one.
    pub(crate) fn file_state(&self) -> FileState {
        let about = |path: &Path| fs::metadata(path).ok().and_then(|about| Some((about.modified().ok()?, about.len())));
        FileState([about(&self.files.certificate), about(&self.files.key)])
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.load_full())
    }
}

fn configuration(files: &TlsFiles) -> Result<ServerConfig, String> {
    let (certificate, key) = (files.certificate.display(), files.key.display());
    let provider = Arc::new(default_provider());
    let pair = CertifiedKey::from_der(chain(&files.certificate)?, private_key(&files.key)?, &provider);
    let pair = pair.map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            format!("{key}: this key does not belong to the certificate in {certificate}")
        }
        Error::InvalidCertificate(error) => format!("{certificate}: the first certificate is invalid: {error}"),
        error => format!("{key}: the key cannot be used: {error}"),
    })?;
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS cannot be used: {error}"))?;
    let resolver = rustls::sign::SingleCertAndKey::from(pair);
    let mut configuration = builder.with_no_client_auth().with_cert_resolver(Arc::new(resolver));
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let name = path.display();
    let text = read(path, false)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(format!("{name}: the file has no CERTIFICATE in PEM")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let name = path.display();
    PrivateKeyDer::from_pem_slice(&read(path, true)?).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            format!("{name}: the file has no PRIVATE KEY in PEM; an encrypted key must be decrypted first")
        }
        error => format!("{name}: {error}"),
    })
}

fn read(path: &Path, secret: bool) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = path.display();
    let failed = |error| format!("{name}: {error}");
    let file = File::open(path).map_err(failed)?;
    if secret {
        check_private(path, &file.metadata().map_err(failed)?).map_err(|error| error.to_string())?;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("{name}: the file is longer than {LIMIT} bytes"));
    }
    Ok(bytes)
}
