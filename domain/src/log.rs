//! Tamper evidence: the leaves of an area's log, the Merkle tree over them (RFC 9162), and the signed checkpoints (C2SP
//! `tlog-checkpoint`, `signed-note` and `tlog-cosignature`) by which anybody sees that nothing was changed afterwards.
//!
//! Each area has a tree of its own. A [`leaf`] is the canonical JSON of a row as it was published, with a salt; its hash goes into
//! the [`tree`]; the root of the tree is signed in a [`note`]. Whoever keeps a checkpoint can later prove that a leaf was below it and
//! that a newer tree only added to it.

pub mod batch;
pub mod leaf;
pub mod note;
pub mod tree;

#[cfg(test)]
mod tests;

pub use leaf::{Json, LeafKind, Salts};
pub use note::{Checkpoint, NoteFault, SignedNote, SignerKey, VerifierKey};
pub use tree::{Frontier, Hash, ProofFault, Subtree, Tree, leaf_hash};
