//! Units of all sessions: the lecturer's own, and an office's calendar.

mod routes;
mod service;
mod wire;

pub use routes::mount;
