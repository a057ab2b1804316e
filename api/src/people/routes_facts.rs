//! `/v1/persons/{id}/facts` and what enters, ends and moves them.

use super::{
    facts::{self, NewFactData},
    facts_wire::{
        EmploymentIn, EmploymentView, FactEndIn, FactPath, FactWithdrawalIn, FactsQuery, FactsView, LeaveIn, LeaveView,
        PostIn, PostView, TeachingIn, TeachingView, TitleHeldIn, TitleHeldView, TransferIn,
    },
    wire::PersonPath,
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, fields::trimmed},
    problem::{ApiError, Words},
    state::App,
};
use actix_web::{get, post, web::Data};
use chrono::NaiveDate;
use shixun_domain::{
    access::needs::{ManagePersons, ReadPersons},
    id::PersonId,
    time::DateSpan,
    words::Post,
};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_person_facts)
        .service(add_employment)
        .service(add_title)
        .service(add_teaching)
        .service(add_post)
        .service(add_leave)
        .service(end_person_fact)
        .service(withdraw_person_fact)
        .service(transfer_person);
}

problem_set!(AddProblems = FactSpanInvalid | FactOverlaps);
problem_set!(EndProblems = FactSpanInvalid | FactEndedAlready);
problem_set!(WithdrawProblems = FactWithdrawn);
problem_set!(TransferProblems = NotEmployed | EmployedThereAlready | LaterFactKnown);

/// Read the dated facts of a person
///
/// Employments, titles, stages and subjects, posts and leave: the whole history, or what was true on a day.
///
/// 人员的历史记录：任职、职称、学段学科、职务、离岗；可指定日期。
#[utoipa::path(
    operation_id = "list_person_facts", tag = "people", params(PersonPath, FactsQuery), security(("bearer" = ["read_persons"])),
    extensions(("x-whole-list" = json!("what is known of one person"))),
    responses((status = 200, description = "The facts.", body = FactsView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/persons/{person_id}/facts")]
async fn list_person_facts(
    who: Allowed<ReadPersons>,
    app: Data<App>,
    path: FromPath<PersonPath>,
    query: FromQuery<FactsQuery>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, on, today) = (who.actor(), path.0.person_id.0, query.0.on, app.clock.now().china_date());
    answer::digested(&conditions, &app.db.read(move |conn| facts::list(conn, &actor, id, on, today)).await?)
}

/// Runs the use case that all five ways of entering a fact share.
async fn add(
    who: Allowed<ManagePersons>,
    command: Command,
    id: PersonId,
    digest: [u8; 32],
    new: NewFactData,
) -> Answer {
    let actor = who.actor();
    command
        .run(&who, digest, move |work| {
            let view = facts::add(work, &actor, id, &new)?;
            Reply::created(format!("/v1/persons/{id}/facts"), None, &view)
        })
        .await
}

fn span(from: NaiveDate, to: Option<NaiveDate>) -> DateSpan {
    DateSpan { from, to }
}

/// Enter an employment
///
/// A person has one employment at a time: an overlap is refused. Use `transfer` to move somebody; work at a second school is
/// a leave of the kind `secondment`.
///
/// 新增任职：同一时间只有一处任职，调动请用transfer，借调支教请登记为离岗。
#[utoipa::path(
    operation_id = "add_employment", tag = "people", params(PersonPath), request_body = EmploymentIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = EmploymentView), AddProblems)
)]
#[post("/persons/{person_id}/employments")]
async fn add_employment(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<EmploymentIn>,
) -> Answer {
    let new = NewFactData {
        fact: facts::employment(body.value.organisation_id.0),
        span: span(body.value.valid_from, body.value.valid_to),
    };
    add(who, command, path.0.person_id.0, body.digest, new).await
}

/// Enter a title
///
/// A person has one title at a time: end the one before first.
///
/// 新增职称：同一时间只有一个职称，请先结束原职称。
#[utoipa::path(
    operation_id = "add_title", tag = "people", params(PersonPath), request_body = TitleHeldIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = TitleHeldView), AddProblems)
)]
#[post("/persons/{person_id}/titles")]
async fn add_title(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<TitleHeldIn>,
) -> Answer {
    let new =
        NewFactData { fact: facts::title(body.value.title.0), span: span(body.value.valid_from, body.value.valid_to) };
    add(who, command, path.0.person_id.0, body.digest, new).await
}

/// Enter a stage and subject taught
///
/// A person may teach several at a time; the same one twice for a day is refused.
///
/// 新增任教学段与学科：可同时有多项，同一项时间不得重叠。
#[utoipa::path(
    operation_id = "add_teaching", tag = "people", params(PersonPath), request_body = TeachingIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = TeachingView), AddProblems)
)]
#[post("/persons/{person_id}/teaching")]
async fn add_teaching(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<TeachingIn>,
) -> Answer {
    let new = NewFactData {
        fact: facts::teaching(body.value.stage.0, facts::subject(&body.value.subject)?),
        span: span(body.value.valid_from, body.value.valid_to),
    };
    add(who, command, path.0.person_id.0, body.digest, new).await
}

