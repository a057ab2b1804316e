//! HTTP and use cases. A request's way: `routes.rs` parses it, with the permission in the handler's signature; `service.rs`
//! gathers facts, lets the domain decide and writes; the answer or the problem goes back the same way.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod access;
pub mod auth;
pub mod canonical;
pub mod catalogue;
pub mod certificates;
pub mod chance;
pub mod clock;
pub mod config;
pub mod demo;
pub mod document;
pub mod enrolment;
pub mod events;
pub mod frozen_reports;
pub mod housekeeping;
pub mod http;
pub mod imports;
pub mod jobs;
pub mod ledger;
pub mod log;
pub mod org;
pub mod people;
pub mod planning;
pub mod policy;
pub mod problem;
pub mod records;
pub mod reports;
pub mod server;
pub mod sheet;
pub mod signing;
pub mod state;
pub mod system;
pub mod users;
pub mod wire;
