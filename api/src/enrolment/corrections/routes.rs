//! Corrections of attendance under `/v1`.

use super::{service, wire::AttendanceCorrectionIn};
use crate::{
    access::Allowed,
    document::problem_set,
    enrolment::wire::EnrolmentPath,
    http::{Answer, Body, Command, FromPath, Reply},
    ledger::wire::ReversalView,
};
use actix_web::post;
use shixun_domain::access::needs::ReverseHours;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(correct_attendance);
}

problem_set!(
    CorrectionProblems = EnrolmentNotSettled
        | CorrectionChangesNothing
        | ReversalNeedsApproval
        | ReversalRefused
        | EntryAlreadyReversed
        | EntryNotPosted
        | EntryFourEyes
        | PolicyMissing
);

/// Correct attendance after closing
///
/// The attendance sheet or the result of one person was wrong, and the session is closed: the right marks are recorded, the hours
/// posted at closing are taken back, and those that follow from what is right are posted in their place, all in one transaction with
/// the reason. The statement shows both. After the last day of the cycle nobody does so alone: dispute the entry instead.
///
/// 结班后更正考勤或结果：按正确考勤重算学时，原条目冲销并更正；周期结束后须走更正（申诉）程序。
#[utoipa::path(
    operation_id = "correct_attendance", tag = "enrolment", params(EnrolmentPath), request_body = AttendanceCorrectionIn,
    security(("bearer" = ["reverse_hours"])),
    responses((status = 201, description = "Corrected.", body = ReversalView), CorrectionProblems)
)]
#[post("/enrolments/{enrolment_id}/corrections")]
async fn correct_attendance(
    who: Allowed<ReverseHours>,
    command: Command,
    path: FromPath<EnrolmentPath>,
    body: Body<AttendanceCorrectionIn>,
) -> Answer {
    let (actor, id, input, shared) = (who.actor(), path.0.enrolment_id.0, body.value, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            let view = service::correct(work, &shared.policy, &actor, id, &input)?;
            Reply::created(format!("/v1/hour-entries/{}", view.reversal.id), None, &view)
        })
        .await
}
