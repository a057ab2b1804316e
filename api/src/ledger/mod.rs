//! The hour ledger: entries, statements with a reason for every figure, standing of schools and of the county.

pub mod explain;
mod moment;
mod problems;
mod routes;
pub mod service;
mod simulation;
pub mod standing;
pub mod statement;
pub mod wire;

pub use routes::mount;
