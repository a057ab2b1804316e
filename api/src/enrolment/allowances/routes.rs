//! `/v1/teachers/{id}/repeat-allowances`.

use super::{
    service,
    wire::{RepeatAllowanceIn, RepeatAllowanceList, RepeatAllowanceView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, FromPath, Reply, answer},
    ledger::wire::TeacherPath,
    state::App,
};
use actix_web::{get, post, web::Data};
use shixun_domain::access::needs::{AllowRepeats, ReadEnrolments};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_repeat_allowances).service(create_repeat_allowance);
}

problem_set!(AllowProblems = NotARepeat | PolicyMissing);

/// List what a teacher may do once more
///
/// The same content counts once in a cycle; each of these allows one more.
///
/// 准予重复参训记录：同一内容一个周期只计一次，每条准予再参训一次。
#[utoipa::path(
    operation_id = "list_repeat_allowances", tag = "enrolment", params(TeacherPath), security(("bearer" = ["read_enrolments"])),
    extensions(("x-whole-list" = json!("the allowances of one person"))),
    responses((status = 200, description = "The allowances.", body = RepeatAllowanceList))
)]
#[get("/teachers/{teacher_id}/repeat-allowances")]
async fn list_repeat_allowances(who: Allowed<ReadEnrolments>, app: Data<App>, path: FromPath<TeacherPath>) -> Answer {
    let (actor, teacher) = (who.actor(), path.0.teacher_id.0);
    let rows = app.db.read(move |conn| service::list(conn, &actor, teacher)).await?;
    let data = rows.iter().map(RepeatAllowanceView::from).collect();
    answer::json(&RepeatAllowanceList { data, next_cursor: None, total: None })
}

/// Let a teacher do the same content once more
///
/// A session whose content the teacher has done, booked or recorded in this cycle is refused with `already_done_in_cycle` or
/// `content_recorded`. Where there is reason for it to count once more, the training centre says so here, and the teacher then applies like
/// everybody else: a seat is not promised.
///
/// 准予重复参训：本周期已参加过相同内容者，确有理由的，由进修学校准予后由教师自行报名；不保留名额。
#[utoipa::path(
    operation_id = "create_repeat_allowance", tag = "enrolment", params(TeacherPath), request_body = RepeatAllowanceIn,
    security(("bearer" = ["allow_repeats"])),
    responses((status = 201, description = "Allowed.", body = RepeatAllowanceView), AllowProblems)
)]
#[post("/teachers/{teacher_id}/repeat-allowances")]
async fn create_repeat_allowance(
    who: Allowed<AllowRepeats>,
    command: Command,
    path: FromPath<TeacherPath>,
    body: Body<RepeatAllowanceIn>,
) -> Answer {
    let (actor, teacher, app) = (who.actor(), path.0.teacher_id.0, command.app_data());
    let RepeatAllowanceIn { session_id, reason } = body.value;
    command
        .run(&who, body.digest, move |work| {
            let row = service::allow(work, &app.policy, &actor, teacher, (session_id.0, reason.trim()))?;
            Reply::created(format!("/v1/teachers/{teacher}/repeat-allowances"), None, &RepeatAllowanceView::from(&row))
        })
        .await
}
