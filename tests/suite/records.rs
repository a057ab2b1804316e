//! Records from outside: three people, evidence, nothing twice.

pub mod steps;

mod entering;
mod platform;
mod reviewing;
pub(crate) mod transfers;
