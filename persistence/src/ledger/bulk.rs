//! Everybody's entries at once, for the standing of schools and of the county: a fixed number of queries, whatever the
//! number of teachers.

use super::{
    facts::{Dates, PostHeld, assemble, granted},
    known::Known,
    stands::{self, Lean, lean, lean_columns},
    waivers::waivers_in,
};
use crate::{
    Conn, DbResult,
    db::{At, Word, each},
    schema::{
        employments as e, hour_entries as t, leave_spells as l, organisations as o, persons as p, posts_held as h,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{OrganisationId, PersonId},
    policy::{EntryFacts, PersonFacts, WaiverFacts},
    time::DateSpan,
    words::Post,
};
use std::collections::HashMap;

/// Someone employed on a day, with what the rules look at.
#[derive(Debug, Clone)]
pub struct Employee {
    /// Who.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Where.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    dates: Dates,
}

/// Everybody employed on `day` in schools below `path` as far as was `known`, by school and name; somebody with two employments is counted
/// at the later one.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn employees(
    conn: &mut Conn,
    area: AreaCode,
    path: &str,
    day: NaiveDate,
    known: &Known,
) -> DbResult<Vec<Employee>> {
    type Row = (i64, String, At, i64, String, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);
    // Paths hold digits and slashes only, so nothing needs escaping.
    let below = format!("{path}%");
    let rows: Vec<Row> = each!(conn, k => e::table
        .inner_join(o::table.on(o::area.eq(e::area).and(o::id.eq(e::organisation_id))))
        .inner_join(p::table.on(p::area.eq(e::area).and(p::id.eq(e::person_id))))
        .filter(e::area.eq(area.get()))
        .filter(o::kind.eq(shixun_domain::words::OrganisationKind::School.as_str()))
        .filter(o::path.like(&below))
        .filter(e::valid_from.le(day))
        .filter(e::valid_to.is_null().or(e::valid_to.ge(day)))
        .order((e::valid_from.desc(), e::id.desc()))
        .select((p::id, p::name, p::created_at, o::id, o::name, p::entered_on, p::probation_ends_on, p::retires_on))
        .load(k))?;
    let mut seen = std::collections::HashSet::with_capacity(rows.len());
    let mut found: Vec<Employee> = Vec::with_capacity(rows.len());
    for (number, name, created_at, organisation, organisation_name, entered_on, probation_ends_on, retires_on) in rows {
        // Who was entered or changed since is not known from these rows.
        let known_so = known.past(number).is_none() && known.at().is_none_or(|at| UtcMillis::from(created_at) <= at);
        if known_so && seen.insert(number) {
            found.push(Employee {
                person: Id::new(area, number),
                name,
                organisation: Id::new(area, organisation),
                organisation_name,
                dates: Dates { entered_on, probation_ends_on, retires_on },
            });
        }
    }
    found.extend(once_employed(conn, area, path, day, known)?);
    found.sort_by(|one, other| {
        let key = |employee: &Employee| (employee.organisation, employee.person);
        one.name.cmp(&other.name).then(key(one).cmp(&key(other)))
    });
    found.sort_by_key(|employee| employee.organisation);
    Ok(found)
}

/// Those of [`employees`] whose facts changed since.
fn once_employed(
    conn: &mut Conn,
    area: AreaCode,
    path: &str,
    day: NaiveDate,
    known: &Known,
) -> DbResult<Vec<Employee>> {
    let employed = known.changed().filter_map(|(number, past)| {
        let last = past.employments().filter(|(_, span)| span.contains(day)).last()?;
        Some((number, last.0, Dates::of(past)))
    });
    let employed: Vec<(i64, OrganisationId, Dates)> = employed.collect();
    if employed.is_empty() {
        return Ok(Vec::new());
    }
    let below = format!("{path}%");
    let schools: Vec<(i64, String)> = o::table
        .filter(o::area.eq(area.get()))
        .filter(o::kind.eq(shixun_domain::words::OrganisationKind::School.as_str()))
        .filter(o::path.like(&below))
        .select((o::id, o::name))
        .load(conn)?;
    let schools: HashMap<i64, String> = schools.into_iter().collect();
    let names: HashMap<i64, String> =
        p::table.filter(p::area.eq(area.get())).select((p::id, p::name)).load(conn)?.into_iter().collect();
    let employees = employed.into_iter().filter_map(|(number, organisation, dates)| {
        let organisation_name = schools.get(&organisation.number())?.clone();
        let name = names.get(&number)?.clone();
        Some(Employee { person: Id::new(area, number), name, organisation, organisation_name, dates })
    });
    Ok(employees.collect())
}

/// Whether an area, or one school of it, has more than `most` employments on `day`, which are about as many as it has teachers. No more than that many
/// rows are looked at.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn employs_more_than(
    conn: &mut Conn,
    area: AreaCode,
    school: Option<OrganisationId>,
    day: NaiveDate,
    most: i64,
) -> DbResult<bool> {
    let mut employments = e::table.into_boxed();
    if let Some(school) = school {
        employments = employments.filter(e::organisation_id.eq(school.number()));
    }
    let beyond: Option<i64> = employments
        .filter(e::area.eq(area.get()))
        .filter(e::valid_from.le(day))
        .filter(e::valid_to.is_null().or(e::valid_to.ge(day)))
        .select(e::id)
        .limit(1)
        .offset(most)
        .first(conn)
        .optional()?;
    Ok(beyond.is_some())
}

