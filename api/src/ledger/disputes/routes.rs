//! `/v1/disputes` and `/v1/hour-entries/{hour_entry_id}/disputes`.

use super::{
    service,
    wire::{DismissIn, DisputeIn, DisputeList, DisputePath, DisputeQuery, DisputeView, UpholdIn},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, conditions::IfMatch,
        page,
    },
    ledger::wire::{HourEntryPath, ReplacementIn},
    state::App,
};
use actix_web::{HttpRequest, get, post, web::Data};
use shixun_domain::access::needs::{DecideDisputes, DisputeHours, ReadHours};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_dispute)
        .service(list_disputes)
        .service(get_dispute)
        .service(uphold_dispute)
        .service(dismiss_dispute)
        .service(withdraw_dispute);
}

problem_set!(OpenProblems = NotFound | EntryNotPosted | EntryAlreadyReversed | EntryDisputed | DisputeTooLate);
problem_set!(ListProblems = NotFound);
problem_set!(DecideProblems = DisputeNotOpen | DisputeSamePerson | EntryFourEyes | ReasonMissing);
problem_set!(
    UpholdProblems = DisputeNotOpen
        | DisputeSamePerson
        | EntryFourEyes
        | ReasonMissing
        | EntryNotPosted
        | EntryAlreadyReversed
        | ReversalRefused
        | CorrectionChangesNothing
        | HoursNegative
        | HoursOverflow
        | HoursAttendedExceedNominal
        | HoursPracticeExceedCredited
        | PolicyMissing
);
problem_set!(WithdrawProblems = DisputeNotOpen);

/// Dispute an hour entry
///
/// By the teacher, of the own entries that stand, within the days that the policy packs of the posting give (`dispute_days`), once an entry. By the county at
/// any time, to have somebody else approve a correction, as it must be when the entry's cycle is over.
/// The statement shows the entry as disputed until somebody who did not make it, nor opened the dispute, has decided.
///
/// 教师对本人已入账学时提出申诉（限期内，每条一次）；县级单位可随时提出更正，由他人审定，周期结束后的更正必须如此；在处理完毕前对账单标明该条有申诉。
#[utoipa::path(
    operation_id = "create_dispute", tag = "hours", params(HourEntryPath), request_body = DisputeIn, security(("bearer" = ["dispute_hours"])),
    responses((status = 201, description = "Opened.", body = DisputeView), OpenProblems)
)]
#[post("/hour-entries/{hour_entry_id}/disputes")]
async fn create_dispute(
    who: Allowed<DisputeHours>,
    command: Command,
    path: FromPath<HourEntryPath>,
    body: Body<DisputeIn>,
) -> Answer {
    let (actor, entry, claim) = (who.actor(), path.0.hour_entry_id.0, body.value.claim);
    let shared = command.app_data();
    command
        .run(&who, body.digest, move |work| {
            let row = service::open(work, &shared.policy, &actor, entry, claim.trim())?;
            let view = DisputeView::new(&row, work.at().china_date());
            Reply::created(format!("/v1/disputes/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// List disputes
///
/// Those the caller may see, by the day by which they are to be decided; `overdue=true` shows those that are late.
///
/// 申诉列表，按应办结日期排列；overdue=true只看逾期未办的。
#[utoipa::path(
    operation_id = "list_disputes", tag = "hours", params(DisputeQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of disputes.", body = DisputeList), ListProblems)
)]
#[get("/disputes")]
async fn list_disputes(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<DisputeQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("disputes")?;
    let (actor, wanted, today) = (who.actor(), page.clone(), app.clock.now().china_date());
    let area = query.area.map(|area| area.0);
    let (mut rows, total) =
        app.db.read(move |conn| service::list(conn, &actor, area, &query.filter(today), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.decide_by, row.id.number()));
    let data = rows.iter().map(|row| DisputeView::new(row, today)).collect();
    page::list(&request, &DisputeList { data, next_cursor, total })
}

/// Read a dispute
///
/// With what became of it.
///
/// 查看申诉及处理结果。
#[utoipa::path(
    operation_id = "get_dispute", tag = "hours", params(DisputePath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The dispute.", body = DisputeView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/disputes/{dispute_id}")]
async fn get_dispute(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<DisputePath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.dispute_id.0, app.clock.now().china_date());
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = DisputeView::new(&row, today);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Uphold a dispute
///
/// By somebody who did not make the entry. It is reversed and, with `replacement`, the right hours are posted in the same
/// transaction, dated as the entry was.
///
/// 申诉成立：由未经手该条学时的人员办理，同时冲销并更正。
#[utoipa::path(
    operation_id = "uphold_dispute", tag = "hours", params(DisputePath, IfMatch), request_body = UpholdIn, security(("bearer" = ["decide_disputes"])),
    responses((status = 200, description = "Upheld.", body = DisputeView), UpholdProblems)
)]
#[post("/disputes/{dispute_id}/uphold")]
async fn uphold_dispute(
    who: Allowed<DecideDisputes>,
    command: Command,
    path: FromPath<DisputePath>,
    conditions: Conditions,
    body: Body<UpholdIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.dispute_id.0, conditions.based_on()?);
    let (shared, UpholdIn { reason, replacement }) = (command.app_data(), body.value);
    let replacement = replacement.map(ReplacementIn::read).transpose()?;
    command
        .run(&who, body.digest, move |work| {
            let row =
                service::uphold(work, &shared.policy, &actor, id, based_on, (reason.trim(), replacement.clone()))?;
            let view = DisputeView::new(&row, work.at().china_date());
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Dismiss a dispute
///
/// By somebody who did not make the entry, with the reason; the entry stands.
///
/// 申诉不成立：须写明理由，由未经手该条学时的人员办理。
#[utoipa::path(
    operation_id = "dismiss_dispute", tag = "hours", params(DisputePath, IfMatch), request_body = DismissIn, security(("bearer" = ["decide_disputes"])),
    responses((status = 200, description = "Dismissed.", body = DisputeView), DecideProblems)
)]
#[post("/disputes/{dispute_id}/dismiss")]
async fn dismiss_dispute(
    who: Allowed<DecideDisputes>,
    command: Command,
    path: FromPath<DisputePath>,
    conditions: Conditions,
    body: Body<DismissIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.dispute_id.0, conditions.based_on()?);
    let reason = body.value.reason;
    command
        .run(&who, body.digest, move |work| {
            let row = service::dismiss(work, &actor, id, based_on, reason.trim())?;
            let view = DisputeView::new(&row, work.at().china_date());
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Withdraw a dispute
///
/// By who opened it, until it is decided. The teacher disputes an entry once and cannot dispute it again.
///
/// 提出人撤回（办结之前）；教师撤回后对同一条不能再次申诉。
#[utoipa::path(
    operation_id = "withdraw_dispute", tag = "hours", params(DisputePath, IfMatch), security(("bearer" = ["dispute_hours"])),
    responses((status = 200, description = "Withdrawn.", body = DisputeView), WithdrawProblems)
)]
#[post("/disputes/{dispute_id}/withdraw")]
async fn withdraw_dispute(
    who: Allowed<DisputeHours>,
    command: Command,
    path: FromPath<DisputePath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.dispute_id.0, conditions.based_on()?);
    command
        .run(&who, NO_BODY, move |work| {
            let row = service::withdraw(work, &actor, id, based_on)?;
            let view = DisputeView::new(&row, work.at().china_date());
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}
