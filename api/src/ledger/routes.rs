//! `/v1/teachers/{id}/statement`, `/v1/teachers/{id}/hour-entries`, `/v1/hour-entries` and standings.

use super::{
    entering,
    service::{self, Behind, StatementAnswer, StatementWish},
    simulation,
    standing::{self, Of, Question},
    statement::StatementView,
    wire::{
        CycleMomentQuery, HourEntryIn, HourEntryList, HourEntryPath, HourEntryQuery, HourEntryView, ReplacementIn,
        ReversalIn, ReversalView, StandingView, TeacherPath, VoidIn,
        simulation::{SimulationIn, SimulationQuery, SimulationView},
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    jobs::wire::JobView,
    org::wire::OrganisationPath,
    policy::PolicyBody,
    problem::ApiError,
    state::App,
    wire::AreaPath,
};
use actix_web::{HttpRequest, get, post, web::Data};
use shixun_domain::access::needs::{DraftPolicy, EnterHours, ReadHours, ReadReports, ReverseHours, ReviewRecords};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(get_statement)
        .service(list_hour_entries)
        .service(create_hour_entry)
        .service(get_hour_entry)
        .service(post_hour_entry)
        .service(void_hour_entry)
        .service(reverse_hour_entry)
        .service(get_organisation_standing)
        .service(get_area_standing)
        .service(simulate_policy_pack);
}

problem_set!(JudgeProblems = CycleUnknown | PolicyMissing);
problem_set!(SimulationProblems = CycleUnknown | PolicyMissing | NotFound | JobNeeded | JobsWaiting);
problem_set!(
    EnterProblems = DuplicateSource
        | DuplicateContent
        | HoursInFuture
        | HoursBeforeEmployment
        | HoursOutsideEmployment
        | TeacherNeverEmployed
        | HoursNegative
        | HoursOverflow
        | HoursAttendedExceedNominal
        | HoursPracticeExceedCredited
        | PolicyMissing
);
problem_set!(
    PostProblems = EntryNotPending
        | EntryAlreadyPosted
        | EntryAlreadyVoided
        | EntryAwaitsEvaluation
        | EntryFourEyes
        | ConversionNeedsApprover
        | HoursBeforeEmployment
        | HoursOutsideEmployment
        | TeacherNeverEmployed
        | PolicyMissing
);
problem_set!(
    VoidProblems =
        EntryNotPending | EntryAlreadyPosted | EntryAlreadyVoided | EntryAwaitsEvaluation | EntryReasonMissing
);
problem_set!(
    ReverseProblems = ReversalNeedsApproval
        | RaiseNeedsApproval
        | ReversalRefused
        | DisputeOpen
        | EntryFourEyes
        | EntryNotPosted
        | EntryAwaitsEvaluation
        | EntryAlreadyReversed
        | EntryReasonMissing
        | CorrectionChangesNothing
        | HoursNegative
        | HoursOverflow
        | HoursAttendedExceedNominal
        | HoursPracticeExceedCredited
        | PolicyMissing
);

/// Read a teacher's statement of hours
///
/// The hours of a cycle with the reason for every figure: what each entry counts, what was cut by which rule of which policy
/// pack, what every requirement asks for and how it stands. Teachers read their own, schools those they employ or employed.
/// The `ETag` changes when an entry, a fact of the person or a policy pack does. `as_of` asks what counted on a day, `known_at`
/// what was known at an instant: hours posted or reversed later, packs published later, and what was later learnt of the person (leave,
/// posts, employment, waivers) are then not there yet. Names are today's.
///
/// 学时证明：逐条计入、削减及其规则，逐项要求及其达标情况。as_of为截至日期，known_at为“当时已知”的时刻（其后入账、冲销、发布的不计；请假、任职、免除等个人情况亦以当时所知为准；姓名为现名）。
#[utoipa::path(
    operation_id = "get_statement", tag = "hours", params(TeacherPath, CycleMomentQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The statement.", body = StatementView), (status = 304, description = "Unchanged since the ETag of If-None-Match."), JudgeProblems)
)]
#[get("/teachers/{teacher_id}/statement")]
async fn get_statement(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<TeacherPath>,
    query: FromQuery<CycleMomentQuery>,
    conditions: Conditions,
) -> Answer {
    let (actor, teacher, now, shared) = (who.actor(), path.0.teacher_id.0, app.clock.now(), app.clone());
    let CycleMomentQuery { cycle, as_of, known_at } = query.0;
    let wish = StatementWish { cycle, as_of, known_at: known_at.map(|at| at.0), conditions };
    let person = teacher.person();
    if wish.conditions.has_any() && service::sees_at_once(&actor, person) {
        let revision = app.revisions.find(&app.db, person).await?;
        let known = revision.and_then(|revision| service::unchanged(&app.policy, person, &wish, now, revision));
        if let Some(etag) = known {
            return Ok(answer::unchanged(&etag));
        }
    }
    let found = app
        .db
        .read(move |conn| {
            // Written as JSON here, so that on PostgreSQL the worker is free meanwhile.
            match service::statement(conn, &shared.policy, &actor, teacher, &wish, now)? {
                StatementAnswer::Unchanged(etag) => Ok::<_, ApiError>(Err(etag)),
                StatementAnswer::Fresh(etag, view) => answer::written(view.as_ref()).map(|body| Ok((etag, body))),
            }
        })
        .await?;
    Ok(match found {
        Ok((etag, body)) => answer::whole(Some(&etag), body),
        Err(etag) => answer::unchanged(&etag),
    })
}

