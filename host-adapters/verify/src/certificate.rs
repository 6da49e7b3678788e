//! An X.509 certificate (RFC 5280 §4.1) as the wrapping of a public key. Dates, names, extensions and the signature are
//! not checked: the key is trusted because of where the certificate came from, not because of what it says.

use spki::der::{Reader, SliceReader, Tag, TagNumber};

/// The parts of a certificate that are looked at, as DER.
pub(crate) struct Certificate<'t> {
    issuer: &'t [u8],
    subject: &'t [u8],
    /// The SubjectPublicKeyInfo.
    pub(crate) public_key: &'t [u8],
}

impl<'t> Certificate<'t> {
    /// `None` if the bytes are no certificate.
    pub(crate) fn read(der: &'t [u8]) -> Option<Self> {
        let mut reader = SliceReader::new(der).ok()?;
        let certificate = reader.sequence(|certificate| {
            let read = certificate.sequence(|signed| {
                let version = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
                if Tag::peek(signed)? == version {
                    signed.tlv_bytes()?;
                }
                let _serial_number = signed.tlv_bytes()?;
                let _signature_algorithm = signed.tlv_bytes()?;
                let issuer = signed.tlv_bytes()?;
                let _validity = signed.tlv_bytes()?;
                let read = Self { issuer, subject: signed.tlv_bytes()?, public_key: signed.tlv_bytes()? };
                // Unique identifiers and extensions.
                while !signed.is_finished() {
                    signed.tlv_bytes()?;
                }
                Ok::<_, spki::der::Error>(read)
            })?;
            let _signature_algorithm = certificate.tlv_bytes()?;
            let _signature = certificate.tlv_bytes()?;
            Ok::<_, spki::der::Error>(read)
        });
        reader.finish().ok()?;
        certificate.ok()
    }

    /// Whether `self` is the authority that issued `other`, by the names in them: then its key signs certificates, and
    /// stands in the file to complete the chain.
    pub(crate) fn issued(&self, other: &Self) -> bool {
        other.issuer == self.subject && other.subject != self.subject
    }
}
