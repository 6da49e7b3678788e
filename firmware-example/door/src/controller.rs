//! From a token to a decision: who signed it, what it is for, what follows.

use crate::answer::{Answer, Subject};
use crate::capacity::{ID, RECORD, REDEEMED, SCRATCH};
use crate::denial::{Denial, DoorRefusal};
use crate::deny_list::DenyList;
use crate::nonce::{Entropy, Nonce};
use crate::ring::{DoorKey, Ring, Settings};
use crate::slots::{Owner, Slot, Slots};
use crate::store::{Record, Store};
use crate::timekeeping::{DoorClock, Uptime};
use embedded_storage::nor_flash::NorFlash;
use glowband_core::{Clock, Policy, Refusal, ReplayWindow, SignatureVerifier, UnixSeconds, Verified, Verifier};

/// `iss` of everything that a door's owner signs.
pub const OWNER: &str = "door-owner";
/// `typ` of a token that gives a door an owner.
pub const PROVISION: &str = "door-provision+jwt";
/// `typ` of a token that sets the clock.
pub const TIME: &str = "door-time+jwt";
/// `typ` of a token that replaces the keys.
pub const KEY_UPDATE: &str = "door-keys+jwt";
/// `typ` of a token that replaces the deny list.
pub const DENY_LIST: &str = "door-denylist+jwt";

/// How long a one-time token may live from the moment on which it is used, in seconds.
const ONE_TIME_LIFE: u64 = 3600;

/// Redeemed tokens are stored in flash in steps of this many seconds, so that not every token costs a write.
const STEP: u64 = 60;

/// The memory that verification takes.
pub(crate) struct Desk {
    slots: Slots,
    /// Where a key is tried before it is stored.
    spare: Slot,
    deny_list: DenyList,
    redeemed: ReplayWindow<REDEEMED, ID>,
    scratch: [u8; SCRATCH],
    record: [u8; RECORD],
}

impl Desk {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Slots::new(),
            spare: Slot::new(),
            deny_list: DenyList::new(),
            redeemed: ReplayWindow::new(),
            scratch: [0; SCRATCH],
            record: [0; RECORD],
        }
    }
}

/// Verifies tokens and makes the door's decisions.
pub(crate) struct Controller<'m, F: NorFlash, U, E> {
    desk: &'m mut Desk,
    /// `None` if the flash fails or its content cannot be read. The door then never opens, and accepts no owner.
    store: Option<Store<F>>,
    settings: Option<Settings>,
    clock: DoorClock<U>,
    entropy: E,
    nonce: Option<Nonce>,
    starts: u32,
    questions: u32,
    /// One-time tokens that end no later may have been redeemed before a reset; this lies in flash.
    redeemed_until: u64,
}

/// What is said, and for how many milliseconds the lock opens.
pub(crate) struct Decision {
    pub(crate) answer: Answer,
    pub(crate) open_for: Option<u32>,
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        Self { answer, open_for: None }
    }
}

impl<'m, F: NorFlash, U: Uptime, E: Entropy> Controller<'m, F, U, E> {
    /// Reads what the store has kept.
    pub(crate) fn new(desk: &'m mut Desk, flash: F, uptime: U, entropy: E) -> Self {
        let mut controller = Self {
            desk,
            store: None,
            settings: None,
            clock: DoorClock::new(uptime),
            entropy,
            nonce: None,
            starts: 0,
            questions: 0,
            redeemed_until: 0,
        };
        controller.store = Store::new(flash).ok().and_then(|store| controller.restore(store));
        controller
    }

    pub(crate) fn milliseconds(&self) -> u64 {
        self.clock.milliseconds()
    }

    pub(crate) fn ready(&self) -> Answer {
        Answer::Ready { start: self.starts }
    }

    pub(crate) fn status(&self) -> Answer {
        let settings = self.settings.as_ref();
        Answer::Status {
            name: settings.map(|settings| settings.name.clone()).unwrap_or_default(),
            keys: settings.map_or(0, |settings| settings.version),
            deny_list: self.desk.deny_list.version(),
            time: self.clock.now(),
        }
    }

