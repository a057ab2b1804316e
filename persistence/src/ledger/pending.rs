//! Hours that wait, of everybody: what was expected or entered and was neither posted nor voided since.

use super::{
    read::{Columns, EntryRow, columns, row},
    viewer::Viewer,
};
use crate::{
    Conn, DbResult,
    db::MultiBackend,
    schema::{hour_entries as t, persons as p},
};
use diesel::{dsl::exists, dsl::not, prelude::*};
use shixun_domain::{
    AreaCode,
    id::OrganisationId,
    ledger::{EntryKind, SourceKind},
};
use std::collections::HashMap;

/// Hours that wait.
#[derive(Debug, Clone)]
pub struct PendingRow {
    /// The pending entry.
    pub entry: EntryRow,
    /// The name of whose hours they are.
    pub person_name: String,
}

/// What is wanted of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct PendingFilter {
    /// Of one school.
    pub organisation: Option<OrganisationId>,
    /// Only from this kind of source.
    pub source: Option<SourceKind>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

fn filtered<'a>(area: AreaCode, viewer: &Viewer, filter: &PendingFilter) -> Filtered<'a> {
    let next = diesel::alias!(crate::schema::hour_entries as next);
    let follows = next.filter(next.field(t::area).eq(t::area)).filter(next.field(t::refers_to).eq(t::id.nullable()));
    let mut query = t::table
        .into_boxed()
        .filter(t::area.eq(area.get()))
        .filter(t::kind.eq(EntryKind::Pending.as_str()))
        .filter(not(exists(follows)));
    if let Viewer::Schools(numbers, person) = viewer {
        let own = t::person_id.eq(Viewer::own(*person, area));
        query = query.filter(t::organisation_id.eq_any(numbers.clone()).or(own.nullable()));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(t::organisation_id.eq(organisation.number()));
    }
    if let Some(source) = filter.source {
        query = query.filter(t::source_kind.eq(source.as_str()));
    }
    query
}

/// Hours that wait, with the name of whose they are, in the order in which they were entered, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn pending(
    conn: &mut Conn,
    area: AreaCode,
    viewer: &Viewer,
    filter: &PendingFilter,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<PendingRow>> {
    let mut query = filtered(area, viewer, filter).order(t::id.asc()).limit(limit);
    if let Some(number) = after {
        query = query.filter(t::id.gt(number));
    }
    let rows: Vec<Columns> = query.select(columns!()).load(conn)?;
    let rows = rows.into_iter().map(row).collect::<DbResult<Vec<EntryRow>>>()?;
    let persons: Vec<i64> = rows.iter().map(|row| row.person.number()).collect();
    let names: Vec<(i64, String)> =
        p::table.filter(p::area.eq(area.get())).filter(p::id.eq_any(persons)).select((p::id, p::name)).load(conn)?;
    let names: HashMap<i64, String> = names.into_iter().collect();
    let named = |entry: EntryRow| PendingRow {
        person_name: names.get(&entry.person.number()).cloned().unwrap_or_default(),
        entry,
    };
    Ok(rows.into_iter().map(named).collect())
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count_pending(conn: &mut Conn, area: AreaCode, viewer: &Viewer, filter: &PendingFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}
