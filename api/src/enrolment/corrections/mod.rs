//! Attendance and results that turn out wrong after a session was closed, and the hours that follow from what is right.

mod routes;
mod service;
mod wire;

pub use routes::mount;
