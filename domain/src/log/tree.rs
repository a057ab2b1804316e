//! The Merkle tree of RFC 9162 (section 2.1): hashes, growing, proofs and their verification.
//!
//! Nodes are named by the leaves below them. Only perfect subtrees are ever kept: each is whole from the moment its last leaf
//! came, and never changes. What a proof needs beside them is made of a few of them.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A SHA-256 hash; as text in base 64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// The text is not a hash: 32 bytes in base 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a hash is 32 bytes in base 64")]
pub struct BadHash;

impl Hash {
    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Hash, BadHash> {
        let bytes = STANDARD.decode(text).map_err(|_| BadHash)?;
        bytes.try_into().map(Hash).map_err(|_| BadHash)
    }
}

/// The hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
}

/// The hash of a node over two others.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of a tree without leaves.
pub fn empty_root() -> Hash {
    Hash(Sha256::new().finalize().into())
}

/// A perfect subtree: the 2^`level` leaves from `index` × 2^`level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subtree {
    /// 0 for a leaf.
    pub level: u32,
    /// Its place among those of its level.
    pub index: u64,
}

/// Of the levels of a tree, those that are kept: every eighth, so that a node that is kept is over 256 of those below it
/// (c2sp.org/tlog-tiles has the same runs).
pub const FANOUT_BITS: u32 = 8;

/// The perfect subtrees that the leaves of a tree of `size` leaves are made of, the largest first.
pub fn peaks(size: u64) -> Vec<Subtree> {
    cover(0, size)
}

/// The perfect subtrees that cover the leaves from `from` to before `to`, from left to right.
fn cover(from: u64, to: u64) -> Vec<Subtree> {
    let (mut found, mut at) = (Vec::new(), from);
    while at < to {
        let aligned = if at == 0 { 63 } else { at.trailing_zeros() };
        let level = aligned.min((to - at).ilog2());
        found.push(Subtree { level, index: at >> level });
        at += 1 << level;
    }
    found
}

/// The largest power of two below `size`, which is at least 2.
pub(super) fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root over the leaves from `from` to before `to`, where a tree splits there.
pub(super) fn range_hash<E>(from: u64, to: u64, get: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    let mut whole: Option<Hash> = None;
    for subtree in cover(from, to).into_iter().rev() {
        let left = get(subtree)?;
        whole = Some(match whole {
            Some(right) => node_hash(&left, &right),
            None => left,
        });
    }
    Ok(whole.unwrap_or_else(empty_root))
}

