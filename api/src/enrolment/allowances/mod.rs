//! The same content once more: what the training centre allows one teacher, with a reason.

mod routes;
mod service;
mod wire;

pub use routes::mount;
