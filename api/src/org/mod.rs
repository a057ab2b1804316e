//! Areas and organisations.

mod routes;
pub mod service;
pub mod wire;

pub use routes::mount;
