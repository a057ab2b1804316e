//! Facts in and out of the database. Nothing here knows of HTTP, and nothing outside here knows of diesel.
//!
//! Functions take `&mut Conn` to read and `&mut WriteTx` to write; [`db::Db`] is the only source of both. A function says what
//! happened with an enum of its own (`Claim::Full`), never with a status code.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod accounts;
pub mod catalogue;
pub mod certificates;
pub mod check;
pub mod columns;
pub mod db;
pub mod demo;
pub mod enrolment;
pub mod error;
pub mod events;
pub mod frozen_reports;
pub mod idempotency;
pub mod imports;
pub mod jobs;
pub mod ledger;
pub mod log;
pub mod org;
pub mod people;
pub mod planning;
pub mod policy;
pub mod records;
pub mod reports;
mod schema;
pub mod tokens;
pub mod users;

pub use db::{Conn, DatabaseKind, Db, DbOptions, Gathering, Keep, LookedUp, Order, WriteTx};
pub use error::{DbError, DbResult, Failure};
