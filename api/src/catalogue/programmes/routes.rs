//! `/v1/programmes`.

use super::{
    service,
    wire::{ProgrammeIn, ProgrammeList, ProgrammePath, ProgrammeQuery, ProgrammeView},
};
use crate::{
    access::Allowed,
    catalogue::words::ReasonIn,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    problem::ApiError,
    state::App,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::{
    access::needs::{ApproveProgrammes, ManageProgrammes, ReadCatalogue},
    catalogue::programme::Verdict,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_programmes)
        .service(create_programme)
        .service(get_programme)
        .service(replace_programme)
        .service(submit_programme)
        .service(approve_programme)
        .service(return_programme)
        .service(cancel_programme);
}

problem_set!(ListProblems = NotFound);
problem_set!(CreateProblems = NotFound);
problem_set!(ChangeProblems = ProgrammeWrongState);
problem_set!(SubmitProblems = ProgrammeWrongState | FiledElsewhere | FilingWindowClosed | ProgrammeIncomplete);
problem_set!(ReviewProblems = ProgrammeWrongState | FourEyes);
problem_set!(CancelProblems = ProgrammeWrongState | ProgrammeSessionsLive);

/// List programmes
///
/// The programmes of an area, the newest first. Everybody of the county sees approved ones; an institution sees its own in
/// every state, county staff see all. With `area` of the city or province above: what they offer at their level.
///
/// 培训项目列表：已批准的项目对全县公开；机构可见本机构的全部项目，县级管理人员可见全部。
#[utoipa::path(
    operation_id = "list_programmes", tag = "catalogue", params(ProgrammeQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of programmes.", body = ProgrammeList), ListProblems)
)]
#[get("/programmes")]
async fn list_programmes(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<ProgrammeQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("programmes")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (mut rows, total) = app
        .db
        .read_long(move |conn| service::list(conn, &actor, query.area.map(|area| area.0), &query.filter(), &wanted))
        .await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.number());
    let data = rows.iter().map(ProgrammeView::from).collect();
    page::list(&request, &ProgrammeList { data, next_cursor, total })
}

/// Declare a programme
///
/// For an institution within the caller's scope. It begins as a draft, which may be incomplete, and is seen by its institution
/// and county staff only.
///
/// 申报培训项目（草稿）；草稿可以不完整。
#[utoipa::path(
    operation_id = "create_programme", tag = "catalogue", request_body = ProgrammeIn, security(("bearer" = ["manage_programmes"])),
    responses((status = 201, description = "Declared as a draft.", body = ProgrammeView), CreateProblems)
)]
#[post("/programmes")]
async fn create_programme(who: Allowed<ManageProgrammes>, command: Command, body: Body<ProgrammeIn>) -> Answer {
    let (actor, (organisation, content)) = (who.actor(), body.value.read()?);
    let app = command.app_data();
    command
        .run(&who, body.digest, move |work| {
            let row = service::create(work, &app.policy, &actor, organisation, &content)?;
            let view = ProgrammeView::from(&row);
            Reply::created(format!("/v1/programmes/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Read a programme
///
/// Everything that was declared, where it stands in review, and by whom it was filed and decided.
///
/// 查看培训项目。
#[utoipa::path(
    operation_id = "get_programme", tag = "catalogue", params(ProgrammePath), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "The programme.", body = ProgrammeView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/programmes/{programme_id}")]
async fn get_programme(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    path: FromPath<ProgrammePath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.programme_id.0);
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = ProgrammeView::from(&row);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Replace a programme
///
/// All fields as they shall be, while it is a draft or returned. What was approved does not change: promises made when
/// declaring are kept (浙教办师〔2014〕14号).
///
/// 修改培训项目（整体替换）；仅限草稿或已退回的项目。
#[utoipa::path(
    operation_id = "replace_programme", tag = "catalogue", request_body = ProgrammeIn, security(("bearer" = ["manage_programmes"])),
    params(ProgrammePath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = ProgrammeView), ChangeProblems)
)]
#[put("/programmes/{programme_id}")]
async fn replace_programme(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<ProgrammePath>,
    conditions: Conditions,
    body: Body<ProgrammeIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.programme_id.0, conditions.based_on()?);
    let (organisation, content) = body.value.read()?;
    let app = command.app_data();
    command
        .run(&who, body.digest, move |work| {
            reply(&service::change(work, &app.policy, &actor, id, based_on, organisation, &content)?)
        })
        .await
}

fn reply(row: impl Into<ProgrammeView>) -> Result<Reply, ApiError> {
    let view = row.into();
    Reply::ok(Some(view.etag()), &view)
}

/// File a programme
///
/// Hands it in for review, within a filing window of the area; where it opened none, in the months that the policy packs name. What is
/// for several counties is declared with the city, what is for several cities with the province, unless the packs say otherwise. Refused
/// with everything that is missing: aims, themes, courses that add up to the hours, lecturers, a dedicated class head.
///
/// 提交申报；须在申报时间内（本地区未设申报时间的，按政策包规定的月份），内容须完整；跨县、跨市的项目分别由市、省申报。
#[utoipa::path(
    operation_id = "submit_programme", tag = "catalogue", params(ProgrammePath), security(("bearer" = ["manage_programmes"])),
    responses((status = 200, description = "Filed.", body = ProgrammeView), SubmitProblems)
)]
#[post("/programmes/{programme_id}/submit")]
async fn submit_programme(who: Allowed<ManageProgrammes>, command: Command, path: FromPath<ProgrammePath>) -> Answer {
    let (actor, id, app) = (who.actor(), path.0.programme_id.0, command.app_data());
    command.run(&who, NO_BODY, move |work| reply(&service::submit(work, &app.policy, &actor, id)?)).await
}

