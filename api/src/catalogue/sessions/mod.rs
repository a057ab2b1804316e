//! Sessions: planned, published, started, cancelled.

pub mod routes;
pub mod service;
pub mod wire;
