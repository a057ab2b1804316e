//! Units of sessions, and the history of published ones.

pub mod routes;
pub mod service;
pub mod wire;
