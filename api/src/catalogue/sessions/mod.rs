//! Sessions: planned, published, started, cancelled.

pub mod changes;
pub mod routes;
pub mod service;
pub mod wire;
