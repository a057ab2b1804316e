//! Programmes, sessions, units and filing windows.

mod programmes;
mod sessions;
mod steps;
mod units;