/// Enter a management post
///
/// Head, deputy head or middle manager at a school; a move to another school ends it.
///
/// 新增行政职务（校长、副校长、中层）；调离学校时随之结束。
#[utoipa::path(
    operation_id = "add_post", tag = "people", params(PersonPath), request_body = PostIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = PostView), AddProblems)
)]
#[post("/persons/{person_id}/posts")]
async fn add_post(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<PostIn>,
) -> Answer {
    let post = body.value;
    if post.post.0 == Post::None {
        return Err(ApiError::field(
            "/post",
            "no_post",
            Words::new("“无”不是职务；卸任请结束原职务", "`none` is no post; end the post that is left"),
        ));
    }
    let new = NewFactData {
        fact: facts::post(post.organisation_id.0, post.post.0, post.category.as_deref()),
        span: span(post.valid_from, post.valid_to),
    };
    add(who, command, path.0.person_id.0, body.digest, new).await
}

/// Enter a time away
///
/// Maternity, sick or study leave, secondment, or another. A person is away once at a time.
///
/// 新增离岗：产假、病假、脱产进修、借调支教等，时间不得重叠。
#[utoipa::path(
    operation_id = "add_leave", tag = "people", params(PersonPath), request_body = LeaveIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = LeaveView), AddProblems)
)]
#[post("/persons/{person_id}/leaves")]
async fn add_leave(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<LeaveIn>,
) -> Answer {
    let leave = body.value;
    let new = NewFactData {
        fact: facts::leave_of(leave.kind.0, leave.note.as_deref()),
        span: span(leave.valid_from, leave.valid_to),
    };
    add(who, command, path.0.person_id.0, body.digest, new).await
}

/// End a dated fact
///
/// Closes a fact that is open, or cuts short one that ends later. History is kept: an end is never moved back.
///
/// 结束一条记录：为仍在进行的记录填写最后一天，或提前原定的最后一天。
#[utoipa::path(
    operation_id = "end_person_fact", tag = "people", params(FactPath), request_body = FactEndIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 200, description = "The facts of that day.", body = FactsView), EndProblems)
)]
#[post("/persons/{person_id}/{fact_kind}/{fact_id}/end")]
async fn end_person_fact(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<FactPath>,
    body: Body<FactEndIn>,
) -> Answer {
    let (actor, path, last_day) = (who.actor(), path.0, body.value.last_day);
    command
        .run(&who, body.digest, move |work| {
            let view = facts::end(work, &actor, path.person_id.0, path.fact_kind.0, path.fact_id.0, last_day)?;
            Ok(Reply::ok(None, &view)?.digested())
        })
        .await
}

/// Withdraw a dated fact
///
/// For what was entered by mistake: it counts on no day any more, in no statement, list or profile. What it said is kept with the reason
/// (`withdrawn` of the facts), and a statement with an earlier `known_at` still sees it. A wrong first day is corrected by withdrawing the fact
/// and entering it anew. An employment or a post needs a role that reaches its organisation.
///
/// 撤回误登的记录：须说明理由，撤回后不再计入任何对账单、名单与画像；原内容及理由保留，known_at早于撤回时刻的查询仍按原样。起始日期有误的，撤回后重新登记。
#[utoipa::path(
    operation_id = "withdraw_person_fact", tag = "people", params(FactPath), request_body = FactWithdrawalIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 200, description = "All facts of the person that are left.", body = FactsView), WithdrawProblems)
)]
#[post("/persons/{person_id}/{fact_kind}/{fact_id}/withdraw")]
async fn withdraw_person_fact(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<FactPath>,
    body: Body<FactWithdrawalIn>,
) -> Answer {
    let (actor, path, reason) = (who.actor(), path.0, trimmed(&body.value.reason));
    command
        .run(&who, body.digest, move |work| {
            let view = facts::withdraw(work, &actor, path.person_id.0, path.fact_kind.0, path.fact_id.0, &reason)?;
            Ok(Reply::ok(None, &view)?.digested())
        })
        .await
}

/// Move a person to another school
///
/// Ends the employment on the day before and begins the new one on the day, in one step; posts at the old school end too.
/// Hours, title, subjects and history hang on the person and stay. Needs a role that reaches both schools.
///
/// 调动：前一日结束原任职，当日开始新任职；原校行政职务随之结束，学时、职称、学科及历史全部保留。
#[utoipa::path(
    operation_id = "transfer_person", tag = "people", params(PersonPath), request_body = TransferIn,
    security(("bearer" = ["manage_persons"])),
    responses((status = 200, description = "The facts of the day.", body = FactsView), TransferProblems)
)]
#[post("/persons/{person_id}/transfer")]
async fn transfer_person(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<TransferIn>,
) -> Answer {
    let (actor, id, transfer) = (who.actor(), path.0.person_id.0, body.value);
    command
        .run(&who, body.digest, move |work| {
            let view = facts::transfer(work, &actor, id, transfer.organisation_id.0, transfer.on)?;
            Ok(Reply::ok(None, &view)?.digested())
        })
        .await
}
