//! Signed checkpoints, and the cosignatures of witnesses.

use super::{read_hash, signed, unsigned};
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::{log_checkpoints as t, log_cosignatures as c},
};
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis, log::Hash};

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The area.
    pub area: AreaCode,
    /// Leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: UtcMillis,
}

/// What a witness says of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignatureRow {
    /// Leaves of the checkpoint.
    pub size: u64,
    /// The verifier key of the witness.
    pub witness: String,
    /// The signature line, with its line feed.
    pub line: String,
    /// When the witness saw the checkpoint, by its own clock.
    pub seen_at: UtcMillis,
}

type Columns = (i32, i64, String, String, At);

fn row((area, size, root, note, signed_at): Columns) -> DbResult<CheckpointRow> {
    Ok(CheckpointRow {
        area: columns::area(area)?,
        size: unsigned("log_checkpoints.size", size)?,
        root: read_hash("log_checkpoints.root", &root)?,
        note,
        signed_at: signed_at.into(),
    })
}

/// Keeps a checkpoint; where there is one of that size already, it stays.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_checkpoint(tx: &mut WriteTx<'_>, area: AreaCode, size: u64, root: &Hash, note: &str) -> DbResult<()> {
    let at = tx.at().naive();
    let values = (
        t::area.eq(area.get()),
        t::size.eq(signed(size)),
        t::root.eq(root.to_string()),
        t::note.eq(note.to_owned()),
        t::signed_at.eq(at),
    );
    Both(diesel::insert_into(t::table).values(values).on_conflict_do_nothing()).execute(tx.conn())?;
    Ok(())
}

/// The checkpoint of a size.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or the row is damaged.
pub fn checkpoint(conn: &mut Conn, area: AreaCode, size: u64) -> DbResult<Option<CheckpointRow>> {
    let found: Option<Columns> = t::table.find((area.get(), signed(size))).first(conn).optional()?;
    found.map(row).transpose()
}

/// The largest checkpoint.
///
/// # Errors
/// As [`checkpoint`].
pub fn latest(conn: &mut Conn, area: AreaCode) -> DbResult<Option<CheckpointRow>> {
    Ok(checkpoints(conn, area, None, 1)?.pop())
}

/// How many a list has in all.
///
/// # Errors
/// As [`checkpoint`].
pub fn count_checkpoints(conn: &mut Conn, area: AreaCode) -> DbResult<i64> {
    Ok(t::table.filter(t::area.eq(area.get())).count().get_result(conn)?)
}

/// Checkpoints, the largest first, smaller than `before` where it is given.
///
/// # Errors
/// As [`checkpoint`].
pub fn checkpoints(conn: &mut Conn, area: AreaCode, before: Option<i64>, limit: i64) -> DbResult<Vec<CheckpointRow>> {
    let mut query = t::table.filter(t::area.eq(area.get())).order(t::size.desc()).limit(limit).into_boxed();
    if let Some(size) = before {
        query = query.filter(t::size.lt(size));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}

/// What became of a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cosigned {
    /// It stands.
    New,
    /// The witness cosigned the checkpoint before; the first cosignature stays.
    Before,
}

/// Keeps a cosignature that was verified.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_cosignature(tx: &mut WriteTx<'_>, area: AreaCode, new: &CosignatureRow) -> DbResult<Cosigned> {
    let at = tx.at().naive();
    let values = (
        c::area.eq(area.get()),
        c::size.eq(signed(new.size)),
        c::witness.eq(new.witness.clone()),
        c::line.eq(new.line.clone()),
        c::seen_at.eq(new.seen_at.naive()),
        c::created_at.eq(at),
    );
    let rows = Both(diesel::insert_into(c::table).values(values).on_conflict_do_nothing()).execute(tx.conn())?;
    Ok(if rows == 0 { Cosigned::Before } else { Cosigned::New })
}

/// The cosignatures of checkpoints, by size and witness.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn cosignatures(conn: &mut Conn, area: AreaCode, sizes: &[u64]) -> DbResult<Vec<CosignatureRow>> {
    let sizes: Vec<i64> = sizes.iter().copied().map(signed).collect();
    let rows: Vec<(i64, String, String, At)> = c::table
        .filter(c::area.eq(area.get()))
        .filter(c::size.eq_any(sizes))
        .order((c::size.asc(), c::witness.asc()))
        .select((c::size, c::witness, c::line, c::seen_at))
        .load(conn)?;
    rows.into_iter()
        .map(|(size, witness, line, seen_at)| {
            Ok(CosignatureRow {
                size: unsigned("log_cosignatures.size", size)?,
                witness,
                line,
                seen_at: seen_at.into(),
            })
        })
        .collect()
}
