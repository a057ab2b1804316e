//! `/v1/sessions` and `/v1/programmes/{programme_id}/sessions`.

use super::{
    changes::{SessionChangeList, SessionChangeQuery, SessionChangeView},
    service,
    wire::{SessionIn, SessionList, SessionPath, SessionQuery, SessionSummaryView, SessionView},
};
use crate::{
    access::Allowed,
    catalogue::{programmes::wire::ProgrammePath, words::ReasonIn},
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    problem::ApiError,
    state::App,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::access::needs::{ManageProgrammes, ReadCatalogue};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_sessions)
        .service(create_session)
        .service(get_session)
        .service(replace_session)
        .service(publish_session)
        .service(start_session)
        .service(cancel_session)
        .service(list_session_changes);
}

problem_set!(ListProblems = NotFound);
problem_set!(CreateProblems = ProgrammeNotApproved);
problem_set!(ChangeProblems = SessionWrongState | ClassSize | SeatsBelowTaken | QueueBelowTaken | UnitOutsideSession);
problem_set!(
    PublishProblems = SessionWrongState
        | ProgrammeNotApproved
        | ClassHeadMissing
        | ClassSize
        | InvalidField
        | SessionOver
        | UnitsMissing
        | UnitOutsideSession
        | UnitsOverlap
        | UnitHoursDiffer
);
problem_set!(StartProblems = SessionWrongState | SessionTooEarly);
problem_set!(CancelProblems = SessionWrongState);

/// List sessions
///
/// The sessions of an area in the order of their first days, with the seats that are left. What is published, running or closed
/// is seen by everybody of the county; drafts by their institution and county staff. `open_now=true` gives those that take
/// applications. With `area` of the city or province above: what they offer at their level.
///
/// 班期列表（按开班日排序，含剩余名额）；open_now=true只列出正在报名的班期。
#[utoipa::path(
    operation_id = "list_sessions", tag = "catalogue", params(SessionQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of sessions.", body = SessionList), ListProblems)
)]
#[get("/sessions")]
async fn list_sessions(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<SessionQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("sessions")?;
    let (actor, wanted, filter) = (who.actor(), page.clone(), query.filter(app.clock.now()));
    let area = query.area.map(|area| area.0);
    // A page by the index alone touches few rows; a search or a count may walk the whole list.
    let long = page.total || filter.name.is_some() || filter.theme.is_some();
    let read = move |conn: &mut _| service::list(conn, &actor, area, &filter, &wanted);
    let (mut rows, total) = if long { app.db.read_long(read).await? } else { app.db.read(read).await? };
    let next_cursor = page.cut(&mut rows, |row| (row.starts_on, row.id.number()));
    let data = rows.into_iter().map(SessionSummaryView::from).collect();
    page::list(&request, &SessionList { data, next_cursor, total })
}

/// Plan a session
///
/// One run of a programme, with seats, queue, application window and dates. It begins as a draft; enter its units, then publish
/// it. 0 seats means none.
///
/// 为培训项目安排班期（筹备中）；录入课次后发布。
#[utoipa::path(
    operation_id = "create_session", tag = "catalogue", params(ProgrammePath), request_body = SessionIn, security(("bearer" = ["manage_programmes"])),
    responses((status = 201, description = "Planned as a draft.", body = SessionView), CreateProblems)
)]
#[post("/programmes/{programme_id}/sessions")]
async fn create_session(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<ProgrammePath>,
    body: Body<SessionIn>,
) -> Answer {
    let (actor, programme, (terms, _)) = (who.actor(), path.0.programme_id.0, body.value.read()?);
    command
        .run(&who, body.digest, move |work| {
            let row = service::create(work, &actor, programme, &terms)?;
            let view = SessionView::from(&row);
            Reply::created(format!("/v1/sessions/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Read a session
///
/// With its programme's hours, the seats that are taken and left, and how many units it has; the units themselves are at
/// `/v1/sessions/{session_id}/units`. The `ETag` changes with every seat that is taken, but `If-Match` of a change looks at the
/// version alone.
///
/// 查看班期；课次另见units。
#[utoipa::path(
    operation_id = "get_session", tag = "catalogue", params(SessionPath), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "The session.", body = SessionView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/sessions/{session_id}")]
async fn get_session(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    path: FromPath<SessionPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.session_id.0);
    // A client that asks again and again is told from a few columns that nothing changed.
    let edition = if conditions.has_any() { app.editions.find(&app.db, id).await? } else { None };
    let known = edition.and_then(|edition| service::public_etag(&actor, id, edition));
    if let Some(etag) = known.filter(|etag| conditions.already_has(etag)) {
        return Ok(answer::unchanged(&etag));
    }
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = SessionView::from(&row);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Replace a session
///
/// All terms as they shall be, before it starts. Once it is published, `reason` is needed for other days, windows or places, and the change
/// is kept for everybody to see (`/v1/sessions/{session_id}/changes`). Seats and queue places never fall below those that are taken. More
/// seats do not by themselves let anybody in: the queue moves up in its order, with the school's review.
///
/// 修改班期（整体替换）；发布后更改日期、报名与退出时间或名额须说明原因，变更记录公开留存。名额不得少于已占用数，增加名额不会越过审核。
#[utoipa::path(
    operation_id = "replace_session", tag = "catalogue", request_body = SessionIn, security(("bearer" = ["manage_programmes"])),
    params(SessionPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = SessionView), ChangeProblems)
)]
#[put("/sessions/{session_id}")]
async fn replace_session(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<SessionPath>,
    conditions: Conditions,
    body: Body<SessionIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.session_id.0, conditions.based_on()?);
    let ((terms, reason), app) = (body.value.read()?, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            service::change(work, &app.policy, &actor, (id, based_on), (&terms, reason.as_deref()))?;
            // Seats that were added go to those who wait before any newcomer sees them.
            (app.fill_seats)(work, id)?;
            reply(&service::get(work.conn(), &actor, id)?)
        })
        .await
}

