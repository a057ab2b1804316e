//! The hour ledger: entries, statements with a reason for every figure, standing of schools and of the county.

pub mod conversions;
pub mod days;
pub mod explain;
pub mod moment;
mod problems;
mod routes;
pub mod service;
mod simulation;
pub mod standing;
pub mod statement;
pub mod waivers;
pub mod wire;

pub use routes::mount;
