//! Eligibility, enrolments, attendance, results and closing under `/v1`.

use super::{
    conduct, listing, service,
    view::{EnrolmentList, EnrolmentView, etag},
    way::{self, WayView},
    wire::{
        AttendanceIn, AttendanceSheetView, AttendanceView, ClosingView, EligibilityQuery, EligibilityReasonView,
        EligibilityView, EnrolmentIn, EnrolmentPath, EnrolmentQuery, ResultsIn, ReviewIn, SessionEnrolmentQuery,
        SessionPath, SessionUnitPath, WayQuery,
    },
};
use crate::{
    access::{Actor, Allowed},
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, DryRunQuery, FromPath, FromQuery, Meta, Reply, answer, command::NO_BODY,
        conditions::IfMatch, page,
    },
    ledger::wire::TeacherPath,
    state::App,
    wire::Text,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::{
    access::needs::{CloseSessions, Enrol, ReadEnrolments, ReadHours, RecordAttendance, ReviewEnrolments},
    enrolment::{Placement, ReviewVerdict},
    id::{EnrolmentId, SessionId},
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_enrolment)
        .service(get_eligibility)
        .service(list_session_enrolments)
        .service(list_enrolments)
        .service(get_enrolment)
        .service(approve_enrolment)
        .service(decline_enrolment)
        .service(withdraw_enrolment)
        .service(get_attendance)
        .service(replace_attendance)
        .service(get_results)
        .service(replace_results)
        .service(close_session)
        .service(get_way);
}

problem_set!(
    ApplyProblems = TeacherNotNamed
        | SessionNotOpen
        | ApplicationsNotOpenYet
        | ApplicationsClosed
        | SessionBegun
        | AlreadyEnrolled
        | ApplicantNotEmployed
        | NotInAudience
        | ScheduleClash
        | AlreadyDoneInCycle
        | ContentRecorded
        | YearlyMaximumReached
        | SessionFull
);
problem_set!(EligibilityProblems = TeacherNotNamed);
problem_set!(WayProblems = CycleUnknown | PolicyMissing);
problem_set!(ReviewProblems = NotAwaitingReview);
problem_set!(WithdrawProblems = EnrolmentEnded | WithdrawalClosed);
problem_set!(AttendanceProblems = SessionNotRunning | UnitNotBegun | NotYourUnit | OwnTraining);
problem_set!(ResultProblems = SessionNotRunning | OwnTraining);
problem_set!(CloseProblems = SessionNotRunning | UnitsNotOver | OwnTraining | AttendanceMissing | ResultsMissing);

/// Ask whether a teacher may apply
///
/// Every reason against an application, not only the first: window, audience, clash with another session, same content in
/// this cycle, yearly maximum, seats. The codes are those an application would be refused with.
///
/// 报名资格：一次列出全部不能报名的原因（窗口、对象、时间冲突、重复内容、年度上限、名额）。
#[utoipa::path(
    operation_id = "get_eligibility", tag = "enrolment", params(SessionPath, EligibilityQuery), security(("bearer" = ["read_enrolments"])),
    responses((status = 200, description = "Whether, and every reason why not.", body = EligibilityView), EligibilityProblems)
)]
#[get("/sessions/{session_id}/eligibility")]
async fn get_eligibility(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    meta: Meta,
    path: FromPath<SessionPath>,
    query: FromQuery<EligibilityQuery>,
) -> Answer {
    let (actor, session, person) = (who.actor(), path.0.session_id.0, query.0.teacher_id.map(|id| id.0.person()));
    let (state, now) = (app.clone(), app.clock.now());
    let found =
        app.db.read(move |conn| service::eligibility(conn, &state.policy, &actor, session, person, now)).await?;
    let reason = |problem: &crate::problem::ApiError| {
        let document = problem.document(meta.language(), meta.request_id());
        EligibilityReasonView {
            code: document.code,
            title: document.title,
            detail: document.detail,
            parameters: document.parameters,
        }
    };
    answer::json(&EligibilityView {
        session_id: Text(found.session),
        teacher_id: Text(found.person.teacher()),
        eligible: found.placement.is_some(),
        placement: found.placement.map(|placement| match placement {
            Placement::Seat => "seat".into(),
            Placement::Queue => "queue".into(),
        }),
        reasons: found.problems().iter().map(reason).collect(),
        seats_left: found.seats_left,
        queue_places_left: found.queue_places_left,
        hours: Text(found.hours),
        yearly_hours_left: found.headroom.map(Text),
    })
}