/// List a teacher's hour entries
///
/// Every entry of the ledger: pending, posted, voided and reversed, by the day to which the hours belong.
///
/// 教师学时台账：待入账、已入账、作废与冲销条目，按学时日期排列。
#[utoipa::path(
    operation_id = "list_hour_entries", tag = "hours", params(TeacherPath, HourEntryQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of entries.", body = HourEntryList))
)]
#[get("/teachers/{teacher_id}/hour-entries")]
async fn list_hour_entries(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<TeacherPath>,
    query: FromQuery<HourEntryQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("hour_entries")?;
    let (actor, teacher, wanted, now) = (who.actor(), path.0.teacher_id.0, page.clone(), app.clock.now());
    let (mut data, total) =
        app.db.read(move |conn| service::list(conn, &actor, teacher, &query.filter(), &wanted, now)).await?;
    let next_cursor = page.cut(&mut data, HourEntryView::place);
    page::list(&request, &HourEntryList { data, next_cursor, total })
}

/// Enter hours earned outside the catalogue
///
/// With evidence, once per reference. The entry is pending: the statement shows it as such, and it counts nowhere until somebody else posts
/// it. Hours of an institution without review keep the day of the school's consent; whether they count is for the rules to say,
/// and the statement shows it. School, title and subject are those of the day.
///
/// 登记目录外学时为待入账（须有凭证，同一凭证号只登记一次），经他人复核入账后方计入；未经审核机构须填学校同意日期，是否计入由规则决定。
#[utoipa::path(
    operation_id = "create_hour_entry", tag = "hours", params(TeacherPath), request_body = HourEntryIn, security(("bearer" = ["enter_hours"])),
    responses((status = 201, description = "Entered, pending.", body = HourEntryView), EnterProblems)
)]
#[post("/teachers/{teacher_id}/hour-entries")]
async fn create_hour_entry(
    who: Allowed<EnterHours>,
    command: Command,
    path: FromPath<TeacherPath>,
    body: Body<HourEntryIn>,
) -> Answer {
    let (actor, teacher, new, shared) = (who.actor(), path.0.teacher_id.0, body.value.read()?, command.app_data());
    command
        .run(&who, body.digest, move |work| {
            let view = entering::enter(work, &shared.policy, &actor, teacher, &new)?;
            Ok(Reply::created(format!("/v1/hour-entries/{}", view.id), None, &view)?.digested())
        })
        .await
}

/// Read an hour entry
///
/// One entry with what it follows and what follows it.
///
/// 查看一条学时及其前后条目。
#[utoipa::path(
    operation_id = "get_hour_entry", tag = "hours", params(HourEntryPath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The entry.", body = HourEntryView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/hour-entries/{hour_entry_id}")]
async fn get_hour_entry(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<HourEntryPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.hour_entry_id.0);
    answer::digested(&conditions, &app.db.read(move |conn| service::get(conn, &actor, id)).await?)
}

