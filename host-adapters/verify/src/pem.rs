//! Reads PEM (RFC 7468): public keys and certificates. Other sections are left out and listed.

use crate::certificate::Certificate;
use crate::es256::Preparer;
use crate::key_error::{KeyFileError, SkippedKey};
use crate::key_fault::KeyFault;
use crate::key_set::{HostKey, KeySet, NamedKeys};
use crate::pem_sections::{Section, Sections, other_label};
use crate::public_key::{PublicKey, spki_fault};
use glowband_core::Refusal;
use std::sync::Arc;
use zeroize::Zeroizing;

impl PublicKey {
    /// Reads every `PUBLIC KEY`, `RSA PUBLIC KEY` and `CERTIFICATE` of a PEM text (RFC 7468) that can be read; at least
    /// one. Certificates of authorities that issued another one of the text are left out.
    ///
    /// # Errors
    /// As [`KeyReader::pem`](crate::KeyReader::pem), but the numbers are not checked.
    pub fn all_from_pem(text: &[u8]) -> Result<Vec<Self>, KeyFileError> {
        let (read, faults): (Vec<_>, Vec<_>) = Self::each_from_pem(text)?.into_iter().partition(Result::is_ok);
        let read: Vec<_> = read.into_iter().flatten().collect();
        if read.is_empty() { Err(none_usable(faults.into_iter().filter_map(Result::err))) } else { Ok(read) }
    }

    /// Reads every section of a PEM text, and returns for each section without a public key why it has none.
    ///
    /// # Errors
    /// [`KeyFileError::PrivateKey`](KeyFileError::PrivateKey), and a fault of the text as a whole.
    pub fn each_from_pem(text: &[u8]) -> Result<Vec<Result<Self, KeyFault>>, KeyFileError> {
        public_keys(text)
    }
}

/// Reads every key of the file. Keys in PEM have no names.
pub(crate) fn read(text: &[u8], preparer: &Arc<Preparer>) -> Result<KeySet, KeyFileError> {
    let mut set = KeySet::new();
    for (index, public) in public_keys(text)?.into_iter().enumerate() {
        match public.and_then(|public| all_algorithms(&public, preparer)) {
            Ok(keys) => set.add_read(NamedKeys { kid: None, keys }),
            Err(fault) => set.skip(SkippedKey { index, kid: None, fault }),
        }
    }
    if set.is_empty() { Err(none_usable(set.into_skipped().into_iter().map(|key| key.fault))) } else { Ok(set) }
}

/// The key of the first section, for each of its algorithms: for a PEM text that has a name, as in a map.
pub(crate) fn first(text: &[u8], preparer: &Arc<Preparer>) -> Result<Vec<HostKey>, KeyFault> {
    let section =
        Sections::of(text).next().ok_or_else(|| KeyFault::whole(Refusal::KeyMalformed, "The text is not PEM"))?;
    let section = section?;
    if is_private(section.label) {
        return Err(other_label(section.label));
    }
    all_algorithms(&public_key(section.label, &section.der()?)?, preparer)
}

/// The numbers of every key of the file, or why a section has none.
///
/// # Errors
/// For a private key, for damage that leaves open where sections begin, and for a text without a section.
pub(crate) fn public_keys(text: &[u8]) -> Result<Vec<Result<PublicKey, KeyFault>>, KeyFileError> {
    let sections: Vec<Section<'_>> = Sections::of(text).collect::<Result<_, _>>().map_err(KeyFileError::Refused)?;
    if sections.is_empty() {
        return Err(KeyFileError::Refused(KeyFault::whole(Refusal::KeyMalformed, "The text is not PEM")));
    }
    if sections.iter().any(|section| is_private(section.label)) {
        return Err(KeyFileError::PrivateKey);
    }
    let decoded: Vec<_> = sections.iter().map(|section| known(section.label).and_then(|()| section.der())).collect();
    if let [Err(fault)] = decoded.as_slice() {
        return Err(KeyFileError::Refused(fault.clone()));
    }
    let issuers = issuers(&sections, &decoded);
    let keys = sections.iter().zip(decoded).zip(issuers);
    Ok(keys
        .map(|((section, der), is_issuer)| match is_issuer {
            true => Err(KeyFault::whole(
                Refusal::KeyUnsupported,
                "The certificate is that of the authority that issued another one of the file",
            )),
            false => public_key(section.label, &der?),
        })
        .collect())
}

/// The error of a file of which no key can be used: that of its only key, or the list of all.
pub(crate) fn none_usable(faults: impl Iterator<Item = KeyFault>) -> KeyFileError {
    let skipped: Vec<_> = faults.enumerate().map(|(index, fault)| SkippedKey { index, kid: None, fault }).collect();
    match skipped.as_slice() {
        [only] => KeyFileError::Refused(only.fault.clone()),
        _ => KeyFileError::NoUsableKey(skipped),
    }
}

fn all_algorithms(public: &PublicKey, preparer: &Arc<Preparer>) -> Result<Vec<HostKey>, KeyFault> {
    let keys = public.algorithms().iter().map(|algorithm| public.key_of_set(*algorithm, preparer));
    keys.collect::<Result<_, _>>().map_err(|refusal| public.fault(refusal))
}

fn is_private(label: &str) -> bool {
    label.ends_with("PRIVATE KEY")
}

fn is_certificate(label: &str) -> bool {
    matches!(label, "CERTIFICATE" | "X509 CERTIFICATE")
}

fn known(label: &str) -> Result<(), KeyFault> {
    let known = is_certificate(label) || matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY");
    if known { Ok(()) } else { Err(other_label(label)) }
}

fn public_key(label: &str, der: &[u8]) -> Result<PublicKey, KeyFault> {
    match label {
        "PUBLIC KEY" => PublicKey::from_spki(der).map_err(|refusal| spki_fault(der, refusal)),
        "RSA PUBLIC KEY" => PublicKey::from_pkcs1(der)
            .map_err(|refusal| KeyFault::whole(refusal, "The bytes are not an RSAPublicKey (PKCS#1) in DER")),
        label if is_certificate(label) => {
            let malformed = || KeyFault::whole(Refusal::KeyMalformed, "The bytes are not an X.509 certificate in DER");
            let certificate = Certificate::read(der).ok_or_else(malformed)?;
            PublicKey::from_spki(certificate.public_key).map_err(|refusal| spki_fault(certificate.public_key, refusal))
        }
        other => Err(other_label(other)),
    }
}

/// Which sections are certificates that issued another one of the file: the rest of a chain is no key for tokens.
fn issuers(sections: &[Section<'_>], decoded: &[Result<Zeroizing<Vec<u8>>, KeyFault>]) -> Vec<bool> {
    let certificate = |(section, der): (&Section<'_>, _)| {
        let der: &Result<Zeroizing<Vec<u8>>, KeyFault> = der;
        if is_certificate(section.label) { der.as_ref().ok().map(|der| der.as_slice()) } else { None }
    };
    let ders: Vec<Option<&[u8]>> = sections.iter().zip(decoded).map(certificate).collect();
    let certificates: Vec<_> = ders.iter().map(|der| der.and_then(Certificate::read)).collect();
    let issued = |one: &Certificate<'_>| certificates.iter().flatten().any(|other| one.issued(other));
    certificates.iter().map(|certificate| certificate.as_ref().is_some_and(issued)).collect()
}

#[cfg(test)]
mod tests;