/// Apply for a session
///
/// Takes a seat, or a place at the end of the queue, at once; the school's review confirms it, unless the policy packs ask for none
/// (`school_review`). Send an `Idempotency-Key`: a
/// retry then never applies twice. A school may apply for one of its teachers.
///
/// 报名：立即占用名额或进入候补，随后由学校审核（政策包规定无须审核的除外）。请带Idempotency-Key以便安全重试。
#[utoipa::path(
    operation_id = "create_enrolment", tag = "enrolment", params(SessionPath), request_body = EnrolmentIn, security(("bearer" = ["enrol"])),
    responses((status = 201, description = "Applied: a seat, or a place in the queue.", body = EnrolmentView), ApplyProblems)
)]
#[post("/sessions/{session_id}/enrolments")]
async fn create_enrolment(
    who: Allowed<Enrol>,
    command: Command,
    path: FromPath<SessionPath>,
    body: Body<EnrolmentIn>,
) -> Answer {
    let (actor, session, person) = (who.actor(), path.0.session_id.0, body.value.teacher_id.map(|id| id.0.person()));
    let (app, now, asking) = (command.app_data(), command.at(), who.actor());
    let look = move |conn: &mut _| service::look(conn, &asking, session, person, now);
    command
        .run_after(&who, body.digest, look, move |work, seen| {
            let shown = service::apply(work, &app.policy, &actor, session, person, seen)?;
            let place = format!("/v1/enrolments/{}", shown.row.id);
            Reply::created(place, Some(etag(&shown)), &EnrolmentView::from(&shown))
        })
        .await
}

/// List the enrolments of a session
///
/// In the order of asking. An institution sees all of its sessions, a school its teachers, a teacher oneself.
///
/// 班期报名名单，按报名先后排序。
#[utoipa::path(
    operation_id = "list_session_enrolments", tag = "enrolment", params(SessionPath, SessionEnrolmentQuery), security(("bearer" = ["read_enrolments"])),
    responses((status = 200, description = "A page of enrolments.", body = EnrolmentList))
)]
#[get("/sessions/{session_id}/enrolments")]
async fn list_session_enrolments(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<SessionPath>,
    query: FromQuery<SessionEnrolmentQuery>,
) -> Answer {
    let (asking, session) = (who.actor(), path.0.session_id.0);
    app.db.read(move |conn| listing::shown(conn, &asking, session)).await?;
    let query = query.0.of(path.0.session_id);
    listed(who.actor(), app, request, query).await
}

/// List enrolments
///
/// Those the caller may see, in the order of asking, wherever their sessions are: a teacher the own ones, also in sessions of the city or
/// province; a school those of its teachers and of the schools below it (whoever applied there, and whoever is employed there today), and what
/// awaits its review with `awaiting_review=true`; an institution those in its sessions; the county those of its teachers and in its sessions.
///
/// 报名列表（含在市级、省级班期的报名）：教师见本人，学校见本校及下属校区教师（含报名后调入的教师），机构见本机构班期，县级单位见本县教师与本县班期；学校可用awaiting_review=true查全部待审核报名（含候补）。
#[utoipa::path(
    operation_id = "list_enrolments", tag = "enrolment", params(EnrolmentQuery), security(("bearer" = ["read_enrolments"])),
    responses((status = 200, description = "A page of enrolments.", body = EnrolmentList))
)]
#[get("/enrolments")]
async fn list_enrolments(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<EnrolmentQuery>,
) -> Answer {
    listed(who.actor(), app, request, query.0).await
}

async fn listed(actor: Actor, app: Data<App>, request: HttpRequest, query: EnrolmentQuery) -> Answer {
    let page = query.page("enrolments")?;
    let (wanted, today) = (page.clone(), app.clock.now().china_date());
    // A page walks an index, or what a school or a teacher has; a count may walk everything.
    let read = move |conn: &mut _| listing::list(conn, &actor, &query, &wanted, today);
    let (mut rows, total) = if page.total { app.db.read_long(read).await? } else { app.db.read(read).await? };
    let next_cursor = page.cut(&mut rows, |shown| (shown.row.requested_at, shown.row.id.area(), shown.row.id.number()));
    let data = rows.iter().map(EnrolmentView::from).collect();
    page::list(&request, &EnrolmentList { data, next_cursor, total })
}