/// The root of the first `size` leaves. `get` gives the hash of a perfect subtree below it.
///
/// # Errors
/// What `get` says.
pub fn root<E>(size: u64, mut get: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Hash, E> {
    range_hash(0, size, &mut get)
}

/// The inclusion proof (2.1.3.1) of the leaf at `position` in the tree of the first `size` leaves; `None` where the tree has no
/// such leaf.
///
/// # Errors
/// What `get` says.
pub fn inclusion<E>(
    position: u64,
    size: u64,
    mut get: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if position >= size {
        return Ok(None);
    }
    let (mut from, mut to, mut proof) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if position < middle {
            proof.push(range_hash(middle, to, &mut get)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, &mut get)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The consistency proof (2.1.4.1) between the trees of the first `old` and the first `new` leaves; `None` where `old` is 0 or
/// more than `new`.
///
/// # Errors
/// What `get` says.
pub fn consistency<E>(
    old: u64,
    new: u64,
    mut get: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if old == 0 || old > new {
        return Ok(None);
    }
    let (mut from, mut to, mut known, mut proof) = (0, new, true, Vec::new());
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range_hash(middle, to, &mut get)?);
            to = middle;
        } else {
            proof.push(range_hash(from, middle, &mut get)?);
            from = middle;
            known = false;
        }
    }
    if !known {
        proof.push(range_hash(from, to, &mut get)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofFault {
    /// The position or the sizes cannot be those of a tree.
    #[error("position or sizes do not fit each other")]
    Sizes,
    /// Too few or too many hashes.
    #[error("the proof has another number of hashes than the sizes ask for")]
    Length,
    /// The hashes lead to another root: something was changed.
    #[error("the hashes lead to another root")]
    Root,
}

/// Verifies an inclusion proof (2.1.3.2).
///
/// # Errors
/// [`ProofFault`].
pub fn verify_inclusion(leaf: &Hash, position: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofFault> {
    if position >= size {
        return Err(ProofFault::Sizes);
    }
    let (mut place, mut last, mut found) = (position, size - 1, *leaf);
    for hash in proof {
        if last == 0 {
            return Err(ProofFault::Length);
        }
        if place & 1 == 1 || place == last {
            found = node_hash(hash, &found);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            found = node_hash(&found, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match (last, found == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofFault::Root),
        _ => Err(ProofFault::Length),
    }
}

/// Verifies a consistency proof (2.1.4.2). From an empty tree there is nothing to prove, and that is refused.
///
/// # Errors
/// [`ProofFault`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if old == 0 || old > new {
        return Err(ProofFault::Sizes);
    }
    if old == new {
        return match (proof.is_empty(), old_root == new_root) {
            (true, true) => Ok(()),
            (false, _) => Err(ProofFault::Length),
            (true, false) => Err(ProofFault::Root),
        };
    }
    let (seed, rest) = match proof.split_first() {
        None => return Err(ProofFault::Length),
        // A tree of a power of two is itself the first node.
        Some(_) if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
    };
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut of_old, mut of_new) = (*seed, *seed);
    for hash in rest {
        if last == 0 {
            return Err(ProofFault::Length);
        }
        if place & 1 == 1 || place == last {
            of_old = node_hash(hash, &of_old);
            of_new = node_hash(hash, &of_new);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            of_new = node_hash(&of_new, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    match (last, of_old == *old_root && of_new == *new_root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofFault::Root),
        _ => Err(ProofFault::Length),
    }
}

/// The right edge of a growing tree: all that is needed to add leaves and to know the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of the tree of the first `size` leaves. `get` gives the hashes of its [`peaks`].
    ///
    /// # Errors
    /// What `get` says.
    pub fn of<E>(size: u64, get: impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Frontier, E> {
        Ok(Frontier { size, peaks: peaks(size).into_iter().map(get).collect::<Result<_, _>>()? })
    }

    /// Leaves in the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(empty_root)
    }

    /// Adds a leaf; `whole` hears each perfect subtree that it completes, itself first.
    pub fn push(&mut self, leaf: Hash, mut whole: impl FnMut(Subtree, Hash)) {
        let (mut subtree, mut hash) = (Subtree { level: 0, index: self.size }, leaf);
        whole(subtree, hash);
        while subtree.index & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(&left, &hash);
            subtree = Subtree { level: subtree.level + 1, index: subtree.index >> 1 };
            whole(subtree, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }
}

/// A whole tree in memory, for many proofs at once.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaves.
    pub fn new(leaves: impl IntoIterator<Item = Hash>) -> Tree {
        let (mut tree, mut frontier) = (Tree::default(), Frontier { size: 0, peaks: Vec::new() });
        for leaf in leaves {
            frontier.push(leaf, |subtree, hash| {
                let level = usize::try_from(subtree.level).unwrap_or_default();
                while tree.levels.len() <= level {
                    tree.levels.push(Vec::new());
                }
                // The subtrees of a level are completed from left to right.
                if let Some(row) = tree.levels.get_mut(level) {
                    row.push(hash);
                }
            });
        }
        tree
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.levels.first().and_then(|leaves| u64::try_from(leaves.len()).ok()).unwrap_or_default()
    }

    /// The hash of a perfect subtree.
    ///
    /// # Errors
    /// [`ProofFault::Sizes`] where it is not one of the tree.
    pub fn get(&self, subtree: Subtree) -> Result<Hash, ProofFault> {
        let level = usize::try_from(subtree.level).ok().and_then(|level| self.levels.get(level));
        let place = usize::try_from(subtree.index).ok();
        level.zip(place).and_then(|(level, place)| level.get(place)).copied().ok_or(ProofFault::Sizes)
    }
}
