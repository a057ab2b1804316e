//! `/v1/teachers/{id}/waivers` and `/v1/waivers`.

use super::{
    service,
    wire::{WaiverDecisionIn, WaiverIn, WaiverList, WaiverPath, WaiverQuery, WaiverRevocationIn, WaiverView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, FromPath, FromQuery, Reply, answer, page},
    ledger::wire::TeacherPath,
    state::App,
};
use actix_web::{HttpRequest, get, post, web::Data};
use shixun_domain::{
    access::needs::{DecideWaivers, ProposeWaivers, ReadHours},
    ledger::waiver::WaiverStep,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_waivers)
        .service(list_waivers_of_everybody)
        .service(create_waiver)
        .service(get_waiver)
        .service(decide_waiver)
        .service(revoke_waiver);
}

problem_set!(ListProblems = NotFound);
problem_set!(ProposeProblems = PolicyMissing);
problem_set!(DecideProblems = WaiverFourEyes | WaiverDecided);
problem_set!(RevokeProblems = WaiverNotInForce);

/// List a teacher's waivers
///
/// Every requirement that was proposed to be waived for the person, with who decided what and when.
///
/// 教师的个别免除：逐项列出申请、审批与撤销经过。
#[utoipa::path(
    operation_id = "list_waivers", tag = "hours", params(TeacherPath), security(("bearer" = ["read_hours"])),
    extensions(("x-whole-list" = json!("the waivers of one person"))),
    responses((status = 200, description = "The waivers.", body = WaiverList))
)]
#[get("/teachers/{teacher_id}/waivers")]
async fn list_waivers(who: Allowed<ReadHours>, app: Data<App>, path: FromPath<TeacherPath>) -> Answer {
    let (actor, teacher) = (who.actor(), path.0.teacher_id.0);
    let rows = app.db.read(move |conn| service::list(conn, &actor, teacher)).await?;
    answer::json(&WaiverList { data: rows.iter().map(WaiverView::from).collect(), next_cursor: None, total: None })
}

/// List waivers
///
/// Of everybody the caller may see, in the order of proposal; `state=proposed` shows those that wait for a decision.
///
/// 个别免除清单；state=proposed只看待审批的。
#[utoipa::path(
    operation_id = "list_waivers_of_everybody", tag = "hours", params(WaiverQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of waivers.", body = WaiverList), ListProblems)
)]
#[get("/waivers")]
async fn list_waivers_of_everybody(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<WaiverQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("waivers")?;
    let (actor, wanted, area) = (who.actor(), page.clone(), query.area.map(|area| area.0));
    let (mut rows, total) =
        app.db.read(move |conn| service::of_everybody(conn, &actor, area, &query.filter(), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.number());
    let data = rows.iter().map(WaiverView::from).collect();
    page::list(&request, &WaiverList { data, next_cursor, total })
}

/// Propose a waiver
///
/// That a requirement need not be met by one person, such as the block by somebody on long sick leave. It has an effect only
/// once somebody else grants it; the statement then shows it with its reason.
///
/// 提出个别免除：某人免除某项要求（如长期病假者免集中培训）；须经他人批准方生效，对账单注明理由。
#[utoipa::path(
    operation_id = "create_waiver", tag = "hours", params(TeacherPath), request_body = WaiverIn, security(("bearer" = ["propose_waivers"])),
    responses((status = 201, description = "Proposed.", body = WaiverView), ProposeProblems)
)]
#[post("/teachers/{teacher_id}/waivers")]
async fn create_waiver(
    who: Allowed<ProposeWaivers>,
    command: Command,
    path: FromPath<TeacherPath>,
    body: Body<WaiverIn>,
) -> Answer {
    let (actor, teacher, new, app) = (who.actor(), path.0.teacher_id.0, body.value.read()?, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            let row = service::propose(work, &app.policy, &actor, teacher, &new)?;
            Reply::created(format!("/v1/waivers/{}", row.id), None, &WaiverView::from(&row))
        })
        .await
}

/// Read a waiver
///
/// With its history.
///
/// 查看个别免除及其经过。
#[utoipa::path(
    operation_id = "get_waiver", tag = "hours", params(WaiverPath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The waiver.", body = WaiverView))
)]
#[get("/waivers/{waiver_id}")]
async fn get_waiver(who: Allowed<ReadHours>, app: Data<App>, path: FromPath<WaiverPath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.waiver_id.0);
    answer::json(&WaiverView::from(&app.db.read(move |conn| service::get(conn, &actor, id)).await?))
}

/// Grant or refuse a waiver
///
/// Four eyes: not by who proposed it, nor by whom it is for. Decided once; a granted one may be revoked.
///
/// 审批个别免除；提出人与本人不得审批，只审批一次。
#[utoipa::path(
    operation_id = "decide_waiver", tag = "hours", params(WaiverPath), request_body = WaiverDecisionIn, security(("bearer" = ["decide_waivers"])),
    responses((status = 200, description = "Decided.", body = WaiverView), DecideProblems)
)]
#[post("/waivers/{waiver_id}/decide")]
async fn decide_waiver(
    who: Allowed<DecideWaivers>,
    command: Command,
    path: FromPath<WaiverPath>,
    body: Body<WaiverDecisionIn>,
) -> Answer {
    let (actor, id, new) = (who.actor(), path.0.waiver_id.0, body.value);
    command
        .run(&who, body.digest, move |work| {
            let row = service::follow(work, &actor, id, new.decision.0.step(), new.reason.as_deref())?;
            Reply::ok(None, &WaiverView::from(&row))
        })
        .await
}

/// Revoke a waiver
///
/// From then on the requirement stands again; the history keeps both.
///
/// 撤销已批准的个别免除；要求随即恢复，经过保留。
#[utoipa::path(
    operation_id = "revoke_waiver", tag = "hours", params(WaiverPath), request_body = WaiverRevocationIn, security(("bearer" = ["decide_waivers"])),
    responses((status = 200, description = "Revoked.", body = WaiverView), RevokeProblems)
)]
#[post("/waivers/{waiver_id}/revoke")]
async fn revoke_waiver(
    who: Allowed<DecideWaivers>,
    command: Command,
    path: FromPath<WaiverPath>,
    body: Body<WaiverRevocationIn>,
) -> Answer {
    let (actor, id, new) = (who.actor(), path.0.waiver_id.0, body.value);
    command
        .run(&who, body.digest, move |work| {
            let row = service::follow(work, &actor, id, WaiverStep::Revoke, Some(&new.reason))?;
            Reply::ok(None, &WaiverView::from(&row))
        })
        .await
}
