//! Whole verifications, by every arithmetic.

mod crafted_times;
mod every_arithmetic;
pub(super) mod samples;

use super::{
    Es256Arithmetic, Es256Signature, HostEs256Key, Preparation, batch, check_all, ifma, prepared_key, table_memory,
};
