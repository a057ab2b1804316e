//! The outside view: every test of HTTP and of the store runs on both databases, each test with its own.

mod architecture;
mod harness;
mod imports;
mod org;
mod people;
mod privacy;
mod users;
