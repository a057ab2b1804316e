//! The outside view: every test that needs more than one crate.

mod architecture;
