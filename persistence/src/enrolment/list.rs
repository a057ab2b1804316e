//! Reading enrolments.

use super::{evaluating::standing, seats::title};
use crate::{Conn, DbResult, Order, columns, db::At, db::MultiBackend, schema};
use diesel::prelude::*;
use schema::enrolments as t;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
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

/// Whose enrolments a reader may see.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// Everybody's.
    Everybody,
    /// Those of this county's teachers.
    Area(AreaCode),
    /// Those of these schools.
    Schools(Vec<OrganisationId>),
    /// Those of the sessions of these institutions.
    Institutions(Vec<OrganisationId>),
    /// One's own.
    Person(PersonId),
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct EnrolmentFilter {
    /// In one session.
    pub session: Option<SessionId>,
    /// Of one person.
    pub person: Option<PersonId>,
    /// Of one school.
    pub organisation: Option<OrganisationId>,
    /// With one status.
    pub status: Option<EnrolmentStatus>,
}

type Boxed<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

fn filtered<'a>(area: i32, viewer: &Viewer, filter: &EnrolmentFilter) -> Boxed<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area));
    if let Some(session) = filter.session {
        query = query.filter(t::session_id.eq(session.number()));
    }
    if let Some(person) = filter.person {
        query = query.filter(t::person_area.eq(person.area().get()).and(t::person_id.eq(person.number())));
    }
    if let Some(organisation) = filter.organisation {
        query = query
            .filter(t::person_area.eq(organisation.area().get()).and(t::organisation_id.eq(organisation.number())));
    }
    if let Some(status) = filter.status {
        query = query.filter(t::status.eq(status.as_str()));
    }
    match viewer {
        Viewer::Everybody => query,
        Viewer::Area(area) => query.filter(t::person_area.eq(area.get())),
        Viewer::Schools(schools) => {
            let areas: Vec<i32> = schools.iter().map(|school| school.area().get()).collect();
            let numbers: Vec<i64> = schools.iter().map(|school| school.number()).collect();
            query.filter(t::person_area.eq_any(areas).and(t::organisation_id.eq_any(numbers)))
        }
        Viewer::Institutions(institutions) => {
            use schema::{programmes as p, sessions as s};
            let numbers: Vec<i64> = institutions.iter().map(|institution| institution.number()).collect();
            let sessions = s::table
                .inner_join(p::table.on(p::area.eq(s::area).and(p::id.eq(s::programme_id))))
                .filter(s::area.eq(area))
                .filter(p::organisation_id.eq_any(numbers))
                .select(s::id);
            query.filter(t::session_id.eq_any(sessions))
        }
        Viewer::Person(person) => {
            query.filter(t::person_area.eq(person.area().get()).and(t::person_id.eq(person.number())))
        }
    }
}

/// Enrolments in the order of asking or the other way round, behind `after` (instant and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(
    conn: &mut Conn,
    area: i32,
    viewer: &Viewer,
    filter: &EnrolmentFilter,
    order: Order,
    after: Option<(UtcMillis, i64)>,
    limit: i64,
) -> DbResult<Vec<EnrolmentRow>> {
    let mut query = filtered(area, viewer, filter).limit(limit);
    query = match order {
        Order::Ascending => query.order((t::requested_at.asc(), t::id.asc())),
        Order::Descending => query.order((t::requested_at.desc(), t::id.desc())),
    };
    if let Some((at, number)) = after {
        let at = at.naive();
        query = match order {
            Order::Ascending => {
                query.filter(t::requested_at.ge(at)).filter(t::requested_at.gt(at).or(t::id.gt(number)))
            }
            Order::Descending => {
                query.filter(t::requested_at.le(at)).filter(t::requested_at.lt(at).or(t::id.lt(number)))
            }
        };
    }
    let rows: Vec<Columns> = query.select(enrolment_columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: i32, viewer: &Viewer, filter: &EnrolmentFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}
