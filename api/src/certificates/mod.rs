//! Certificates: statements that people carry, on paper and as credentials, and how anybody verifies one.

mod book;
pub mod check;
pub mod content;
mod credential;
pub mod keys;
pub mod logged;
pub mod paper;
mod problems;
mod routes;
mod routes_public;
pub mod service;
mod verify;
pub mod wire;

pub use routes::mount;
