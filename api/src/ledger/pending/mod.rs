//! Hours of everybody that wait to be posted.

pub mod routes;
pub mod service;
pub mod wire;
