//! CRC-32 (ISO 3309, as in gzip, RFC 1952 §8). It detects typing errors, and gives no protection against forgery.

/// Returns the checksum of `bytes`.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |register: u32| if register & 1 == 1 { register >> 1 ^ 0xedb8_8320 } else { register >> 1 };
    !bytes.iter().fold(!0, |register, byte| (0..8).fold(register ^ u32::from(*byte), |register, _| step(register)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value_is_computed() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
