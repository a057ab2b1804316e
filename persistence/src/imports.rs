//! Imports of files: what came of each.

use crate::{Conn, DbResult, WriteTx, columns, db::At, schema::imports as t};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, ImportId},
};

/// An import as it is kept.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Key.
    pub id: ImportId,
    /// `roster` or `organisations`.
    pub kind: String,
    /// `all_or_nothing` or `row_by_row`.
    pub mode: String,
    /// The name of the file, as the client gave it.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// Objects entered.
    pub created: i32,
    /// Objects changed.
    pub updated: i32,
    /// Objects that were so already.
    pub unchanged: i32,
    /// Rows refused.
    pub failed: i32,
    /// JSON of everything else that is reported.
    pub report: String,
    /// Who imported it.
    pub created_by: Option<AccountId>,
    /// When.
    pub created_at: UtcMillis,
}

/// Keeps an import.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, import: &ImportRow) -> DbResult<()> {
    diesel::insert_into(t::table)
        .values((
            t::area.eq(import.id.area().get()),
            t::id.eq(import.id.number()),
            t::kind.eq(&import.kind),
            t::mode.eq(&import.mode),
            t::file_name.eq(&import.file_name),
            t::digest.eq(&import.digest),
            t::created.eq(import.created),
            t::updated.eq(import.updated),
            t::unchanged.eq(import.unchanged),
            t::failed.eq(import.failed),
            t::report.eq(&import.report),
            t::created_by.eq(import.created_by.map(|account| account.number())),
            t::created_at.eq(import.created_at.naive()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

type Columns = (i32, i64, String, String, String, String, i32, i32, i32, i32, String, Option<i64>, At);

fn row(row: Columns) -> DbResult<ImportRow> {
    let id: ImportId = columns::id(row.0, row.1)?;
    Ok(ImportRow {
        id,
        kind: row.2,
        mode: row.3,
        file_name: row.4,
        digest: row.5,
        created: row.6,
        updated: row.7,
        unchanged: row.8,
        failed: row.9,
        report: row.10,
        created_by: row.11.map(|number| Id::new(id.area(), number)),
        created_at: row.12.into(),
    })
}

/// One import.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: ImportId) -> DbResult<Option<ImportRow>> {
    let found: Option<Columns> = t::table.find(id.key()).first(conn).optional()?;
    found.map(row).transpose()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode) -> DbResult<i64> {
    Ok(t::table.filter(t::area.eq(area.get())).count().get_result(conn)?)
}

/// Imports of an area, newest first, older than `before` where it is given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(conn: &mut Conn, area: AreaCode, before: Option<i64>, limit: i64) -> DbResult<Vec<ImportRow>> {
    let mut query = t::table.filter(t::area.eq(area.get())).order(t::id.desc()).limit(limit).into_boxed();
    if let Some(number) = before {
        query = query.filter(t::id.lt(number));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}