/// Read an enrolment
///
/// One's own, one's school's, or one of a session the caller runs.
///
/// 查看报名。
#[utoipa::path(
    operation_id = "get_enrolment", tag = "enrolment", params(EnrolmentPath), security(("bearer" = ["read_enrolments"])),
    responses((status = 200, description = "The enrolment.", body = EnrolmentView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/enrolments/{enrolment_id}")]
async fn get_enrolment(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    path: FromPath<EnrolmentPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.enrolment_id.0, app.clock.now().china_date());
    let shown = app.db.read(move |conn| service::get(conn, &actor, id, today)).await?;
    answer::tagged(&conditions, etag(&shown), &EnrolmentView::from(&shown))
}

/// Approve an application
///
/// The school confirms a seat, or clears someone who waits, so that a seat that comes free is confirmed at once.
///
/// 学校审核通过。
#[utoipa::path(
    operation_id = "approve_enrolment", tag = "enrolment", params(EnrolmentPath), request_body = ReviewIn, security(("bearer" = ["review_enrolments"])),
    responses((status = 200, description = "Approved.", body = EnrolmentView), ReviewProblems)
)]
#[post("/enrolments/{enrolment_id}/approve")]
async fn approve_enrolment(
    who: Allowed<ReviewEnrolments>,
    command: Command,
    path: FromPath<EnrolmentPath>,
    body: Body<ReviewIn>,
) -> Answer {
    reviewed(who.actor(), command, path.0.enrolment_id.0, ReviewVerdict::Approve, body).await
}

/// Decline an application
///
/// The seat or place is given back and the next in the queue moves up.
///
/// 学校审核不通过，名额退回并自动递补。
#[utoipa::path(
    operation_id = "decline_enrolment", tag = "enrolment", params(EnrolmentPath), request_body = ReviewIn, security(("bearer" = ["review_enrolments"])),
    responses((status = 200, description = "Declined.", body = EnrolmentView), ReviewProblems)
)]
#[post("/enrolments/{enrolment_id}/decline")]
async fn decline_enrolment(
    who: Allowed<ReviewEnrolments>,
    command: Command,
    path: FromPath<EnrolmentPath>,
    body: Body<ReviewIn>,
) -> Answer {
    reviewed(who.actor(), command, path.0.enrolment_id.0, ReviewVerdict::Decline, body).await
}

async fn reviewed(
    actor: Actor,
    command: Command,
    id: EnrolmentId,
    verdict: ReviewVerdict,
    body: Body<ReviewIn>,
) -> Answer {
    let who = actor.clone();
    command
        .run(&who, body.digest, move |work| {
            let shown = service::review(work, &actor, id, verdict, body.value.note.as_deref())?;
            Reply::ok(Some(etag(&shown)), &EnrolmentView::from(&shown))
        })
        .await
}

/// Withdraw from a session
///
/// Gives the seat back, before the cut-off, or leaves the queue, at any time; the next in the queue moves up.
///
/// 退出报名或候补；名额自动递补。
#[utoipa::path(
    operation_id = "withdraw_enrolment", tag = "enrolment", params(EnrolmentPath), security(("bearer" = ["enrol"])),
    responses((status = 200, description = "Withdrawn.", body = EnrolmentView), WithdrawProblems)
)]
#[post("/enrolments/{enrolment_id}/withdraw")]
async fn withdraw_enrolment(who: Allowed<Enrol>, command: Command, path: FromPath<EnrolmentPath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.enrolment_id.0);
    command
        .run(&who, NO_BODY, move |work| {
            let shown = service::withdraw(work, &actor, id)?;
            Reply::ok(Some(etag(&shown)), &EnrolmentView::from(&shown))
        })
        .await
}

