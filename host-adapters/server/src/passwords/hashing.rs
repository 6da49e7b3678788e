//! Argon2id: computes and checks hashes in memory that the caller provides.

use super::stored::StoredPassword;
use super::{Cost, Password, PasswordError, Verdict};
use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use aws_lc_rs::rand;
use zeroize::Zeroize;

/// The working memory of one hash. It is erased after each hash, because its first blocks would let an attacker test
/// guesses quickly.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

/// The minimum number of reserved blocks of 1 KiB. The C library returns allocations of 32 MiB and more to the system. It
/// keeps smaller ones in heaps per thread, where many logins at once would leave hundreds of megabytes. Reserved blocks
/// that are not used take no memory.
const OWN_MAPPING: usize = 33 * 1024;
const SALT_LENGTH: usize = 16;
const OUTPUT_LENGTH: usize = 32;
/// The highest accepted cost of a stored hash: an attacker who can write to the database must not stop the server.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_WORK: u64 = 16 * 1024 * 1024;

pub(super) fn hash(password: &Password, cost: Cost, memory: &mut Memory) -> Result<StoredPassword, PasswordError> {
    let mut salt = [0; SALT_LENGTH];
    rand::fill(&mut salt).map_err(|_| failed("the system has no randomness"))?;
    let params = params(cost)?;
    let output = compute(Algorithm::Argon2id, Version::V0x13, &params, password, &salt, memory)?;
    let told = |_| failed("a hash could not be written");
    let text = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| failed("parameters could not be written"))?,
        salt: Some(Salt::new(&salt).map_err(told)?),
        hash: Some(output),
    };
    Ok(StoredPassword::from_database(text.to_string()))
}

pub(super) fn verify(
    password: &Password,
    stored: Option<&StoredPassword>,
    cost: Cost,
    memory: &mut Memory,
) -> Result<Verdict, PasswordError> {
    let Some(kept) = stored.and_then(Kept::read) else {
        // Takes as long as for a known user. The result is not used.
        compute(Algorithm::Argon2id, Version::V0x13, &params(cost)?, password, &[0; SALT_LENGTH], memory)?;
        return Ok(Verdict::Wrong);
    };
    let output = compute(kept.algorithm, kept.version, &kept.params, password, kept.salt.as_ref(), memory)?;
    // This comparison takes constant time.
    if output != kept.output {
        make_up(kept.work(), cost, password, memory)?;
        return Ok(Verdict::Wrong);
    }
    let better = if kept.is_weaker_than(cost) { Some(hash(password, cost, memory)?) } else { None };
    Ok(Verdict::Right { better })
}

/// A stored hash whose parameters were checked.
struct Kept {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Kept {
    /// Reads a stored hash. Returns `None` and logs an error if it is invalid; every password is then wrong.
    fn read(stored: &StoredPassword) -> Option<Self> {
        let kept = Self::parse(stored).filter(Self::is_affordable);
        if kept.is_none() {
            tracing::error!("stored password hash is invalid; the user cannot log in until the password is reset");
        }
        kept
    }

    fn parse(stored: &StoredPassword) -> Option<Self> {
        let text = stored.parse()?;
        let params = Params::try_from(&text).ok()?;
        Some(Self {
            algorithm: Algorithm::try_from(text.algorithm.as_str()).ok()?,
            // RFC 9106 §3.1 has version 19 only. A PHC string without a version means 16.
            version: text.version.map_or(Some(Version::V0x10), |version| Version::try_from(version).ok())?,
            params,
            salt: text.salt?,
            output: text.hash?,
        })
    }

    fn is_affordable(&self) -> bool {
        self.params.m_cost() <= MOST_MEMORY && self.work() <= MOST_WORK
    }

    fn work(&self) -> u64 {
        u64::from(self.params.m_cost()) * u64::from(self.params.t_cost())
    }

    fn is_weaker_than(&self, cost: Cost) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < cost.memory_kib()
            || self.work() < cost.work()
            || self.salt.as_ref().len() < SALT_LENGTH
            || self.output.len() < OUTPUT_LENGTH
    }
}

/// Does the difference in work between a hash of `spent` blocks and one at `cost`. Otherwise the time would tell old, cheaper
/// accounts from accounts that do not exist.
fn make_up(spent: u64, cost: Cost, password: &Password, memory: &mut Memory) -> Result<(), PasswordError> {
    let missing = cost.work().saturating_sub(spent);
    // The number of passes keeps it within the memory of one login.
    let passes = missing.div_ceil(u64::from(cost.memory_kib())).max(1);
    let (Ok(blocks), Ok(passes)) = (u32::try_from(missing / passes), u32::try_from(passes)) else {
        return Ok(());
    };
    if blocks < Params::MIN_M_COST {
        return Ok(());
    }
    let params = Params::new(blocks, passes, 1, Some(OUTPUT_LENGTH)).map_err(|_| failed("parameters are refused"))?;
    compute(Algorithm::Argon2id, Version::V0x13, &params, password, &[0; SALT_LENGTH], memory)?;
    Ok(())
}

fn params(cost: Cost) -> Result<Params, PasswordError> {
    Params::new(cost.memory_kib(), cost.iterations(), 1, Some(OUTPUT_LENGTH))
        .map_err(|_| failed("parameters are refused"))
}

fn compute(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    password: &Password,
    salt: &[u8],
    memory: &mut Memory,
) -> Result<Output, PasswordError> {
    let blocks = memory.of(params.block_count())?;
    let mut output = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(OUTPUT_LENGTH);
    let output = output.get_mut(..length).ok_or_else(|| failed("a stored hash is too long"))?;
    let done = Argon2::new(algorithm, version, params.clone()).hash_password_into_with_memory(
        password.text().as_bytes(),
        salt,
        output,
        &mut *blocks,
    );
    blocks.iter_mut().for_each(Zeroize::zeroize);
    done.map_err(|error| {
        tracing::error!(%error, "failed to compute a password hash");
        PasswordError::Failed
    })?;
    let result = Output::new(output).map_err(|_| failed("a stored hash is too short"));
    output.zeroize();
    result
}

impl Memory {
    /// Returns this many blocks. If the memory is not available, only this hash fails.
    fn of(&mut self, count: usize) -> Result<&mut [Block], PasswordError> {
        if count > self.0.len() {
            // The old memory is released first, because both together may be too much.
            self.0 = Vec::new();
            let mut blocks = Vec::new();
            let reserved = blocks.try_reserve_exact(count.max(OWN_MAPPING));
            reserved.or_else(|_| blocks.try_reserve_exact(count)).map_err(|_| failed("there is not enough memory"))?;
            blocks.resize(count, Block::new());
            self.0 = blocks;
        }
        self.0.get_mut(..count).ok_or(PasswordError::Failed)
    }
}

fn failed(reason: &'static str) -> PasswordError {
    tracing::error!(reason, "failed to hash a password");
    PasswordError::Failed
}
