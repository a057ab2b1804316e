//! `/v1/organisations/{id}/accounts`: accounts for many teachers at a time.

use super::{
    opening, opening_sheet,
    opening_wire::{OpenAccountsIn, OpenAccountsQuery, OpenedAccountsView},
    passwords::hashed_many,
};
use crate::{
    access::Allowed,
    http::{
        Answer, Body, Command, FromPath, FromQuery, Keep, Meta, Reply,
        table::{self, SheetFile, TableFormat, TableWish},
    },
    org::wire::OrganisationPath,
    problem::ApiError,
};
use actix_web::{
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue},
    post,
};
use shixun_domain::access::needs::ManageTeacherAccounts;
use std::collections::HashMap;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn mount(config: &mut ServiceConfig<'_>) {
    config.service(open_accounts);
}

/// Accounts made where the client does not say how many.
const AT_ONCE_USUAL: u16 = 100;

/// Make accounts for teachers who have none
///
/// Everybody employed today at the organisation or below who has no account gets one, by school and name, at most `limit` at a time: ask again while
/// `remaining` is above 0. The user name is `t`, the code of the area, a hyphen and the next running number of the area (`t331123-00001`); the
/// account holds the role `teacher` over the organisation that employs the person, from today on. Its password is random, shown in this one
/// answer, as JSON or as a sheet to be handed out, and good for changing it alone. A school makes those of its own teachers.
///
/// 批量开通教师账号：为本单位及下级在职而没有账号的人员逐批开通（按学校、姓名排序，每批至多200个，remaining为剩余人数）。用户名为“t地区码-顺序号”，授予任职单位的
/// 教师角色；初始密码随机生成，仅在本次返回（可导出CSV或XLSX分发），首次登录须修改。
#[utoipa::path(
    operation_id = "open_accounts", tag = "users", params(OrganisationPath, OpenAccountsQuery), request_body = OpenAccountsIn,
    security(("bearer" = ["manage_teacher_accounts"])),
    responses((status = 200, description = "Made.", content(
        (OpenedAccountsView = "application/json"),
        (SheetFile = "text/csv"),
        (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )))
)]
#[post("/organisations/{organisation_id}/accounts")]
async fn open_accounts(
    who: Allowed<ManageTeacherAccounts>,
    command: Command,
    meta: Meta,
    path: FromPath<OrganisationPath>,
    query: FromQuery<OpenAccountsQuery>,
    body: Body<OpenAccountsIn>,
) -> Answer {
    let (actor, id, app, query) = (who.actor(), path.0.organisation_id.0, command.app_data(), query.0);
    let language = meta.language();
    let format = TableFormat::read(query.format.as_deref())?;
    let wish = TableWish { format, bom: query.bom.unwrap_or(true), language };
    let (limit, today) = (body.value.limit.unwrap_or(AT_ONCE_USUAL), command.at().china_date());
    let asking = actor.clone();
    let next = app.db.read_long(move |conn| opening::next(conn, &asking, id, limit, today)).await?;
    let numbers: Vec<i64> = next.iter().map(|one| one.person.number()).collect();
    let keep = Keep::unless(query.dry_run);
    let passwords: HashMap<i64, String> = match keep {
        Keep::Commit => numbers.iter().map(|number| (*number, app.chance.password())).collect(),
        Keep::DryRun => HashMap::new(),
    };
    // What is only tried needs no hash that anybody could sign in with.
    let hashes = match keep {
        Keep::Commit => hashed_many(app.auth.passwords.clone(), passwords.clone()).await?,
        Keep::DryRun => numbers.iter().map(|number| (*number, String::new())).collect(),
    };
    let settled = command
        .settle_or_roll_back(&who, body.digest, keep, move |work| {
            Reply::ok(None, &opening::open(work, &actor, id, &hashes)?)
        })
        .await?;
    let broken = |_| ApiError::internal("the kept answer of new accounts cannot be read");
    let mut view: OpenedAccountsView = serde_json::from_str(&settled.reply.body).map_err(broken)?;
    if !settled.again {
        for one in &mut view.data {
            one.initial_password = passwords.get(&one.person_id.0.number()).cloned();
        }
    }
    let made = table::make(wish, &view, opening_sheet::name(today), |view| opening_sheet::book(view, language))?;
    let mut response = made.answer(language);
    if settled.again {
        response.headers_mut().insert(HeaderName::from_static("idempotency-hit"), HeaderValue::from_static("true"));
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