    /// A new question; the one before is void.
    pub(crate) fn ask(&mut self) -> Result<Answer, Denial> {
        // Without its store the door does not know how often it was started.
        if self.store.is_none() {
            return Err(DoorRefusal::StoreFailed.into());
        }
        self.questions = self.questions.saturating_add(1);
        let nonce = Nonce::new(self.starts, self.questions, self.entropy.bytes(), self.clock.milliseconds());
        self.nonce = Some(nonce);
        Ok(Answer::Nonce(nonce))
    }

    /// Gives the door an owner: `jwk` is the owner's key, which has signed `token`.
    pub(crate) fn provision(&mut self, jwk: &[u8], token: &[u8]) -> Result<Decision, Denial> {
        if self.store.is_none() {
            return Err(DoorRefusal::StoreFailed.into());
        }
        if self.settings.is_some() {
            return Err(DoorRefusal::AlreadyProvisioned.into());
        }
        let owner = DoorKey::from_jwk(jwk)?;
        self.desk.spare.prepare(&owner)?;
        // The door has no name yet, so there is no audience to expect.
        let policy = Policy::issuer(OWNER).danger_any_audience().token_type(PROVISION);
        let policy = policy.allow_missing_expiry();
        let owners = Owner(&self.desk.spare);
        let update = Verifier::new(&owners, &policy).verify(token, self.clock.now(), &mut self.desk.scratch)?;
        let ring = Ring::first(&update, owner)?;
        self.take_over(&ring)?;
        let name = ring.settings.name.clone();
        self.settings = Some(ring.settings);
        Ok(Answer::Provisioned { name }.into())
    }

    /// Verifies a token of any kind.
    pub(crate) fn verify(&mut self, token: &[u8]) -> Result<Decision, Denial> {
        if self.store.is_none() {
            return Err(DoorRefusal::StoreFailed.into());
        }
        let settings = self.settings.as_ref().ok_or(DoorRefusal::NotProvisioned)?.clone();
        let mut policy = Policy::issuer(&settings.issuer).audience(&settings.name).leeway(settings.leeway.into());
        if settings.one_time {
            policy = policy.require_token_id();
        }
        let now = self.clock.now();
        let Desk { slots, deny_list, redeemed, scratch, .. } = &mut *self.desk;
        let refusal = match Verifier::new(&slots.opening(), &policy).verify(token, now, scratch) {
            Ok(token) => {
                if deny_list.names(&token) {
                    return Err(DoorRefusal::Revoked.into());
                }
                if settings.one_time {
                    let end = token.expires_at().map_or(i64::MAX, |date| date.floor());
                    let end = u64::try_from(end).unwrap_or(0);
                    if now.is_none_or(|UnixSeconds(now)| end > now.saturating_add(ONE_TIME_LIFE)) {
                        return Err(DoorRefusal::LivesTooLong.into());
                    }
                    redeemed.redeem(&token)?;
                    store_redeemed(end, &mut self.redeemed_until, self.store.as_mut())?;
                }
                let expires_at = token.expires_at().map(|date| date.floor());
                let answer = Answer::Open { subject: Subject::of(token.subject()), expires_at };
                return Ok(Decision { answer, open_for: Some(settings.open_for) });
            }
            Err(refusal) => refusal,
        };
        // If no door key signed the token, the owner may have signed it.
        if refusal.rank() > Refusal::BadSignature.rank() {
            return Err(refusal.into());
        }
        let policy =
            Policy::issuer(OWNER).audience(&settings.name).leeway(settings.leeway.into()).allow_missing_expiry();
        let proven = match SignatureVerifier::new(&slots.owner()).verify(token, scratch) {
            Ok(proven) => proven,
            Err(other) => return Err(refusal.or_more_telling(other).into()),
        };
        match proven.header().token_type() {
            Some(typ) if typ == *TIME => {
                let update = proven.validate(&policy.token_type(TIME), now)?;
                let time = answered(&update, self.nonce, self.clock.milliseconds())?;
                self.nonce = None;
                self.clock.set(time);
                Ok(Answer::Time(self.clock.now().unwrap_or(time)).into())
            }
            Some(typ) if typ == *KEY_UPDATE => {
                let update = proven.validate(&policy.token_type(KEY_UPDATE), now)?;
                let record = self.store.as_mut().map(|store| store.read(Record::Ring));
                let ring = record.and_then(Result::ok).flatten().and_then(Ring::decode);
                let ring = ring.ok_or(DoorRefusal::StoreFailed)?.next(&update)?;
                self.take_over(&ring)?;
                let answer = Answer::Keys { version: ring.settings.version, count: ring.keys.len() };
                self.settings = Some(ring.settings);
                Ok(answer.into())
            }
            _ => {
                let update = proven.validate(&policy.token_type(DENY_LIST), now)?;
                let list = deny_list.next(&update)?;
                let record = list.encode(&mut self.desk.record).ok_or(DoorRefusal::UpdateTooLarge)?;
                let store = self.store.as_mut().ok_or(DoorRefusal::StoreFailed)?;
                store.write(Record::DenyList, record).map_err(|_| DoorRefusal::StoreFailed)?;
                let answer = Answer::DenyList { version: list.version(), count: list.len() };
                self.desk.deny_list = list;
                Ok(answer.into())
            }
        }
    }

