//! `/v1/records` and `/v1/teachers/{teacher_id}/records`.

use super::{
    service,
    wire::{RecordIn, RecordList, RecordPath, RecordQuery, RecordReasonIn, RecordView},
};
use crate::{
    access::{Actor, Allowed},
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, conditions::IfMatch,
        page,
    },
    ledger::wire::TeacherPath,
    state::App,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::{
    access::needs::{EnterRecords, ExamineRecords, ReadHours, ReviewRecords},
    id::OutsideRecordId,
    records::RecordStep,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_record)
        .service(list_records)
        .service(get_record)
        .service(replace_record)
        .service(examine_record)
        .service(verify_record)
        .service(return_record)
        .service(reject_record)
        .service(withdraw_record);
}

problem_set!(
    EnterProblems = NotFound
        | EvidenceMissing
        | HoursNegative
        | HoursOverflow
        | HoursPracticeExceedCredited
        | HoursMissing
        | HoursInFuture
        | HoursBeforeEmployment
        | HoursOutsideEmployment
        | MoreThanConverted
        | TeacherNeverEmployed
        | ConsentMissing
        | ConsentLate
        | RecordKnown
        | DuplicateContent
        | DuplicateNotYours
        | PolicyMissing
);
problem_set!(ListProblems = NotFound);
problem_set!(CorrectProblems = RecordWrongState);
problem_set!(ReviewProblems = RecordWrongState | RecordSamePerson);
problem_set!(ReplaceProblems = EnterProblems & CorrectProblems);
problem_set!(ReasonProblems = RecordWrongState | RecordSamePerson | ReasonMissing);
problem_set!(
    VerifyProblems = RecordWrongState
        | RecordSamePerson
        | HoursBeforeEmployment
        | HoursOutsideEmployment
        | MoreThanConverted
        | ConversionNeedsApprover
        | TeacherNeverEmployed
        | PolicyMissing
);

/// Enter hours from outside
///
/// Degree study, research, training others, support teaching, courses of other institutions and hours of the provincial platform,
/// with evidence (files are kept elsewhere and recognised by their digest). Teachers enter their own, schools for their teachers,
/// the training centre for all. Nothing is posted until two other people have examined and verified it. A number is taken once per
/// teacher and source, the same content once in a cycle; the training centre may allow it again with `duplicate_reason`.
///
/// 登记项目外学时（附凭证）：登记、审核、验证须由三个不同的人办理，验证后入账；同一来源编号每人只登记一次，同一内容一个周期只计一次。
#[utoipa::path(
    operation_id = "create_record", tag = "records", params(TeacherPath), request_body = RecordIn, security(("bearer" = ["enter_records"])),
    responses((status = 201, description = "Entered, to be examined.", body = RecordView), EnterProblems)
)]
#[post("/teachers/{teacher_id}/records")]
async fn create_record(
    who: Allowed<EnterRecords>,
    command: Command,
    path: FromPath<TeacherPath>,
    body: Body<RecordIn>,
) -> Answer {
    let (actor, teacher, new, shared) = (who.actor(), path.0.teacher_id.0, body.value.read()?, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            let view = service::enter(work, &shared.policy, &actor, teacher, &new)?;
            Reply::created(format!("/v1/records/{}", view.id), Some(view.etag()), &view)
        })
        .await
}

/// List records
///
/// Those the caller may see: one's own, those of one's school, all of the county. The latest first.
///
/// 项目外学时登记列表：教师看本人，学校看本校，县级看全县，最新的在前。
#[utoipa::path(
    operation_id = "list_records", tag = "records", params(RecordQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of records.", body = RecordList), ListProblems)
)]
#[get("/records")]
async fn list_records(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<RecordQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("records")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let area = query.area.map(|area| area.0);
    let (mut data, total) =
        app.db.read(move |conn| service::list(conn, &actor, area, &query.filter(), &wanted)).await?;
    let next_cursor = page.cut(&mut data, |view| view.id.0.number());
    page::list(&request, &RecordList { data, next_cursor, total })
}

/// Read a record
///
/// With every step taken so far, by whom and why.
///
/// 查看一条登记及其办理过程。
#[utoipa::path(
    operation_id = "get_record", tag = "records", params(RecordPath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The record.", body = RecordView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/records/{record_id}")]
async fn get_record(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<RecordPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.record_id.0, app.clock.now().china_date());
    let view = app.db.read(move |conn| service::get(conn, &actor, id, today)).await?;
    answer::tagged(&conditions, view.etag(), &view)
}