/// Post pending hours
///
/// Four eyes: not by who entered them, nor by whose hours they are; an activity outside courses by the stage that approves it. From then on
/// they count. What is pending is posted or voided once. Hours that wait for the teacher's evaluation of a session are posted by that alone.
///
/// 复核入账：待入账学时由登记人以外的人确认后计入；教师本人不得入账，其他形式转换由规定的单位入账；待学员评价的学时只由评价入账。
#[utoipa::path(
    operation_id = "post_hour_entry", tag = "hours", params(HourEntryPath), security(("bearer" = ["review_records"])),
    responses((status = 201, description = "Posted: the entry that follows the pending one.", body = HourEntryView), PostProblems)
)]
#[post("/hour-entries/{hour_entry_id}/post")]
async fn post_hour_entry(who: Allowed<ReviewRecords>, command: Command, path: FromPath<HourEntryPath>) -> Answer {
    let (actor, id, shared) = (who.actor(), path.0.hour_entry_id.0, command.app_data());
    command
        .run(&who, NO_BODY, move |work| {
            let view = entering::post(work, &shared.policy, &actor, id)?;
            Ok(Reply::created(format!("/v1/hour-entries/{}", view.id), None, &view)?.digested())
        })
        .await
}

/// Void pending hours
///
/// They will not be earned, for a reason. Whoever entered them may take them back so. Their reference may be entered again.
///
/// 作废待入账学时（须写明理由），登记人也可作废；作废后同一凭证号可以重新登记。
#[utoipa::path(
    operation_id = "void_hour_entry", tag = "hours", params(HourEntryPath), request_body = VoidIn, security(("bearer" = ["review_records"])),
    responses((status = 201, description = "Voided: the entry that ends the pending one.", body = HourEntryView), VoidProblems)
)]
#[post("/hour-entries/{hour_entry_id}/void")]
async fn void_hour_entry(
    who: Allowed<ReviewRecords>,
    command: Command,
    path: FromPath<HourEntryPath>,
    body: Body<VoidIn>,
) -> Answer {
    let (actor, id, reason) = (who.actor(), path.0.hour_entry_id.0, body.value.reason);
    command
        .run(&who, body.digest, move |work| {
            let view = entering::void(work, &actor, id, reason.trim())?;
            Ok(Reply::created(format!("/v1/hour-entries/{}", view.id), None, &view)?.digested())
        })
        .await
}

/// Reverse an hour entry
///
/// The way to correct posted hours: they are taken back in full with a reason and, where the right hours are given, those
/// are posted in their place in the same transaction, dated as the entry was. Nobody gives more hours alone by this, and after the last day of the
/// entry's cycle nobody does either: the county, or the teacher, disputes the entry, and somebody else upholds the dispute. While one is open,
/// nobody else reverses the entry. Hours of a session follow its attendance, and are corrected with it
/// (`POST /v1/enrolments/{enrolment_id}/corrections`), within the hours of the session.
///
/// 冲销学时（须写明理由），可同时更正；增加学时的，或条目所在周期结束后，须先对条目提出更正（申诉），由他人审定；有未决申诉的条目不能另行冲销。班期学时依考勤而定，考勤有误的请更正考勤。
#[utoipa::path(
    operation_id = "reverse_hour_entry", tag = "hours", params(HourEntryPath), request_body = ReversalIn, security(("bearer" = ["reverse_hours"])),
    responses((status = 201, description = "Reversed.", body = ReversalView), ReverseProblems)
)]
#[post("/hour-entries/{hour_entry_id}/reverse")]
async fn reverse_hour_entry(
    who: Allowed<ReverseHours>,
    command: Command,
    path: FromPath<HourEntryPath>,
    body: Body<ReversalIn>,
) -> Answer {
    let (actor, id, shared) = (who.actor(), path.0.hour_entry_id.0, command.app_data());
    let ReversalIn { reason, replacement } = body.value;
    let replacement = replacement.map(ReplacementIn::read).transpose()?;
    command
        .run(&who, body.digest, move |work| {
            let view =
                service::reverse(work, &shared.policy, &actor, (id, Behind::One), reason.trim(), replacement.clone())?;
            Reply::created(format!("/v1/hour-entries/{}", view.reversal.id), None, &view)
        })
        .await
}

