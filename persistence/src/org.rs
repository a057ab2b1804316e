//! Areas and organisations.

mod closing;
mod saving;

pub use closing::{employed_after, hold_open, lock, set_closed};
pub use saving::{NewOrganisation, Saved, add, change, hold_tree};

use crate::{Conn, DbResult, columns, db::At, schema};
use chrono::NaiveDate;
use diesel::prelude::*;
use schema::{areas, organisations as t};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    access::Scope,
    id::OrganisationId,
    words::{OrganisationKind, Setting, Stage},
};

/// An area of GB/T 2260.
#[derive(Debug, Clone)]
pub struct AreaRow {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// `province`, `city` or `county`.
    pub level: String,
    /// The area above.
    pub parent: Option<AreaCode>,
    /// Whether the code was in force in 2013.
    pub in_2013: bool,
    /// Whether it is in force now.
    pub in_current: bool,
}

type AreaColumns = (i32, String, String, Option<i32>, bool, bool);

fn area_row(row: AreaColumns) -> DbResult<AreaRow> {
    Ok(AreaRow {
        code: columns::area(row.0)?,
        name: row.1,
        level: row.2,
        parent: row.3.map(columns::area).transpose()?,
        in_2013: row.4,
        in_current: row.5,
    })
}

/// Areas in the order of their codes, those below `parent` where it is given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list_areas(
    conn: &mut Conn,
    parent: Option<AreaCode>,
    after: Option<AreaCode>,
    limit: i64,
) -> DbResult<Vec<AreaRow>> {
    let mut query = areas::table.order(areas::code).limit(limit).into_boxed();
    if let Some(parent) = parent {
        query = query.filter(areas::parent.eq(parent.get()));
    }
    if let Some(after) = after {
        query = query.filter(areas::code.gt(after.get()));
    }
    let rows: Vec<AreaColumns> = query.load(conn)?;
    rows.into_iter().map(area_row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count_areas(conn: &mut Conn, parent: Option<AreaCode>) -> DbResult<i64> {
    let all = areas::table.count().into_boxed();
    let wanted = match parent {
        Some(parent) => all.filter(areas::parent.eq(parent.get())),
        None => all,
    };
    Ok(wanted.get_result(conn)?)
}

/// One area.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_area(conn: &mut Conn, code: AreaCode) -> DbResult<Option<AreaRow>> {
    let row: Option<AreaColumns> = areas::table.find(code.get()).first(conn).optional()?;
    row.map(area_row).transpose()
}

/// A bureau, training centre, school or institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Key.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// School identification code (10 digits) or the institution's own.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// The organisation above, in the same area.
    pub parent: Option<OrganisationId>,
    /// The numbers of its ancestors and its own, each between slashes.
    pub path: String,
    /// Stage of a school.
    pub stage: Option<Stage>,
    /// Urban, town or rural.
    pub setting: Option<Setting>,
    /// A small rural school that teaches in small classes (小班化).
    pub small_class: bool,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
    /// When it was last changed.
    pub updated_at: UtcMillis,
    /// Its last day, where it closed.
    pub closed_on: Option<NaiveDate>,
}

impl OrganisationRow {
    /// What it is sorted and searched by.
    pub fn search_name(&self) -> String {
        columns::search_name(&self.name)
    }
}

type Columns = (
    i32,
    i64,
    String,
    Option<String>,
    String,
    Option<i64>,
    String,
    Option<String>,
    Option<String>,
    bool,
    i64,
    At,
    At,
    Option<NaiveDate>,
);

macro_rules! organisation_columns {
    () => {
        (
            t::area,
            t::id,
            t::kind,
            t::code,
            t::name,
            t::parent_id,
            t::path,
            t::stage,
            t::setting,
            t::small_class,
            t::version,
            t::created_at,
            t::updated_at,
            t::closed_on,
        )
    };
}