/// Correct a record
///
/// As a whole, while it is not examined, after it was returned, or after it was withdrawn: it is entered anew and examined from the
/// beginning. Who corrects it takes neither of the other two stages.
///
/// 更正登记（整体替换）：限未审核、已退回或已撤回的登记，更正后重新审核。
#[utoipa::path(
    operation_id = "replace_record", tag = "records", params(RecordPath, IfMatch), request_body = RecordIn, security(("bearer" = ["enter_records"])),
    responses((status = 200, description = "Corrected, to be examined.", body = RecordView), ReplaceProblems)
)]
#[put("/records/{record_id}")]
async fn replace_record(
    who: Allowed<EnterRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
    body: Body<RecordIn>,
) -> Answer {
    let (actor, id, based_on, new) = (who.actor(), path.0.record_id.0, conditions.based_on()?, body.value.read()?);
    let shared = command.app_data();
    command
        .run(&who, body.digest, move |work| {
            let view = service::correct(work, &shared.policy, &actor, id, based_on, &new)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Examine a record
///
/// The evidence bears what is claimed. Not by whoever entered it, and not by the teacher.
///
/// 审核登记：不得由登记人或教师本人办理。
#[utoipa::path(
    operation_id = "examine_record", tag = "records", params(RecordPath, IfMatch), security(("bearer" = ["examine_records"])),
    responses((status = 200, description = "Examined, to be verified.", body = RecordView), ReviewProblems)
)]
#[post("/records/{record_id}/examine")]
async fn examine_record(
    who: Allowed<ExamineRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.record_id.0, conditions.based_on()?);
    command
        .run(&who, NO_BODY, move |work| {
            let view = service::review(work, &actor, id, based_on, RecordStep::Examine, None)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Verify a record
///
/// By a third person, of the county or above it: what the packs leave to a city or the province is verified there. Where the policy packs of today let hours pass through fewer hands (`hours_stages`), without being examined by a second, or
/// by whoever entered them; never by the teacher. The hours are posted in the same transaction, dated to the last day of the training; from
/// then on only a reversal corrects them.
///
/// 验证登记：须由第三人办理，政策规定由市、省认定的由市、省办理（政策包允许减少环节的除外），不得由教师本人办理，同时入账；入账后只能冲销更正。
#[utoipa::path(
    operation_id = "verify_record", tag = "records", params(RecordPath, IfMatch), security(("bearer" = ["review_records"])),
    responses((status = 200, description = "Verified and posted.", body = RecordView), VerifyProblems)
)]
#[post("/records/{record_id}/verify")]
async fn verify_record(
    who: Allowed<ReviewRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.record_id.0, conditions.based_on()?);
    let shared = command.app_data();
    command
        .run(&who, NO_BODY, move |work| {
            let view = service::verify(work, &shared.policy, &actor, id, based_on)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Return a record
///
/// To be corrected, with the reason.
///
/// 退回登记，须写明理由，由登记人更正后重新审核。
#[utoipa::path(
    operation_id = "return_record", tag = "records", params(RecordPath, IfMatch), request_body = RecordReasonIn, security(("bearer" = ["review_records"])),
    responses((status = 200, description = "Returned.", body = RecordView), ReasonProblems)
)]
#[post("/records/{record_id}/return")]
async fn return_record(
    who: Allowed<ReviewRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
    body: Body<RecordReasonIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.record_id.0, conditions.based_on()?);
    decided(command, actor, id, based_on, RecordStep::Return, body).await
}

/// Reject a record
///
/// For good, with the reason: the number is not taken again.
///
/// 驳回登记，须写明理由；驳回后同一编号不再受理。
#[utoipa::path(
    operation_id = "reject_record", tag = "records", params(RecordPath, IfMatch), request_body = RecordReasonIn, security(("bearer" = ["review_records"])),
    responses((status = 200, description = "Rejected.", body = RecordView), ReasonProblems)
)]
#[post("/records/{record_id}/reject")]
async fn reject_record(
    who: Allowed<ReviewRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
    body: Body<RecordReasonIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.record_id.0, conditions.based_on()?);
    decided(command, actor, id, based_on, RecordStep::Reject, body).await
}

async fn decided(
    command: Command,
    actor: Actor,
    id: OutsideRecordId,
    based_on: i64,
    step: RecordStep,
    body: Body<RecordReasonIn>,
) -> Answer {
    let (who, reason) = (actor.clone(), body.value.reason);
    command
        .run(&who, body.digest, move |work| {
            let view = service::review(work, &actor, id, based_on, step, Some(reason.trim()))?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Withdraw a record
///
/// By whoever may enter it, until it is verified. It may be corrected and entered again.
///
/// 撤回登记（验证入账之前），撤回后可更正并重新提交。
#[utoipa::path(
    operation_id = "withdraw_record", tag = "records", params(RecordPath, IfMatch), security(("bearer" = ["enter_records"])),
    responses((status = 200, description = "Withdrawn.", body = RecordView), CorrectProblems)
)]
#[post("/records/{record_id}/withdraw")]
async fn withdraw_record(
    who: Allowed<EnterRecords>,
    command: Command,
    path: FromPath<RecordPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.record_id.0, conditions.based_on()?);
    command
        .run(&who, NO_BODY, move |work| {
            let view = service::withdraw(work, &actor, id, based_on)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}
