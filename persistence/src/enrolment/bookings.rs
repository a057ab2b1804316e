//! What else a person is in for: bookings, the hours of a year, and what meets at the same time.

use crate::{
    Conn, DbResult, columns,
    db::{Day, Word, each, kept},
    ledger::earned,
    schema::{enrolments, persons, programmes, sessions, units},
};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use shixun_domain::{
    Hours,
    enrolment::{Booking, EnrolmentStatus},
    id::{PersonId, SessionId},
};

/// What a person is in for, at one moment.
#[derive(Debug, Clone)]
pub struct Commitments {
    /// Enrolments, by first day.
    pub bookings: Vec<Booking>,
    /// Hours earned in a calendar year: never less than what counts, where no factor exceeds one.
    pub earned: Hours,
}

type BookingColumns = (i32, i64, Word<EnrolmentStatus>, String, String, i64, Day, Day);

/// The person's enrolments in sessions that end within a span of days, and the hours earned in the year of `day`: in one query,
/// so that a session that is closed meanwhile is booked or earned and never neither.
///
/// The span is not part of the query: a planner that has never seen the tables filled would begin at the sessions that end in
/// it, and most people hold few enrolments or none.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn commitments(
    conn: &mut Conn,
    person: PersonId,
    (from, to): (NaiveDate, NaiveDate),
    day: NaiveDate,
) -> DbResult<Commitments> {
    let year = day.year();
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(day);
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(day);
    let rows: Vec<(Option<BookingColumns>, Option<i64>)> = each!(conn, k => kept!(persons::table
        .left_join(
            enrolments::table.on(enrolments::person_area.eq(persons::area).and(enrolments::person_id.eq(persons::id))),
        )
        .left_join(
            sessions::table.on(sessions::area.eq(enrolments::area).and(sessions::id.eq(enrolments::session_id))),
        )
        .left_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .filter(persons::area.eq(person.area().get()))
        .filter(persons::id.eq(person.number()))
        .select((
            (
                sessions::area,
                sessions::id,
                enrolments::status,
                programmes::name,
                programmes::content_key,
                programmes::hours,
                sessions::starts_on,
                sessions::ends_on,
            )
                .nullable(),
            earned(person.area().get(), person.number(), first, last).single_value(),
        )))
        .load(k))?;
    let mut bookings = Vec::with_capacity(rows.len());
    let mut earned = Hours::ZERO;
    for (booking, sum) in rows {
        earned = Hours::from_hundredths(sum.unwrap_or_default());
        let Some((area, session, status, name, content_key, hours, starts_on, ends_on)) = booking else { continue };
        if (from..=to).contains(&ends_on.0) {
            bookings.push(Booking {
                session: columns::id(area, session)?,
                name,
                status: status.0,
                content_key,
                hours: Hours::from_hundredths(hours),
                starts_on: starts_on.0,
                ends_on: ends_on.0,
            });
        }
    }
    bookings.sort_by_key(|booking| (booking.starts_on, booking.session));
    Ok(Commitments { bookings, earned })
}

/// Which of `others` meet at the same time as a unit of `session`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn clashes(conn: &mut Conn, session: SessionId, others: &[SessionId]) -> DbResult<Vec<SessionId>> {
    let mut found = Vec::new();
    let (mine, theirs) = diesel::alias!(units as mine, units as theirs);
    for other in others {
        let meets: Option<i64> = mine
            .inner_join(
                theirs.on(theirs
                    .field(units::starts_at)
                    .lt(mine.field(units::ends_at))
                    .and(theirs.field(units::ends_at).gt(mine.field(units::starts_at)))),
            )
            .filter(mine.field(units::area).eq(session.area().get()))
            .filter(mine.field(units::session_id).eq(session.number()))
            .filter(theirs.field(units::area).eq(other.area().get()))
            .filter(theirs.field(units::session_id).eq(other.number()))
            .select(theirs.field(units::id))
            .first(conn)
            .optional()?;
        if meets.is_some() {
            found.push(*other);
        }
    }
    Ok(found)
}
