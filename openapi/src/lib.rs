//! The contract: the OpenAPI 3.1 document that `shixun-api` builds, held to what was promised.
//!
//! | question | module |
//! |---|---|
//! | is the committed document the one the program serves? | [`generate`] |
//! | will a person and a client generator understand it? | [`lint`] |
//! | does a client written for the last release still work? | [`compat`] |
//! | is this answer what the document says? | [`validate`] |
//!
//! Everything works on the document as a [`serde_json::Value`], so the checks see what a client sees, not what the
//! builder meant. The program `openapi` offers the first three on the command line.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod compat;
pub mod document;
pub mod generate;
pub mod lint;
pub mod validate;

pub use validate::{Contract, Violation, validate_request, validate_response};
