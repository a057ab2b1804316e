//! Areas and organisations.

pub mod export;
mod routes;
pub mod service;
pub mod wire;

pub use routes::mount;
