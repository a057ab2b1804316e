//! `/v1/events`.

use super::{
    service,
    wire::{EventList, EventQuery, EventView},
};
use crate::{
    access::Allowed,
    http::{Answer, FromQuery, page},
    state::App,
};
use actix_web::{HttpRequest, get, web::Data};
use shixun_domain::access::needs::ReadEvents;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_events);
}

/// List what was done
///
/// The event log, newest first unless `sort` says otherwise: who did what to which object, from where, before and after. Each record was written in the
/// transaction of its effect; none is ever changed or removed.
///
/// 事件日志（只增不改），按时间倒序。
#[utoipa::path(
    operation_id = "list_events", tag = "audit", params(EventQuery), security(("bearer" = ["read_events"])),
    responses((status = 200, description = "A page of records.", body = EventList))
)]
#[get("/events")]
async fn list_events(
    who: Allowed<ReadEvents>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<EventQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("events")?;
    let (actor, wanted) = (who.actor(), page.clone());
    // A page by the index touches few rows; a count walks the whole list.
    let long = page.total;
    let read = move |conn: &mut _| service::list(conn, &actor, &query.filter(), &wanted);
    let (mut rows, total) = if long { app.db.read_long(read).await? } else { app.db.read(read).await? };
    let next_cursor = page.cut(&mut rows, |row| row.id.number());
    let data = rows.into_iter().map(EventView::from).collect();
    page::list(&request, &EventList { data, next_cursor, total })
}
