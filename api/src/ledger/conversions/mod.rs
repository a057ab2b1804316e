//! Conversion (其他形式转换): what activities outside courses are worth, and recognising one.

mod routes;
mod service;
pub mod wire;

pub use routes::mount;
pub(crate) use service::{approves, worthless};
