//! What changed about sessions since they were published, units included.

use super::{
    documents::{read_terms, read_unit, write_terms},
    units::NewUnit,
};
use crate::{
    Conn, DbResult, WriteTx,
    db::At,
    schema::{session_changes as c, unit_changes, units},
};
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    catalogue::SessionTerms,
    id::{AccountId, SessionChange, SessionChangeId, SessionId, UnitChangeId, UnitId},
};

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// The terms.
    Terms {
        /// Key of the change.
        id: SessionChangeId,
        /// As they stood before.
        before: SessionTerms,
        /// As they stood after.
        after: SessionTerms,
    },
    /// A unit.
    Unit {
        /// Key of the change.
        id: UnitChangeId,
        /// Which unit.
        unit: UnitId,
        /// As it stood before.
        before: NewUnit,
        /// As it stood after.
        after: NewUnit,
    },
}

/// A change of a published session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// What was changed.
    pub changed: Changed,
    /// Who changed it.
    pub changed_by: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// When.
    pub created_at: UtcMillis,
}

impl ChangeRow {
    /// The number by which changes are ordered: both kinds are numbered in the order of time.
    pub fn number(&self) -> i64 {
        match &self.changed {
            Changed::Terms { id, .. } => id.number(),
            Changed::Unit { id, .. } => id.number(),
        }
    }
}

/// Keeps a change of the terms of a published session.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn keep(
    tx: &mut WriteTx<'_>,
    session: SessionId,
    by: Option<AccountId>,
    reason: &str,
    (before, after): (&SessionTerms, &SessionTerms),
) -> DbResult<SessionChangeId> {
    let id = tx.new_id::<SessionChange>(session.area());
    let at = tx.at().naive();
    diesel::insert_into(c::table)
        .values((
            c::area.eq(id.area().get()),
            c::id.eq(id.number()),
            c::session_id.eq(session.number()),
            c::changed_by.eq(by.map(|by| by.number())),
            c::reason.eq(reason),
            c::before.eq(write_terms(before)),
            c::after.eq(write_terms(after)),
            c::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// The changes of a session and its units since it was published, the latest first, before `before`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(conn: &mut Conn, session: SessionId, before: Option<i64>, limit: i64) -> DbResult<Vec<ChangeRow>> {
    let mut rows = of_terms(conn, session, before, limit)?;
    rows.extend(of_units(conn, session, before, limit)?);
    rows.sort_by_key(|row| std::cmp::Reverse(row.number()));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

fn of_terms(conn: &mut Conn, session: SessionId, before: Option<i64>, limit: i64) -> DbResult<Vec<ChangeRow>> {
    type Row = (i64, Option<i64>, String, String, String, At);
    let area = session.area();
    let rows: Vec<Row> = c::table
        .filter(c::area.eq(area.get()))
        .filter(c::session_id.eq(session.number()))
        .filter(c::id.lt(before.unwrap_or(i64::MAX)))
        .order(c::id.desc())
        .limit(limit)
        .select((c::id, c::changed_by, c::reason, c::before, c::after, c::created_at))
        .load(conn)?;
    let row = |(id, by, reason, before, after, at): Row| {
        Ok(ChangeRow {
            changed: Changed::Terms { id: Id::new(area, id), before: read_terms(&before)?, after: read_terms(&after)? },
            changed_by: by.map(|number| Id::new(area, number)),
            reason,
            created_at: at.into(),
        })
    };
    rows.into_iter().map(row).collect()
}

fn of_units(conn: &mut Conn, session: SessionId, before: Option<i64>, limit: i64) -> DbResult<Vec<ChangeRow>> {
    use unit_changes as u;
    type Row = (i64, i64, Option<i64>, String, String, String, At);
    let area = session.area();
    let rows: Vec<Row> = u::table
        .inner_join(units::table.on(units::area.eq(u::area).and(units::id.eq(u::unit_id))))
        .filter(units::area.eq(area.get()))
        .filter(units::session_id.eq(session.number()))
        .filter(u::id.lt(before.unwrap_or(i64::MAX)))
        .order(u::id.desc())
        .limit(limit)
        .select((u::id, u::unit_id, u::changed_by, u::reason, u::before, u::after, u::created_at))
        .load(conn)?;
    let row = |(id, unit, by, reason, before, after, at): Row| {
        Ok(ChangeRow {
            changed: Changed::Unit {
                id: Id::new(area, id),
                unit: Id::new(area, unit),
                before: read_unit(&before)?,
                after: read_unit(&after)?,
            },
            changed_by: by.map(|number| Id::new(area, number)),
            reason,
            created_at: at.into(),
        })
    };
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, session: SessionId) -> DbResult<i64> {
    let area = session.area().get();
    let terms: i64 =
        c::table.filter(c::area.eq(area)).filter(c::session_id.eq(session.number())).count().get_result(conn)?;
    let of_units: i64 = unit_changes::table
        .inner_join(units::table.on(units::area.eq(unit_changes::area).and(units::id.eq(unit_changes::unit_id))))
        .filter(units::area.eq(area))
        .filter(units::session_id.eq(session.number()))
        .count()
        .get_result(conn)?;
    Ok(terms.saturating_add(of_units))
}
