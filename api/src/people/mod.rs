//! Persons, teachers, and the dated facts of both.

pub mod facts;
pub mod facts_wire;
mod problems;
mod reading;
mod reveal;
mod routes;
mod routes_facts;
pub mod service;
pub mod wire;

pub use problems::refused;
pub use routes::mount;
