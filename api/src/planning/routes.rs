//! Evaluations under `/v1`.

use super::{
    service,
    wire::{EvaluationIn, EvaluationSummaryView, EvaluationView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    enrolment::wire::{EnrolmentPath, SessionPath},
    http::{Answer, Body, Command, DryRunQuery, FromPath, FromQuery, Reply, answer},
    state::App,
};
use actix_web::{get, post, web::Data};
use shixun_domain::access::needs::{EvaluateSessions, ReadEvaluations};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(create_evaluation).service(get_evaluation).service(get_session_evaluations);
}

problem_set!(
    EvaluateProblems = NoConfirmedSeat | EvaluationNotOpen | NotAttended | AlreadyEvaluated | EvaluationClosed
);

/// Evaluate a session that one attended
///
/// Once, from the end of the last unit on, by whoever attended at least a minute of it, and until the day that the enrolment names where
/// it was asked for. Hours that waited for it are posted with it. What is said stays with whoever said it: others read figures and
/// comments of five participants at least, without names. It is not changed afterwards. With `dry_run=true` nothing is kept.
///
/// 评价本人参加的班期：最后一次课结束后、截止日（含）前，出勤至少一分钟者评价一次，提交后不能修改；待评价的学时随即入账。他人只能看到满五份的汇总，不含姓名。可试运行。
#[utoipa::path(
    operation_id = "create_evaluation", tag = "evaluations", params(EnrolmentPath, DryRunQuery), request_body = EvaluationIn, security(("bearer" = ["evaluate_sessions"])),
    responses((status = 201, description = "Evaluated; hours that waited for it are posted.", body = EvaluationView), EvaluateProblems)
)]
#[post("/enrolments/{enrolment_id}/evaluation")]
async fn create_evaluation(
    who: Allowed<EvaluateSessions>,
    command: Command,
    path: FromPath<EnrolmentPath>,
    query: FromQuery<DryRunQuery>,
    body: Body<EvaluationIn>,
) -> Answer {
    let (actor, id, answers) = (who.actor(), path.0.enrolment_id.0, body.value.read()?);
    command
        .run_or_try(&who, body.digest, query.0.keep(), move |work| {
            let row = service::evaluate(work, &actor, id, &answers)?;
            Reply::created(format!("/v1/enrolments/{id}/evaluation"), None, &EvaluationView::from(row))
        })
        .await
}

/// Read one's own evaluation
///
/// For whoever gave it, and nobody else.
///
/// 查看本人的评价（仅本人可见）。
#[utoipa::path(
    operation_id = "get_evaluation", tag = "evaluations", params(EnrolmentPath), security(("bearer" = ["evaluate_sessions"])),
    responses((status = 200, description = "The evaluation.", body = EvaluationView))
)]
#[get("/enrolments/{enrolment_id}/evaluation")]
async fn get_evaluation(who: Allowed<EvaluateSessions>, app: Data<App>, path: FromPath<EnrolmentPath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.enrolment_id.0);
    let row = app.db.read(move |conn| service::own(conn, &actor, id)).await?;
    answer::json(&EvaluationView::from(row))
}

/// Read what participants say of a session
///
/// For whoever runs it or teaches in it, and for those who look after all of the area. How many were asked and answered; and of whole
/// lots of five answers the mean and the distribution for each question, and the comments, without names: participants must be able
/// to be honest. Of fewer than five answers only their number is shown.
///
/// 班期评价汇总：应评与已评人数；每满五份公布一次各题均分、分布与意见，不含姓名；不足五份只显示份数。
#[utoipa::path(
    operation_id = "get_session_evaluations", tag = "evaluations", params(SessionPath), security(("bearer" = ["read_evaluations"])),
    responses((status = 200, description = "The summary.", body = EvaluationSummaryView))
)]
#[get("/sessions/{session_id}/evaluations")]
async fn get_session_evaluations(who: Allowed<ReadEvaluations>, app: Data<App>, path: FromPath<SessionPath>) -> Answer {
    let (actor, session) = (who.actor(), path.0.session_id.0);
    let found = app.db.read_long(move |conn| service::summary(conn, &actor, session)).await?;
    answer::json(&EvaluationSummaryView::new(session, found))
}
