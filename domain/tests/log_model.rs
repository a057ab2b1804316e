//! The tree of the log against the definitions of RFC 9162, section 2.1, written down recursively over whole lists of leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use shixun_domain::log::tree::{
    Frontier, Hash, ProofFault, Subtree, Tree, consistency, inclusion, leaf_hash, root, verify_consistency,
    verify_inclusion,
};

fn sha(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().to_vec()
}

fn half(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D[n])
fn mth(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => sha(&[]),
        [one] => sha(&[&[0], one]),
        many => {
            let (left, right) = many.split_at(half(many.len()));
            sha(&[&[1], &mth(left), &mth(right)])
        }
    }
}

/// PATH(m, D[n])
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = half(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut rest, sibling) = if m < k { (path(m, left), mth(right)) } else { (path(m - k, right), mth(left)) };
    rest.push(sibling);
    rest
}

/// SUBPROOF(m, D[n], b)
fn subproof(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<Vec<u8>> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = half(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut rest, sibling) =
        if m <= k { (subproof(m, left, whole), mth(right)) } else { (subproof(m - k, right, false), mth(left)) };
    rest.push(sibling);
    rest
}

fn leaves(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|number| format!("leaf {number}").into_bytes()).collect()
}

fn bytes(hashes: Vec<Hash>) -> Vec<Vec<u8>> {
    hashes.into_iter().map(|hash| hash.bytes().to_vec()).collect()
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap()
}

proptest! {
    #[test]
    fn roots_and_proofs_are_those_of_the_definitions(n in 1_usize..400, m in 0_usize..400, old in 1_usize..400) {
        let (data, m, old) = (leaves(n), m % n, 1 + old % n);
        let tree = Tree::new(data.iter().map(|leaf| leaf_hash(leaf)));
        let get = |subtree| tree.get(subtree);
        let whole = root(wide(n), get).unwrap();
        prop_assert_eq!(whole.bytes().to_vec(), mth(&data));
        let included = inclusion(wide(m), wide(n), get).unwrap().unwrap();
        prop_assert_eq!(bytes(included.clone()), path(m, &data));
        prop_assert_eq!(verify_inclusion(&leaf_hash(&data[m]), wide(m), wide(n), &included, &whole), Ok(()));
        let consistent = consistency(wide(old), wide(n), get).unwrap().unwrap();
        prop_assert_eq!(bytes(consistent.clone()), subproof(old, &data, true));
        let old_root = root(wide(old), get).unwrap();
        prop_assert_eq!(verify_consistency(wide(old), wide(n), &old_root, &whole, &consistent), Ok(()));
    }

    #[test]
    fn a_frontier_taken_up_anywhere_grows_to_the_same_root(n in 0_usize..300, at in 0_usize..300) {
        let data = leaves(n);
        let tree = Tree::new(data.iter().map(|leaf| leaf_hash(leaf)));
        let at = at.min(n);
        let mut frontier = Frontier::of(wide(at), |subtree| tree.get(subtree)).unwrap();
        for leaf in &data[at..] {
            let mut last: Option<(Subtree, Hash)> = None;
            frontier.push(leaf_hash(leaf), |subtree, hash| last = Some((subtree, hash)));
            let (subtree, hash) = last.unwrap();
            assert_eq!(tree.get(subtree), Ok(hash), "what it says is complete is what the tree has");
        }
        prop_assert_eq!(frontier.root().bytes().to_vec(), mth(&data));
        prop_assert_eq!(frontier.size(), wide(n));
        prop_assert_eq!(tree.size(), wide(n));
    }

    #[test]
    fn a_proof_with_any_change_proves_nothing(n in 2_usize..200, m in 0_usize..200, other in 0_usize..200, flip in 0_usize..32) {
        let (data, m) = (leaves(n), m % n);
        let tree = Tree::new(data.iter().map(|leaf| leaf_hash(leaf)));
        let whole = root(wide(n), |subtree| tree.get(subtree)).unwrap();
        let proof = inclusion(wide(m), wide(n), |subtree| tree.get(subtree)).unwrap().unwrap();
        let leaf = leaf_hash(&data[m]);
        let verify = |leaf: &Hash, place: usize, proof: &[Hash]| verify_inclusion(leaf, wide(place), wide(n), proof, &whole);
        for place in 0..proof.len() {
            let mut wrong = proof.clone();
            let mut changed = *wrong[place].bytes();
            changed[flip] ^= 1;
            wrong[place] = Hash::new(changed);
            prop_assert_eq!(verify(&leaf, m, &wrong), Err(ProofFault::Root));
        }
        let longer: Vec<Hash> = proof.iter().copied().chain([leaf]).collect();
        prop_assert_eq!(verify(&leaf, m, &longer), Err(ProofFault::Length));
        prop_assert!(verify(&leaf, m, &proof[1..]).is_err());
        let other = other % n;
        if other != m {
            prop_assert!(verify(&leaf, other, &proof).is_err());
            prop_assert!(verify(&leaf_hash(&data[other]), m, &proof).is_err());
        }
        prop_assert_eq!(verify(&leaf, n, &proof), Err(ProofFault::Sizes));
    }
}
