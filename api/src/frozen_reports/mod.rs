//! Closing a cycle: two persons freeze the report of a county, which can be made again bit for bit, and what changed since is a
//! list of differences.

pub mod content;
mod differences;
mod problems;
mod routes;
pub mod service;
pub mod wire;

pub use routes::mount;