fn sheet_view(session: SessionId, sheet: &conduct::Sheet) -> AttendanceSheetView {
    AttendanceSheetView {
        session_id: Text(session),
        starts_at: Text(sheet.unit.starts_at),
        ends_at: Text(sheet.unit.ends_at),
        unit_id: Text(sheet.unit.id),
        minutes_total: sheet.unit.minutes(),
        hours: Text(sheet.unit.hours),
        data: sheet.rows.iter().map(|(row, mark)| AttendanceView::new(&sheet.unit, row, mark.as_ref())).collect(),
    }
}

/// Read the attendance of a unit
///
/// Everybody who holds a seat, with what was recorded. A teacher sees the own row, a school those of its teachers: hours follow from
/// the minutes.
///
/// 课次考勤表；教师仅见本人，学校仅见本校教师。
#[utoipa::path(
    operation_id = "get_attendance", tag = "enrolment", params(SessionUnitPath), security(("bearer" = ["read_enrolments"])),
    extensions(("x-whole-list" = json!("one class"))),
    responses((status = 200, description = "The sheet; its `ETag` is what recording is based on.", body = AttendanceSheetView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/sessions/{session_id}/units/{unit_id}/attendance")]
async fn get_attendance(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    path: FromPath<SessionUnitPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, session, unit) = (who.actor(), path.0.session_id.0, path.0.unit_id.0);
    let today = app.clock.now().china_date();
    let sheet = app.db.read_long(move |conn| conduct::sheet(conn, &actor, (session, unit), today)).await?;
    answer::tagged(&conditions, sheet.etag(), &sheet_view(session, &sheet))
}

/// Record the attendance of a unit
///
/// By its lecturer, the institution or the training centre, once the unit has begun and until the session is closed.
/// Sending it again corrects it. Minutes decide: absence is subtracted exactly. `If-Match` has the `ETag` of the sheet, so that
/// lecturer and institution do not undo each other. With `dry_run=true` the answer is the sheet as it would stand, and nothing is kept.
///
/// 记录考勤（可重复提交以更正，须带考勤表的版本），可试运行；缺勤按分钟精确扣减学时。
#[utoipa::path(
    operation_id = "replace_attendance", tag = "enrolment", params(SessionUnitPath, DryRunQuery, IfMatch), request_body = AttendanceIn, security(("bearer" = ["record_attendance"])),
    responses((status = 200, description = "The sheet as it stands now.", body = AttendanceSheetView), AttendanceProblems)
)]
#[put("/sessions/{session_id}/units/{unit_id}/attendance")]
async fn replace_attendance(
    who: Allowed<RecordAttendance>,
    command: Command,
    path: FromPath<SessionUnitPath>,
    query: FromQuery<DryRunQuery>,
    conditions: Conditions,
    body: Body<AttendanceIn>,
) -> Answer {
    let (actor, based_on, input) = (who.actor(), conditions.based_on()?, body.value);
    let (session, unit) = (path.0.session_id.0, path.0.unit_id.0);
    command
        .run_or_try(&who, body.digest, query.0.keep(), move |work| {
            let sheet = conduct::record(work, &actor, (session, unit), based_on, &input)?;
            Reply::ok(Some(sheet.etag()), &sheet_view(session, &sheet))
        })
        .await
}

fn results_view(results: &conduct::Results) -> EnrolmentList {
    EnrolmentList { data: results.rows.iter().map(EnrolmentView::from).collect(), next_cursor: None, total: None }
}

/// Read the results of a session
///
/// Everybody who holds a seat, or held one when the session was closed, with the result.
///
/// 培训结果表。
#[utoipa::path(
    operation_id = "get_results", tag = "enrolment", params(SessionPath), security(("bearer" = ["read_enrolments"])),
    extensions(("x-whole-list" = json!("one class"))),
    responses((status = 200, description = "The results; their `ETag` is what recording is based on.", body = EnrolmentList), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/sessions/{session_id}/results")]
async fn get_results(
    who: Allowed<ReadEnrolments>,
    app: Data<App>,
    path: FromPath<SessionPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, session) = (who.actor(), path.0.session_id.0);
    let results = app.db.read_long(move |conn| conduct::results(conn, &actor, session)).await?;
    answer::tagged(&conditions, results.etag(), &results_view(&results))
}

