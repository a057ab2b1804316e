//! `/v1/persons` and `/v1/teachers`.

use super::{
    reveal, routes_facts,
    service::{self, Wanted},
    wire::{
        PersonChangeIn, PersonIn, PersonList, PersonPath, PersonQuery, PersonView, RevealIn, RevealView, TeacherList,
        TeacherPath, TeacherQuery, TeacherView, etag,
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, page},
    problem::{ApiError, Code},
    state::App,
};
use actix_web::{
    HttpRequest, get,
    http::header::{CACHE_CONTROL, HeaderValue},
    patch, post,
    web::Data,
};
use serde_json::{Value, json};
use shixun_domain::{
    UtcMillis,
    access::needs::{ManagePersons, ReadPersons, ReadSelf, RevealPersons},
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_persons)
        .service(create_person)
        .service(get_person)
        .service(change_person)
        .service(reveal_person)
        .service(list_teachers)
        .service(get_teacher)
        .configure(routes_facts::mount);
}

// An area or organisation of the query that is out of reach.
problem_set!(ListProblems = NotFound);
problem_set!(SaveProblems = IdentityNumberTaken);
problem_set!(RevealProblems = RevealExpired);

/// List persons
///
/// Persons the caller looks after, in the order of their names: a role over the whole area sees all of it, a school
/// administrator those employed at the school today. Identity number, phone and e-mail are masked.
///
/// 人员列表：县级角色看全县，学校管理员看本校现任人员；身份证号码、电话、邮箱均已掩码。
#[utoipa::path(
    operation_id = "list_persons", tag = "people", params(PersonQuery), security(("bearer" = ["read_persons"])),
    responses((status = 200, description = "A page of persons.", body = PersonList), ListProblems)
)]
#[get("/persons")]
async fn list_persons(
    who: Allowed<ReadPersons>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<PersonQuery>,
) -> Answer {
    let (query, today) = (query.0, app.clock.now().china_date());
    let page = query.page("persons")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let filter = Wanted::persons(&query, today);
    let (mut rows, total) = app.db.read_long(move |conn| service::list(conn, &actor, filter, &wanted, today)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.person.search_name(), row.person.id.number()));
    let data = rows.iter().map(PersonView::from).collect();
    page::list(&request, &PersonList { data, next_cursor, total })
}

/// Enter a person
///
/// The identity number tells sex and birth date. A school administrator enters persons of the own school and must say where
/// they work. Without `probation_ends_on` probation is a year from entry.
///
/// 登记人员；学校管理员须填写在本校的任职。试用期默认自参加工作起一年。
#[utoipa::path(
    operation_id = "create_person", tag = "people", request_body = PersonIn, security(("bearer" = ["manage_persons"])),
    responses((status = 201, description = "Entered.", body = PersonView), SaveProblems)
)]
#[post("/persons")]
async fn create_person(who: Allowed<ManagePersons>, command: Command, body: Body<PersonIn>) -> Answer {
    let (actor, new) = (who.actor(), body.value);
    command
        .run(&who, body.digest, move |work| {
            let known = service::create(work, &actor, &new)?;
            let view = PersonView::from(&known);
            Reply::created(format!("/v1/persons/{}", known.person.id), Some(etag(&known)), &view)
        })
        .await
}

/// Read a person
///
/// One person the caller looks after, personal data masked, with organisation and title of today.
///
/// 查看人员（掩码），含当前任职与职称。
#[utoipa::path(
    operation_id = "get_person", tag = "people", params(PersonPath), security(("bearer" = ["read_persons"])),
    responses((status = 200, description = "The person.", body = PersonView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/persons/{person_id}")]
async fn get_person(
    who: Allowed<ReadPersons>,
    app: Data<App>,
    path: FromPath<PersonPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.person_id.0, app.clock.now().china_date());
    let known = app.db.read(move |conn| service::get(conn, &actor, id, today)).await?;
    answer::tagged(&conditions, etag(&known), &PersonView::from(&known))
}

/// Change a person
///
/// Only the fields that are given; null empties one. Masked values are refused, so that what was read can never overwrite
/// what is kept. Employment, title, subjects, posts and leave are dated facts with operations of their own.
///
/// 修改人员：只改给出的字段，null表示清空；掩码值不被接受。任职、职称、学科、职务、离岗另有操作。
#[utoipa::path(
    operation_id = "change_person", tag = "people", request_body = PersonChangeIn, security(("bearer" = ["manage_persons"])),
    params(PersonPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = PersonView), SaveProblems)
)]
#[patch("/persons/{person_id}")]
async fn change_person(
    who: Allowed<ManagePersons>,
    command: Command,
    path: FromPath<PersonPath>,
    conditions: Conditions,
    body: Body<PersonChangeIn>,
) -> Answer {
    let (actor, id, based_on, change) = (who.actor(), path.0.person_id.0, conditions.based_on()?, body.value);
    command
        .run(&who, body.digest, move |work| {
            let known = service::change(work, &actor, id, based_on, &change)?;
            Reply::ok(Some(etag(&known)), &PersonView::from(&known))
        })
        .await
}

