//! Programmes: declared, filed, reviewed.

pub mod routes;
pub mod service;
pub mod wire;
