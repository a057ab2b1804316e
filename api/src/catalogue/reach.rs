//! Who sees which programmes and sessions, and who may change them.
//!
//! What is public is seen by everybody of the county; what a city or province offers, by the counties inside. Drafts are seen
//! by the institution they belong to and by county staff. Only accounts of the area change anything in it.

use crate::{access::Actor, problem::ApiError};
use shixun_domain::{AreaCode, Level, catalogue::ProgrammeState, catalogue::SessionState};
use shixun_persistence::{
    Conn,
    catalogue::{Sight, organisations_below, programmes::ProgrammeRow, sessions::SessionRow},
};

/// What the actor sees of an area in lists.
///
/// # Errors
/// `not_found` for an area that is neither the actor's nor above nor below it.
pub fn sight(conn: &mut Conn, actor: &Actor, area: AreaCode) -> Result<Sight, ApiError> {
    if actor.reaches_area(area) {
        return Ok(Sight::EVERYTHING);
    }
    if !area.contains(actor.area()) {
        return Err(ApiError::no_area(area));
    }
    let mut drafts_of = Vec::new();
    for scope in actor.offices().filter(|scope| scope.area == area) {
        drafts_of.extend(organisations_below(conn, area, &scope.path)?);
    }
    Ok(Sight { everything: false, drafts_of, wide_only: area != actor.area() })
}

/// Whether something public at this level is offered to the actor.
fn is_offered(actor: &Actor, area: AreaCode, level: Level) -> bool {
    area == actor.area() || (area.contains(actor.area()) && level > Level::County)
}

/// Whether the actor sees a programme.
pub fn sees_programme(actor: &Actor, row: &ProgrammeRow) -> bool {
    let area = row.id.area();
    let public = row.state == ProgrammeState::Approved;
    actor.reaches(area, &row.organisation_path) || (public && is_offered(actor, area, row.content.level))
}

/// Whether the actor sees a session.
pub fn sees_session(actor: &Actor, row: &SessionRow) -> bool {
    let area = row.id.area();
    let public = match row.state {
        SessionState::Draft => false,
        SessionState::Cancelled => row.published_at.is_some(),
        SessionState::Published | SessionState::Running | SessionState::Closed => true,
    };
    actor.reaches(area, &row.programme.organisation_path) || (public && is_offered(actor, area, row.programme.level))
}

/// Whether the actor may change what belongs to the organisation at `path`.
pub fn manages(actor: &Actor, area: AreaCode, path: &str) -> bool {
    actor.area() == area && actor.reaches(area, path)
}

/// Whether the actor may decide on the programmes of an area.
pub fn reviews(actor: &Actor, area: AreaCode) -> bool {
    actor.area() == area && actor.reaches_area(area)
}
