//! `/v1/users` and `/v1/me/password`.

use super::{
    passwords::{digest_without_password, hashed, verified},
    routes_opening, routes_roles,
    service::{self, NewPassword, Wanted},
    wire::{NewUserView, OwnPasswordIn, PasswordIn, UserIn, UserList, UserPath, UserQuery, UserView},
};
use crate::{
    access::{Actor, Allowed, SignedIn},
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    problem::{ApiError, Words},
    state::App,
    wire::Text,
};
use actix_web::{
    HttpRequest, get,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::Data,
};
use shixun_domain::{
    access::needs::{ManageTeacherAccounts, ManageUsers, ReadUsers},
    id::AccountId,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users)
        .service(create_user)
        .service(get_user)
        .service(set_user_password)
        .service(disable_user)
        .service(enable_user)
        .service(change_own_password)
        .configure(routes_opening::mount)
        .configure(routes_roles::mount);
}

// An area or organisation out of reach.
problem_set!(AreaProblems = NotFound);
problem_set!(CreateProblems = UsernameTaken | PersonHasAccount | NotFound);
problem_set!(OwnProblems = OwnAccount);
problem_set!(ResetProblems = OwnAccount | AccountHoldsOffice);
problem_set!(OldPasswordProblems = OldPasswordWrong | RateLimited);

/// List accounts
///
/// Accounts of an area in the order of user names, each with the name of its person and its roles. A school sees those of whoever is employed there.
///
/// 账号列表（含姓名与角色），可按姓名、角色、机构筛选；学校只见本校在职人员的账号。
#[utoipa::path(
    operation_id = "list_users", tag = "users", params(UserQuery), security(("bearer" = ["read_users"])),
    responses((status = 200, description = "A page of accounts.", body = UserList), AreaProblems)
)]
#[get("/users")]
async fn list_users(
    who: Allowed<ReadUsers>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<UserQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("users")?;
    let (actor, asked) = (who.actor(), page.clone());
    let wanted = Wanted {
        area: query.area.map(|area| area.0),
        organisation: query.organisation_id.map(|id| id.0),
        filter: query.filter(app.clock.now().china_date()),
    };
    let (mut rows, total) = app.db.read_long(move |conn| service::list(conn, &actor, wanted, &asked)).await?;
    let next_cursor = page.cut(&mut rows, |shown| shown.row.username.clone());
    let data = rows.iter().map(UserView::from).collect();
    page::list(&request, &UserList { data, next_cursor, total })
}

