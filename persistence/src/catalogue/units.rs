//! Units and the history of published ones.

use super::{
    Saved,
    documents::{read_unit, write_unit},
};
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::At,
    schema::{attendance, persons, unit_changes as c, units as t},
};
use diesel::prelude::*;
use shixun_domain::{
    Hours, Id, UtcMillis,
    catalogue::UnitSlot,
    id::{AccountId, PersonId, SessionId, Unit, UnitChange, UnitChangeId, UnitId},
};

/// The four fixed items of a unit (四定: time, place, content, lecturer) and its hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    /// From.
    pub starts_at: UtcMillis,
    /// To, this instant excluded.
    pub ends_at: UtcMillis,
    /// Where.
    pub place: String,
    /// What.
    pub content: String,
    /// Who teaches, by name.
    pub lecturer_name: String,
    /// Who teaches, where the person is on record; of the session's area.
    pub lecturer: Option<PersonId>,
    /// Hours of credit.
    pub hours: Hours,
}

impl NewUnit {
    /// When it takes place, for the rules.
    pub fn slot(&self, id: Option<UnitId>) -> UnitSlot {
        UnitSlot { id, starts_at: self.starts_at, ends_at: self.ends_at, hours: self.hours }
    }
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// Key.
    pub id: UnitId,
    /// The session.
    pub session: SessionId,
    /// What was fixed.
    pub unit: NewUnit,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
    /// When it was last changed.
    pub updated_at: UtcMillis,
}

#[derive(Queryable)]
struct Columns {
    area: i32,
    id: i64,
    session_id: i64,
    starts_at: At,
    ends_at: At,
    place: String,
    content: String,
    lecturer_name: String,
    lecturer_id: Option<i64>,
    hours: i64,
    version: i64,
    created_at: At,
    updated_at: At,
}

