//! The reports with which cycles are closed. A proposal becomes a report or is withdrawn; then it is never changed again.

use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::frozen_reports as t,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    frozen_reports::FreezeState,
    id::{AccountId, FrozenReport, FrozenReportId},
};

/// A closing of a cycle, without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenRow {
    /// Key.
    pub id: FrozenReportId,
    /// Name of the cycle.
    pub cycle: String,
    /// First day of the cycle.
    pub cycle_from: NaiveDate,
    /// Last day of the cycle.
    pub cycle_to: NaiveDate,
    /// How far it has come.
    pub state: FreezeState,
    /// When it was proposed; the report holds what was recorded up to then.
    pub known_at: UtcMillis,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// Who confirmed or withdrew it.
    pub settled_by: Option<AccountId>,
    /// When it was confirmed or withdrawn.
    pub settled_at: Option<UtcMillis>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: Option<String>,
}

type Columns = (
    (i32, i64),
    (String, NaiveDate, NaiveDate),
    String,
    (At, i64),
    (Option<i64>, Option<At>),
    (Option<String>, Option<String>),
);

macro_rules! columns {
    () => {
        (
            (t::area, t::id),
            (t::cycle, t::cycle_from, t::cycle_to),
            t::state,
            (t::known_at, t::proposed_by),
            (t::settled_by, t::settled_at),
            (t::reason, t::digest),
        )
    };
}

fn row(row: Columns) -> DbResult<FrozenRow> {
    let ((area, id), (cycle, cycle_from, cycle_to), state, (known_at, proposed_by), settled, (reason, digest)) = row;
    let id: FrozenReportId = columns::id(area, id)?;
    let account = |number: i64| Id::new(id.area(), number);
    Ok(FrozenRow {
        id,
        cycle,
        cycle_from,
        cycle_to,
        state: columns::word("frozen_reports.state", &state)?,
        known_at: known_at.into(),
        proposed_by: account(proposed_by),
        settled_by: settled.0.map(account),
        settled_at: settled.1.map(UtcMillis::from),
        reason,
        digest,
    })
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// It waits for a second person.
    New(FrozenReportId),
    /// The cycle has a proposal or a report.
    Taken,
}

/// Proposes to close a cycle, by an account of the area.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn propose(tx: &mut WriteTx<'_>, by: AccountId, cycle: &str, from: NaiveDate, to: NaiveDate) -> DbResult<Proposed> {
    let area = by.area();
    let id = tx.new_id::<FrozenReport>(area);
    let at = tx.at().naive();
    let insert = diesel::insert_into(t::table)
        .values((
            t::area.eq(area.get()),
            t::id.eq(id.number()),
            t::cycle.eq(cycle),
            t::cycle_from.eq(from),
            t::cycle_to.eq(to),
            t::state.eq(FreezeState::Proposed.as_str()),
            t::known_at.eq(at),
            t::proposed_by.eq(by.number()),
        ))
        .on_conflict_do_nothing();
    Ok(if Both(insert).execute(tx.conn())? == 0 { Proposed::Taken } else { Proposed::New(id) })
}

/// What became of a step that settles a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is done.
    Done,
    /// Somebody else settled it before.
    Before,
}

/// Freezes the report. The state is looked at by the update itself, so that of several steps one wins.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn freeze(
    tx: &mut WriteTx<'_>,
    id: FrozenReportId,
    by: AccountId,
    document: &str,
    digest: &str,
) -> DbResult<Settled> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::state.eq(FreezeState::Proposed.as_str())))
        .set((
            t::state.eq(FreezeState::Frozen.as_str()),
            t::settled_by.eq(by.number()),
            t::settled_at.eq(at),
            t::document.eq(document),
            t::digest.eq(digest),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 0 { Settled::Before } else { Settled::Done })
}

/// Withdraws a proposal.
///
/// # Errors
/// As [`freeze`].
pub fn withdraw(tx: &mut WriteTx<'_>, id: FrozenReportId, by: AccountId, reason: &str) -> DbResult<Settled> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::state.eq(FreezeState::Proposed.as_str())))
        .set((
            t::state.eq(FreezeState::Withdrawn.as_str()),
            t::settled_by.eq(by.number()),
            t::settled_at.eq(at),
            t::reason.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 0 { Settled::Before } else { Settled::Done })
}

/// One closing.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: FrozenReportId) -> DbResult<Option<FrozenRow>> {
    let found: Option<Columns> = t::table.find(id.key()).select(columns!()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The document of a report.
///
/// # Errors
/// As [`find`].
pub fn document(conn: &mut Conn, id: FrozenReportId) -> DbResult<Option<String>> {
    let found: Option<Option<String>> = t::table.find(id.key()).select(t::document).first(conn).optional()?;
    Ok(found.flatten())
}

/// The closings of an area, the latest first, before `before`.
///
/// # Errors
/// As [`find`].
pub fn list(conn: &mut Conn, area: AreaCode, before: Option<i64>, limit: i64) -> DbResult<Vec<FrozenRow>> {
    let mut query =
        t::table.filter(t::area.eq(area.get())).order(t::id.desc()).limit(limit).select(columns!()).into_boxed();
    if let Some(number) = before {
        query = query.filter(t::id.lt(number));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// As [`find`].
pub fn count(conn: &mut Conn, area: AreaCode) -> DbResult<i64> {
    Ok(t::table.filter(t::area.eq(area.get())).count().get_result(conn)?)
}

/// The key of every report that is frozen, for checks.
///
/// # Errors
/// As [`find`].
pub fn frozen(conn: &mut Conn) -> DbResult<Vec<FrozenRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::state.eq(FreezeState::Frozen.as_str()))
        .order((t::area, t::id))
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}