/// What the rules look at at the close of a day, for each of `employees`, in their order, as `known`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn facts_by_person(
    conn: &mut Conn,
    area: AreaCode,
    employees: &[Employee],
    day: NaiveDate,
    known: &Known,
) -> DbResult<Vec<PersonFacts>> {
    type Spell = (i64, NaiveDate, Option<NaiveDate>);
    let held: Vec<(i64, Word<Post>, NaiveDate, Option<NaiveDate>)> = each!(conn, k => h::table
        .filter(h::area.eq(area.get()))
        .select((h::person_id, h::post, h::valid_from, h::valid_to))
        .load(k))?;
    let leave: Vec<Spell> = each!(conn, k => l::table
        .filter(l::area.eq(area.get()))
        .select((l::person_id, l::valid_from, l::valid_to))
        .load(k))?;
    let mut posts: HashMap<i64, Vec<PostHeld>> = HashMap::new();
    for (person, post, from, to) in held {
        posts.entry(person).or_default().push((post.0, from, to));
    }
    let mut on_leave: HashMap<i64, Vec<DateSpan>> = HashMap::new();
    for (person, from, to) in leave {
        on_leave.entry(person).or_default().push(DateSpan { from, to });
    }
    for (number, past) in known.changed() {
        posts.insert(number, past.posts().map(|(post, span)| (post, span.from, span.to)).collect());
        on_leave.insert(number, past.leaves().collect());
    }
    let mut waived: HashMap<i64, Vec<WaiverFacts>> = HashMap::new();
    for (person, waiver) in granted(waivers_in(conn, area)?, known.at()) {
        waived.entry(person.number()).or_default().push(waiver.facts());
    }
    Ok(employees
        .iter()
        .map(|employee| {
            let number = employee.person.number();
            let facts = assemble(
                employee.dates,
                posts.get(&number).map(Vec::as_slice).unwrap_or_default(),
                on_leave.remove(&number).unwrap_or_default(),
                day,
            );
            PersonFacts { waivers: waived.remove(&number).unwrap_or_default(), ..facts }
        })
        .collect())
}

/// The entries that stand, by person.
pub type PersonEntries = HashMap<i64, Vec<EntryFacts>>;

/// Which persons' entries are read.
#[derive(Debug, Clone)]
pub enum Whose<'a> {
    /// Those of everybody in the area.
    Area,
    /// Those of these persons, at most a few hundred.
    Of(&'a [i64]),
}

/// Reads the rows of an area in a span of days, narrowed further where asked for: what nobody asks for is not compared.
macro_rules! entries {
    ($conn:expr, $area:expr, $from:expr, $to:expr $(, $more:expr)*) => {
        each!($conn, k => t::table
            .filter(t::area.eq($area.get()))
            .filter(t::effective_on.ge($from))
            .filter(t::effective_on.le($to))
            $(.filter($more))*
            .select((t::person_id, lean_columns!()))
            .load::<(i64, Lean)>(k))
    };
}

/// The entries that stand of many persons, whose hours belong to a day from `from` to `to`; with `known_at` those that stood
/// at that instant.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn entries_by_person(
    conn: &mut Conn,
    area: AreaCode,
    whose: &Whose<'_>,
    from: NaiveDate,
    to: NaiveDate,
    known_at: Option<UtcMillis>,
) -> DbResult<PersonEntries> {
    let known = known_at.map(UtcMillis::naive);
    let rows: Vec<(i64, Lean)> = match (whose, known) {
        (Whose::Area, None) => entries!(conn, area, from, to)?,
        (Whose::Area, Some(known)) => entries!(conn, area, from, to, t::created_at.le(known))?,
        (Whose::Of(numbers), _) => {
            let mut rows = Vec::new();
            for batch in numbers.chunks(500) {
                rows.extend(match known {
                    None => entries!(conn, area, from, to, t::person_id.eq_any(batch))?,
                    Some(known) => entries!(conn, area, from, to, t::person_id.eq_any(batch), t::created_at.le(known))?,
                });
            }
            rows
        }
    };
    by_person(rows)
}

/// The entries that stand of the persons whose numbers lie between `first` and `last`, both included, and whose hours belong to a
/// day from `from` to `to`. Entries are kept by person: portions that follow one another read an area once.
///
/// # Errors
/// As [`entries_by_person`].
pub fn entries_of_persons_between(
    conn: &mut Conn,
    area: AreaCode,
    (first, last): (i64, i64),
    from: NaiveDate,
    to: NaiveDate,
) -> DbResult<PersonEntries> {
    by_person(entries!(conn, area, from, to, t::person_id.between(first, last))?)
}

/// The numbers of an area's entries that [`entries_by_person`] looks at with `known_at`, whatever they say, each with that of its person.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn entry_numbers_by_person(
    conn: &mut Conn,
    area: AreaCode,
    (from, to): (NaiveDate, NaiveDate),
    known_at: UtcMillis,
) -> DbResult<Vec<(i64, i64)>> {
    Ok(each!(conn, k => t::table
        .filter(t::area.eq(area.get()))
        .filter(t::effective_on.ge(from))
        .filter(t::effective_on.le(to))
        .filter(t::created_at.le(known_at.naive()))
        .select((t::person_id, t::id))
        .load(k))?)
}

fn by_person(rows: Vec<(i64, Lean)>) -> DbResult<PersonEntries> {
    let mut by_person: HashMap<i64, Vec<Lean>> = HashMap::new();
    for (person, row) in rows {
        by_person.entry(person).or_default().push(row);
    }
    by_person
        .into_iter()
        .map(|(person, rows)| {
            let mut blocks = Vec::new();
            let entries: Vec<stands::Entry> =
                rows.into_iter().map(|row| lean(row, &mut blocks)).collect::<DbResult<_>>()?;
            Ok((person, stands::standing_of(entries)))
        })
        .collect()
}
