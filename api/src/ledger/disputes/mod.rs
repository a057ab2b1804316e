//! Disputes about entries of hours.

pub mod routes;
pub mod service;
pub mod wire;
