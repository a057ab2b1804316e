//! Policy packs and cycles: the rules on hours as versioned data.

mod body;
pub mod cache;
pub mod document;
mod routes;
pub mod service;
pub mod wire;

pub use body::{HoldsPolicy, PolicyBody};
pub use cache::{AreaPolicy, PolicyCache, Terms};
pub use routes::mount;
