//! Reading the event log.

use crate::{access::Actor, http::Page, problem::ApiError};
use shixun_persistence::{
    Conn,
    events::{self, EventFilter, EventRecord},
};

/// Records of the actor's area. Only a role over the whole area sees them.
///
/// # Errors
/// `not_found` where the role reaches a part of the area only.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &EventFilter,
    page: &Page,
) -> Result<(Vec<EventRecord>, Option<i64>), ApiError> {
    if !actor.reaches_area(actor.area()) {
        return Err(ApiError::no_area(actor.area()));
    }
    let rows = events::list(conn, actor.area(), filter, page.order, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| events::count(conn, actor.area(), filter))?))
}
