//! Reconciliation with the provincial platform, and the export in the columns it is compared in.

mod export;
pub mod routes;
pub mod service;
pub mod wire;
