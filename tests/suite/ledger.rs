//! The hour ledger: entries, statements, corrections, standings, and that nothing in it is ever changed.

mod entries;
mod examples;
pub mod fixture;
mod parameters;
mod simulation;
mod statements;
mod store;
mod waivers;
