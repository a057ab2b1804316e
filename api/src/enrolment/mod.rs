//! Enrolment: eligibility, applications, the school's review, attendance, results, closing.

pub(crate) mod conduct;
mod problems;
mod routes;
pub mod service;
mod way;
pub mod wire;

pub use routes::mount;
