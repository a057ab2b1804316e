//! The outside view: every test of HTTP and of the store runs on both databases, each test with its own.

mod architecture;
mod authz;
mod catalogue;
mod check;
mod demo;
mod enrolment;
mod examples;
mod harness;
mod hostile;
mod housekeeping;
mod imports;
mod ledger;
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
