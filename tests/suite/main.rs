//! The outside view: every test of HTTP and of the store runs on both databases, each test with its own.

mod architecture;
mod catalogue;
mod harness;
mod org;
