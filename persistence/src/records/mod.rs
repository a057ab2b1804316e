//! Records from outside: facts in and out.

mod read;
mod write;

pub mod transfers;

pub use read::{
    RecordFilter, RecordRow, StandingHours, StepRow, count, find, list, makers, source_taken, standing_hours, steps_of,
};
pub use write::{Content, NewRecord, Saved, Step, add, change, note, step};