/// See personal data in clear
///
/// The fields asked for, in clear, for five minutes. Who asked for what and why is written to the event log. The answer is
/// never stored: a retry with the same `Idempotency-Key` reads it again until `valid_until` and is not logged twice.
///
/// 查看明文：须说明用途并记入事件日志；结果只供显示五分钟，不得保存。
#[utoipa::path(
    operation_id = "reveal_person", tag = "people", params(PersonPath), request_body = RevealIn,
    security(("bearer" = ["reveal_persons"])),
    responses((status = 200, description = "In clear.", body = RevealView), RevealProblems)
)]
#[post("/persons/{person_id}/reveal")]
async fn reveal_person(
    who: Allowed<RevealPersons>,
    command: Command,
    path: FromPath<PersonPath>,
    body: Body<RevealIn>,
) -> Answer {
    let (actor, id, now, app) = (who.actor(), path.0.person_id.0, command.at(), command.app_data());
    let fields = body.value.fields.iter().map(|field| field.0).collect::<Vec<_>>();
    let (asking, wanted) = (who.actor(), body.value);
    let settled = command
        .settle(&who, body.digest, move |work| {
            let valid_until = reveal::ask(work, &asking, id, &wanted)?;
            Reply::ok(None, &json!({"valid_until": valid_until.to_string()}))
        })
        .await?;
    let valid_until = serde_json::from_str::<Value>(&settled.reply.body)
        .ok()
        .and_then(|kept| UtcMillis::parse_rfc3339(kept.get("valid_until")?.as_str()?))
        .ok_or_else(|| ApiError::internal("the kept answer of a reveal cannot be read"))?;
    if now > valid_until {
        return Err(ApiError::new(Code::RevealExpired).with_instant("valid_until", valid_until));
    }
    let view = app.db.read(move |conn| reveal::read(conn, &actor, id, &fields, now, valid_until)).await?;
    let mut response = Reply::ok(None, &view)?.into_response(settled.again);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// List teachers
///
/// Persons employed today whom the caller looks after, with school, title, stages and subjects, posts and leave.
///
/// 教师列表：现任人员及其学校、职称、学段学科、职务、离岗情况。
#[utoipa::path(
    operation_id = "list_teachers", tag = "people", params(TeacherQuery), security(("bearer" = ["read_persons"])),
    responses((status = 200, description = "A page of teachers.", body = TeacherList), ListProblems)
)]
#[get("/teachers")]
async fn list_teachers(
    who: Allowed<ReadPersons>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<TeacherQuery>,
) -> Answer {
    let (query, today) = (query.0, app.clock.now().china_date());
    let page = query.page("teachers")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let filter = Wanted::teachers(&query, today);
    let (mut rows, total) = app.db.read_long(move |conn| service::list(conn, &actor, filter, &wanted, today)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.person.search_name(), row.person.id.number()));
    let data = rows.iter().map(TeacherView::from).collect();
    page::list(&request, &TeacherList { data, next_cursor, total })
}

/// Read a teacher
///
/// School, title, stages and subjects, posts, leave and probation of today. Teachers read themselves; others as for persons.
///
/// 查看教师：教师只能查看本人；其他角色同人员查看范围。
#[utoipa::path(
    operation_id = "get_teacher", tag = "people", params(TeacherPath), security(("bearer" = ["read_self"])),
    responses((status = 200, description = "The teacher.", body = TeacherView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/teachers/{teacher_id}")]
async fn get_teacher(
    who: Allowed<ReadSelf>,
    app: Data<App>,
    path: FromPath<TeacherPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.teacher_id.0.person(), app.clock.now().china_date());
    let known = app.db.read(move |conn| service::get_teacher(conn, &actor, id, today)).await?;
    answer::tagged(&conditions, etag(&known), &TeacherView::from(&known))
}
