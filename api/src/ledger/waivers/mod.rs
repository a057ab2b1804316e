//! Waivers: a requirement that one person need not meet, proposed by one and granted by another.

mod routes;
mod service;
pub mod wire;

pub use routes::mount;
