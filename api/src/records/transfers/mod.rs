//! Hours that move with a teacher between counties.

pub mod routes;
pub mod service;
pub mod wire;
