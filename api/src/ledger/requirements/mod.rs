//! What a teacher owes, and which entries make up each figure: the leaves of a statement's requirements.

pub mod routes;
pub mod service;
pub mod wire;