fn row(row: Columns) -> DbResult<OrganisationRow> {
    let id: OrganisationId = columns::id(row.0, row.1)?;
    Ok(OrganisationRow {
        id,
        kind: columns::word("organisations.kind", &row.2)?,
        code: row.3,
        name: row.4,
        parent: row.5.map(|number| Id::new(id.area(), number)),
        path: row.6,
        stage: columns::word_opt("organisations.stage", row.7.as_deref())?,
        setting: columns::word_opt("organisations.setting", row.8.as_deref())?,
        small_class: row.9,
        version: row.10,
        created_at: row.11.into(),
        updated_at: row.12.into(),
        closed_on: row.13,
    })
}

/// One organisation.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: OrganisationId) -> DbResult<Option<OrganisationRow>> {
    let found: Option<Columns> = t::table.find(id.key()).select(organisation_columns!()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The organisation with a code.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_by_code(conn: &mut Conn, area: AreaCode, code: &str) -> DbResult<Option<OrganisationRow>> {
    let found: Option<Columns> = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::code.eq(code))
        .select(organisation_columns!())
        .first(conn)
        .optional()?;
    found.map(row).transpose()
}

/// Every organisation of an area, in no order.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn all(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<OrganisationRow>> {
    let rows: Vec<Columns> = t::table.filter(t::area.eq(area.get())).select(organisation_columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// The organisations with these numbers, in no order.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_many(conn: &mut Conn, area: AreaCode, numbers: &[i64]) -> DbResult<Vec<OrganisationRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::id.eq_any(numbers))
        .select(organisation_columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// The numbers of the organisations at these paths and below.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn below(conn: &mut Conn, area: AreaCode, paths: &[String]) -> DbResult<Vec<i64>> {
    let mut found = Vec::new();
    for path in paths {
        let numbers: Vec<i64> = t::table
            .filter(t::area.eq(area.get()))
            .filter(t::path.like(format!("{path}%")))
            .select(t::id)
            .load(conn)?;
        found.extend(numbers);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFilter {
    /// Only this kind.
    pub kind: Option<OrganisationKind>,
    /// Only schools of this stage.
    pub stage: Option<Stage>,
    /// Only those directly below.
    pub parent: Option<OrganisationId>,
    /// Only those whose name contains this.
    pub name: Option<String>,
    /// Only those that are open on a day, or only those that closed before it.
    pub open: Option<(bool, NaiveDate)>,
}

/// Organisations within a scope, in the order of their names, behind `after` (search name and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    area: AreaCode,
    filter: &OrganisationFilter,
    after: Option<(String, i64)>,
    limit: i64,
) -> DbResult<Vec<OrganisationRow>> {
    let mut query = filtered(scope, area, filter).order((t::search_name.asc(), t::id.asc())).limit(limit);
    if let Some((name, number)) = after {
        query = query.filter(t::search_name.gt(name.clone()).or(t::search_name.eq(name).and(t::id.gt(number))));
    }
    let rows: Vec<Columns> = query.select(organisation_columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, scope: &Scope, area: AreaCode, filter: &OrganisationFilter) -> DbResult<i64> {
    Ok(filtered(scope, area, filter).count().get_result(conn)?)
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

fn filtered<'a>(scope: &Scope, area: AreaCode, filter: &OrganisationFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if scope.area == area {
        // Paths hold digits and slashes only, so nothing needs escaping.
        query = query.filter(t::path.like(format!("{}%", scope.path)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(t::kind.eq(kind.as_str()));
    }
    if let Some(stage) = filter.stage {
        query = query.filter(t::stage.eq(stage.as_str()));
    }
    if let Some(parent) = filter.parent {
        query = query.filter(t::parent_id.eq(parent.number()));
    }
    if let Some(name) = &filter.name {
        query = query.filter(t::search_name.like(columns::contains_pattern(name)).escape('\\'));
    }
    match filter.open {
        None => query,
        Some((true, day)) => query.filter(t::closed_on.is_null().or(t::closed_on.ge(day))),
        Some((false, day)) => query.filter(t::closed_on.lt(day)),
    }
}
