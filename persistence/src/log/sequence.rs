//! Appending to the tree of an area.

use super::{LeafPlace, Nodes, signed, unsigned};
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{Both, each},
    schema::{areas, log_heads, log_leaves as t, log_nodes, organisations, policy_packs},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Frontier, Hash, LeafKind, tree::FANOUT_BITS},
};
use std::collections::BTreeSet;

/// Leaves to be appended, with the nodes they complete.
#[derive(Debug, Clone)]
pub struct Growth {
    /// The area.
    pub area: AreaCode,
    /// Leaves before it.
    pub from: u64,
    /// The leaves, from that position on.
    pub leaves: Vec<LeafPlace>,
    /// The roots of 256, 65,536 … leaves that become whole: level (1, 2 …), place and hash.
    nodes: Vec<(i32, i64, Hash)>,
}

impl Growth {
    /// Adds leaves to the edge of a tree and keeps what has to be written down.
    pub fn new(area: AreaCode, frontier: &mut Frontier, rows: Vec<(LeafKind, i64, Hash)>) -> Growth {
        let from = frontier.size();
        let (mut leaves, mut nodes) = (Vec::with_capacity(rows.len()), Vec::new());
        for (kind, number, hash) in rows {
            leaves.push(LeafPlace { position: frontier.size(), kind, number, hash });
            frontier.push(hash, |subtree, hash| {
                if subtree.level > 0 && subtree.level % FANOUT_BITS == 0 {
                    let level = i32::try_from(subtree.level / FANOUT_BITS).unwrap_or(i32::MAX);
                    nodes.push((level, signed(subtree.index), hash));
                }
            });
        }
        Growth { area, from, leaves, nodes }
    }
}

/// What became of a growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The leaves stand.
    Done,
    /// Somebody else appended meanwhile; nothing was written.
    Raced,
}

/// Appends leaves where the tree is still as large as they were made for.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn append(tx: &mut WriteTx<'_>, growth: &Growth) -> DbResult<Appended> {
    let area = growth.area.get();
    let size = signed(growth.from) + i64::try_from(growth.leaves.len()).unwrap_or(i64::MAX);
    let at = tx.at().naive();
    let rows = diesel::update(log_heads::table.find(area).filter(log_heads::size.eq(signed(growth.from))))
        .set((log_heads::size.eq(size), log_heads::updated_at.eq(at)))
        .execute(tx.conn())?;
    if rows == 0 {
        return Ok(Appended::Raced);
    }
    let leaves: Vec<_> = growth
        .leaves
        .iter()
        .map(|leaf| {
            (
                t::area.eq(area),
                t::position.eq(signed(leaf.position)),
                t::kind.eq(leaf.kind.as_str()),
                t::row_id.eq(leaf.number),
                t::hash.eq(leaf.hash.to_string()),
            )
        })
        .collect();
    each!(tx.conn(), k => diesel::insert_into(t::table).values(&leaves).execute(k))?;
    let nodes: Vec<_> = growth
        .nodes
        .iter()
        .map(|(level, position, hash)| {
            (
                log_nodes::area.eq(area),
                log_nodes::level.eq(*level),
                log_nodes::position.eq(*position),
                log_nodes::hash.eq(hash.to_string()),
            )
        })
        .collect();
    if !nodes.is_empty() {
        each!(tx.conn(), k => diesel::insert_into(log_nodes::table).values(&nodes).execute(k))?;
    }
    Ok(Appended::Done)
}

/// Begins the tree of an area, where it has none.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn open_head(tx: &mut WriteTx<'_>, area: AreaCode) -> DbResult<()> {
    let at = tx.at().naive();
    let values = (log_heads::area.eq(area.get()), log_heads::size.eq(0_i64), log_heads::updated_at.eq(at));
    Both(diesel::insert_into(log_heads::table).values(values).on_conflict_do_nothing()).execute(tx.conn())?;
    Ok(())
}

/// Leaves in the tree of an area; `None` where it has no tree.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn head(conn: &mut Conn, area: AreaCode) -> DbResult<Option<u64>> {
    let size: Option<i64> = log_heads::table.find(area.get()).select(log_heads::size).first(conn).optional()?;
    size.map(|size| unsigned("log_heads.size", size)).transpose()
}

/// The right edge of an area's tree.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or the tree is damaged.
pub fn frontier(conn: &mut Conn, area: AreaCode) -> DbResult<Frontier> {
    let size = head(conn, area)?.unwrap_or_default();
    let mut nodes = Nodes::of(conn, area);
    Frontier::of(size, |subtree| nodes.get(subtree))
}

/// The highest number of a kind that is in the log; rows of later numbers are new.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn last_logged(conn: &mut Conn, area: AreaCode, kind: LeafKind) -> DbResult<Option<i64>> {
    Ok(t::table
        .filter(t::area.eq(area.get()))
        .filter(t::kind.eq(kind.as_str()))
        .select(diesel::dsl::max(t::row_id))
        .first(conn)?)
}

/// The least number of a row made at a moment or later.
pub fn first_number(at: UtcMillis) -> i64 {
    crate::db::first_of(at)
}

/// Areas whose rows may be waiting: those with organisations, packs or a tree, or `all` there are.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn areas(conn: &mut Conn, all: bool) -> DbResult<Vec<AreaCode>> {
    let codes: BTreeSet<i32> = if all {
        areas::table.select(areas::code).load(conn)?.into_iter().collect()
    } else {
        let housed: Vec<i32> = organisations::table.select(organisations::area).distinct().load(conn)?;
        let ruled: Vec<i32> = policy_packs::table.select(policy_packs::area).distinct().load(conn)?;
        let begun: Vec<i32> = log_heads::table.select(log_heads::area).load(conn)?;
        housed.into_iter().chain(ruled).chain(begun).collect()
    };
    codes.into_iter().map(columns::area).collect()
}
