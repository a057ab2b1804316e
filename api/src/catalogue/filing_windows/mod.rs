//! Windows in which programmes are filed.

pub mod routes;
pub mod service;
pub mod wire;
