//! Where people belonged when, for the rules that schools have of their own. Only asked for where a school has some.

use super::known::Known;
use crate::{
    Conn, DbResult,
    db::{Day, each, kept},
    people::PastFacts,
    schema::employments as e,
};
use diesel::prelude::*;
use shixun_domain::{AreaCode, Id, id::PersonId, policy::SchoolSpell, time::DateSpan};
use std::collections::HashMap;

type Row = (i64, i64, Day, Option<Day>);

fn spell(area: AreaCode, (_, organisation, from, to): Row) -> SchoolSpell {
    SchoolSpell { school: Id::new(area, organisation), span: DateSpan { from: from.0, to: to.map(Into::into) } }
}

/// Every employment of a person, the earliest first; of those that begin on one day the one entered first. Where a school has rules of
/// its own, every statement and application of its county asks for it.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn school_spells(conn: &mut Conn, person: PersonId, known: &Known) -> DbResult<Vec<SchoolSpell>> {
    let (area, number) = person.key();
    if let Some(past) = known.past(number) {
        return Ok(past_spells(past));
    }
    let rows: Vec<Row> = each!(conn, k => kept!(e::table
        .filter(e::area.eq(area))
        .filter(e::person_id.eq(number))
        .order((e::valid_from.asc(), e::id.asc()))
        .select((e::person_id, e::organisation_id, e::valid_from, e::valid_to)))
        .load(k))?;
    Ok(rows.into_iter().map(|row| spell(person.area(), row)).collect())
}

/// The same of everybody in an area who was ever employed by one of these schools, by number of the person.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn school_spells_by_person(
    conn: &mut Conn,
    area: AreaCode,
    schools: &[i64],
    known: &Known,
) -> DbResult<HashMap<i64, Vec<SchoolSpell>>> {
    let there = diesel::alias!(crate::schema::employments as there);
    let rows: Vec<Row> = each!(conn, k => e::table
        .filter(e::area.eq(area.get()))
        .filter(e::person_id.eq_any(there
            .filter(there.field(e::area).eq(area.get()))
            .filter(there.field(e::organisation_id).eq_any(schools))
            .select(there.field(e::person_id))))
        .order((e::valid_from.asc(), e::id.asc()))
        .select((e::person_id, e::organisation_id, e::valid_from, e::valid_to))
        .load(k))?;
    let mut found: HashMap<i64, Vec<SchoolSpell>> = HashMap::new();
    for row in rows {
        found.entry(row.0).or_default().push(spell(area, row));
    }
    found.extend(known.changed().map(|(number, past)| (number, past_spells(past))));
    Ok(found)
}

fn past_spells(past: &PastFacts) -> Vec<SchoolSpell> {
    past.employments().map(|(school, span)| SchoolSpell { school, span }).collect()
}