/// Record the results of a session
///
/// Pass or fail for everybody who holds a seat; misconduct ends the training without hours. Sending it again corrects it.
/// `If-Match` has the `ETag` of the results. With `dry_run=true` the answer is what would stand, and nothing is kept.
///
/// 登记培训结果（须带结果表的版本），可试运行；严重违纪不计学时。
#[utoipa::path(
    operation_id = "replace_results", tag = "enrolment", params(SessionPath, DryRunQuery, IfMatch), request_body = ResultsIn, security(("bearer" = ["close_sessions"])),
    responses((status = 200, description = "Everybody who holds a seat.", body = EnrolmentList), ResultProblems)
)]
#[put("/sessions/{session_id}/results")]
async fn replace_results(
    who: Allowed<CloseSessions>,
    command: Command,
    path: FromPath<SessionPath>,
    query: FromQuery<DryRunQuery>,
    conditions: Conditions,
    body: Body<ResultsIn>,
) -> Answer {
    let (actor, session, results) = (who.actor(), path.0.session_id.0, body.value.results);
    let based_on = conditions.based_on()?;
    command
        .run_or_try(&who, body.digest, query.0.keep(), move |work| {
            let results = conduct::record_results(work, &actor, session, based_on, &results)?;
            Reply::ok(Some(results.etag()), &results_view(&results))
        })
        .await
}

/// Close a session
///
/// Posts the hours of everybody who was confirmed, in one transaction. It closes only where the process holds: all units are
/// over, every mark and every result is recorded. Applications nobody reviewed lapse. Where the packs ask participants for an evaluation
/// (`evaluation_days`), the hours of those who have not given it are pending until they do. With `dry_run=true` the answer says what
/// would be posted, and nothing is kept.
///
/// 结班并登记学时：须全部课次结束、考勤与结果齐全；政策要求评价的，未评价者的学时待其评价后入账。可试运行。
#[utoipa::path(
    operation_id = "close_session", tag = "enrolment", params(SessionPath, DryRunQuery), security(("bearer" = ["close_sessions"])),
    responses((status = 200, description = "Closed, hours posted; or what would be.", body = ClosingView), CloseProblems)
)]
#[post("/sessions/{session_id}/close")]
async fn close_session(
    who: Allowed<CloseSessions>,
    command: Command,
    path: FromPath<SessionPath>,
    query: FromQuery<DryRunQuery>,
) -> Answer {
    let (actor, session) = (who.actor(), path.0.session_id.0);
    let app = command.app_data();
    command
        .run_or_try(&who, NO_BODY, query.0.keep(), move |work| {
            let closing = conduct::close(work, &app.policy, &actor, session)?;
            Reply::ok(None, &closing_view(session, &closing))
        })
        .await
}

fn closing_view(session: SessionId, closing: &conduct::Closing) -> ClosingView {
    ClosingView {
        session_id: Text(session),
        completed: closing.completed,
        not_completed: closing.not_completed,
        expelled: closing.expelled,
        lapsed: closing.lapsed,
        hours_posted: Text(closing.hours_posted),
        awaiting_evaluation: closing.awaiting_evaluation,
        hours_awaiting: Text(closing.hours_awaiting),
    }
}

/// Find the shortest way to what is missing
///
/// Of the published sessions that the teacher may attend, with a free seat and not at the same time, the choice with the fewest hours
/// (then the earliest end) that meets whatever can still be met by the end of the cycle; or the proof that none does. Seats that the
/// teacher holds are taken as attended, and hours that wait for an evaluation as earned. Nothing is reserved.
///
/// 补学建议：在可参加且时间不冲突的已发布班期中，给出学时最少（其次结束最早）的补齐方案；没有则证明没有。已占名额视为完成，待评价学时视为取得；不预留名额。
#[utoipa::path(
    operation_id = "get_way", tag = "hours", params(TeacherPath, WayQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The way, or that there is none.", body = WayView), WayProblems)
)]
#[get("/teachers/{teacher_id}/way")]
async fn get_way(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<TeacherPath>,
    query: FromQuery<WayQuery>,
) -> Answer {
    let (actor, teacher, now, shared) = (who.actor(), path.0.teacher_id.0, app.clock.now(), app.clone());
    let found =
        app.db.read_long(move |conn| way::way(conn, &shared.policy, &actor, teacher, query.0.cycle.as_deref(), now));
    answer::json(&found.await?)
}
