//! The outside view: every test of HTTP and of the store runs on both databases, each test with its own.

mod architecture;
mod authz;
mod catalogue;
mod certificates;
mod check;
mod demo;
mod enrolment;
mod examples;
mod frozen_reports;
mod harness;
mod hostile;
mod housekeeping;
mod imports;
mod ledger;
mod log;
mod org;
mod people;
mod policy;
mod privacy;
mod races;
mod records;
mod refusals;
mod reports;
mod schema;
mod store;
mod users;
