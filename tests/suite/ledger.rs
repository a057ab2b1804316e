//! The hour ledger: entries, statements, corrections, standings, and that nothing in it is ever changed.

mod entries;
mod examples;
pub mod fixture;
mod known_at;
mod simulation;
mod statements;
mod store;
