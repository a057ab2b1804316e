//! Reading the event log.

use crate::{access::Actor, http::Page, problem::ApiError};
use shixun_persistence::{
    Conn,
    events::{self, EventFilter, EventRecord},
};

/// Records of the actor's area, newest first. Only a role over the whole area sees them.
///
/// # Errors
/// `not_found` where the role reaches a part of the area only.
pub fn list(conn: &mut Conn, actor: &Actor, filter: &EventFilter, page: &Page) -> Result<Vec<EventRecord>, ApiError> {
    if !actor.reaches_area(actor.area()) {
        return Err(ApiError::no_area(actor.area()));
    }
    let before = page.after()?;
    Ok(events::list(conn, actor.area(), filter, before, page.fetch())?)
}
