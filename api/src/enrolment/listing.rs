//! Who sees which enrolments in a list.

use super::service::sees;
use crate::{access::Actor, http::Page, problem::ApiError};
use shixun_domain::{
    AreaCode,
    access::Role,
    id::{OrganisationId, SessionId},
};
use shixun_persistence::{
    Conn,
    enrolment::{self as store, EnrolmentFilter, EnrolmentRow, Viewer},
};

/// The session, where enrolments in it may be asked for.
///
/// # Errors
/// `not_found`.
pub fn shown(conn: &mut Conn, actor: &Actor, session: SessionId) -> Result<(), ApiError> {
    let found = store::offer(conn, session)?.filter(|_| sees(actor, session));
    found.map(|_| ()).ok_or_else(|| ApiError::missing(session))
}

/// Enrolments the actor may see: a teacher's own, a school's, an institution's, or all of the area.
///
/// # Errors
/// `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &EnrolmentFilter,
    page: &Page,
) -> Result<(Vec<EnrolmentRow>, Option<i64>), ApiError> {
    let area = filter.session.map_or(actor.area(), |session| session.area());
    let viewer = viewer(actor, area);
    let rows = store::list(conn, area.get(), &viewer, filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| store::count(conn, area.get(), &viewer, filter))?;
    Ok((rows, total))
}

/// Whose enrolments in the sessions of `area` the actor may see.
fn viewer(actor: &Actor, area: AreaCode) -> Viewer {
    let of = |wanted: Role| -> Vec<OrganisationId> {
        let held = actor.reach.iter().filter(|(role, _)| *role == wanted);
        held.map(|(_, scope)| OrganisationId::new(scope.area, scope.organisation)).collect()
    };
    let wide = |of: AreaCode| {
        actor.reach.iter().any(|(role, scope)| {
            !matches!(role, Role::Teacher | Role::Lecturer | Role::SchoolAdministrator | Role::Institution)
                && scope.covers_area(of)
        })
    };
    let (schools, mut institutions) = (of(Role::SchoolAdministrator), of(Role::Institution));
    institutions.retain(|institution| institution.area() == area);
    if wide(area) {
        Viewer::Everybody
    } else if wide(actor.area()) {
        Viewer::Area(actor.area())
    } else if !schools.is_empty() {
        Viewer::Schools(schools)
    } else if !institutions.is_empty() {
        Viewer::Institutions(institutions)
    } else {
        match actor.person {
            Some(person) => Viewer::Person(person),
            None => Viewer::Schools(Vec::new()),
        }
    }
}
