//! The rules of teacher professional-development training, and nothing else.
//!
//! Everything here is a total function over values: no input or output, no clock, no chance, no environment. "Now" and
//! chance are arguments. A refusal is a variant of a feature's `Refusal` enum, one per reason, and the caller turns it
//! into an answer. A feature has the same name here as in `persistence`, `api` and `tests`.

// Hours and money are whole hundredths, and the same on every machine.
#![deny(clippy::float_arithmetic)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod access;
pub mod area;
pub mod catalogue;
pub mod certificates;
pub mod decimal;
pub mod enrolment;
pub mod fold;
pub mod frozen_reports;
pub mod hours;
pub mod id;
pub mod imports;
pub mod jobs;
pub mod ledger;
pub mod log;
pub mod money;
pub mod org;
pub mod people;
pub mod planning;
pub mod policy;
pub mod records;
pub mod reports;
pub mod time;
pub mod words;

pub use area::AreaCode;
pub use hours::Hours;
pub use id::Id;
pub use money::Fen;
pub use time::UtcMillis;
pub use words::{DeliveryForm, Level, Post, Route, Setting, Sex, Stage, Theme, Title};
