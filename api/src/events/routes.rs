//! `/v1/events`.

use super::{
    service,
    wire::{EventList, EventQuery, EventView},
};
use crate::{
    access::Allowed,
    document::problem_set,
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

// A role over a part of the area does not reach its log.
problem_set!(AreaProblems = NotFound);

/// List what was done
///
/// The event log of an area, newest first unless `sort` says otherwise: who did what to which object, from where, before and after. Each record was
/// written in the transaction of its effect; none is ever changed or removed. Whoever acted in the area from another one is named by the account of
/// that area. Filters narrow together: an account within two days, a kind of object within a month.
///
/// 事件日志（只增不改），按时间倒序；可按时间、账号、对象类型、操作和地区（上级可查所辖县）筛选；外地账号按其所属地区显示。
#[utoipa::path(
    operation_id = "list_events", tag = "audit", params(EventQuery), security(("bearer" = ["read_events"])),
    responses((status = 200, description = "A page of records.", body = EventList), AreaProblems)
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
    // A page by the index touches few rows; a count walks the whole list, and what lies far back is looked for.
    let long = page.total || query.to.is_some();
    let read = move |conn: &mut _| service::list(conn, &actor, query.area.map(|area| area.0), &query.filter(), &wanted);
    let (mut rows, total) = if long { app.db.read_long(read).await? } else { app.db.read(read).await? };
    let next_cursor = page.cut(&mut rows, |row| row.record.id.number());
    let data = rows.into_iter().map(EventView::from).collect();
    page::list(&request, &EventList { data, next_cursor, total })
}
