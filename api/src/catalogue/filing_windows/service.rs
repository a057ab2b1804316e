//! Filing windows: the use cases.

use super::wire::FilingWindowView;
use crate::{
    access::Actor,
    catalogue::reach::{reviews, sight},
    http::{Page, Work, conditions::same_version},
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use shixun_domain::{AreaCode, id::FilingWindowId};
use shixun_persistence::{
    Conn,
    catalogue::{
        Saved,
        filing::{self, FilingWindowRow, NewFilingWindow},
    },
};

fn missing(id: FilingWindowId) -> ApiError {
    ApiError::not_found("申报时间", "filing window", id)
}

/// The filing windows of an area: no secret to whoever sees the area.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    page: &Page,
) -> Result<Vec<FilingWindowRow>, ApiError> {
    let area = area.unwrap_or(actor.area());
    sight(conn, actor, area)?;
    let after = match &page.after {
        Some(cursor) => Some((cursor.value::<NaiveDate>(0)?, cursor.value::<i64>(1)?)),
        None => None,
    };
    Ok(filing::list(conn, area, after, page.fetch())?)
}

/// One filing window.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: FilingWindowId) -> Result<FilingWindowRow, ApiError> {
    sight(conn, actor, id.area()).map_err(|_| missing(id))?;
    filing::find(conn, id)?.ok_or_else(|| missing(id))
}

/// Opens a filing window of the actor's area.
///
/// # Errors
/// `not_found` where the actor does not look after the whole area.
pub fn create(work: &mut Work<'_, '_>, actor: &Actor, new: &NewFilingWindow) -> Result<FilingWindowRow, ApiError> {
    let area = actor.area();
    if !reviews(actor, area) {
        return Err(ApiError::not_found("地区", "area", area));
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
    let before = filing::find(work.conn(), id)?.filter(|_| reviews(actor, id.area())).ok_or_else(|| missing(id))?;
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
    let row = filing::find(work.conn(), id)?.ok_or_else(|| missing(id))?;
    let before = before.map(FilingWindowView::from);
    work.record(id.area(), action, "filing_window", id, before.as_ref(), Some(&FilingWindowView::from(&row)))?;
    Ok(row)
}
