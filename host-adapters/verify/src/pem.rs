//! PEM (RFC 7468): public keys are read; for anything else the error says how to get one out of it.

use crate::es256::Preparer;
use crate::key_file::KeyFileError;
use crate::key_set::KeySet;
use crate::public_key::PublicKey;
use glowband_core::Refusal;
use std::sync::Arc;

const BEGIN: &[u8] = b"-----BEGIN ";

/// Whether the text looks like PEM.
pub(crate) fn is_pem(text: &[u8]) -> bool {
    find(text, BEGIN).is_some()
}

/// Every key of the file, without names. A PEM file with two keys is as good as a set of two.
pub(crate) fn read(text: &[u8], preparer: &Arc<Preparer>) -> Result<KeySet, KeyFileError> {
    let mut set = KeySet::new();
    for public in public_keys(text)? {
        for algorithm in public.algorithms() {
            set.add_key(None, public.key_of_set(*algorithm, preparer).map_err(KeyFileError::Refused)?);
        }
    }
    Ok(set)
}

/// The numbers of every key of the file; at least one.
pub(crate) fn public_keys(text: &[u8]) -> Result<Vec<PublicKey>, KeyFileError> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(at) = find(rest, BEGIN) {
        let (section, after) = cut_section(&rest[at..]).ok_or(KeyFileError::PemMalformed)?;
        rest = after;
        keys.push(public_key(section)?);
    }
    if keys.is_empty() { Err(KeyFileError::Refused(Refusal::KeyMalformed)) } else { Ok(keys) }
}

/// From one BEGIN line to the end of its END line.
fn cut_section(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const END: &[u8] = b"-----END ";
    let end = find(text, END)? + END.len();
    let line = text[end..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| end + length + 1);
    Some(text.split_at(line))
}

fn public_key(section: &[u8]) -> Result<PublicKey, KeyFileError> {
    // The label first: a private key need not be decoded to be refused.
    let label = pem_rfc7468::decode_label(section).map_err(|_| KeyFileError::PemMalformed)?;
    let read = match label {
        "PUBLIC KEY" => PublicKey::from_spki,
        "RSA PUBLIC KEY" => PublicKey::from_pkcs1,
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => return Err(KeyFileError::Certificate),
        _ if label.ends_with("PRIVATE KEY") => return Err(KeyFileError::PrivateKey),
        _ => return Err(KeyFileError::PemLabel(label.to_owned())),
    };
    let (_, der) = pem_rfc7468::decode_vec(section).map_err(|_| KeyFileError::PemMalformed)?;
    read(&der).map_err(|refusal| match refusal {
        Refusal::KeyUnsupported => KeyFileError::PemUnsupported,
        refusal => KeyFileError::Refused(refusal),
    })
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests;
