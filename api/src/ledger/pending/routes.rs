//! `/v1/pending-hours`.

use super::{
    service,
    wire::{PendingHoursList, PendingHoursQuery, PendingHoursView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, FromQuery, page},
    state::App,
};
use actix_web::{HttpRequest, get, web::Data};
use shixun_domain::access::needs::ReadHours;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_pending_hours);
}

problem_set!(ListProblems = NotFound);

/// List hours that wait
///
/// Of everybody the caller may see, the longest waiting first: entered by hand and not yet posted or voided, or of a session whose
/// evaluation is still to come. Somebody who did not enter them posts them with `POST /v1/hour-entries/{id}/post`.
///
/// 待入账学时清单（先登记的在前）：已登记而尚未复核入账或作废的，以及待学员评价的；由登记人以外的人入账。
#[utoipa::path(
    operation_id = "list_pending_hours", tag = "hours", params(PendingHoursQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of hours that wait.", body = PendingHoursList), ListProblems)
)]
#[get("/pending-hours")]
async fn list_pending_hours(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<PendingHoursQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("pending_hours")?;
    let (actor, wanted, area) = (who.actor(), page.clone(), query.area.map(|area| area.0));
    let (mut rows, total) =
        app.db.read(move |conn| service::list(conn, &actor, area, &query.filter(), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.entry.id.number());
    let data = rows.into_iter().map(PendingHoursView::from).collect();
    page::list(&request, &PendingHoursList { data, next_cursor, total })
}
