//! Hours that wait: the use case.

use crate::{access::Actor, http::Page, ledger::sight::viewer, problem::ApiError};
use shixun_domain::AreaCode;
use shixun_persistence::{
    Conn,
    ledger::{self, PendingFilter, PendingRow},
};

/// Hours that wait and that the actor may see, each with the name of whose they are.
///
/// # Errors
/// `not_found` for an area that is not the actor's; `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &PendingFilter,
    page: &Page,
) -> Result<(Vec<PendingRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let viewer = viewer(conn, actor, area)?;
    let rows = ledger::pending(conn, area, &viewer, filter, page.after()?, page.fetch())?;
    let total = page.counted(|| ledger::count_pending(conn, area, &viewer, filter))?;
    Ok((rows, total))
}