fn reply(row: impl Into<SessionView>) -> Result<Reply, ApiError> {
    let view = row.into();
    Reply::ok(Some(view.etag()), &view)
}

/// List the changes of a session
///
/// Every change of its days, windows and places, and of its units, since it was published: the latest first, with what stood before and
/// after and why.
///
/// 班期变更记录（发布后，含课次变更）：变更前后内容与原因。
#[utoipa::path(
    operation_id = "list_session_changes", tag = "catalogue", params(SessionPath, SessionChangeQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of changes.", body = SessionChangeList))
)]
#[get("/sessions/{session_id}/changes")]
async fn list_session_changes(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<SessionPath>,
    query: FromQuery<SessionChangeQuery>,
) -> Answer {
    let page = query.0.page("session_changes")?;
    let (actor, id, wanted) = (who.actor(), path.0.session_id.0, page.clone());
    let (mut rows, total) = app.db.read(move |conn| service::changes(conn, &actor, id, &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.number());
    let data = rows.iter().map(SessionChangeView::from).collect();
    page::list(&request, &SessionChangeList { data, next_cursor, total })
}

/// Publish a session
///
/// From now on everybody of the county sees it and teachers apply in its window. Its programme must be approved and name a class
/// head, and its seats must be those of a class, as far as the policy packs ask for it; its units must lie within its days, beside each
/// other, and add up to the programme's hours.
///
/// 发布班期；项目须已批准，课次须完整且学时相符；班主任与班额按政策包的规定检查。
#[utoipa::path(
    operation_id = "publish_session", tag = "catalogue", params(SessionPath), security(("bearer" = ["manage_programmes"])),
    responses((status = 200, description = "Published.", body = SessionView), PublishProblems)
)]
#[post("/sessions/{session_id}/publish")]
async fn publish_session(who: Allowed<ManageProgrammes>, command: Command, path: FromPath<SessionPath>) -> Answer {
    let (actor, id, app) = (who.actor(), path.0.session_id.0, command.app_data());
    command.run(&who, NO_BODY, move |work| reply(&service::publish(work, &app.policy, &actor, id)?)).await
}

/// Start a session
///
/// On its first day or later. Its terms do not change any more; its units still may, with a reason.
///
/// 开班；自开班日起。
#[utoipa::path(
    operation_id = "start_session", tag = "catalogue", params(SessionPath), security(("bearer" = ["manage_programmes"])),
    responses((status = 200, description = "Running.", body = SessionView), StartProblems)
)]
#[post("/sessions/{session_id}/start")]
async fn start_session(who: Allowed<ManageProgrammes>, command: Command, path: FromPath<SessionPath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.session_id.0);
    command.run(&who, NO_BODY, move |work| reply(&service::start(work, &actor, id)?)).await
}

/// Cancel a session
///
/// With a reason, at any time before it is closed. Every application and confirmed place ends as `session_cancelled`.
///
/// 取消班期并说明原因；所有报名随之取消。
#[utoipa::path(
    operation_id = "cancel_session", tag = "catalogue", params(SessionPath), request_body = ReasonIn, security(("bearer" = ["manage_programmes"])),
    responses((status = 200, description = "Cancelled.", body = SessionView), CancelProblems)
)]
#[post("/sessions/{session_id}/cancel")]
async fn cancel_session(
    who: Allowed<ManageProgrammes>,
    command: Command,
    path: FromPath<SessionPath>,
    body: Body<ReasonIn>,
) -> Answer {
    let (actor, id, reason) = (who.actor(), path.0.session_id.0, body.value.reason);
    command.run(&who, body.digest, move |work| reply(&service::cancel(work, &actor, id, reason.trim())?)).await
}
