//! Who sees which enrolments.

use super::{service::sees, wire::EnrolmentQuery};
use crate::{access::Actor, http::Page, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::{
    access::{Role, Scope},
    enrolment::EnrolmentStatus,
    id::{OrganisationId, SessionId},
};
use shixun_persistence::{
    Conn,
    enrolment::{self as store, EnrolmentFilter, EnrolmentShown, OfSchools, Viewer},
    org,
};

/// The session, where enrolments in it may be asked for.
///
/// # Errors
/// `not_found`.
pub fn shown(conn: &mut Conn, actor: &Actor, session: SessionId) -> Result<(), ApiError> {
    let found = store::offer(conn, session)?.filter(|_| sees(actor, session));
    found.map(|_| ()).ok_or_else(|| ApiError::missing(session))
}

/// Enrolments the actor may see, wherever their sessions are: the own ones, those of the teachers of schools that the actor looks after,
/// and those in the sessions that the actor runs.
///
/// # Errors
/// `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    query: &EnrolmentQuery,
    page: &Page,
    today: NaiveDate,
) -> Result<(Vec<EnrolmentShown>, Option<i64>), ApiError> {
    let viewer = viewer(conn, actor, today)?;
    let filter = EnrolmentFilter {
        session: query.session_id.map(|id| id.0),
        person: query.teacher_id.map(|id| id.0.person()),
        schools: match query.organisation_id {
            Some(id) => Some(OfSchools { area: id.0.area(), schools: below(conn, id.0)?, on: today }),
            None => None,
        },
        statuses: statuses(query),
        session_state: query.session_state.map(|state| state.0),
        programme: query.programme_id.map(|id| id.0),
        starts_from: query.starts_from,
        starts_to: query.starts_to,
    };
    let rows = store::list(conn, &viewer, &filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| store::count(conn, &viewer, &filter))?;
    Ok((rows, total))
}

/// The statuses that are wanted; `None` where any is.
fn statuses(query: &EnrolmentQuery) -> Option<Vec<EnrolmentStatus>> {
    let EnrolmentQuery { status, open, awaiting_review, .. } = query;
    let wanted = |one: &EnrolmentStatus| {
        status.is_none_or(|status| status.0 == *one)
            && open.is_none_or(|open| open == one.is_open())
            && awaiting_review.is_none_or(|awaiting| awaiting == one.awaits_review())
    };
    let any = status.is_none() && open.is_none() && awaiting_review.is_none();
    (!any).then(|| EnrolmentStatus::ALL.iter().copied().filter(wanted).collect())
}

/// The numbers of an organisation and of those below it; none where there is no such organisation.
fn below(conn: &mut Conn, id: OrganisationId) -> Result<Vec<i64>, ApiError> {
    match org::find(conn, id)? {
        Some(row) => Ok(org::below(conn, id.area(), &[row.path])?),
        None => Ok(Vec::new()),
    }
}

/// Whose enrolments the actor sees: of the teachers at the organisations of each role and below, and in the sessions of the institutions
/// there. A school looks after its teachers and runs no session, an institution runs sessions and looks after nobody. Who applied at one school
/// and is at another today is looked after by both.
///
/// # Errors
/// Where the database does not answer.
pub fn viewer(conn: &mut Conn, actor: &Actor, today: NaiveDate) -> Result<Viewer, ApiError> {
    let mut viewer = Viewer { person: actor.person, ..Viewer::default() };
    for (role, scope) in &actor.reach {
        let (teachers, sessions) = match role {
            Role::Teacher | Role::Lecturer => (false, false),
            Role::SchoolAdministrator => (true, false),
            Role::Institution => (false, true),
            _ => (true, true),
        };
        if scope.covers_area(scope.area) {
            viewer.teachers_of.extend(teachers.then_some(scope.area));
            viewer.sessions_of.extend(sessions.then_some(scope.area));
        } else if teachers || sessions {
            let within = within(conn, scope)?;
            viewer.institutions.extend(within.iter().filter(|_| sessions));
            viewer.schools.extend(within.iter().filter(|_| teachers));
        }
    }
    viewer.employees = store::employed_at(conn, &viewer.schools, today)?;
    for areas in [&mut viewer.teachers_of, &mut viewer.sessions_of] {
        areas.sort_unstable();
        areas.dedup();
    }
    Ok(viewer)
}

/// The organisation of a scope and those below it.
fn within(conn: &mut Conn, scope: &Scope) -> Result<Vec<OrganisationId>, ApiError> {
    let numbers = org::below(conn, scope.area, std::slice::from_ref(&scope.path))?;
    Ok(numbers.into_iter().map(|number| OrganisationId::new(scope.area, number)).collect())
}
