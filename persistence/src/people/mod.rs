//! Persons and what is true of them for a time.
//!
//! A person's facts (`facts.rs`) change only under the lock of the person's row ([`lock`]), so that rules which look at all
//! facts of one person hold with several processes on one database too. How they stood before a change is kept (`past.rs`).

mod facts;
mod list;
mod past;
mod withdrawn;

pub use facts::{Fact, FactRow, NewFact, add_facts, cut_facts, end_fact, facts_of, find_fact, remove_facts};
pub use list::{PersonFilter, count, list};
pub(crate) use past::{PastFacts, known_at, read as read_past};
pub use withdrawn::{WithdrawnFact, withdraw_fact, withdrawn_facts_of};

use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::Both,
    db::{At, each},
    schema::persons as t,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{Person, PersonId},
    people::IdentityNumber,
};
use std::collections::HashMap;

/// Values in one `IN (…)` or batch: below SQLite's limit of 32,766 bound values at 20 columns a row.
pub(crate) const CHUNK: usize = 1_000;

/// What is kept of a person beside the dated facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonData {
    /// Name.
    pub name: String,
    /// Identity number; tells sex and birth date too.
    pub identity: IdentityNumber,
    /// Telephone numbers.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Entry into the profession.
    pub entered_on: Option<NaiveDate>,
    /// Last day of probation.
    pub probation_ends_on: Option<NaiveDate>,
    /// Last day at work.
    pub retires_on: Option<NaiveDate>,
    /// Duties that are no management post, as written: 班主任.
    pub duty: Option<String>,
    /// Remark.
    pub remark: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Key.
    pub id: PersonId,
    /// Who.
    pub data: PersonData,
    /// Row version; counts changes of the dated facts too.
    pub version: i64,
    /// When entered.
    pub created_at: UtcMillis,
    /// When last changed.
    pub updated_at: UtcMillis,
}

impl PersonRow {
    /// What persons are sorted and searched by.
    pub fn search_name(&self) -> String {
        columns::search_name(&self.data.name)
    }
}

type Columns = (
    i32,
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<NaiveDate>,
    Option<NaiveDate>,
    Option<NaiveDate>,
    Option<String>,
    Option<String>,
    i64,
    At,
    At,
);

macro_rules! person_columns {
    () => {
        (
            t::area,
            t::id,
            t::name,
            t::identity_number,
            t::phone,
            t::email,
            t::entered_on,
            t::probation_ends_on,
            t::retires_on,
            t::duty,
            t::remark,
            t::version,
            t::created_at,
            t::updated_at,
        )
    };
}
use person_columns;

fn row(row: Columns) -> DbResult<PersonRow> {
    let id: PersonId = columns::id(row.0, row.1)?;
    // The number itself must not reach a log.
    let identity = IdentityNumber::parse(&row.3).map_err(|fault| DbError::damaged(format!("{id}: {fault}")))?;
    Ok(PersonRow {
        id,
        data: PersonData {
            name: row.2,
            identity,
            phone: row.4,
            email: row.5,
            entered_on: row.6,
            probation_ends_on: row.7,
            retires_on: row.8,
            duty: row.9,
            remark: row.10,
        },
        version: row.11,
        created_at: row.12.into(),
        updated_at: row.13.into(),
    })
}

/// One person.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: PersonId) -> DbResult<Option<PersonRow>> {
    let found: Option<Columns> = t::table.find(id.key()).select(person_columns!()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The persons with these identity numbers, in no order.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn find_by_identities(conn: &mut Conn, area: AreaCode, numbers: &[&str]) -> DbResult<Vec<PersonRow>> {
    let mut found = Vec::new();
    for chunk in numbers.chunks(CHUNK) {
        let rows: Vec<Columns> = t::table
            .filter(t::area.eq(area.get()))
            .filter(t::identity_number.eq_any(chunk))
            .select(person_columns!())
            .load(conn)?;
        for columns in rows {
            found.push(row(columns)?);
        }
    }
    Ok(found)
}

/// The names of persons, by number. Unlike [`find`] it reads no identity number.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn names_of(conn: &mut Conn, area: AreaCode, persons: &[i64]) -> DbResult<HashMap<i64, String>> {
    let mut found = HashMap::new();
    for chunk in persons.chunks(CHUNK) {
        let rows: Vec<(i64, String)> =
            t::table.filter(t::area.eq(area.get())).filter(t::id.eq_any(chunk)).select((t::id, t::name)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The identity numbers of persons. Personal data: not for answers, logs or events.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn identities_of(conn: &mut Conn, area: AreaCode, persons: &[i64]) -> DbResult<HashMap<PersonId, String>> {
    let mut found = HashMap::new();
    for chunk in persons.chunks(CHUNK) {
        let rows: Vec<(i64, String)> = t::table
            .filter(t::area.eq(area.get()))
            .filter(t::id.eq_any(chunk))
            .select((t::id, t::identity_number))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(number, identity)| (Id::new(area, number), identity)));
    }
    Ok(found)
}

/// Keeps the rows of persons from changing under another transaction until this one ends. SQLite has one writer.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn lock(tx: &mut WriteTx<'_>, area: AreaCode, persons: &[i64]) -> DbResult<()> {
    let mut numbers = persons.to_vec();
    // One order for everybody, so that two transactions never wait for each other.
    numbers.sort_unstable();
    if let Conn::Postgres(conn) = tx.conn() {
        for chunk in numbers.chunks(CHUNK) {
            let _: Vec<i64> = t::table
                .filter(t::area.eq(area.get()))
                .filter(t::id.eq_any(chunk))
                .order(t::id)
                .select(t::id)
                .for_update()
                .load(conn)?;
        }
    }
    Ok(())
}

