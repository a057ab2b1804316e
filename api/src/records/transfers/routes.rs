//! `/v1/transfers` and `/v1/teachers/{teacher_id}/transfers`.

use super::{
    service,
    wire::{HourTransferIn, HourTransferList, HourTransferView, RecogniseIn, TransferPath, TransferQuery},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, conditions::IfMatch, page,
        params::DryRunQuery,
    },
    ledger::wire::TeacherPath,
    records::wire::RecordReasonIn,
    state::App,
};
use actix_web::{HttpRequest, get, post, web::Data};
use shixun_domain::access::needs::{ManageTransfers, ReadHours};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_transfer)
        .service(list_transfers)
        .service(get_transfer)
        .service(recognise_transfer)
        .service(refuse_transfer);
}

problem_set!(
    TakeProblems = NotFound
        | TransferKnown
        | TransferEmpty
        | TransferOwnCertificate
        | TransferOtherPerson
        | TransferSumDiffers
        | TransferAfterMove
        | TransferEmployedHere
        | TransferOverlaps
        | EvidenceMissing
        | HoursNegative
        | HoursOverflow
        | HoursPracticeExceedCredited
        | HoursInFuture
        | TeacherNeverEmployed
        | PolicyMissing
);
problem_set!(ListProblems = NotFound);
problem_set!(DecideProblems = TransferNotWaiting | TransferSamePerson | ReasonMissing);
problem_set!(
    RecogniseProblems = TransferNotWaiting
        | TransferSamePerson
        | ReasonMissing
        | TransferMoreThanCertified
        | TransferNotCertified
        | TransferOverlaps
        | TransferEmployedHere
        | PolicyMissing
);

/// Take or certify hours of a teacher who moves
///
/// `in`: what the origin certified, one entry a line, which the yearly limits here do not cut again. A certificate of the province counts at
/// once where its county issued it in this system, to the letter and for the same identity number; anything else waits, with evidence, for
/// somebody else to recognise it. The policy packs may say otherwise of either (`transfer_same_province`, `transfer_other_province`).
/// `out`: the answer holds the certificate of
/// the cycle's hours up to the last day here, in the same format, with its digest; our own entries stay where they are.
///
/// 办理学时转移：转入（省内由原县在本系统出具且一字不差的，按原地认定即时计入；其他附凭证，待他人认定；政策包另有规定的从其规定）；转出（出具学时证明，格式与转入一致）。dry_run=true只试办不写入。
#[utoipa::path(
    operation_id = "create_transfer", tag = "records", params(TeacherPath, DryRunQuery), request_body = HourTransferIn, security(("bearer" = ["manage_transfers"])),
    responses((status = 201, description = "Taken, waiting or issued.", body = HourTransferView), TakeProblems)
)]
#[post("/teachers/{teacher_id}/transfers")]
async fn create_transfer(
    who: Allowed<ManageTransfers>,
    command: Command,
    path: FromPath<TeacherPath>,
    query: FromQuery<DryRunQuery>,
    body: Body<HourTransferIn>,
) -> Answer {
    let (actor, teacher, new, shared) = (who.actor(), path.0.teacher_id.0, body.value.read()?, command.app_data());
    command
        .run_or_try(&who, body.digest, query.0.keep(), move |work| {
            let view = service::create(work, &shared.policy, &actor, teacher, &new)?;
            Reply::created(format!("/v1/transfers/{}", view.id), Some(view.etag()), &view)
        })
        .await
}

/// List transfers
///
/// Those the caller may see, the latest first.
///
/// 学时转移列表，最新的在前。
#[utoipa::path(
    operation_id = "list_transfers", tag = "records", params(TransferQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of transfers.", body = HourTransferList), ListProblems)
)]
#[get("/transfers")]
async fn list_transfers(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<TransferQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("transfers")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let area = query.area.map(|area| area.0);
    let (mut data, total) =
        app.db.read(move |conn| service::list(conn, &actor, area, &query.filter(), &wanted)).await?;
    let next_cursor = page.cut(&mut data, |view| view.id.0.number());
    page::list(&request, &HourTransferList { data, next_cursor, total })
}

/// Read a transfer
///
/// With its certificate and the entries that were posted.
///
/// 查看学时转移及其证明、入账条目。
#[utoipa::path(
    operation_id = "get_transfer", tag = "records", params(TransferPath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The transfer.", body = HourTransferView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/transfers/{transfer_id}")]
async fn get_transfer(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<TransferPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.transfer_id.0);
    let view = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    answer::tagged(&conditions, view.etag(), &view)
}

/// Recognise hours that wait for it
///
/// By somebody who did not enter them: all that are certified, or fewer. The hours are posted in the same transaction.
///
/// 认定待认定的转入学时：须由非经办人办理，可全部或部分认定，同时入账。
#[utoipa::path(
    operation_id = "recognise_transfer", tag = "records", params(TransferPath, IfMatch), request_body = RecogniseIn, security(("bearer" = ["manage_transfers"])),
    responses((status = 200, description = "Recognised and posted.", body = HourTransferView), RecogniseProblems)
)]
#[post("/transfers/{transfer_id}/recognise")]
async fn recognise_transfer(
    who: Allowed<ManageTransfers>,
    command: Command,
    path: FromPath<TransferPath>,
    conditions: Conditions,
    body: Body<RecogniseIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.transfer_id.0, conditions.based_on()?);
    let (shared, RecogniseIn { reason, lines }) = (command.app_data(), body.value.read()?);
    command
        .run(&who, body.digest, move |work| {
            let decision = (reason.trim(), lines.as_deref());
            let view = service::recognise(work, &shared.policy, &actor, id, based_on, decision)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Refuse hours that wait to be recognised
///
/// By somebody who did not enter them, with the reason.
///
/// 不予认定转入学时，须写明理由，由非经办人办理。
#[utoipa::path(
    operation_id = "refuse_transfer", tag = "records", params(TransferPath, IfMatch), request_body = RecordReasonIn, security(("bearer" = ["manage_transfers"])),
    responses((status = 200, description = "Refused.", body = HourTransferView), DecideProblems)
)]
#[post("/transfers/{transfer_id}/refuse")]
async fn refuse_transfer(
    who: Allowed<ManageTransfers>,
    command: Command,
    path: FromPath<TransferPath>,
    conditions: Conditions,
    body: Body<RecordReasonIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.transfer_id.0, conditions.based_on()?);
    let reason = body.value.reason;
    command
        .run(&who, body.digest, move |work| {
            let view = service::refuse(work, &actor, id, based_on, reason.trim())?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}
