//! Programmes, sessions, units and filing windows.

mod programmes;
mod seats;
mod sessions;
pub mod steps;
mod units;
