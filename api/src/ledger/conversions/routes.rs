//! `/v1/areas/{code}/conversions` and `/v1/teachers/{id}/conversions`.

use super::{
    service,
    wire::{ConversionIn, ConversionKindList, ConversionQuery, ConversionView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, DryRunQuery, FromPath, FromQuery, Reply, answer},
    ledger::wire::TeacherPath,
    state::App,
    wire::AreaPath,
};
use actix_web::{get, post, web::Data};
use shixun_domain::access::needs::{ConvertActivities, ReadPolicy};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_conversions).service(create_conversion);
}

problem_set!(KindProblems = NotFound);
problem_set!(
    ConvertProblems = DuplicateSource
        | DuplicateContent
        | DuplicateNotYours
        | HoursInFuture
        | HoursBeforeEmployment
        | HoursOutsideEmployment
        | TeacherNeverEmployed
        | HoursOverflow
        | PolicyMissing
);

/// List what activities are worth
///
/// The kinds of activity outside courses that the packs of an area convert on a day, with what they are worth, the evidence they
/// need and who approves. Where the tables of several areas stand beside each other, each is listed: the lesser amount decides.
///
/// 其他形式转换标准：按日期列出本地区各类活动的折算、证明材料与认定单位。
#[utoipa::path(
    operation_id = "list_conversions", tag = "policy", params(AreaPath, ConversionQuery), security(("bearer" = ["read_policy"])),
    extensions(("x-whole-list" = json!("the kinds of activity of one area"))),
    responses((status = 200, description = "The kinds.", body = ConversionKindList), KindProblems)
)]
#[get("/areas/{area_code}/conversions")]
async fn list_conversions(
    who: Allowed<ReadPolicy>,
    app: Data<App>,
    path: FromPath<AreaPath>,
    query: FromQuery<ConversionQuery>,
) -> Answer {
    let (actor, area, on, shared, now) = (who.actor(), path.0.area_code.0, query.0.on, app.clone(), app.clock.now());
    let data = app.db.read(move |conn| service::kinds(conn, &shared.policy, &actor, area, on, now)).await?;
    answer::json(&ConversionKindList { data, next_cursor: None, total: None })
}

/// Recognise an activity
///
/// An open lesson, a paper, a degree: the packs in force on its day say what it is worth, what evidence it needs and who approves. The
/// hours are entered by the route `converted`, pending until somebody else, of the stage that approves, posts them; caps on the kind show
/// in the statement. With `dry_run=true` it only tells what it would be worth.
///
/// 认定其他形式转换（公开课、论文、学历进修等）：按当日政策折算并登记为待入账，须具备证明材料，由规定的认定单位中登记人以外的人复核入账（市、省认定的由市、省账号入账）；可试运行。
#[utoipa::path(
    operation_id = "create_conversion", tag = "hours", params(TeacherPath, DryRunQuery), request_body = ConversionIn,
    security(("bearer" = ["convert_activities"])),
    responses((status = 201, description = "Entered, pending, or what would be.", body = ConversionView), ConvertProblems)
)]
#[post("/teachers/{teacher_id}/conversions")]
async fn create_conversion(
    who: Allowed<ConvertActivities>,
    command: Command,
    path: FromPath<TeacherPath>,
    query: FromQuery<DryRunQuery>,
    body: Body<ConversionIn>,
) -> Answer {
    let (actor, teacher, new, app) = (who.actor(), path.0.teacher_id.0, body.value.read()?, command.app_data());
    command
        .run_or_try(&who, body.digest, query.0.keep(), move |work| {
            let view = service::convert(work, &app.policy, &actor, teacher, &new)?;
            Reply::created(format!("/v1/hour-entries/{}", view.entry.id), None, &view)
        })
        .await
}