/// What became of a new or changed person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedPerson {
    /// It stands.
    Done(PersonId),
    /// A person with the identity number exists.
    IdentityTaken,
    /// Somebody changed it meanwhile.
    Stale,
}

macro_rules! new_row {
    ($area:expr, $id:expr, $data:expr, $at:expr) => {
        (
            t::area.eq($area.get()),
            t::id.eq($id.number()),
            t::name.eq(&$data.name),
            t::search_name.eq(columns::search_name(&$data.name)),
            t::identity_number.eq($data.identity.as_str()),
            t::sex.eq($data.identity.sex().as_str()),
            t::birth_date.eq($data.identity.birth_date()),
            t::phone.eq($data.phone.as_deref()),
            t::email.eq($data.email.as_deref()),
            t::entered_on.eq($data.entered_on),
            t::probation_ends_on.eq($data.probation_ends_on),
            t::retires_on.eq($data.retires_on),
            t::duty.eq($data.duty.as_deref()),
            t::remark.eq($data.remark.as_deref()),
            t::version.eq(1_i64),
            t::created_at.eq($at),
            t::updated_at.eq($at),
        )
    };
}

/// Enters a person.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, area: AreaCode, data: &PersonData) -> DbResult<SavedPerson> {
    let id = tx.new_id::<Person>(area);
    let at = tx.at().naive();
    let rows = Both(diesel::insert_into(t::table).values(new_row!(area, id, data, at)).on_conflict_do_nothing())
        .execute(tx.conn())?;
    Ok(if rows == 1 { SavedPerson::Done(id) } else { SavedPerson::IdentityTaken })
}

/// Enters many persons and gives their keys in the same order.
///
/// # Errors
/// [`DbError::Duplicate`] where one of the identity numbers is taken; otherwise a [`DbError`] where the database does not
/// answer.
pub fn add_many(tx: &mut WriteTx<'_>, area: AreaCode, all: &[PersonData]) -> DbResult<Vec<PersonId>> {
    let at = tx.at().naive();
    let mut ids = Vec::with_capacity(all.len());
    for chunk in all.chunks(CHUNK) {
        let keyed: Vec<(PersonId, &PersonData)> = chunk.iter().map(|data| (tx.new_id::<Person>(area), data)).collect();
        let values: Vec<_> = keyed.iter().map(|(id, data)| new_row!(area, id, data, at)).collect();
        each!(tx.conn(), conn => diesel::insert_into(t::table).values(&values).execute(conn))?;
        ids.extend(keyed.iter().map(|(id, _)| *id));
    }
    Ok(ids)
}

/// Changes a person, where its version is still the one the caller saw.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, before: &PersonRow, data: &PersonData) -> DbResult<SavedPerson> {
    let (area, number) = (before.id.area(), before.id.number());
    if data.identity != before.data.identity
        && !find_by_identities(tx.conn(), area, &[data.identity.as_str()])?.is_empty()
    {
        return Ok(SavedPerson::IdentityTaken);
    }
    let dates = |data: &PersonData| (data.entered_on, data.probation_ends_on, data.retires_on);
    if dates(data) != dates(&before.data) {
        past::keep(tx, area, &[number])?;
    }
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find((area.get(), number)).filter(t::version.eq(before.version)))
        .set((
            t::name.eq(&data.name),
            t::search_name.eq(columns::search_name(&data.name)),
            t::identity_number.eq(data.identity.as_str()),
            t::sex.eq(data.identity.sex().as_str()),
            t::birth_date.eq(data.identity.birth_date()),
            t::phone.eq(data.phone.as_deref()),
            t::email.eq(data.email.as_deref()),
            t::entered_on.eq(data.entered_on),
            t::probation_ends_on.eq(data.probation_ends_on),
            t::retires_on.eq(data.retires_on),
            t::duty.eq(data.duty.as_deref()),
            t::remark.eq(data.remark.as_deref()),
            t::version.eq(before.version + 1),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 1 { SavedPerson::Done(before.id) } else { SavedPerson::Stale })
}

/// Counts a change of the dated facts of persons in their row versions.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn touch(tx: &mut WriteTx<'_>, area: AreaCode, persons: &[i64]) -> DbResult<()> {
    let at = tx.at().naive();
    for chunk in persons.chunks(CHUNK) {
        diesel::update(t::table.filter(t::area.eq(area.get())).filter(t::id.eq_any(chunk)))
            .set((t::version.eq(t::version + 1), t::updated_at.eq(at)))
            .execute(tx.conn())?;
    }
    Ok(())
}
