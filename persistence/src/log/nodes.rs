//! The hashes of perfect subtrees, made of what is kept: the leaves, and the roots of 256, 65,536 … of them.
//!
//! A subtree needs at most 128 hashes of one level, all in one run of 256, so that a proof takes a read or two for each level,
//! whatever the size of the tree. Runs are remembered: neighbours share them.

use super::{read_hash, signed};
use crate::{
    Conn, DbError, DbResult,
    db::each,
    schema::{log_leaves, log_nodes},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode,
    log::{
        Hash, Subtree,
        tree::{FANOUT_BITS, node_hash},
    },
};
use std::collections::HashMap;

/// The nodes of one area's tree.
pub struct Nodes<'c> {
    conn: &'c mut Conn,
    area: AreaCode,
    runs: HashMap<(u32, u64), Vec<Hash>>,
}

impl<'c> Nodes<'c> {
    /// Of an area.
    pub fn of(conn: &'c mut Conn, area: AreaCode) -> Nodes<'c> {
        Nodes { conn, area, runs: HashMap::new() }
    }

    /// The hash of a perfect subtree.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer, and where the tree is damaged or not as large.
    pub fn get(&mut self, subtree: Subtree) -> DbResult<Hash> {
        let (kept, rest) = (subtree.level / FANOUT_BITS, subtree.level % FANOUT_BITS);
        let first = subtree.index << rest;
        let run = self.run(kept, first >> FANOUT_BITS)?;
        let start = usize::try_from(first & ((1 << FANOUT_BITS) - 1)).unwrap_or_default();
        let lacking = || DbError::damaged(format!("the log lacks nodes of level {kept} at {first}"));
        let mut hashes = run.get(start..start + (1 << rest)).ok_or_else(lacking)?.to_vec();
        while hashes.len() > 1 {
            let pairs = hashes.as_chunks::<2>().0;
            hashes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        hashes.first().copied().ok_or_else(lacking)
    }

    fn run(&mut self, level: u32, run: u64) -> DbResult<&[Hash]> {
        if !self.runs.contains_key(&(level, run)) {
            let read = self.read(level, run)?;
            self.runs.insert((level, run), read);
        }
        Ok(self.runs.get(&(level, run)).map(Vec::as_slice).unwrap_or_default())
    }

    fn read(&mut self, level: u32, run: u64) -> DbResult<Vec<Hash>> {
        let (area, from, to) = (self.area.get(), signed(run << FANOUT_BITS), signed((run + 1) << FANOUT_BITS));
        let texts: Vec<(i64, String)> = match i32::try_from(level) {
            Ok(0) => {
                use log_leaves as t;
                each!(&mut *self.conn, k => t::table
                    .filter(t::area.eq(area))
                    .filter(t::position.ge(from))
                    .filter(t::position.lt(to))
                    .order(t::position.asc())
                    .select((t::position, t::hash))
                    .load(k))?
            }
            Ok(level) => {
                use log_nodes as t;
                each!(&mut *self.conn, k => t::table
                    .filter(t::area.eq(area))
                    .filter(t::level.eq(level))
                    .filter(t::position.ge(from))
                    .filter(t::position.lt(to))
                    .order(t::position.asc())
                    .select((t::position, t::hash))
                    .load(k))?
            }
            Err(_) => Vec::new(),
        };
        let in_order = texts.iter().zip(from..).all(|((position, _), expected)| *position == expected);
        if !in_order {
            return Err(DbError::damaged(format!("the log has a gap behind {from} on level {level}")));
        }
        texts.iter().map(|(_, hash)| read_hash("hash", hash)).collect()
    }
}
