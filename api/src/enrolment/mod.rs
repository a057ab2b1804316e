//! Enrolment: eligibility, applications, the school's review, attendance, results, closing.

mod conduct;
mod problems;
mod routes;
pub mod service;
mod settlement;
mod way;
pub mod wire;

pub use routes::mount;
