//! `/v1/users/{id}/roles` and `/v1/roles`.

use super::{
    service,
    wire::{RoleEndIn, RoleGrantIn, RoleGrantList, RoleGrantPath, RoleGrantView, RoleList, RoleView, UserPath},
};
use crate::{
    access::{Allowed, SignedIn},
    document::problem_set,
    http::{Answer, Body, Command, FromPath, Reply, answer},
    state::App,
};
use actix_web::{get, post, web::Data};
use shixun_domain::{
    access::needs::{ManageUsers, ReadUsers},
    time::DateSpan,
};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_roles).service(list_user_roles).service(grant_role).service(end_role);
}

problem_set!(GrantProblems = OwnAccount | RoleHeldAlready | FactSpanInvalid);
problem_set!(EndProblems = OwnAccount | FactSpanInvalid | FactEndedAlready);

/// List the roles there are
///
/// Every role with its permissions, in both languages. A permission counts within the organisations a role was granted for.
///
/// 全部角色及其权限（中英文）。
#[utoipa::path(
    operation_id = "list_roles", tag = "users",
    extensions(("x-whole-list" = json!("a closed list"))),
    responses((status = 200, description = "All roles, on one page.", body = RoleList))
)]
#[get("/roles")]
async fn list_roles(_who: SignedIn) -> Answer {
    let data = service::all_roles().iter().map(|role| RoleView::from(*role)).collect();
    answer::json(&RoleList { data, next_cursor: None, total: None })
}

/// List the roles of an account
///
/// Past and coming ones too, on one page.
///
/// 账号的角色，含已结束和尚未开始的。
#[utoipa::path(
    operation_id = "list_user_roles", tag = "users", params(UserPath), security(("bearer" = ["read_users"])),
    extensions(("x-whole-list" = json!("the roles of one account"))),
    responses((status = 200, description = "All of them, on one page.", body = RoleGrantList))
)]
#[get("/users/{user_id}/roles")]
async fn list_user_roles(who: Allowed<ReadUsers>, app: Data<App>, path: FromPath<UserPath>) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.user_id.0, app.clock.now().china_date());
    let held = app.db.read(move |conn| service::roles(conn, &actor, id, today)).await?;
    let data = held.iter().map(RoleGrantView::from).collect();
    answer::json(&RoleGrantList { data, next_cursor: None, total: None })
}

/// Grant a role
///
/// Over an organisation that the caller reaches and everything below it, for a period. Nobody grants roles to oneself.
///
/// 授予角色：范围为授予人所辖机构及其下级，可设起止日期；不得授予自己。
#[utoipa::path(
    operation_id = "grant_role", tag = "users", params(UserPath), request_body = RoleGrantIn,
    security(("bearer" = ["manage_users"])),
    responses((status = 201, description = "Granted.", body = RoleGrantView), GrantProblems)
)]
#[post("/users/{user_id}/roles")]
async fn grant_role(
    who: Allowed<ManageUsers>,
    command: Command,
    path: FromPath<UserPath>,
    body: Body<RoleGrantIn>,
) -> Answer {
    let (actor, id, grant, app) = (who.actor(), path.0.user_id.0, body.value, command.app_data());
    let from = grant.valid_from.unwrap_or(command.at().china_date());
    let span = DateSpan { from, to: grant.valid_to };
    let answer = command
        .run(&who, body.digest, move |work| {
            let held = service::grant(work, &actor, id, grant.role.0, grant.organisation_id.0, span)?;
            Reply::created(format!("/v1/users/{id}/roles"), None, &RoleGrantView::from(&held))
        })
        .await;
    app.auth.forget(id);
    answer
}

/// End a role
///
/// On a day, or at once. It counts from the next request on.
///
/// 结束角色：可指定最后一天，或立即结束。
#[utoipa::path(
    operation_id = "end_role", tag = "users", params(RoleGrantPath), request_body = RoleEndIn,
    security(("bearer" = ["manage_users"])),
    responses((status = 200, description = "The roles that are left.", body = RoleGrantList), EndProblems)
)]
#[post("/users/{user_id}/roles/{grant_id}/end")]
async fn end_role(
    who: Allowed<ManageUsers>,
    command: Command,
    path: FromPath<RoleGrantPath>,
    body: Body<RoleEndIn>,
) -> Answer {
    let (actor, path, app) = (who.actor(), path.0, command.app_data());
    let (id, grant, last_day) = (path.user_id.0, path.grant_id.0, body.value.last_day);
    let answer = command
        .run(&who, body.digest, move |work| {
            let left = service::end_grant(work, &actor, id, grant, last_day)?;
            let data = left.iter().map(RoleGrantView::from).collect();
            Reply::ok(None, &RoleGrantList { data, next_cursor: None, total: None })
        })
        .await;
    app.auth.forget(id);
    answer
}
