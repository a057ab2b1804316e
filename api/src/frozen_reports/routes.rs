//! `/v1/frozen-reports`.

use super::{
    content::FrozenContentView,
    service,
    wire::{
        DifferenceList, DifferenceQuery, FreezeIn, FreezeWithdrawalIn, FrozenReportList, FrozenReportPath,
        FrozenReportQuery, FrozenReportView, RecomputeQuery,
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, Etag, FromPath, FromQuery, Reply, answer, command::NO_BODY, fields::trimmed,
        page,
    },
    problem::ApiError,
    state::App,
};
use actix_web::{HttpRequest, HttpResponse, get, http::header::ETAG, post, web::Data};
use shixun_domain::access::needs::{ConfirmFreezes, ProposeFreezes, ReadReports};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_frozen_report)
        .service(list_frozen_reports)
        .service(get_frozen_report)
        .service(confirm_frozen_report)
        .service(withdraw_frozen_report)
        .service(list_frozen_report_differences);
}

problem_set!(ProposeProblems = CycleUnknown | PolicyMissing | CycleNotOver | CycleClosed | NotFound);
problem_set!(ConfirmProblems = FreezeSettled | FreezeFourEyes | FreezeTooSoon | PolicyMissing);
problem_set!(WithdrawProblems = FreezeSettled);
problem_set!(ReadProblems = FreezeNotFrozen | PolicyMissing);
problem_set!(ListProblems = NotFound);

/// Propose to close a cycle
///
/// For a cycle that is over. The report will hold what was recorded up to now, and everybody who is employed on the last day of the
/// cycle. It stands when another person of the training centre or the bureau has confirmed it, a minute from now at the earliest.
///
/// 提出周期定稿：以提出时刻已入账的学时为准；须由进修学校或教育局另一人在一分钟后确认。
#[utoipa::path(
    operation_id = "create_frozen_report", tag = "reports", request_body = FreezeIn, security(("bearer" = ["propose_freezes"])),
    responses((status = 201, description = "Proposed.", body = FrozenReportView), ProposeProblems)
)]
#[post("/frozen-reports")]
async fn create_frozen_report(who: Allowed<ProposeFreezes>, command: Command, body: Body<FreezeIn>) -> Answer {
    let (actor, shared, cycle) = (who.actor(), command.app_data(), body.value.cycle);
    command
        .run(&who, body.digest, move |work| {
            let view = service::propose(work, &shared.policy, &actor, &cycle)?;
            Reply::created(format!("/v1/frozen-reports/{}", view.id), None, &view)
        })
        .await
}

/// List the closings of cycles
///
/// Proposals, reports and what was withdrawn in the reader's county, the latest first.
///
/// 本县各周期的定稿（待确认、已定稿、已撤回）。
#[utoipa::path(
    operation_id = "list_frozen_reports", tag = "reports", params(FrozenReportQuery), security(("bearer" = ["read_reports"])),
    responses((status = 200, description = "A page of closings.", body = FrozenReportList), ListProblems)
)]
#[get("/frozen-reports")]
async fn list_frozen_reports(
    who: Allowed<ReadReports>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<FrozenReportQuery>,
) -> Answer {
    let page = query.0.page("frozen_reports")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (mut data, total) = app.db.read(move |conn| service::list(conn, &actor, &wanted)).await?;
    let next_cursor = page.cut(&mut data, |view: &FrozenReportView| view.id.0.number());
    page::list(&request, &FrozenReportList { data, next_cursor, total })
}

/// Read a frozen report
///
/// The bytes that were frozen: canonical JSON (RFC 8785) whose SHA-256 is the `ETag`. With `recompute=true` the report is made again
/// of the ledger and the packs as they were known then, and of the facts it keeps; the bytes are the same. Of a proposal it is the report
/// that confirming would freeze, to be looked at before. For readers of the county who look after all of it.
///
/// 查看周期定稿（定稿时的原始字节）；recompute=true时按当时的台账与政策重新计算，结果逐字节一致；尚未确认的，给出确认后将定稿的内容，供确认人事先核对。
#[utoipa::path(
    operation_id = "get_frozen_report", tag = "reports", params(FrozenReportPath, RecomputeQuery), security(("bearer" = ["read_reports"])),
    responses((status = 200, description = "The report.", body = FrozenContentView), (status = 304, description = "Unchanged since the ETag of If-None-Match."), ReadProblems)
)]
#[get("/frozen-reports/{frozen_report_id}")]
async fn get_frozen_report(
    who: Allowed<ReadReports>,
    app: Data<App>,
    path: FromPath<FrozenReportPath>,
    query: FromQuery<RecomputeQuery>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, shared, now) = (who.actor(), path.0.frozen_report_id.0, app.clone(), app.clock.now());
    let recompute = query.0.recompute;
    let (document, digest) =
        app.db.read_long(move |conn| service::read(conn, &shared.policy, &actor, id, recompute, now)).await?;
    let etag = Etag::named(&digest);
    Ok(if conditions.already_has(&etag) {
        answer::unchanged(&etag)
    } else {
        HttpResponse::Ok().content_type("application/json").insert_header((ETAG, etag.as_str())).body(document)
    })
}

