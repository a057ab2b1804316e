//! Tamper evidence: the log of each area, its checkpoints and proofs, and bundles that anybody checks offline.
//!
//! - [`LogSigner`]: the keys; [`sequence`]: from committed rows to leaves and signed checkpoints, in the background;
//! - [`keys`]: the list of public keys, and how one takes the place of another;
//! - [`bundle`]: a statement with all it rests on, as a file; [`bundle::verify`]: whether such a file is as it was made.

pub mod bundle;
pub mod keys;
mod problems;
mod routes;
mod sequencer;
mod service;
mod signer;
mod wire;

pub use routes::mount;
pub use sequencer::{Look, keep, sequence};
pub use signer::LogSigner;
