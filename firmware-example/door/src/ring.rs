//! Who owns the door, and whose tokens open it: read from a genuine update, kept as one record.

use crate::capacity::{ISSUER, KEY_ID, KEYS, NAME, SECRET};
use crate::denial::{Denial, DoorRefusal};
use crate::record::{Reader, Writer};
use glowband_core::{Algorithm, Jwk, Refusal, Value, Verified};
use heapless::{String, Vec};

/// What a record begins with; another layout gets another number.
const LAYOUT: u8 = 1;

/// How long the lock stays open by default, in milliseconds.
const OPEN_FOR: u32 = 3000;
/// Seconds by which the clocks of door and issuer may differ by default.
const LEEWAY: u32 = 30;

/// The ring and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) settings: Settings,
    pub(crate) owner: DoorKey,
    pub(crate) keys: Vec<DoorKey, KEYS>,
}

/// What the door expects of tokens, and what it does for a good one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Of the ring; every update has a greater one.
    pub(crate) version: u32,
    pub(crate) issuer: String<ISSUER>,
    /// The audience of tokens for this door.
    pub(crate) name: String<NAME>,
    /// Whether a token opens once only.
    pub(crate) one_time: bool,
    /// Seconds.
    pub(crate) leeway: u32,
    /// Milliseconds.
    pub(crate) open_for: u32,
}

/// A key by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoorKey {
    pub(crate) kid: Vec<u8, KEY_ID>,
    pub(crate) material: Material,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Material {
    /// A shared secret.
    Hs256(Vec<u8, SECRET>),
    /// A public key, `04 ‖ x ‖ y`.
    Es256([u8; 65]),
}

impl Ring {
    /// The first ring, from a token that the owner's key, `owner`, has signed.
    pub(crate) fn first(update: &Verified<'_>, owner: DoorKey) -> Result<Self, Denial> {
        let settings = Settings {
            version: version(update)?,
            issuer: String::new(),
            name: String::new(),
            one_time: false,
            leeway: LEEWAY,
            open_for: OPEN_FOR,
        };
        let mut ring = Self { settings, owner, keys: Vec::new() };
        ring.take(update)?;
        if ring.settings.issuer.is_empty() || ring.settings.name.is_empty() {
            return Err(DoorRefusal::UpdateMalformed.into());
        }
        Ok(ring)
    }

    /// The next ring: other keys, and whatever else the update names. The door's name stays.
    pub(crate) fn next(&self, update: &Verified<'_>) -> Result<Self, Denial> {
        let version = version(update)?;
        if version <= self.settings.version {
            return Err(DoorRefusal::VersionNotNewer.into());
        }
        let mut ring = self.clone();
        ring.settings.version = version;
        if let Some(owner) = update.claim("owner") {
            ring.owner = DoorKey::from_claim(owner)?;
        }
        ring.take(update)?;
        ring.settings.name = self.settings.name.clone();
        Ok(ring)
    }

    fn take(&mut self, update: &Verified<'_>) -> Result<(), Denial> {
        let malformed = DoorRefusal::UpdateMalformed;
        self.keys.clear();
        let keys = update.claim("keys").ok_or(malformed)?;
        for key in keys.as_array().ok_or(malformed)? {
            let key = DoorKey::from_claim(key)?;
            // Each kid names one key. The owner's key is refused here: a key that opens must not change the ring.
            let same = |other: &DoorKey| other.kid == key.kid || other.material == key.material;
            if same(&self.owner) || self.keys.iter().any(same) {
                return Err(malformed.into());
            }
            self.keys.push(key).map_err(|_| DoorRefusal::UpdateTooLarge)?;
        }
        let settings = &mut self.settings;
        if let Some(issuer) = update.claim("issuer") {
            settings.issuer = text(issuer)?;
        }
        if let Some(name) = update.claim("door") {
            settings.name = text(name)?;
        }
        if let Some(one_time) = update.claim("one_time") {
            settings.one_time = one_time.as_bool().ok_or(malformed)?;
        }
        if let Some(leeway) = update.claim("leeway") {
            settings.leeway = number(leeway)?;
        }
        if let Some(open_for) = update.claim("open_ms") {
            settings.open_for = number(open_for)?;
        }
        Ok(())
    }

    /// The record of it. `None` if the buffer is too short.
    pub(crate) fn encode<'b>(&self, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let mut record = Writer::new(buffer);
        let settings = &self.settings;
        record.byte(LAYOUT)?;
        record.number(settings.version)?;
        record.field(settings.issuer.as_bytes())?;
        record.field(settings.name.as_bytes())?;
        record.byte(settings.one_time.into())?;
        record.number(settings.leeway)?;
        record.number(settings.open_for)?;
        self.owner.encode(&mut record)?;
        record.byte(u8::try_from(self.keys.len()).ok()?)?;
        for key in &self.keys {
            key.encode(&mut record)?;
        }
        record.finish()
    }

    /// The ring of a record; `None` if it is not one of this layout.
    pub(crate) fn decode(record: &[u8]) -> Option<Self> {
        let mut record = Reader::new(record);
        if record.byte()? != LAYOUT {
            return None;
        }
        let settings = Settings {
            version: record.number()?,
            issuer: String::try_from(record.text()?).ok()?,
            name: String::try_from(record.text()?).ok()?,
            one_time: record.byte()? == 1,
            leeway: record.number()?,
            open_for: record.number()?,
        };
        let owner = DoorKey::decode(&mut record)?;
        let mut keys = Vec::new();
        for _ in 0..record.byte()? {
            keys.push(DoorKey::decode(&mut record)?).ok()?;
        }
        record.ended()?;
        Some(Self { settings, owner, keys })
    }
}

