//! One proof for many leaves of a tree (RFC 9162, section 2.1, defines the tree; it has proofs for single leaves only).
//!
//! Whoever has the leaves needs the roots of the largest parts of the tree that hold none of them, and no more. They stand from left to
//! right, in the order in which the definition of the root (2.1.1) meets them: a part without such a leaf gives its root, a part that
//! is one of the leaves gives nothing, any other is split as the definition splits it, left side first.

use super::tree::{Hash, ProofFault, Subtree, node_hash, range_hash, split};

/// The hashes that prove the leaves at `positions`, in rising order and none twice, to be below the root of the first `size` leaves;
/// `None` where the tree has not all of them. `get` gives the hash of a perfect subtree.
///
/// # Errors
/// What `get` says.
pub fn batch_inclusion<E>(
    positions: &[u64],
    size: u64,
    mut get: impl FnMut(Subtree) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    let rising = positions.iter().zip(positions.iter().skip(1)).all(|(one, next)| one < next);
    if !rising || positions.last().is_none_or(|last| *last >= size) {
        return Ok(None);
    }
    let mut proof = Vec::new();
    gather(positions, 0, size, &mut get, &mut proof)?;
    Ok(Some(proof))
}

fn gather<E>(
    positions: &[u64],
    from: u64,
    to: u64,
    get: &mut impl FnMut(Subtree) -> Result<Hash, E>,
    proof: &mut Vec<Hash>,
) -> Result<(), E> {
    if positions.is_empty() {
        proof.push(range_hash(from, to, get)?);
    } else if to - from > 1 {
        let middle = from + split(to - from);
        let (left, right) = positions.split_at(positions.partition_point(|position| *position < middle));
        gather(left, from, middle, get, proof)?;
        gather(right, middle, to, get, proof)?;
    }
    Ok(())
}

/// Verifies such a proof: `leaves` are the hashes of the leaves by position.
///
/// # Errors
/// [`ProofFault::Sizes`] where the positions do not rise or the tree has not all of them, [`ProofFault::Length`] and
/// [`ProofFault::Root`].
pub fn verify_batch(leaves: &[(u64, Hash)], size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofFault> {
    let rising = leaves.iter().zip(leaves.iter().skip(1)).all(|((one, _), (next, _))| one < next);
    if !rising || leaves.last().is_none_or(|(last, _)| *last >= size) {
        return Err(ProofFault::Sizes);
    }
    let mut rest = proof.iter();
    let found = join(leaves, 0, size, &mut rest).ok_or(ProofFault::Length)?;
    match (rest.next(), found == *root) {
        (None, true) => Ok(()),
        (None, false) => Err(ProofFault::Root),
        _ => Err(ProofFault::Length),
    }
}

/// The root over the leaves from `from` to before `to`; `None` where the proof is too short.
fn join(leaves: &[(u64, Hash)], from: u64, to: u64, proof: &mut std::slice::Iter<'_, Hash>) -> Option<Hash> {
    let Some((_, first)) = leaves.first() else { return proof.next().copied() };
    if to - from <= 1 {
        return Some(*first);
    }
    let middle = from + split(to - from);
    let (left, right) = leaves.split_at(leaves.partition_point(|(position, _)| *position < middle));
    let left = join(left, from, middle, proof)?;
    Some(node_hash(&left, &join(right, middle, to, proof)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{
        Tree, leaf_hash,
        tree::{inclusion, root},
    };

    fn tree(size: u64) -> Tree {
        Tree::new((0..size).map(|number| leaf_hash(&number.to_be_bytes())))
    }

    #[test]
    fn any_choice_of_leaves_of_any_small_tree_is_proved_by_one_proof_and_by_no_other() {
        for size in 1..=9_u64 {
            let tree = tree(size);
            let whole = root(size, |subtree| tree.get(subtree)).unwrap();
            for choice in 1..1_u64 << size {
                let positions: Vec<u64> = (0..size).filter(|position| choice >> position & 1 == 1).collect();
                let proof = batch_inclusion(&positions, size, |subtree| tree.get(subtree)).unwrap().unwrap();
                let leaves: Vec<_> = positions.iter().map(|at| (*at, leaf_hash(&at.to_be_bytes()))).collect();
                assert_eq!(verify_batch(&leaves, size, &proof, &whole), Ok(()), "{positions:?} of {size}");
                if let [position] = positions.as_slice() {
                    let mut single = inclusion(*position, size, |subtree| tree.get(subtree)).unwrap().unwrap();
                    let mut batch = proof.clone();
                    single.sort_unstable();
                    batch.sort_unstable();
                    assert_eq!(batch, single, "of one leaf it has the hashes of RFC 9162");
                }
                for place in 0..leaves.len() {
                    let mut other = leaves.clone();
                    other[place].1 = leaf_hash(b"another");
                    assert_eq!(verify_batch(&other, size, &proof, &whole), Err(ProofFault::Root));
                    let mut fewer = leaves.clone();
                    fewer.remove(place);
                    assert!(verify_batch(&fewer, size, &proof, &whole).is_err(), "a leaf left out");
                }
                let longer: Vec<_> = proof.iter().copied().chain([whole]).collect();
                assert_eq!(verify_batch(&leaves, size, &longer, &whole), Err(ProofFault::Length));
                if let Some((_, shorter)) = proof.split_last() {
                    assert_eq!(verify_batch(&leaves, size, shorter, &whole), Err(ProofFault::Length));
                }
                // Moved by one: only where nothing stands beside it can that be a tree of the same shape.
                let moved: Vec<_> = leaves.iter().map(|(at, hash)| (at + 1, *hash)).collect();
                assert!(verify_batch(&moved, size, &proof, &whole).is_err());
            }
        }
    }

    #[test]
    fn positions_have_to_rise_and_to_be_in_the_tree() {
        let tree = tree(5);
        let prove = |positions: &[u64]| batch_inclusion(positions, 5, |subtree| tree.get(subtree)).unwrap();
        for positions in [&[][..], &[5], &[2, 1], &[3, 3]] {
            assert_eq!(prove(positions), None);
            let leaves: Vec<_> = positions.iter().map(|at| (*at, leaf_hash(&at.to_be_bytes()))).collect();
            let whole = root(5, |subtree| tree.get(subtree)).unwrap();
            assert_eq!(verify_batch(&leaves, 5, &[], &whole), Err(ProofFault::Sizes));
        }
    }
}
