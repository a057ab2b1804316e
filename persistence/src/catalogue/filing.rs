//! Filing windows.

use super::Saved;
use crate::{Conn, DbResult, WriteTx, columns, db::At, schema::filing_windows as t};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, UtcMillis,
    id::{FilingWindow, FilingWindowId},
    time::DateSpan,
};

/// A window in which programmes may be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingWindowRow {
    /// Key.
    pub id: FilingWindowId,
    /// Name.
    pub name: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
}

/// A window as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFilingWindow {
    /// Name.
    pub name: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day, not before the first.
    pub closes_on: NaiveDate,
}

type Columns = (i32, i64, String, NaiveDate, NaiveDate, i64, At);

fn row(row: Columns) -> DbResult<FilingWindowRow> {
    Ok(FilingWindowRow {
        id: columns::id(row.0, row.1)?,
        name: row.2,
        opens_on: row.3,
        closes_on: row.4,
        version: row.5,
        created_at: row.6.into(),
    })
}

/// One window.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: FilingWindowId) -> DbResult<Option<FilingWindowRow>> {
    let found: Option<Columns> = t::table.find(id.key()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The windows of an area, the latest first, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> DbResult<Vec<FilingWindowRow>> {
    let mut query =
        t::table.filter(t::area.eq(area.get())).order((t::opens_on.desc(), t::id.desc())).limit(limit).into_boxed();
    if let Some((day, number)) = after {
        query = query.filter(t::opens_on.lt(day).or(t::opens_on.eq(day).and(t::id.lt(number))));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode) -> DbResult<i64> {
    Ok(t::table.filter(t::area.eq(area.get())).count().get_result(conn)?)
}

/// The spans of all windows of an area.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn spans(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<DateSpan>> {
    let rows: Vec<(NaiveDate, NaiveDate)> =
        t::table.filter(t::area.eq(area.get())).select((t::opens_on, t::closes_on)).load(conn)?;
    Ok(rows.into_iter().map(|(from, to)| DateSpan { from, to: Some(to) }).collect())
}

/// Enters a window.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, area: AreaCode, new: &NewFilingWindow) -> DbResult<FilingWindowId> {
    let id = tx.new_id::<FilingWindow>(area);
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(area.get()),
            t::id.eq(id.number()),
            t::name.eq(&new.name),
            t::opens_on.eq(new.opens_on),
            t::closes_on.eq(new.closes_on),
            t::version.eq(1_i64),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Changes a window, where its version is still `version`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, id: FilingWindowId, version: i64, new: &NewFilingWindow) -> DbResult<Saved> {
    let rows = diesel::update(t::table.find(id.key()).filter(t::version.eq(version)))
        .set((
            t::name.eq(&new.name),
            t::opens_on.eq(new.opens_on),
            t::closes_on.eq(new.closes_on),
            t::version.eq(version + 1),
        ))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}