impl DoorKey {
    /// The key of a JWK, which may be used to verify (RFC 7517).
    pub(crate) fn from_jwk(text: &[u8]) -> Result<Self, Denial> {
        let jwk = Jwk::parse(text)?;
        let mut kid = Vec::new();
        for byte in jwk.key_id().ok_or(DoorRefusal::UpdateMalformed)?.bytes() {
            kid.push(byte).map_err(|_| Refusal::KeyIdTooLong)?;
        }
        if jwk.key_type() == *"oct" {
            jwk.permit(Algorithm::Hs256)?;
            let mut buffer = [0; SECRET];
            let secret = jwk.bytes("k", &mut buffer)?;
            if secret.len() < glowband_core::MIN_SECRET {
                return Err(Refusal::SecretTooShort.into());
            }
            let secret = Vec::from_slice(secret).map_err(|_| Refusal::SecretTooLong)?;
            return Ok(Self { kid, material: Material::Hs256(secret) });
        }
        if cfg!(feature = "es256") && jwk.key_type() == *"EC" && jwk.curve().is_some_and(|curve| curve == *"P-256") {
            jwk.permit(Algorithm::Es256)?;
            let point = jwk.p256_point()?;
            return Ok(Self { kid, material: Material::Es256(point) });
        }
        Err(Refusal::KeyUnsupported.into())
    }

    fn from_claim(claim: Value<'_>) -> Result<Self, Denial> {
        match claim {
            Value::Object(text) => Self::from_jwk(text.as_bytes()),
            _ => Err(DoorRefusal::UpdateMalformed.into()),
        }
    }

    fn encode(&self, record: &mut Writer<'_>) -> Option<()> {
        record.field(&self.kid)?;
        match &self.material {
            Material::Hs256(secret) => {
                record.byte(1)?;
                record.field(secret)
            }
            Material::Es256(point) => {
                record.byte(2)?;
                record.raw(point)
            }
        }
    }

    fn decode(record: &mut Reader<'_>) -> Option<Self> {
        let kid = Vec::from_slice(record.field()?).ok()?;
        let material = match record.byte()? {
            1 => Material::Hs256(Vec::from_slice(record.field()?).ok()?),
            2 => Material::Es256(record.raw(65)?.try_into().ok()?),
            _ => return None,
        };
        Some(Self { kid, material })
    }
}

/// No secret in a log.
impl core::fmt::Debug for Material {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Hs256(_) => "Hs256(secret)",
            Self::Es256(_) => "Es256(public)",
        })
    }
}

/// The version of an update, from 1 on.
pub(crate) fn version(update: &Verified<'_>) -> Result<u32, Denial> {
    let version = number(update.claim("version").ok_or(DoorRefusal::UpdateMalformed)?)?;
    if version == 0 { Err(DoorRefusal::VersionNotNewer.into()) } else { Ok(version) }
}

fn number(claim: Value<'_>) -> Result<u32, Denial> {
    let number = claim.as_i64().and_then(|number| u32::try_from(number).ok());
    number.ok_or(DoorRefusal::UpdateMalformed.into())
}

fn text<const N: usize>(claim: Value<'_>) -> Result<String<N>, Denial> {
    let given = claim.as_text().ok_or(DoorRefusal::UpdateMalformed)?;
    let mut text = String::new();
    for character in given.chars() {
        text.push(character).map_err(|_| DoorRefusal::UpdateTooLarge)?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Ring {
        let settings = Settings {
            version: 7,
            issuer: String::try_from("https://id.example").unwrap(),
            name: String::try_from("door-42").unwrap(),
            one_time: true,
            leeway: 5,
            open_for: 1000,
        };
        let key = |kid: &[u8], material| DoorKey { kid: Vec::from_slice(kid).unwrap(), material };
        let owner = key(b"owner", Material::Es256([4; 65]));
        let secret = key(b"a", Material::Hs256(Vec::from_slice(&[9; 64]).unwrap()));
        Ring { settings, owner, keys: Vec::from_slice(&[secret]).unwrap() }
    }

    #[test]
    fn a_record_leads_back_to_its_ring_and_a_cut_one_to_none() {
        let mut buffer = [0; 512];
        let record = ring().encode(&mut buffer).unwrap().to_vec();
        assert_eq!(Ring::decode(&record), Some(ring()));
        for length in 0..record.len() {
            assert_eq!(Ring::decode(&record[..length]), None, "{length}");
        }
        assert_eq!(Ring::decode(&[&record[..], &[0]].concat()), None);
        assert_eq!(ring().encode(&mut [0; 40]), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(format!("{:?}", ring()).contains("Hs256(secret)"));
        assert!(!format!("{:?}", ring()).contains("9, 9"));
    }
}
