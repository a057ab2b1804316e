//! What reports show beside everybody's standing: the schools, and what teachers are on a day.

use crate::{
    Conn, DbResult, columns,
    db::each,
    ledger::Whose,
    schema::{employments as m, organisations as o, teaching_assignments as a, titles_held as t},
};
use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};
use shixun_domain::{
    AreaCode, Id,
    id::OrganisationId,
    words::{OrganisationKind, Setting, Stage, Title},
};
use std::collections::HashMap;

/// A school in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRow {
    /// Key.
    pub id: OrganisationId,
    /// School identification code.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// Stage.
    pub stage: Option<Stage>,
    /// Urban, town or rural.
    pub setting: Option<Setting>,
}

/// The schools at `path` and below, by name; those without teachers too, but for such as closed before `on`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn schools(conn: &mut Conn, area: AreaCode, path: &str, on: NaiveDate) -> DbResult<Vec<SchoolRow>> {
    type Row = (i64, Option<String>, String, Option<String>, Option<String>);
    let rows: Vec<Row> = o::table
        .filter(o::area.eq(area.get()))
        .filter(o::kind.eq(OrganisationKind::School.as_str()))
        // Paths hold digits and slashes only, so nothing needs escaping.
        .filter(o::path.like(format!("{path}%")))
        .filter(
            o::closed_on.is_null().or(o::closed_on.ge(on)).or(exists(
                m::table
                    .filter(m::area.eq(o::area))
                    .filter(m::organisation_id.eq(o::id))
                    .filter(m::valid_from.le(on))
                    .filter(m::valid_to.is_null().or(m::valid_to.ge(on))),
            )),
        )
        .order((o::search_name.asc(), o::id.asc()))
        .select((o::id, o::code, o::name, o::stage, o::setting))
        .load(conn)?;
    rows.into_iter()
        .map(|(number, code, name, stage, setting)| {
            Ok(SchoolRow {
                id: Id::new(area, number),
                code,
                name,
                stage: columns::word_opt("organisations.stage", stage.as_deref())?,
                setting: columns::word_opt("organisations.setting", setting.as_deref())?,
            })
        })
        .collect()
}

/// Persons asked for in one query.
const BATCH: usize = 500;

/// The titles held on `day`, by person; the later one where there are two.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn titles(conn: &mut Conn, area: AreaCode, whose: &Whose<'_>, day: NaiveDate) -> DbResult<HashMap<i64, Title>> {
    let mut held = HashMap::new();
    for batch in batches(whose) {
        let mut query = t::table
            .filter(t::area.eq(area.get()))
            .filter(t::valid_from.le(day))
            .filter(t::valid_to.is_null().or(t::valid_to.ge(day)))
            .order((t::valid_from.asc(), t::id.asc()))
            .select((t::person_id, t::title))
            .into_boxed();
        if let Some(persons) = batch {
            query = query.filter(t::person_id.eq_any(persons));
        }
        let rows: Vec<(i64, String)> = query.load(conn)?;
        for (person, title) in rows {
            held.insert(person, columns::word("titles_held.title", &title)?);
        }
    }
    Ok(held)
}

/// The subjects taught on `day`, by person, in the order in which they were entered.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn subjects(
    conn: &mut Conn,
    area: AreaCode,
    whose: &Whose<'_>,
    day: NaiveDate,
) -> DbResult<HashMap<i64, Vec<String>>> {
    let mut taught: HashMap<i64, Vec<String>> = HashMap::new();
    for batch in batches(whose) {
        let rows: Vec<(i64, String)> = each!(conn, k => {
            let mut query = a::table
                .filter(a::area.eq(area.get()))
                .filter(a::valid_from.le(day))
                .filter(a::valid_to.is_null().or(a::valid_to.ge(day)))
                .order(a::id.asc())
                .select((a::person_id, a::subject))
                .into_boxed();
            if let Some(persons) = batch {
                query = query.filter(a::person_id.eq_any(persons));
            }
            query.load(k)
        })?;
        for (person, subject) in rows {
            let subjects = taught.entry(person).or_default();
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
    }
    Ok(taught)
}

/// One query for everybody, or one for each lot of persons.
fn batches<'a>(whose: &Whose<'a>) -> Vec<Option<&'a [i64]>> {
    match whose {
        Whose::Area => vec![None],
        Whose::Of(numbers) => numbers.chunks(BATCH).map(Some).collect(),
    }
}
