//! Accounts and the roles they hold.

mod passwords;
mod routes;
mod routes_roles;
pub mod service;
pub mod wire;

pub use routes::mount;
