//! What is measured, one question a file.

pub mod county;
pub mod crash;
pub mod evaluate;
pub mod import;
pub mod log;
pub mod reads;
pub mod rush;
pub mod simulation_job;
pub mod start;
