//! Which certificate of a server is good: one under a trusted authority, or one that is trusted itself.

use crate::remote::{FetchError, FetchFault};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use spki::der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use spki::der::{Decode, SliceReader, Tag, Tagged};
use std::sync::Arc;

/// Whose certificates are trusted.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    OperatingSystem,
    These(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// Reads certificates in PEM, all of them and at least one.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, FetchError> {
        let refused = |why| FetchError::from(FetchFault::RootCertificates(why));
        if pem.windows(11).any(|window| window == b"PRIVATE KEY") {
            return Err(refused("there is a private key among them"));
        }
        let mut certificates = Vec::new();
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| refused("their PEM is damaged"))?;
            // The verifier would pass over what it cannot read.
            roots.add(certificate.clone()).map_err(|_| refused("one of them is not a readable certificate"))?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err(refused("there is no certificate among them"));
        }
        Ok(Self::These(certificates))
    }

    /// Returns how to make connections that trust these roots alone.
    pub(crate) fn client(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match self {
            Self::OperatingSystem => Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(&provider))?),
            Self::These(certificates) => Arc::new(TheseOrBelow::new(certificates, Arc::clone(&provider))?),
        };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }
}

/// Accepts certificates under the roots, and the roots themselves.
///
/// A self-signed certificate is often one of a certificate authority by its extensions (`openssl req -x509` makes it so),
/// which a server's may not be. Where exactly this certificate is among the roots there is nothing left to doubt but its
/// dates and names.
#[derive(Debug)]
struct TheseOrBelow {
    these: Vec<CertificateDer<'static>>,
    below: Arc<WebPkiServerVerifier>,
}

impl TheseOrBelow {
    fn new(these: &[CertificateDer<'static>], provider: Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        these.iter().try_for_each(|certificate| roots.add(certificate.clone()))?;
        let below = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        let below = below.map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self { these: these.to_vec(), below })
    }
}

impl ServerCertVerifier for TheseOrBelow {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if !self.these.iter().any(|known| known == end_entity) {
            return self.below.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        }
        let (not_before, not_after) = validity(end_entity).ok_or(CertificateError::BadEncoding)?;
        if now.as_secs() < not_before {
            let not_before = unix_time(not_before);
            return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
        }
        if now.as_secs() > not_after {
            return Err(CertificateError::ExpiredContext { time: now, not_after: unix_time(not_after) }.into());
        }
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.below.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.below.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.below.supported_verify_schemes()
    }
}

fn unix_time(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
}

/// Returns the first and the last second of a certificate's life (RFC 5280 §4.1.2.5).
fn validity(certificate: &[u8]) -> Option<(u64, u64)> {
    let signed = AnyRef::from_der(certificate).ok()?;
    let part = AnyRef::decode(&mut SliceReader::new(signed.value()).ok()?).ok()?;
    let mut fields = SliceReader::new(part.value()).ok()?;
    let first = AnyRef::decode(&mut fields).ok()?;
    // The version is absent from version 1; then the first field is the serial number.
    if first.tag() != Tag::Integer {
        AnyRef::decode(&mut fields).ok()?;
    }
    // The algorithm and the issuer.
    AnyRef::decode(&mut fields).ok()?;
    AnyRef::decode(&mut fields).ok()?;
    let dates = AnyRef::decode(&mut fields).ok()?;
    let mut dates = SliceReader::new(dates.value()).ok()?;
    let mut date = || {
        let date = AnyRef::decode(&mut dates).ok()?;
        let since_1970 = match date.tag() {
            Tag::UtcTime => date.decode_as::<UtcTime>().ok()?.to_unix_duration(),
            Tag::GeneralizedTime => date.decode_as::<GeneralizedTime>().ok()?.to_unix_duration(),
            _ => return None,
        };
        Some(since_1970.as_secs())
    };
    Some((date()?, date()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    #[test]
    fn roots_are_certificates_and_there_is_one() {
        for pem in [
            &b""[..],
            b"not PEM",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let error = Roots::from_pem(pem).unwrap_err();
            assert!(matches!(error.fault(), FetchFault::RootCertificates(_)), "{error}");
        }
    }

    #[test]
    fn the_dates_of_a_certificate_are_read() {
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        // UTCTime until 2049, GeneralizedTime from 2050.
        parameters.not_before = date_time_ymd(2001, 2, 3);
        parameters.not_after = date_time_ymd(2050, 1, 1);
        let certificate = parameters.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(validity(certificate.der()), Some((981_158_400, 2_524_608_000)));
        let der = certificate.der().as_ref();
        for end in 0..der.len().min(120) {
            assert_eq!(validity(&der[..end]), None, "{end}");
        }
    }
}
