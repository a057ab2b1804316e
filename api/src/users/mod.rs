//! Accounts and the roles they hold.

mod passwords;
mod permissions;
mod routes;
mod routes_roles;
pub mod service;
pub mod wire;

pub(crate) use permissions::label;
pub use routes::mount;
