//! Accounts and the roles they hold.

pub mod opening;
mod opening_sheet;
pub mod opening_wire;
mod passwords;
mod routes;
mod routes_opening;
mod routes_roles;
pub mod service;
pub mod wire;

pub use routes::mount;
