//! Reports: completion of schools and of the county, as JSON, CSV and workbooks. Nothing depends on this feature.

mod routes;
pub mod service;
pub mod sheets;
mod statistics;
pub mod wire;

pub use routes::mount;