/// Approve a programme
///
/// By county staff, and never by the person who filed it.
///
/// 批准培训项目；提交人不得自批。
#[utoipa::path(
    operation_id = "approve_programme", tag = "catalogue", params(ProgrammePath), security(("bearer" = ["approve_programmes"])),
    responses((status = 200, description = "Approved.", body = ProgrammeView), ReviewProblems)
)]
#[post("/programmes/{programme_id}/approve")]
async fn approve_programme(who: Allowed<ApproveProgrammes>, command: Command, path: FromPath<ProgrammePath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.programme_id.0);
    command.run(&who, NO_BODY, move |work| reply(&service::review(work, &actor, id, Verdict::Approve, None)?)).await
}

/// Return a programme
///
/// Sends it back with a note on what to mend; the institution changes it and files it again. Never by the person who filed it.
///
/// 退回培训项目并说明原因；提交人不得自审。
#[utoipa::path(
    operation_id = "return_programme", tag = "catalogue", params(ProgrammePath), request_body = ReasonIn, security(("bearer" = ["approve_programmes"])),
    responses((status = 200, description = "Returned.", body = ProgrammeView), ReviewProblems)
)]
#[post("/programmes/{programme_id}/return")]
async fn return_programme(
    who: Allowed<ApproveProgrammes>,
    command: Command,
    path: FromPath<ProgrammePath>,
    body: Body<ReasonIn>,
) -> Answer {
    let (actor, id, note) = (who.actor(), path.0.programme_id.0, body.value.reason);
    command
        .run(&who, body.digest, move |work| {
            reply(&service::review(work, &actor, id, Verdict::Return, Some(note.trim()))?)
        })
        .await
}

/// Cancel a programme
///
/// Gives it up with a reason; its sessions in preparation go with it. Published or running sessions have to be closed or
/// cancelled first.
///
/// 取消培训项目并说明原因；尚有已发布或进行中的班期时不能取消。
#[utoipa::path(
    operation_id = "cancel_programme", tag = "catalogue", params(ProgrammePath), request_body = ReasonIn, security(("bearer" = ["manage_programmes"])),
    responses((status = 200, description = "Cancelled.", body = ProgrammeView), CancelProblems)
)]
#[post("/programmes/{programme_id}/cancel")]
async fn cancel_programme(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<ProgrammePath>,
    body: Body<ReasonIn>,
) -> Answer {
    let (actor, id, reason) = (who.actor(), path.0.programme_id.0, body.value.reason);
    command.run(&who, body.digest, move |work| reply(&service::cancel(work, &actor, id, reason.trim())?)).await
}
