//! Seats and places in the queue: taken, given back, moved up.

use super::list::EnrolmentRow;
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Counted, Together, each, first_written, kept},
    schema,
};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp},
};
use schema::{enrolments as e, sessions as s};
use shixun_domain::{
    Id,
    enrolment::{EnrolmentStatus, Outcome, Placement},
    id::{AccountId, Enrolment, EnrolmentId, OrganisationId, PersonId, SessionId},
    words::Title,
};

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is taken.
    Claimed,
    /// None was left, or somebody waits for it.
    Full,
}

impl Claim {
    fn of(rows: usize) -> Claim {
        if rows == 1 { Claim::Claimed } else { Claim::Full }
    }
}

/// A published session, where it is still what it was at `version`.
macro_rules! published_at {
    ($session:expr, $version:expr) => {
        s::table.find($session.key()).filter(s::state.eq("published")).filter(s::version.eq($version))
    };
}

/// Takes a seat of a session in which nobody waits.
macro_rules! claim_seat {
    ($session:expr, $version:expr) => {
        diesel::update(
            published_at!($session, $version).filter(s::seats_taken.lt(s::seats)).filter(s::queue_taken.eq(0)),
        )
        .set(s::seats_taken.eq(s::seats_taken + 1))
    };
}

/// Takes a place in the queue of a session, and says which.
macro_rules! claim_place {
    ($session:expr, $version:expr) => {
        diesel::update(published_at!($session, $version).filter(s::queue_taken.lt(s::queue_places)))
            .set(s::queue_taken.eq(s::queue_taken + 1))
            .returning(s::queue_taken)
    };
}

/// Takes what is wanted of a session that was read at `version`. The database has the last word.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn claim(tx: &mut WriteTx<'_>, session: SessionId, wanted: Placement, version: i64) -> DbResult<Claim> {
    let rows = match wanted {
        Placement::Seat => each!(tx.conn(), k => kept!(claim_seat!(session, version)).written(k))?,
        Placement::Queue => {
            let place: Option<i32> =
                each!(tx.conn(), k => kept!(claim_place!(session, version)).get_result(k).optional())?;
            usize::from(place.is_some())
        }
    };
    Ok(Claim::of(rows))
}

/// What an ended enrolment gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freed {
    /// A seat.
    Seat,
    /// A place in the queue.
    Place,
}

/// Gives a seat or a place in the queue back.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn release(tx: &mut WriteTx<'_>, session: SessionId, freed: Freed) -> DbResult<()> {
    let row = s::table.find(session.key());
    match freed {
        Freed::Seat => diesel::update(row).set(s::seats_taken.eq(s::seats_taken - 1)).execute(tx.conn())?,
        Freed::Place => diesel::update(row).set(s::queue_taken.eq(s::queue_taken - 1)).execute(tx.conn())?,
    };
    Ok(())
}

/// Turns a place in the queue into a seat, where a seat is free and somebody waits. The row stays locked until the commit,
/// so that two processes move different people up.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn move_up(tx: &mut WriteTx<'_>, session: SessionId) -> DbResult<Claim> {
    let rows = diesel::update(
        s::table
            .find(session.key())
            .filter(s::state.eq("published"))
            .filter(s::seats_taken.lt(s::seats))
            .filter(s::queue_taken.gt(0)),
    )
    .set((s::seats_taken.eq(s::seats_taken + 1), s::queue_taken.eq(s::queue_taken - 1)))
    .execute(tx.conn())?;
    Ok(Claim::of(rows))
}

/// Who stands first in the queue: the earliest request, the lower id on ties.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn first_waiting(tx: &mut WriteTx<'_>, session: SessionId) -> DbResult<Option<EnrolmentRow>> {
    let number: Option<i64> = e::table
        .filter(e::area.eq(session.area().get()))
        .filter(e::session_id.eq(session.number()))
        .filter(e::status.eq_any([EnrolmentStatus::Waiting.as_str(), EnrolmentStatus::WaitingApproved.as_str()]))
        .order((e::requested_at, e::id))
        .select(e::id)
        .first(tx.conn())
        .optional()?;
    match number {
        Some(number) => super::list::find(tx.conn(), Id::new(session.area(), number)),
        None => Ok(None),
    }
}

/// An application to be written down.
#[derive(Debug, Clone)]
pub struct NewEnrolment<'a> {
    /// For which session.
    pub session: SessionId,
    /// By whom.
    pub person: PersonId,
    /// Name, as of today.
    pub person_name: &'a str,
    /// School, as of today.
    pub organisation: OrganisationId,
    /// Its name, as of today.
    pub organisation_name: &'a str,
    /// Title, as of today.
    pub title: Title,
    /// Seat or queue.
    pub status: EnrolmentStatus,
    /// The account that asked.
    pub requested_by: Option<AccountId>,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It stands.
    New {
        /// Its key.
        id: EnrolmentId,
        /// Its place in the queue, from 1; `None` where it has a seat.
        queue_position: Option<i64>,
    },
    /// The person has one in this session.
    Duplicate,
    /// What was wanted went to somebody else, or the session changed, since it was read.
    Gone,
}

/// The columns of an application.
macro_rules! application_columns {
    () => {
        (
            e::area,
            e::id,
            e::session_id,
            e::person_area,
            e::person_id,
            e::person_name,
            e::organisation_id,
            e::organisation_name,
            e::teacher_title,
            e::status,
            e::requested_at,
            e::requested_by,
            e::misconduct,
            e::version,
            e::updated_at,
        )
    };
}

