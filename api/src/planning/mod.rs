//! Planning: the evaluation of sessions by those who took part.

mod overdue;
mod problems;
mod routes;
mod service;
mod wire;

pub use overdue::{Lapsed, keep, lapse, lapse_in_portions};
pub use routes::mount;
