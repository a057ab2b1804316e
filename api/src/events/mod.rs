//! The event log, for auditors.

mod routes;
mod service;
mod wire;

pub use routes::mount;
