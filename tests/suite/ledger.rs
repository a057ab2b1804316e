//! The hour ledger: entries, statements, corrections, standings, and that nothing in it is ever changed.

mod contents;
mod conversions;
pub mod disputes;
mod entries;
mod examples;
pub mod fixture;
pub mod grounds;
mod histories;
mod known_at;
pub mod parameters;
pub(crate) mod simulation;
mod statements;
mod store;
mod waivers;
