//! The log: leaves of what is published, the tree over them, signed checkpoints and what witnesses say of them.
//!
//! Nothing here runs in the transaction of what it records. Rows are read after they were committed, hashed, and appended in
//! batches; the guarded UPDATE of `log_heads` gives each position away once, however many servers append.

mod checkpoints;
mod keys;
mod nodes;
mod sequence;
pub mod sources;

pub use checkpoints::{
    CheckpointRow, CosignatureRow, Cosigned, add_checkpoint, add_cosignature, checkpoint, checkpoints, cosignatures,
    count_checkpoints, latest,
};
pub use keys::{KeyPurpose, LogKey, add_key, compromise_key, hold_key_in_use, keys, retire_key, salts, signature_keys};
pub use nodes::Nodes;
pub use sequence::{Appended, Growth, append, areas, first_number, frontier, head, last_logged, open_head};

use crate::{Conn, DbError, DbResult, columns, db::each, schema::log_leaves as t};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode,
    log::{Hash, LeafKind},
};

/// A row in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafPlace {
    /// Its place in the tree of its area, from 0.
    pub position: u64,
    /// What it is.
    pub kind: LeafKind,
    /// The number of the row within its area.
    pub number: i64,
    /// The hash of the leaf.
    pub hash: Hash,
}

type Columns = (i64, String, i64, String);

fn place((position, kind, number, hash): Columns) -> DbResult<LeafPlace> {
    Ok(LeafPlace {
        position: unsigned("log_leaves.position", position)?,
        kind: columns::word("log_leaves.kind", &kind)?,
        number,
        hash: read_hash("log_leaves.hash", &hash)?,
    })
}

/// A hash from its column.
fn read_hash(column: &'static str, text: &str) -> DbResult<Hash> {
    text.parse().map_err(|_| DbError::damaged(format!("{column} {text:?}")))
}

/// A size or position from its column.
fn unsigned(column: &'static str, number: i64) -> DbResult<u64> {
    u64::try_from(number).map_err(|_| DbError::damaged(format!("{column} {number}")))
}

/// A size or position for its column. There are fewer leaves than columns can count.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Where rows of one kind stand in the log, by position; rows that are not in it yet are left out.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn places(conn: &mut Conn, area: AreaCode, kind: LeafKind, numbers: &[i64]) -> DbResult<Vec<LeafPlace>> {
    let mut found = Vec::with_capacity(numbers.len());
    for batch in numbers.chunks(sources::ROWS_AT_ONCE) {
        let rows: Vec<Columns> = each!(conn, k => t::table
            .filter(t::area.eq(area.get()))
            .filter(t::kind.eq(kind.as_str()))
            .filter(t::row_id.eq_any(batch))
            .select((t::position, t::kind, t::row_id, t::hash))
            .load(k))?;
        found.extend(rows.into_iter().map(place).collect::<DbResult<Vec<_>>>()?);
    }
    found.sort_unstable_by_key(|leaf| leaf.position);
    Ok(found)
}

/// The leaves from a position on, at most `limit`.
///
/// # Errors
/// As [`places`].
pub fn leaves(conn: &mut Conn, area: AreaCode, from: u64, limit: i64) -> DbResult<Vec<LeafPlace>> {
    let rows: Vec<Columns> = each!(conn, k => t::table
        .filter(t::area.eq(area.get()))
        .filter(t::position.ge(signed(from)))
        .order(t::position.asc())
        .limit(limit)
        .select((t::position, t::kind, t::row_id, t::hash))
        .load(k))?;
    rows.into_iter().map(place).collect()
}

/// The name of an area's log, which its checkpoints begin with: `shixun/331123`.
pub fn origin(name: &str, area: AreaCode) -> String {
    format!("{name}/{area}")
}
