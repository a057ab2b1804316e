//! `/v1/auth/…`, `/v1/me` and the published keys.

use super::{
    service,
    wire::{JwksView, LoginIn, MeView, RefreshIn, TokensView},
};
use crate::{
    access::SignedIn,
    document::problem_set,
    http::{Answer, Body, Conditions, answer},
    state::App,
};
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::Data,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(create_tokens).service(refresh_tokens).service(revoke_tokens).service(get_me);
}

/// Mounts the operations at the root.
pub fn mount_at_root(config: &mut ServiceConfig<'_>) {
    config.service(get_jwks);
}

problem_set!(LoginProblems = SignInFailed | SignInLocked | AccountDisabled);
problem_set!(RefreshProblems = RefreshInvalid | RefreshReused | AccountDisabled);

/// Sign in
///
/// Gives an access token (`Authorization: Bearer …`, good for at most 15 minutes) and a refresh token. After five failures
/// in a row the user name is locked for 30 seconds, twice as long after each further one, up to 15 minutes, whether anybody has
/// it or not.
///
/// A teacher gets from here to the own hours in two steps: `GET /v1/me` with the access token gives `teacher_id`, and
/// `GET /v1/teachers/{teacher_id}/statement?cycle=2016-2020` the statement; certificates, records and hours of the teacher have the same `teacher_id` in
/// their addresses. Where the answer says `must_change_password`, `POST /v1/me/password` comes first.
///
/// 登录。返回访问令牌（放入Authorization请求头，最长15分钟有效）和刷新令牌。连续失败5次后该用户名暂时锁定（不论是否存在）。教师登录后先查GET /v1/me取得
/// teacher_id，再用它查对账单、学时、证明书和登记；must_change_password为真时须先修改密码。
#[utoipa::path(
    operation_id = "create_tokens", tag = "sign-in", security(()), request_body = LoginIn,
    responses((status = 200, description = "Signed in.", body = TokensView), LoginProblems)
)]
#[post("/auth/login")]
async fn create_tokens(app: Data<App>, request: HttpRequest, body: Body<LoginIn>) -> Answer {
    app.limits.sign_in(&request)?;
    let tokens = service::login(&app, body.value.username, body.value.password, app.clock.now()).await?;
    unkept(&tokens)
}

/// Renew the tokens
///
/// Exchanges a refresh token for a new pair. Each is good for one exchange; a repetition of the last exchange within ten
/// seconds gives the same answer, any other re-use revokes the whole sign-in.
///
/// 换取新令牌。每个刷新令牌只能用一次；10秒内重复最近一次换取会得到同样的结果，其他重复使用会撤销本次登录。
#[utoipa::path(
    operation_id = "refresh_tokens", tag = "sign-in", security(()), request_body = RefreshIn,
    responses((status = 200, description = "New tokens.", body = TokensView), RefreshProblems)
)]
#[post("/auth/refresh")]
async fn refresh_tokens(app: Data<App>, request: HttpRequest, body: Body<RefreshIn>) -> Answer {
    app.limits.address(&request)?;
    unkept(&service::refresh(&app, body.value.refresh_token, app.clock.now()).await?)
}

/// Tokens are kept by nobody on the way (RFC 6749, 5.1).
fn unkept(tokens: &TokensView) -> Answer {
    let mut answer = answer::json(tokens)?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// Sign out
///
/// Revokes the refresh tokens of a sign-in. Repeating it changes nothing.
///
/// 退出登录：撤销本次登录的刷新令牌，可重复调用。
#[utoipa::path(
    operation_id = "revoke_tokens", tag = "sign-in", security(()), request_body = RefreshIn,
    responses((status = 204, description = "Signed out."))
)]
#[post("/auth/logout")]
async fn revoke_tokens(app: Data<App>, request: HttpRequest, body: Body<RefreshIn>) -> Answer {
    app.limits.address(&request)?;
    service::logout(&app, body.value.refresh_token, app.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Read who is signed in
///
/// The account, the person behind it as person and as teacher, its roles with their organisations and periods, and the permissions they give today.
/// `teacher_id` stands in the addresses of one's own statement, hours, certificates and records.
///
/// 当前登录账号、本人姓名与教师标识（用于查询本人对账单等）、角色、范围与权限。
#[utoipa::path(
    operation_id = "get_me", tag = "sign-in",
    responses((status = 200, description = "The account.", body = MeView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/me")]
async fn get_me(who: SignedIn, app: Data<App>, conditions: Conditions) -> Answer {
    let now = app.clock.now();
    let principal = who.0;
    answer::digested(&conditions, &app.db.read(move |conn| service::me(conn, &principal, now)).await?)
}

/// Read the signing keys
///
/// The public keys that access tokens are signed with (RFC 7517), newest first.
///
/// 访问令牌的公钥集合。
#[utoipa::path(
    operation_id = "get_jwks", tag = "sign-in", security(()),
    responses((status = 200, description = "The keys.", body = JwksView))
)]
#[get("/.well-known/jwks.json")]
async fn get_jwks(app: Data<App>) -> Answer {
    answer::json(&JwksView { keys: service::jwks(app.auth.tokens()) })
}
