//! The hour ledger: entries, statements, corrections, standings, and that nothing in it is ever changed.

mod disputes;
mod entries;
mod examples;
pub mod fixture;
mod simulation;
mod statements;
mod store;
