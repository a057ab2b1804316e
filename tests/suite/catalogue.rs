//! Programmes, sessions, units and filing windows.

mod programmes;
mod seats;
mod sessions;
mod steps;
mod units;
