//! Attendance at units.

use crate::{Conn, DbResult, WriteTx, columns, db::At, db::Both, schema};
use diesel::{prelude::*, upsert::excluded};
use schema::{attendance as t, units};
use shixun_domain::{
    Hours, Id, UtcMillis,
    enrolment::Mark,
    id::{AccountId, Attendance, EnrolmentId, PersonId, SessionId, UnitId},
};

/// When a unit is, what it is worth and who teaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTime {
    /// Key.
    pub id: UnitId,
    /// Begin.
    pub starts_at: UtcMillis,
    /// End.
    pub ends_at: UtcMillis,
    /// Hours it is worth.
    pub hours: Hours,
    /// The lecturer, where a person of the area.
    pub lecturer: Option<PersonId>,
}

impl UnitTime {
    /// How long it lasts, in minutes, at least 1.
    pub fn minutes(&self) -> i32 {
        i32::try_from((self.ends_at.millis() - self.starts_at.millis()).div_euclid(60_000)).unwrap_or(i32::MAX).max(1)
    }
}

type UnitColumns = (i64, At, At, i64, Option<i64>);

/// The units of a session, in order of time.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn units(conn: &mut Conn, session: SessionId) -> DbResult<Vec<UnitTime>> {
    let area = session.area();
    let rows: Vec<UnitColumns> = units::table
        .filter(units::area.eq(area.get()))
        .filter(units::session_id.eq(session.number()))
        .order((units::starts_at, units::id))
        .select((units::id, units::starts_at, units::ends_at, units::hours, units::lecturer_id))
        .load(conn)?;
    let unit = |(id, starts, ends, hours, lecturer): UnitColumns| UnitTime {
        id: Id::new(area, id),
        starts_at: starts.into(),
        ends_at: ends.into(),
        hours: Hours::from_hundredths(hours),
        lecturer: lecturer.map(|number| Id::new(area, number)),
    };
    Ok(rows.into_iter().map(unit).collect())
}

/// How one person attended one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceRow {
    /// The unit.
    pub unit: UnitId,
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// The mark.
    pub mark: Mark,
    /// Minutes attended.
    pub minutes: i32,
    /// What was noted.
    pub note: Option<String>,
    /// Row version; nothing takes a row away, so that the versions of a unit's rows together tell whether one was recorded since.
    pub version: i64,
    /// When it was last recorded.
    pub updated_at: UtcMillis,
}

type Columns = (i32, i64, i64, String, i32, Option<String>, i64, At);

/// Selects [`Columns`].
macro_rules! columns {
    () => {
        (t::area, t::unit_id, t::enrolment_id, t::mark, t::minutes, t::note, t::version, t::updated_at)
    };
}

fn row((area, unit, enrolment, mark, minutes, note, version, updated): Columns) -> DbResult<AttendanceRow> {
    let area = columns::area(area)?;
    Ok(AttendanceRow {
        unit: Id::new(area, unit),
        enrolment: Id::new(area, enrolment),
        mark: columns::word("attendance.mark", &mark)?,
        minutes,
        note,
        version,
        updated_at: updated.into(),
    })
}

/// Attendance at one unit.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn attendance_of_unit(conn: &mut Conn, unit: UnitId) -> DbResult<Vec<AttendanceRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(unit.area().get()))
        .filter(t::unit_id.eq(unit.number()))
        .order(t::enrolment_id)
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// Attendance at all units of a session.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn attendance_of_session(conn: &mut Conn, session: SessionId) -> DbResult<Vec<AttendanceRow>> {
    let rows: Vec<Columns> = t::table
        .inner_join(units::table.on(units::area.eq(t::area).and(units::id.eq(t::unit_id))))
        .filter(units::area.eq(session.area().get()))
        .filter(units::session_id.eq(session.number()))
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// Attendance of one person at all units of the session.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn attendance_of(conn: &mut Conn, enrolment: EnrolmentId) -> DbResult<Vec<AttendanceRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(enrolment.area().get()))
        .filter(t::enrolment_id.eq(enrolment.number()))
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// The minutes that one person attended in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn minutes_attended(conn: &mut Conn, enrolment: EnrolmentId) -> DbResult<i64> {
    let minutes: Vec<i32> = t::table
        .filter(t::area.eq(enrolment.area().get()))
        .filter(t::enrolment_id.eq(enrolment.number()))
        .select(t::minutes)
        .load(conn)?;
    Ok(minutes.into_iter().map(i64::from).sum())
}

/// Attendance to be recorded.
#[derive(Debug, Clone)]
pub struct AttendanceMark {
    /// Whose.
    pub enrolment: EnrolmentId,
    /// The mark.
    pub mark: Mark,
    /// Minutes attended.
    pub minutes: i32,
    /// What is noted.
    pub note: Option<String>,
}

impl AttendanceMark {
    /// True where nothing of what was recorded would change.
    pub fn is_as_recorded(&self, row: &AttendanceRow) -> bool {
        (self.enrolment, self.mark, self.minutes, &self.note) == (row.enrolment, row.mark, row.minutes, &row.note)
    }
}

/// Records attendance, or corrects what was recorded.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn record_attendance(tx: &mut WriteTx<'_>, unit: UnitId, mark: &AttendanceMark, by: AccountId) -> DbResult<()> {
    let id = tx.new_id::<Attendance>(unit.area());
    let at = tx.at().naive();
    Both(
        diesel::insert_into(t::table)
            .values((
                t::area.eq(unit.area().get()),
                t::id.eq(id.number()),
                t::unit_id.eq(unit.number()),
                t::enrolment_id.eq(mark.enrolment.number()),
                t::mark.eq(mark.mark.as_str()),
                t::minutes.eq(mark.minutes),
                t::note.eq(mark.note.as_deref()),
                t::recorded_by.eq(by.number()),
                t::version.eq(1_i64),
                t::updated_at.eq(at),
            ))
            .on_conflict((t::area, t::unit_id, t::enrolment_id))
            .do_update()
            .set((
                t::mark.eq(excluded(t::mark)),
                t::minutes.eq(excluded(t::minutes)),
                t::note.eq(excluded(t::note)),
                t::recorded_by.eq(excluded(t::recorded_by)),
                t::version.eq(t::version + 1),
                t::updated_at.eq(excluded(t::updated_at)),
            )),
    )
    .execute(tx.conn())?;
    Ok(())
}
