//! `/v1/sessions/{session_id}/units` and `/v1/units`.

use super::{
    service,
    wire::{UnitChangeList, UnitChangeView, UnitIn, UnitList, UnitPath, UnitQuery, UnitView},
};
use crate::{
    access::Allowed,
    catalogue::sessions::wire::SessionPath,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    state::App,
};
use actix_web::{HttpRequest, delete, get, post, put, web::Data};
use shixun_domain::access::needs::{ManageProgrammes, ReadCatalogue};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_units)
        .service(create_unit)
        .service(get_unit)
        .service(replace_unit)
        .service(delete_unit)
        .service(list_unit_changes);
}

problem_set!(
    CreateProblems =
        SessionWrongState | UnitOutsideSession | UnitsOverlap | UnitHoursExceedMinutes | UnitHoursExceedDay
);
problem_set!(
    ChangeProblems = SessionWrongState
        | UnitHeld
        | UnitOutsideSession
        | UnitsOverlap
        | UnitHoursDiffer
        | UnitHoursExceedMinutes
        | UnitHoursExceedDay
);
problem_set!(DeleteProblems = SessionWrongState);

/// List the units of a session
///
/// In the order of time.
///
/// 班期的课次列表（按时间排序）。
#[utoipa::path(
    operation_id = "list_units", tag = "catalogue", params(SessionPath, UnitQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of units.", body = UnitList))
)]
#[get("/sessions/{session_id}/units")]
async fn list_units(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<SessionPath>,
    query: FromQuery<UnitQuery>,
) -> Answer {
    let page = query.0.page("units")?;
    let (actor, session, wanted) = (who.actor(), path.0.session_id.0, page.clone());
    let (mut rows, total) = app.db.read(move |conn| service::list(conn, &actor, session, &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.unit.starts_at, row.id.number()));
    let data = rows.iter().map(UnitView::from).collect();
    page::list(&request, &UnitList { data, next_cursor, total })
}

/// Enter a unit
///
/// Into a session in preparation: time, place, content, lecturer, hours. It must lie within the session's days and beside the
/// other units, and be worth no more hours than its minutes give and than a day of training takes, both as the policy packs say. Once
/// published a session keeps its units; they may still move.
///
/// 录入课次（时间、地点、内容、主讲人、学时）；仅限筹备中的班期。学时不得超过课次时长所折合的学时，也不得超过政策包规定的每天学时。
#[utoipa::path(
    operation_id = "create_unit", tag = "catalogue", params(SessionPath), request_body = UnitIn, security(("bearer" = ["manage_programmes"])),
    responses((status = 201, description = "Entered.", body = UnitView), CreateProblems)
)]
#[post("/sessions/{session_id}/units")]
async fn create_unit(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<SessionPath>,
    body: Body<UnitIn>,
) -> Answer {
    let (actor, session, (unit, _)) = (who.actor(), path.0.session_id.0, body.value.read()?);
    let app = command.app_data();
    command
        .run(&who, body.digest, move |work| {
            let row = service::create(work, &app.policy, &actor, session, &unit)?;
            let view = UnitView::from(&row);
            Reply::created(format!("/v1/units/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Read a unit
///
/// As it stands now; what it was before is at `/v1/units/{unit_id}/changes`.
///
/// 查看课次。
#[utoipa::path(
    operation_id = "get_unit", tag = "catalogue", params(UnitPath), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "The unit.", body = UnitView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/units/{unit_id}")]
async fn get_unit(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    path: FromPath<UnitPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.unit_id.0);
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = UnitView::from(&row);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Replace a unit
///
/// All items as they shall be. Once the session is published, `reason` is needed, the hours must still add up, and the change is
/// kept for everybody to see. A unit with recorded attendance does not change any more.
///
/// 修改课次（整体替换）；班期发布后须说明原因，变更记录公开留存。
#[utoipa::path(
    operation_id = "replace_unit", tag = "catalogue", request_body = UnitIn, security(("bearer" = ["manage_programmes"])),
    params(UnitPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = UnitView), ChangeProblems)
)]
#[put("/units/{unit_id}")]
async fn replace_unit(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<UnitPath>,
    conditions: Conditions,
    body: Body<UnitIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.unit_id.0, conditions.based_on()?);
    let ((unit, reason), app) = (body.value.read()?, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            let row = service::change(work, &app.policy, &actor, (id, based_on), &unit, reason.as_deref())?;
            let view = UnitView::from(&row);
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Delete a unit
///
/// From a session in preparation.
///
/// 删除课次；仅限筹备中的班期。
#[utoipa::path(
    operation_id = "delete_unit", tag = "catalogue", security(("bearer" = ["manage_programmes"])),
    params(UnitPath, crate::http::conditions::IfMatch),
    responses((status = 204, description = "Deleted."), DeleteProblems)
)]
#[delete("/units/{unit_id}")]
async fn delete_unit(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<UnitPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.unit_id.0, conditions.based_on()?);
    command
        .run(&who, NO_BODY, move |work| {
            service::remove(work, &actor, id, based_on)?;
            Ok(Reply::empty())
        })
        .await
}

/// List the changes of a unit
///
/// Every change since its session was published, the latest first, with what stood before and after and why.
///
/// 课次变更记录（发布后）：变更前后内容与原因。
#[utoipa::path(
    operation_id = "list_unit_changes", tag = "catalogue", params(UnitPath, UnitQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of changes.", body = UnitChangeList))
)]
#[get("/units/{unit_id}/changes")]
async fn list_unit_changes(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<UnitPath>,
    query: FromQuery<UnitQuery>,
) -> Answer {
    let page = query.0.page("unit_changes")?;
    let (actor, id, wanted) = (who.actor(), path.0.unit_id.0, page.clone());
    let (mut rows, total) = app.db.read(move |conn| service::changes(conn, &actor, id, &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.number());
    let data = rows.iter().map(UnitChangeView::from).collect();
    page::list(&request, &UnitChangeList { data, next_cursor, total })
}
