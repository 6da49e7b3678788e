//! The states of keys over time, as plain data and pure functions. All processes with the same plans and the same time
//! compute the same result.

mod command;
mod due;
mod key_plan;
mod schedule;
mod timeline;

pub use command::{RotationMode, commanded};
pub use due::{Change, due};
pub use key_plan::{KeyPlan, Margins};
pub use schedule::{RotationSchedule, ScheduleError};
pub use timeline::{KeyState, KeyStatus, timeline};
