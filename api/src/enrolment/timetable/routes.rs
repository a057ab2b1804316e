//! `/v1/units`

use super::{
    service,
    wire::{TimetableList, TimetableQuery, TimetableUnitView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, FromQuery, page},
    state::App,
};
use actix_web::{HttpRequest, get, web::Data};
use shixun_domain::access::needs::ReadCatalogue;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_timetable);
}

problem_set!(ListProblems = NotFound);

/// List the units of all sessions
///
/// In the order of time, of the sessions that the caller sees: with `mine=true` those that the caller teaches, with where and when they
/// are, how many take part, and whether their attendance is on record. `from` and `to` cut a week or a term out.
///
/// 课表：跨班期的课次列表（按时间排序）；mine=true只列本人主讲的课次，含参训人数与考勤是否齐全。
#[utoipa::path(
    operation_id = "list_timetable", tag = "enrolment", params(TimetableQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of units.", body = TimetableList), ListProblems)
)]
#[get("/units")]
async fn list_timetable(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<TimetableQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("timetable")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (mut rows, total) = app.db.read_long(move |conn| service::list(conn, &actor, &query, &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.starts_at, row.id.number()));
    let data = rows.into_iter().map(TimetableUnitView::from).collect();
    page::list(&request, &TimetableList { data, next_cursor, total })
}