/// Confirm the closing of a cycle
///
/// By another person than the one who proposed it, a minute after the proposal at the earliest. The report is frozen; what is corrected
/// later shows in its differences.
///
/// 确认周期定稿（提出人本人不能确认；提出满一分钟后方可）；此后的更正只体现在differences中。
#[utoipa::path(
    operation_id = "confirm_frozen_report", tag = "reports", params(FrozenReportPath), security(("bearer" = ["confirm_freezes"])),
    responses((status = 200, description = "Frozen.", body = FrozenReportView), ConfirmProblems)
)]
#[post("/frozen-reports/{frozen_report_id}/confirm")]
async fn confirm_frozen_report(
    who: Allowed<ConfirmFreezes>,
    command: Command,
    path: FromPath<FrozenReportPath>,
) -> Answer {
    let (actor, id, shared, now) = (who.actor(), path.0.frozen_report_id.0, command.app_data(), command.at());
    let looking = who.actor();
    let look = move |conn: &mut _| service::prepare(conn, &shared.policy, &looking, id, now);
    let mut made = None;
    command
        .run_after(&who, NO_BODY, look, move |work, seen| {
            // Made once: the transaction may run again.
            made = seen.or(made.take());
            let document: &String = made.as_ref().ok_or_else(|| ApiError::internal("the report was not made"))?;
            Reply::ok(None, &service::confirm(work, &actor, id, document)?)
        })
        .await
}

/// Withdraw a proposal
///
/// Before it is confirmed, with a reason. The cycle can be proposed anew.
///
/// 撤回待确认的周期定稿（须写明理由），之后可重新提出。
#[utoipa::path(
    operation_id = "withdraw_frozen_report", tag = "reports", params(FrozenReportPath), request_body = FreezeWithdrawalIn, security(("bearer" = ["propose_freezes"])),
    responses((status = 200, description = "Withdrawn.", body = FrozenReportView), WithdrawProblems)
)]
#[post("/frozen-reports/{frozen_report_id}/withdraw")]
async fn withdraw_frozen_report(
    who: Allowed<ProposeFreezes>,
    command: Command,
    path: FromPath<FrozenReportPath>,
    body: Body<FreezeWithdrawalIn>,
) -> Answer {
    let (actor, id, reason) = (who.actor(), path.0.frozen_report_id.0, trimmed(&body.value.reason));
    command.run(&who, body.digest, move |work| Reply::ok(None, &service::withdraw(work, &actor, id, &reason)?)).await
}

/// List what changed since a report was frozen
///
/// Every teacher who stands differently today, or whose hours of the cycle were corrected, with the entries that were recorded since.
/// Differences may also come from facts (leave, retirement) or packs that were entered later; each row says so.
///
/// 定稿后的变化：逐人列出前后数值及造成变化的条目，并标明是否因人员信息或政策变化。
#[utoipa::path(
    operation_id = "list_frozen_report_differences", tag = "reports", params(FrozenReportPath, DifferenceQuery), security(("bearer" = ["read_reports"])),
    responses((status = 200, description = "A page of differences.", body = DifferenceList), ReadProblems)
)]
#[get("/frozen-reports/{frozen_report_id}/differences")]
async fn list_frozen_report_differences(
    who: Allowed<ReadReports>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<FrozenReportPath>,
    query: FromQuery<DifferenceQuery>,
) -> Answer {
    let page = query.0.page("frozen_report_differences")?;
    let (actor, id, shared, now) = (who.actor(), path.0.frozen_report_id.0, app.clone(), app.clock.now());
    let wanted = page.clone();
    let (mut data, all) =
        app.db.read_long(move |conn| service::list_differences(conn, &shared.policy, &actor, id, &wanted, now)).await?;
    let next_cursor = page.cut(&mut data, |view| view.teacher_id.0.number());
    let total = page.total.then(|| i64::try_from(all).unwrap_or(i64::MAX));
    page::list(&request, &DifferenceList { data, next_cursor, total })
}