fn row(row: Columns) -> DbResult<UnitRow> {
    let area = columns::area(row.area)?;
    Ok(UnitRow {
        id: Id::new(area, row.id),
        session: Id::new(area, row.session_id),
        unit: NewUnit {
            starts_at: row.starts_at.into(),
            ends_at: row.ends_at.into(),
            place: row.place,
            content: row.content,
            lecturer_name: row.lecturer_name,
            lecturer: row.lecturer_id.map(|number| Id::new(area, number)),
            hours: Hours::from_hundredths(row.hours),
        },
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

/// One unit.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: UnitId) -> DbResult<Option<UnitRow>> {
    let found: Option<Columns> = t::table.find(id.key()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The units of a session in the order of time, behind `after` (start and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    session: SessionId,
    after: Option<(UtcMillis, i64)>,
    limit: i64,
) -> DbResult<Vec<UnitRow>> {
    let mut query = t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .order((t::starts_at.asc(), t::id.asc()))
        .limit(limit)
        .into_boxed();
    if let Some((at, number)) = after {
        let at = at.naive();
        query = query.filter(t::starts_at.gt(at).or(t::starts_at.eq(at).and(t::id.gt(number))));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, session: SessionId) -> DbResult<i64> {
    let of_session = t::table.filter(t::area.eq(session.area().get())).filter(t::session_id.eq(session.number()));
    Ok(of_session.count().get_result(conn)?)
}

/// When the units of a session take place, for the rules.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn slots(conn: &mut Conn, session: SessionId) -> DbResult<Vec<UnitSlot>> {
    let rows: Vec<(i64, At, At, i64)> = t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .select((t::id, t::starts_at, t::ends_at, t::hours))
        .load(conn)?;
    let slot = |(number, starts_at, ends_at, hours): (i64, At, At, i64)| UnitSlot {
        id: Some(Id::new(session.area(), number)),
        starts_at: starts_at.into(),
        ends_at: ends_at.into(),
        hours: Hours::from_hundredths(hours),
    };
    Ok(rows.into_iter().map(slot).collect())
}

/// Whether a person is on record.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn lecturer_is_known(conn: &mut Conn, person: PersonId) -> DbResult<bool> {
    let found: Option<i64> = persons::table.find(person.key()).select(persons::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// Whether attendance at a unit is on record.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn is_held(conn: &mut Conn, id: UnitId) -> DbResult<bool> {
    let found: Option<i64> = attendance::table
        .filter(attendance::area.eq(id.area().get()))
        .filter(attendance::unit_id.eq(id.number()))
        .select(attendance::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Enters a unit.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, session: SessionId, unit: &NewUnit) -> DbResult<UnitId> {
    let id = tx.new_id::<Unit>(session.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::session_id.eq(session.number()),
            t::starts_at.eq(unit.starts_at.naive()),
            t::ends_at.eq(unit.ends_at.naive()),
            t::place.eq(&unit.place),
            t::content.eq(&unit.content),
            t::lecturer_name.eq(&unit.lecturer_name),
            t::lecturer_id.eq(unit.lecturer.map(|person| person.number())),
            t::hours.eq(unit.hours.hundredths()),
            t::version.eq(1_i64),
            t::created_at.eq(at),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Changes a unit, where its version is still `version`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, id: UnitId, version: i64, unit: &NewUnit) -> DbResult<Saved> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::version.eq(version)))
        .set((
            t::starts_at.eq(unit.starts_at.naive()),
            t::ends_at.eq(unit.ends_at.naive()),
            t::place.eq(&unit.place),
            t::content.eq(&unit.content),
            t::lecturer_name.eq(&unit.lecturer_name),
            t::lecturer_id.eq(unit.lecturer.map(|person| person.number())),
            t::hours.eq(unit.hours.hundredths()),
            t::version.eq(version + 1),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// Takes a unit out, where its version is still `version`. Only drafts lose units, so nothing refers to it.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn remove(tx: &mut WriteTx<'_>, id: UnitId, version: i64) -> DbResult<Saved> {
    let rows = diesel::delete(t::table.find(id.key()).filter(t::version.eq(version))).execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// A change of a published unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitChangeRow {
    /// Key.
    pub id: UnitChangeId,
    /// Who changed it.
    pub changed_by: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// As it stood before.
    pub before: NewUnit,
    /// As it stood after.
    pub after: NewUnit,
    /// When.
    pub created_at: UtcMillis,
}

/// Keeps a change of a published unit.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn keep_change(
    tx: &mut WriteTx<'_>,
    unit: UnitId,
    by: Option<AccountId>,
    reason: &str,
    before: &NewUnit,
    after: &NewUnit,
) -> DbResult<UnitChangeId> {
    let id = tx.new_id::<UnitChange>(unit.area());
    let at = tx.at().naive();
    diesel::insert_into(c::table)
        .values((
            c::area.eq(id.area().get()),
            c::id.eq(id.number()),
            c::unit_id.eq(unit.number()),
            c::changed_by.eq(by.map(|by| by.number())),
            c::reason.eq(reason),
            c::before.eq(write_unit(before)),
            c::after.eq(write_unit(after)),
            c::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count_changes(conn: &mut Conn, unit: UnitId) -> DbResult<i64> {
    let of_unit = c::table.filter(c::area.eq(unit.area().get())).filter(c::unit_id.eq(unit.number()));
    Ok(of_unit.count().get_result(conn)?)
}

/// The changes of a unit since it was published, the latest first, before `before`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list_changes(conn: &mut Conn, unit: UnitId, before: Option<i64>, limit: i64) -> DbResult<Vec<UnitChangeRow>> {
    type Row = (i64, Option<i64>, String, String, String, At);
    let mut query = c::table
        .filter(c::area.eq(unit.area().get()))
        .filter(c::unit_id.eq(unit.number()))
        .order(c::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(number) = before {
        query = query.filter(c::id.lt(number));
    }
    let rows: Vec<Row> =
        query.select((c::id, c::changed_by, c::reason, c::before, c::after, c::created_at)).load(conn)?;
    rows.into_iter()
        .map(|(id, by, reason, before, after, at)| {
            Ok(UnitChangeRow {
                id: Id::new(unit.area(), id),
                changed_by: by.map(|number| Id::new(unit.area(), number)),
                reason,
                before: read_unit(&before)?,
                after: read_unit(&after)?,
                created_at: at.into(),
            })
        })
        .collect()
}