/// Make an account
///
/// With a password of the caller's choice, or one that the server makes and shows in this one answer. The account may do
/// nothing until it is granted a role.
///
/// 新建账号：可自定初始密码，或由系统生成并仅在本次返回中显示；授予角色后方可使用。
#[utoipa::path(
    operation_id = "create_user", tag = "users", request_body = UserIn, security(("bearer" = ["manage_users"])),
    responses(
        (status = 201, description = "Made.", body = NewUserView, headers(("ETag" = String, description = "Of the account."))),
        CreateProblems
    )
)]
#[post("/users")]
async fn create_user(who: Allowed<ManageUsers>, command: Command, body: Body<UserIn>) -> Answer {
    let (actor, new, app) = (who.actor(), body.value, command.app_data());
    service::username(&new.username)?;
    let person = new.person_id.map(|person| person.0);
    let must_change = new.must_change_password.unwrap_or(new.password.is_none());
    let generated = if new.password.is_none() { Some(app.chance.password()) } else { None };
    let password = new.password.or_else(|| generated.clone()).unwrap_or_default();
    let hash = hashed(app.auth.passwords.clone(), password).await?;
    let person_text = person.map(|person| person.to_string()).unwrap_or_default();
    let chosen = if generated.is_none() { "chosen" } else { "made" };
    let digest = digest_without_password(&[&new.username, &person_text, chosen, &must_change.to_string()]);
    let username = new.username;
    let settled = command
        .settle(&who, digest, move |work| {
            let made = service::create(work, &actor, &username, NewPassword { hash: &hash, must_change }, person)?;
            let user = UserView::from(&made);
            let etag = user.etag();
            Reply::created(
                format!("/v1/users/{}", made.row.id),
                Some(etag),
                &NewUserView { user, initial_password: None },
            )
        })
        .await?;
    let mut reply = settled.reply;
    if let (Some(password), false) = (generated, settled.again) {
        reply.body = with_password(&reply.body, &password)?;
    }
    let mut response = reply.into_response(settled.again);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Puts the password into the answer, after the answer was kept without it.
fn with_password(body: &str, password: &str) -> Result<String, ApiError> {
    let broken = || ApiError::internal("the kept answer of a new account cannot be read");
    let mut value: serde_json::Value = serde_json::from_str(body).map_err(|_| broken())?;
    value.as_object_mut().ok_or_else(broken)?.insert("initial_password".into(), password.into());
    Ok(value.to_string())
}

/// Read an account
///
/// One account with the name of its person and its roles.
///
/// 查看账号（含姓名与角色）。
#[utoipa::path(
    operation_id = "get_user", tag = "users", params(UserPath), security(("bearer" = ["read_users"])),
    responses((status = 200, description = "The account.", body = UserView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/users/{user_id}")]
async fn get_user(who: Allowed<ReadUsers>, app: Data<App>, path: FromPath<UserPath>, conditions: Conditions) -> Answer {
    let (actor, id, today) = (who.actor(), path.0.user_id.0, app.clock.now().china_date());
    let shown = app.db.read(move |conn| service::get(conn, &actor, id, today)).await?;
    let view = UserView::from(&shown);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Set somebody's password
///
/// Lifts the lock after failures and ends every sign-in of the account; whoever it belongs to changes it at the next sign-in, unless
/// `must_change_password` is false. A school resets the accounts of those employed there who hold no office. One's own password is changed with
/// `POST /v1/me/password`.
///
/// 重置他人密码：同时解除锁定并撤销其全部登录，对方下次登录须修改密码；学校可重置本校教师的账号；本人密码请用 /v1/me/password 修改。
#[utoipa::path(
    operation_id = "set_user_password", tag = "users", params(UserPath), request_body = PasswordIn,
    security(("bearer" = ["manage_teacher_accounts"])),
    responses((status = 204, description = "Set."), ResetProblems)
)]
#[post("/users/{user_id}/password")]
async fn set_user_password(
    who: Allowed<ManageTeacherAccounts>,
    command: Command,
    path: FromPath<UserPath>,
    body: Body<PasswordIn>,
) -> Answer {
    let (actor, id, app) = (who.actor(), path.0.user_id.0, command.app_data());
    let must_change = body.value.must_change_password.unwrap_or(true);
    let hash = hashed(app.auth.passwords.clone(), body.value.password).await?;
    let digest = digest_without_password(&[&id.to_string(), &must_change.to_string()]);
    let answer = command
        .run(&who, digest, move |work| {
            service::set_password(work, &actor, id, NewPassword { hash: &hash, must_change })?;
            Ok(Reply::empty())
        })
        .await;
    app.auth.forget(id);
    answer
}

async fn disabled(who: Allowed<ManageUsers>, command: Command, id: AccountId, disabled: bool) -> Answer {
    let (actor, app) = (who.actor(), command.app_data());
    let answer = command
        .run(&who, NO_BODY, move |work| {
            let shown = service::set_disabled(work, &actor, id, disabled)?;
            let view = UserView::from(&shown);
            Reply::ok(Some(view.etag()), &view)
        })
        .await;
    app.auth.forget(id);
    answer
}

/// Disable an account
///
/// Signing in is refused and every sign-in ends: access tokens stop within seconds. Repeating it changes nothing.
///
/// 停用账号：拒绝登录并撤销其全部登录，可重复调用。
#[utoipa::path(
    operation_id = "disable_user", tag = "users", params(UserPath), security(("bearer" = ["manage_users"])),
    responses((status = 200, description = "Disabled.", body = UserView), OwnProblems)
)]
#[post("/users/{user_id}/disable")]
async fn disable_user(who: Allowed<ManageUsers>, command: Command, path: FromPath<UserPath>) -> Answer {
    disabled(who, command, path.0.user_id.0, true).await
}

/// Enable an account
///
/// Signing in is allowed again. Repeating it changes nothing.
///
/// 启用账号，可重复调用。
#[utoipa::path(
    operation_id = "enable_user", tag = "users", params(UserPath), security(("bearer" = ["manage_users"])),
    responses((status = 200, description = "Enabled.", body = UserView), OwnProblems)
)]
#[post("/users/{user_id}/enable")]
async fn enable_user(who: Allowed<ManageUsers>, command: Command, path: FromPath<UserPath>) -> Answer {
    disabled(who, command, path.0.user_id.0, false).await
}

/// Change one's own password
///
/// Needs the old one. Every sign-in of the account ends, this one too when its access token expires: sign in again.
///
/// 修改本人密码：须提供原密码；修改后全部登录失效，请重新登录。
#[utoipa::path(
    operation_id = "change_own_password", tag = "sign-in", request_body = OwnPasswordIn,
    responses((status = 204, description = "Changed."), OldPasswordProblems)
)]
#[post("/me/password")]
async fn change_own_password(
    who: SignedIn,
    request: HttpRequest,
    command: Command,
    body: Body<OwnPasswordIn>,
) -> Answer {
    let app = command.app_data();
    // Guessing the old password with a stolen token is as slow as guessing at the door.
    app.limits.sign_in(&request)?;
    if body.value.new_password == body.value.old_password {
        let words = Words::new("新密码不能与原密码相同", "the new password is the old one");
        return Err(ApiError::field("/new_password", "same_password", words));
    }
    let (id, passwords) = (who.0.account, app.auth.passwords.clone());
    let kept = app.db.read(move |conn| service::password_hash(conn, id)).await?;
    let right = verified(passwords.clone(), body.value.old_password, kept.clone()).await?;
    let hash = hashed(passwords, body.value.new_password).await?;
    // A retry finds its kept answer before the old password is looked at, which by then is another.
    let checked = right.then_some(kept);
    let actor = Actor { account: id, person: who.0.person, reach: Vec::new() };
    let answer = command
        .run(&actor, digest_without_password(&[&Text(id).to_string()]), move |work| {
            service::set_own_password(work, id, checked.as_deref(), &hash)?;
            Ok(Reply::empty())
        })
        .await;
    app.auth.forget(id);
    answer
}
