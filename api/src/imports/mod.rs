//! Importing rosters and lists of schools; exporting the roster.

mod apply;
pub mod export;
mod plan;
mod records;
pub mod report;
mod routes;
mod schools;
pub mod service;
pub mod wire;

pub use routes::mount;
