//! Keys ready to verify, in memory that is there from the start. An ES256 key is a table of its multiples.

use crate::capacity::{KEY_ID, KEYS};
use crate::denial::Denial;
#[cfg(not(feature = "es256"))]
use crate::denial::DoorRefusal;
#[cfg(feature = "es256")]
use crate::prepared::PreparedPoint;
use crate::ring::{DoorKey, Material, Ring};
use glowband_core::{Algorithm, Hs256Key, KeyEntry, KeySource, SignatureCheck, SignatureMismatch};
use heapless::Vec;

/// The owner's key and those that open.
pub(crate) struct Slots {
    owner: Slot,
    keys: [Slot; KEYS],
    in_use: usize,
}

/// One key and its name.
pub(crate) struct Slot {
    kid: Vec<u8, KEY_ID>,
    secret: Option<Hs256Key>,
    #[cfg(feature = "es256")]
    point: PreparedPoint,
}

impl Slots {
    pub(crate) const fn new() -> Self {
        Self { owner: Slot::new(), keys: [const { Slot::new() }; KEYS], in_use: 0 }
    }

    /// Takes over all keys of a ring. If one of them is no key, none is in force afterwards.
    pub(crate) fn prepare(&mut self, ring: &Ring) -> Result<(), Denial> {
        self.in_use = 0;
        self.owner.prepare(&ring.owner)?;
        for (slot, key) in self.keys.iter_mut().zip(&ring.keys) {
            slot.prepare(key)?;
        }
        self.in_use = ring.keys.len();
        Ok(())
    }

    /// The keys whose tokens open.
    pub(crate) fn opening(&self) -> Opening<'_> {
        Opening(self.keys.get(..self.in_use).unwrap_or_default())
    }

    /// The key whose tokens change the door.
    pub(crate) fn owner(&self) -> Owner<'_> {
        Owner(&self.owner)
    }
}

impl Slot {
    pub(crate) const fn new() -> Self {
        Self {
            kid: Vec::new(),
            secret: None,
            #[cfg(feature = "es256")]
            point: PreparedPoint::new(),
        }
    }

    /// Takes over a key, which is checked.
    pub(crate) fn prepare(&mut self, key: &DoorKey) -> Result<(), Denial> {
        self.secret = None;
        self.kid = key.kid.clone();
        match &key.material {
            Material::Hs256(secret) => {
                self.secret = Some(Hs256Key::new(secret)?);
                Ok(())
            }
            #[cfg(feature = "es256")]
            Material::Es256(point) => self.point.prepare(point),
            #[cfg(not(feature = "es256"))]
            Material::Es256(_) => Err(DoorRefusal::UpdateMalformed.into()),
        }
    }

    fn entry(&self) -> KeyEntry<'_> {
        KeyEntry { kid: Some(&self.kid), key: self }
    }
}

impl SignatureCheck for Slot {
    fn algorithm(&self) -> Algorithm {
        if self.secret.is_some() { Algorithm::Hs256 } else { Algorithm::Es256 }
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        match &self.secret {
            Some(secret) => secret.check(signing_input, signature),
            #[cfg(feature = "es256")]
            None => self.point.check(signing_input, signature),
            #[cfg(not(feature = "es256"))]
            None => Err(SignatureMismatch),
        }
    }
}

/// See [`Slots::opening`].
pub(crate) struct Opening<'s>(&'s [Slot]);

impl KeySource for Opening<'_> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        self.0.get(index).map(Slot::entry)
    }
}

/// See [`Slots::owner`].
pub(crate) struct Owner<'s>(pub(crate) &'s Slot);

impl KeySource for Owner<'_> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        (index == 0).then(|| self.0.entry())
    }
}
