//! `/v1/teachers/{id}/requirements`.

use super::{
    service::{self, Wish},
    wire::{RequirementGroundsList, RequirementQuery},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Conditions, FromPath, FromQuery, answer},
    ledger::wire::TeacherPath,
    state::App,
};
use actix_web::{get, web::Data};
use shixun_domain::access::needs::ReadHours;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_requirements);
}

problem_set!(ListProblems = CycleUnknown | PolicyMissing);

/// List a teacher's requirements with what makes them up
///
/// Every requirement of the statement of the same `cycle`, `as_of` and `known_at`, and which entry adds how much to it: the hours of
/// `entries` add up to the figure. Whoever asks why somebody has 12 hours of ethics and not 16 finds the 12 here, and in the statement what
/// was cut of each entry.
///
/// 逐项要求及构成该项的学时条目：各条目之和即为该项已有学时。
#[utoipa::path(
    operation_id = "list_requirements", tag = "hours", params(TeacherPath, RequirementQuery), security(("bearer" = ["read_hours"])),
    extensions(("x-whole-list" = json!("what the rules ask of one teacher"))),
    responses((status = 200, description = "The requirements, on one page.", body = RequirementGroundsList), (status = 304, description = "Unchanged since the ETag of If-None-Match."), ListProblems)
)]
#[get("/teachers/{teacher_id}/requirements")]
async fn list_requirements(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<TeacherPath>,
    query: FromQuery<RequirementQuery>,
    conditions: Conditions,
) -> Answer {
    let (actor, teacher, now, shared) = (who.actor(), path.0.teacher_id.0, app.clock.now(), app.clone());
    let RequirementQuery { cycle, as_of, known_at, rule, year } = query.0;
    let wish = Wish { cycle, as_of, known_at: known_at.map(|at| at.0), rule, year };
    let data = app.db.read(move |conn| service::list(conn, &shared.policy, &actor, teacher, &wish, now)).await?;
    answer::digested(&conditions, &RequirementGroundsList { data, next_cursor: None, total: None })
}