    /// Tries every key, stores the ring, and only then puts it in force.
    fn take_over(&mut self, ring: &Ring) -> Result<(), Denial> {
        for key in ring.keys.iter().chain([&ring.owner]) {
            self.desk.spare.prepare(key)?;
        }
        let record = ring.encode(&mut self.desk.record).ok_or(DoorRefusal::UpdateTooLarge)?;
        let store = self.store.as_mut().ok_or(DoorRefusal::StoreFailed)?;
        if store.write(Record::Ring, record).is_err() {
            // Which ring the flash holds now is only known after a reset; until then the old one is in force.
            return Err(DoorRefusal::StoreFailed.into());
        }
        self.desk.slots.prepare(ring)
    }

    /// Reads every record, and counts this start. `None` if one of them cannot be what was written.
    fn restore(&mut self, mut store: Store<F>) -> Option<Store<F>> {
        let starts = match store.read(Record::Starts).ok()? {
            Some(record) => u32::from_le_bytes(record.try_into().ok()?),
            None => 0,
        };
        self.starts = starts.saturating_add(1);
        if let Some(record) = store.read(Record::RedeemedUntil).ok()? {
            self.redeemed_until = u64::from_le_bytes(record.try_into().ok()?);
        }
        self.desk.redeemed = ReplayWindow::after_restart(UnixSeconds(self.redeemed_until));
        if let Some(record) = store.read(Record::DenyList).ok()? {
            self.desk.deny_list = DenyList::decode(record)?;
        }
        if let Some(record) = store.read(Record::Ring).ok()? {
            let ring = Ring::decode(record)?;
            self.desk.slots.prepare(&ring).ok()?;
            self.settings = Some(ring.settings);
        }
        store.write(Record::Starts, &self.starts.to_le_bytes()).ok()?;
        Some(store)
    }
}

/// The time that the owner says it is, in answer to the question that is out.
fn answered(update: &Verified<'_>, nonce: Option<Nonce>, now: u64) -> Result<UnixSeconds, Denial> {
    let answer = update.claim("nonce").and_then(|nonce| nonce.as_text()).ok_or(DoorRefusal::UpdateMalformed)?;
    if !nonce.is_some_and(|nonce| nonce.is_answered_by(answer, now)) {
        return Err(DoorRefusal::NonceMismatch.into());
    }
    let time = update.claim("now").and_then(|time| time.as_i64()).and_then(|time| u64::try_from(time).ok());
    time.map(UnixSeconds).ok_or(DoorRefusal::UpdateMalformed.into())
}

/// Stores in flash, before the door opens, that a token that ends at `end` opens nothing after a reset.
fn store_redeemed<F: NorFlash>(end: u64, until: &mut u64, store: Option<&mut Store<F>>) -> Result<(), Denial> {
    if end <= *until {
        return Ok(());
    }
    let step = end.checked_next_multiple_of(STEP).unwrap_or(end);
    let store = store.ok_or(DoorRefusal::StoreFailed)?;
    store.write(Record::RedeemedUntil, &step.to_le_bytes()).map_err(|_| DoorRefusal::StoreFailed)?;
    *until = step;
    Ok(())
}
