//! Argon2id itself: a new hash, and the check of one, in memory that is handed in.

use super::stored::StoredPassword;
use super::{Cost, Password, PasswordError, Verdict};
use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use aws_lc_rs::rand;
use zeroize::Zeroize;

/// The working memory of one hash; wiped behind each, since its first blocks are a quick test for guesses.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

/// The fewest blocks that are reserved, of 1 KiB each. From 32 MiB on, the C library takes memory from the system and gives
/// all of it back; less it keeps in its own heaps, one for each of many threads, and a storm of logins would leave hundreds
/// of megabytes there. What is reserved and not used takes no memory.
const OWN_MAPPING: usize = 33 * 1024;
const SALT_LENGTH: usize = 16;
const OUTPUT_LENGTH: usize = 32;
/// No stored hash may ask for more than this: whoever can write the database must not be able to stop the server.
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
        // As long as for a user who is there; what comes out is of no interest.
        compute(Algorithm::Argon2id, Version::V0x13, &params(cost)?, password, &[0; SALT_LENGTH], memory)?;
        return Ok(Verdict::Wrong);
    };
    let output = compute(kept.algorithm, kept.version, &kept.params, password, kept.salt.as_ref(), memory)?;
    // In constant time.
    if output != kept.output {
        make_up(kept.work(), cost, password, memory)?;
        return Ok(Verdict::Wrong);
    }
    let better = if kept.is_weaker_than(cost) { Some(hash(password, cost, memory)?) } else { None };
    Ok(Verdict::Right { better })
}

/// A stored hash, read and judged.
struct Kept {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Kept {
    /// `None` if it cannot be used: then no password is right, and the log says so.
    fn read(stored: &StoredPassword) -> Option<Self> {
        let kept = Self::parse(stored).filter(Self::is_affordable);
        if kept.is_none() {
            tracing::error!("a stored password hash cannot be used; its user cannot log in until it is set anew");
        }
        kept
    }

    fn parse(stored: &StoredPassword) -> Option<Self> {
        let text = stored.parse()?;
        let params = Params::try_from(&text).ok()?;
        Some(Self {
            algorithm: Algorithm::try_from(text.algorithm.as_str()).ok()?,
            // RFC 9106 §3.1 knows one version; before the PHC string had a field for it, there was 16.
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

/// Spends what a hash of `spent` blocks was cheaper than one at `cost`, so that accounts from before a rise cannot be told
/// from those that do not exist.
fn make_up(spent: u64, cost: Cost, password: &Password, memory: &mut Memory) -> Result<(), PasswordError> {
    let missing = cost.work().saturating_sub(spent);
    // In as many passes as keep it within the memory that a login takes anyway.
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
        tracing::error!(%error, "Argon2 refused to hash a password");
        PasswordError::Failed
    })?;
    let result = Output::new(output).map_err(|_| failed("a stored hash is too short"));
    output.zeroize();
    result
}

impl Memory {
    /// So many blocks. Memory that is not there is an error of this one password, not the end of the process.
    fn of(&mut self, count: usize) -> Result<&mut [Block], PasswordError> {
        if count > self.0.len() {
            // What is there is given back first: both together might be too much.
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
    tracing::error!(reason, "a password could not be hashed");
    PasswordError::Failed
}