/// Read how the teachers of an organisation stand
///
/// Teachers employed on the day in the organisation's schools, counted by verdict, for all and for each school. For those of the county:
/// readers above it find the same in the reports, where small numbers of persons are hidden.
///
/// 机构（学校）教师学时达标情况统计；供本县使用，上级请查看报表（人数过少的单元格不显示）。
#[utoipa::path(
    operation_id = "get_organisation_standing", tag = "hours", params(OrganisationPath, CycleMomentQuery), security(("bearer" = ["read_reports"])),
    responses((status = 200, description = "Counts by verdict.", body = StandingView), JudgeProblems)
)]
#[get("/organisations/{organisation_id}/standing")]
async fn get_organisation_standing(
    who: Allowed<ReadReports>,
    app: Data<App>,
    path: FromPath<OrganisationPath>,
    query: FromQuery<CycleMomentQuery>,
) -> Answer {
    let actor = who.actor();
    answer_standing(app, actor, Of::Organisation(path.0.organisation_id.0), query.0).await
}

/// Read how the teachers of an area stand
///
/// Every teacher employed on the day in the area's schools, counted by verdict, for all and for each school. For those of the county:
/// readers above it find the same in the reports, where small numbers of persons are hidden.
///
/// 全县教师学时达标情况统计，按学校分列；供本县使用，上级请查看报表（人数过少的单元格不显示）。
#[utoipa::path(
    operation_id = "get_area_standing", tag = "hours", params(AreaPath, CycleMomentQuery), security(("bearer" = ["read_reports"])),
    responses((status = 200, description = "Counts by verdict.", body = StandingView), JudgeProblems)
)]
#[get("/areas/{area_code}/standing")]
async fn get_area_standing(
    who: Allowed<ReadReports>,
    app: Data<App>,
    path: FromPath<AreaPath>,
    query: FromQuery<CycleMomentQuery>,
) -> Answer {
    let actor = who.actor();
    answer_standing(app, actor, Of::Area(path.0.area_code.0), query.0).await
}

/// Try a draft of rules on everybody
///
/// Judges every teacher of the county, or of the one school that the draft is for, under the rules in force and under those with the draft: who would stand differently, what
/// each rule leaves out or asks for, how many hours, seats and how much money would come on top. Nothing is written.
///
/// A county with more than 10,000 teachers (or what the server's settings say) takes a while: with `as_job=true` the answer is a job,
/// which tells its progress and in the end has the same result. Cycle and day are then those of the request, the hours those of the run.
/// Without it nothing is written, and a repetition needs no `Idempotency-Key`.
///
/// 试算政策包：以现行规则与加入草案后的规则分别核算全县教师，列出变化、增加的学时、席位与经费；不写入任何数据。教师超过一万人的县须加as_job=true，作为任务提交。
#[utoipa::path(
    operation_id = "simulate_policy_pack", tag = "policy", params(SimulationQuery), request_body = SimulationIn, security(("bearer" = ["draft_policy"])),
    responses(
        (status = 200, description = "What it would do.", body = SimulationView),
        (status = 202, description = "The job that finds out, with `as_job=true`; `Location` says where to follow it.", body = JobView),
        SimulationProblems
    )
)]
#[post("/policy-packs/simulate")]
async fn simulate_policy_pack(
    who: Allowed<DraftPolicy>,
    command: Command,
    query: FromQuery<SimulationQuery>,
    PolicyBody(body): PolicyBody<SimulationIn>,
) -> Answer {
    let (actor, wish, app, now) = (who.actor(), body.value, command.app_data(), command.at());
    let shared = app.clone();
    if query.0.as_job {
        let answer = command
            .run(&who, body.digest, move |work| {
                let view = simulation::enqueue(work, &shared.policy, &actor, &wish)?;
                Reply::accepted(format!("/v1/jobs/{}", view.id), Some(view.etag()), &view)
            })
            .await;
        app.jobs.wake();
        return answer;
    }
    // Nothing is written, so that a repetition needs no key.
    let view = app
        .db
        .read_long(move |conn| simulation::simulate(conn, &shared.policy, &actor, &wish, now, &shared.config))
        .await?;
    answer::json(&view)
}

async fn answer_standing(app: Data<App>, actor: crate::access::Actor, of: Of, query: CycleMomentQuery) -> Answer {
    let (now, shared) = (app.clock.now(), app.clone());
    let standing = app
        .db
        .read_long(move |conn| {
            let known_at = query.known_at.map(|at| at.0);
            let question = Question { of, cycle: query.cycle.as_deref(), as_of: query.as_of, known_at, now };
            standing::standing(conn, &shared.policy, &actor, question)
        })
        .await?;
    answer::json(&standing::view(&standing))
}
