//! Filing windows: the use cases.

use super::wire::FilingWindowView;
use crate::{
    access::Actor,
    catalogue::reach::{reviews, sight},
    http::{Page, Work, conditions::same_version},
    problem::{ApiError, Code},
};
use shixun_domain::{AreaCode, id::FilingWindowId};
use shixun_persistence::{
    Conn,
    catalogue::{
        Saved,
        filing::{self, FilingWindowRow, NewFilingWindow},
    },
};

/// The filing windows of an area: no secret to whoever sees the area.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    page: &Page,
) -> Result<(Vec<FilingWindowRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    sight(conn, actor, area)?;
    let rows = filing::list(conn, area, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| filing::count(conn, area))?))
}

/// One filing window.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: FilingWindowId) -> Result<FilingWindowRow, ApiError> {
    sight(conn, actor, id.area()).map_err(|_| ApiError::missing(id))?;
    filing::find(conn, id)?.ok_or_else(|| ApiError::missing(id))
}

/// Opens a filing window of the actor's area.
///
/// # Errors
/// `not_found` where the actor does not look after the whole area.
pub fn create(work: &mut Work<'_, '_>, actor: &Actor, new: &NewFilingWindow) -> Result<FilingWindowRow, ApiError> {
    let area = actor.area();
    if !reviews(actor, area) {
        return Err(ApiError::no_area(area));
    }
    let id = filing::add(work.tx(), area, new)?;
    recorded(work, None, id, "create")
}

/// Changes a filing window.
///
/// # Errors
/// `not_found`, `precondition_failed`.
pub fn change(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: FilingWindowId,
    based_on: i64,
    new: &NewFilingWindow,
) -> Result<FilingWindowRow, ApiError> {
    let before =
        filing::find(work.conn(), id)?.filter(|_| reviews(actor, id.area())).ok_or_else(|| ApiError::missing(id))?;
    same_version(based_on, before.version)?;
    match filing::change(work.tx(), id, based_on, new)? {
        Saved::Done => recorded(work, Some(&before), id, "change"),
        Saved::Stale => Err(ApiError::new(Code::PreconditionFailed)),
    }
}

fn recorded(
    work: &mut Work<'_, '_>,
    before: Option<&FilingWindowRow>,
    id: FilingWindowId,
    action: &str,
) -> Result<FilingWindowRow, ApiError> {
    let row = filing::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let before = before.map(FilingWindowView::from);
    work.record(action, id, before.as_ref(), Some(&FilingWindowView::from(&row)))?;
    Ok(row)
}
