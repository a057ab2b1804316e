//! Reading enrolments for rules and steps. What lists and screens show of them is in `shown.rs`.

use super::{evaluating::standing, seats::title};
use crate::{Conn, DbResult, columns, db::At, schema};
use diesel::prelude::*;
use schema::enrolments as t;
use shixun_domain::{
    Id, UtcMillis,
    enrolment::{EnrolmentStatus, EvaluationStanding, Outcome},
    id::{EnrolmentId, OrganisationId, PersonId, SessionId},
    words::Title,
};

/// A person's place in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// Key.
    pub id: EnrolmentId,
    /// In which session.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// Name on the day of the application.
    pub person_name: String,
    /// School on that day.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Title on that day.
    pub title: Option<Title>,
    /// Where the person stands.
    pub status: EnrolmentStatus,
    /// When it was asked for: the place in the line.
    pub requested_at: UtcMillis,
    /// When the school decided.
    pub decided_at: Option<UtcMillis>,
    /// What the school wrote.
    pub note: Option<String>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// Serious misconduct.
    pub misconduct: bool,
    /// Where the person stands with the evaluation of the session.
    pub evaluation: EvaluationStanding,
    /// Row version.
    pub version: i64,
}

pub(super) type Columns = (
    (i32, i64, i64, i32, i64, String, i64, String, Option<String>),
    (String, At, Option<At>, Option<String>, Option<String>, bool, i64),
    super::evaluating::Columns,
);

macro_rules! enrolment_columns {
    () => {
        (
            (
                t::area,
                t::id,
                t::session_id,
                t::person_area,
                t::person_id,
                t::person_name,
                t::organisation_id,
                t::organisation_name,
                t::teacher_title,
            ),
            (t::status, t::requested_at, t::decided_at, t::note, t::result, t::misconduct, t::version),
            (t::evaluation, t::evaluate_by, t::evaluation_missed),
        )
    };
}
pub(super) use enrolment_columns;

pub(super) fn row((who, what, evaluation): Columns) -> DbResult<EnrolmentRow> {
    let id: EnrolmentId = columns::id(who.0, who.1)?;
    let person: PersonId = columns::id(who.3, who.4)?;
    Ok(EnrolmentRow {
        id,
        session: Id::new(id.area(), who.2),
        person,
        person_name: who.5,
        organisation: Id::new(person.area(), who.6),
        organisation_name: who.7,
        title: title(who.8.as_deref())?,
        status: columns::word("enrolments.status", &what.0)?,
        requested_at: what.1.into(),
        decided_at: what.2.map(UtcMillis::from),
        note: what.3,
        outcome: columns::word_opt("enrolments.result", what.4.as_deref())?,
        misconduct: what.5,
        evaluation: standing(evaluation),
        version: what.6,
    })
}

/// One enrolment.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn find(conn: &mut Conn, id: EnrolmentId) -> DbResult<Option<EnrolmentRow>> {
    let found: Option<Columns> = t::table.find(id.key()).select(enrolment_columns!()).first(conn).optional()?;
    found.map(row).transpose()
}

/// The enrolment of a person in a session.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn find_of_person(conn: &mut Conn, session: SessionId, person: PersonId) -> DbResult<Option<EnrolmentRow>> {
    let found: Option<Columns> = t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .filter(t::person_area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .select(enrolment_columns!())
        .first(conn)
        .optional()?;
    found.map(row).transpose()
}

/// Every enrolment of a session, in the order of asking.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn of_session(conn: &mut Conn, session: SessionId) -> DbResult<Vec<EnrolmentRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .order((t::requested_at, t::id))
        .select(enrolment_columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}
