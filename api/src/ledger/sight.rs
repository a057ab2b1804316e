//! Whose hours the actor sees in lists.

use crate::{access::Actor, problem::ApiError};
use shixun_domain::AreaCode;
use shixun_persistence::{Conn, ledger::Viewer, org};

/// The county sees everybody's, a school those of its teachers, a teacher the own.
///
/// # Errors
/// `not_found` for an area that is not the actor's.
pub fn viewer(conn: &mut Conn, actor: &Actor, area: AreaCode) -> Result<Viewer, ApiError> {
    if actor.reaches_area(area) {
        return Ok(Viewer::Everybody);
    }
    if area != actor.area() {
        return Err(ApiError::no_area(area));
    }
    let paths: Vec<String> =
        actor.offices().filter(|scope| scope.area == area).map(|scope| scope.path.clone()).collect();
    let schools = if paths.is_empty() { Vec::new() } else { org::below(conn, area, &paths)? };
    Ok(Viewer::Schools(schools, actor.person))
}

/// Whether the actor acts for the whole area. Only accounts of an area change anything in it.
pub fn manages_area(actor: &Actor, area: AreaCode) -> bool {
    actor.area() == area && actor.reaches_area(area)
}
