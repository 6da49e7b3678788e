//! When keys come and go: plain data and pure functions. Every process that has the same plans and a clock comes to the
//! same result by itself.

mod command;
mod due;
mod key_plan;
mod schedule;
mod timeline;

pub use command::{Haste, commanded};
pub use due::{Change, due};
pub use key_plan::{KeyPlan, Margins};
pub use schedule::{RotationSchedule, ScheduleError};
pub use timeline::{KeyState, KeyStatus, timeline};
