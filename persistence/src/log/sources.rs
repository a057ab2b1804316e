//! Where leaves come from: each kind of leaf has a table, and says which of its rows are published and what they say.
//!
//! A new kind of leaf is a word of [`LeafKind`], a file here, and its line in [`rows`]. A row that is a leaf never changes:
//! what it says is read again whenever the log is checked.

mod events;
mod frozen_reports;
mod hour_entries;
mod policy_packs;

use crate::{Conn, DbResult, schema::log_leaves as l};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Hours, Id,
    id::Kind,
    log::{Hash, Json, LeafKind, Salts, leaf, leaf_hash},
};

/// Rows that are read or appended at once.
pub const ROWS_AT_ONCE: usize = 1_000;

/// Which rows are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Those of numbers between these, both included.
    Between {
        /// The lowest.
        first: i64,
        /// The highest.
        last: i64,
    },
    /// These, at most [`ROWS_AT_ONCE`].
    Of(&'a [i64]),
}

/// A row as it was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The number of the row within its area.
    pub number: i64,
    /// Its identifier.
    pub id: String,
    /// What it says.
    content: Json,
}

/// A row as a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The number of the row within its area.
    pub number: i64,
    /// The bytes that the hash covers.
    pub bytes: String,
}

impl Leaf {
    /// The hash.
    pub fn hash(&self) -> Hash {
        leaf_hash(self.bytes.as_bytes())
    }
}

/// Published rows of a kind as leaves, by number.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn rows(conn: &mut Conn, salts: &Salts, area: AreaCode, kind: LeafKind, which: Which<'_>) -> DbResult<Vec<Leaf>> {
    let rows = match kind {
        LeafKind::HourEntry => hour_entries::rows(conn, area, which)?,
        LeafKind::PolicyPack => policy_packs::rows(conn, area, which)?,
        LeafKind::Event => events::rows(conn, area, which)?,
        LeafKind::FrozenReport => frozen_reports::rows(conn, area, which)?,
    };
    Ok(rows
        .into_iter()
        .map(|row| Leaf {
            number: row.number,
            bytes: leaf::bytes(kind, &row.id, salts.of(area, kind, row.number), row.content),
        })
        .collect())
}

/// A page of published rows that were looked through for those that are not in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlogged {
    /// Those that are not, by number.
    pub leaves: Vec<Leaf>,
    /// The number of the last row of the page.
    pub last: i64,
}

/// Looks through the next [`ROWS_AT_ONCE`] published rows of a kind, of numbers above `after`; `None` where there are no more.
///
/// Numbers are compared page by page: a planner that is asked for the rows without a leaf sorts all of them to give away the first.
///
/// # Errors
/// As [`rows`].
pub fn unlogged(
    conn: &mut Conn,
    salts: &Salts,
    area: AreaCode,
    kind: LeafKind,
    after: i64,
) -> DbResult<Option<Unlogged>> {
    let numbers = numbers(conn, area, kind, after)?;
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Ok(None) };
    let logged = logged(conn, area, kind, *first, *last)?;
    let missing: Vec<i64> = numbers.iter().copied().filter(|number| logged.binary_search(number).is_err()).collect();
    let mut leaves = match (missing.first(), missing.last()) {
        (Some(first), Some(last)) => rows(conn, salts, area, kind, Which::Between { first: *first, last: *last })?,
        _ => Vec::new(),
    };
    leaves.retain(|row| missing.binary_search(&row.number).is_ok());
    Ok(Some(Unlogged { leaves, last: *last }))
}

/// The numbers of published rows of a kind above `after`, in order, at most [`ROWS_AT_ONCE`].
fn numbers(conn: &mut Conn, area: AreaCode, kind: LeafKind, after: i64) -> DbResult<Vec<i64>> {
    match kind {
        LeafKind::HourEntry => hour_entries::numbers(conn, area, after),
        LeafKind::PolicyPack => policy_packs::numbers(conn, area, after),
        LeafKind::Event => events::numbers(conn, area, after),
        LeafKind::FrozenReport => frozen_reports::numbers(conn, area, after),
    }
}

/// The numbers from `first` to `last` that are in the log, in order.
fn logged(conn: &mut Conn, area: AreaCode, kind: LeafKind, first: i64, last: i64) -> DbResult<Vec<i64>> {
    Ok(l::table
        .filter(l::area.eq(area.get()))
        .filter(l::kind.eq(kind.as_str()))
        .filter(l::row_id.ge(first))
        .filter(l::row_id.le(last))
        .order(l::row_id.asc())
        .select(l::row_id)
        .load(conn)?)
}

/// The identifier of a row of a kind.
pub fn id(area: AreaCode, kind: LeafKind, number: i64) -> String {
    match kind {
        LeafKind::HourEntry => shown::<shixun_domain::id::HourEntry>(area, number),
        LeafKind::PolicyPack => shown::<shixun_domain::id::PolicyPack>(area, number),
        LeafKind::Event => shown::<shixun_domain::id::Event>(area, number),
        LeafKind::FrozenReport => shown::<shixun_domain::id::FrozenReport>(area, number),
    }
}

/// Whether rows of a kind get their number when they are published, so that those of higher numbers than the last in the log are
/// all the new ones but for transactions that ran meanwhile. A pack is numbered when it is drafted, a report when it is
/// proposed.
pub const fn numbered_when_published(kind: LeafKind) -> bool {
    match kind {
        LeafKind::HourEntry | LeafKind::Event => true,
        LeafKind::PolicyPack | LeafKind::FrozenReport => false,
    }
}

fn shown<K: Kind>(area: AreaCode, number: i64) -> String {
    Id::<K>::new(area, number).to_string()
}

fn maybe_shown<K: Kind>(area: AreaCode, number: Option<i64>) -> Json {
    Json::maybe(number.map(|number| shown::<K>(area, number)))
}

/// Hundredths as the API shows them.
fn hundredths(number: i64) -> Json {
    Json::text(Hours::from_hundredths(number).to_string())
}

/// The rows of a table that are wanted, by number.
macro_rules! wanted {
    ($table:ident, $area:expr, $which:expr) => {{
        let query = $table::table.filter($table::area.eq($area.get())).order($table::id.asc()).into_boxed();
        match $which {
            Which::Of(numbers) => query.filter($table::id.eq_any(numbers.to_vec())),
            Which::Between { first, last } => query.filter($table::id.ge(first)).filter($table::id.le(last)),
        }
    }};
}
use wanted;

/// The numbers of a table above `after`, in order, as many as are read at once.
macro_rules! numbered {
    ($table:ident, $area:expr, $after:expr) => {
        $table::table
            .filter($table::area.eq($area.get()))
            .filter($table::id.gt($after))
            .order($table::id.asc())
            .limit(i64::try_from(super::ROWS_AT_ONCE).unwrap_or(i64::MAX))
            .select($table::id)
    };
}
use numbered;
