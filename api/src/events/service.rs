//! Reading the event log.

use crate::{access::Actor, http::Page, problem::ApiError};
use shixun_domain::{AreaCode, id::AccountId};
use shixun_persistence::{
    Conn,
    events::{self, EventFilter, EventRecord},
    users,
};

/// A record with what a reader needs beside it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The record.
    pub record: EventRecord,
    /// The user name of whoever did it, as it is today.
    pub actor_name: Option<String>,
}

/// Records of an area, the actor's own where none is given. Only a role over the whole area sees them.
///
/// # Errors
/// `not_found` where no role of the actor covers the area.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &EventFilter,
    page: &Page,
) -> Result<(Vec<Told>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    let rows = events::list(conn, area, filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| events::count(conn, area, filter))?;
    let actors: Vec<AccountId> = rows.iter().filter_map(|record| record.actor).collect();
    let names = users::names_of(conn, &actors)?;
    let told = rows.into_iter().map(|record| {
        let actor_name = record.actor.and_then(|actor| names.get(&actor).cloned());
        Told { record, actor_name }
    });
    Ok((told.collect(), total))
}