/// What stands in them.
macro_rules! application {
    ($new:expr, $id:expr, $at:expr) => {
        (
            $id.area().get().into_sql::<Integer>(),
            $id.number().into_sql::<BigInt>(),
            $new.session.number().into_sql::<BigInt>(),
            $new.person.area().get().into_sql::<Integer>(),
            $new.person.number().into_sql::<BigInt>(),
            $new.person_name.into_sql::<Text>(),
            $new.organisation.number().into_sql::<BigInt>(),
            $new.organisation_name.into_sql::<Text>(),
            $new.title.as_str().into_sql::<Nullable<Text>>(),
            $new.status.as_str().into_sql::<Text>(),
            $at.into_sql::<Timestamp>(),
            $new.requested_by.map(|account| account.number()).into_sql::<Nullable<BigInt>>(),
            false.into_sql::<Bool>(),
            1_i64.into_sql::<BigInt>(),
            $at.into_sql::<Timestamp>(),
        )
    };
}

/// Takes what is wanted of a session that was read at `version`, and writes the application down.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn take(tx: &mut WriteTx<'_>, wanted: Placement, version: i64, new: &NewEnrolment<'_>) -> DbResult<Taken> {
    let id = tx.new_id::<Enrolment>(new.session.area());
    let at = At::from(tx.at());
    macro_rules! added_from {
        ($rows:expr) => {
            $rows.insert_into(e::table).into_columns(application_columns!()).on_conflict_do_nothing()
        };
    }
    macro_rules! added_where_claimed {
        ($claim:expr) => {
            kept!(Together($claim, Counted(added_from!(first_written::table.select(application!(new, id, at))))))
        };
    }
    let (claimed, added) = match (tx.conn(), wanted) {
        (Conn::Postgres(k), Placement::Seat) => {
            added_where_claimed!(Counted(claim_seat!(new.session, version))).get_result::<(Option<i64>, i64)>(k)?
        }
        (Conn::Postgres(k), Placement::Queue) => {
            added_where_claimed!(claim_place!(new.session, version)).get_result::<(Option<i64>, i64)>(k)?
        }
        (Conn::Sqlite(k), _) => {
            let claimed: Option<i64> = match wanted {
                Placement::Seat => (kept!(claim_seat!(new.session, version)).written(k)? == 1).then_some(1),
                Placement::Queue => {
                    let place: Option<i32> = kept!(claim_place!(new.session, version)).get_result(k).optional()?;
                    place.map(i64::from)
                }
            };
            if claimed.is_none() {
                return Ok(Taken::Gone);
            }
            // SQLite takes an `ON CONFLICT` behind a SELECT only where that ends in a WHERE.
            let one_row = diesel::select(application!(new, id, at)).filter(true.into_sql::<Bool>());
            let added = kept!(added_from!(one_row)).written(k)?;
            (claimed, i64::from(added == 1))
        }
    };
    Ok(match (claimed, added) {
        (None, _) => Taken::Gone,
        (_, 0) => Taken::Duplicate,
        (place, _) => Taken::New { id, queue_position: place.filter(|_| wanted == Placement::Queue) },
    })
}

/// Puts someone who had withdrawn at the end of the line again. False where somebody changed the row meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn apply_again(tx: &mut WriteTx<'_>, row: &EnrolmentRow, new: &NewEnrolment<'_>) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(e::table.find(row.id.key()).filter(e::version.eq(row.version)))
        .set((
            e::status.eq(new.status.as_str()),
            e::person_name.eq(new.person_name),
            e::organisation_id.eq(new.organisation.number()),
            e::organisation_name.eq(new.organisation_name),
            e::teacher_title.eq(new.title.as_str()),
            e::requested_at.eq(at),
            e::requested_by.eq(new.requested_by.map(|account| account.number())),
            e::decided_by.eq(None::<i64>),
            e::decided_at.eq(None::<chrono::NaiveDateTime>),
            e::note.eq(None::<String>),
            e::version.eq(row.version + 1),
            e::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Changes a status. False where somebody changed the row meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_status(
    tx: &mut WriteTx<'_>,
    row: &EnrolmentRow,
    status: EnrolmentStatus,
    decided_by: Option<AccountId>,
    note: Option<&str>,
) -> DbResult<bool> {
    let at = tx.at().naive();
    let target = e::table.find(row.id.key()).filter(e::version.eq(row.version));
    let rows = match decided_by {
        Some(account) => diesel::update(target)
            .set((
                e::status.eq(status.as_str()),
                e::decided_by.eq(account.number()),
                e::decided_at.eq(at),
                e::note.eq(note),
                e::version.eq(row.version + 1),
                e::updated_at.eq(at),
            ))
            .execute(tx.conn())?,
        None => diesel::update(target)
            .set((e::status.eq(status.as_str()), e::version.eq(row.version + 1), e::updated_at.eq(at)))
            .execute(tx.conn())?,
    };
    Ok(rows == 1)
}

/// Writes a result down. False where somebody changed the row meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_result(tx: &mut WriteTx<'_>, row: &EnrolmentRow, outcome: Outcome, misconduct: bool) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(e::table.find(row.id.key()).filter(e::version.eq(row.version)))
        .set((
            e::result.eq(outcome.as_str()),
            e::misconduct.eq(misconduct),
            e::version.eq(row.version + 1),
            e::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Closes a session that runs. False where somebody closed or cancelled it meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn close_session(tx: &mut WriteTx<'_>, session: SessionId, version: i64) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows =
        diesel::update(s::table.find(session.key()).filter(s::state.eq("running")).filter(s::version.eq(version)))
            .set((s::state.eq("closed"), s::closed_at.eq(at), s::version.eq(version + 1), s::updated_at.eq(at)))
            .execute(tx.conn())?;
    Ok(rows == 1)
}

/// The title of a snapshot.
pub(super) fn title(text: Option<&str>) -> DbResult<Option<Title>> {
    columns::word_opt("enrolments.teacher_title", text)
}
