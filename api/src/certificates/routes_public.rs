//! What everybody may ask: `/v1/verify`, `/v1/issuers` and `/v1/status-lists`.

use super::{
    credential::Purpose,
    service,
    verify::{Shown, verify},
    wire::{CodePath, IssuerView, StatusListPath, VerificationView, VerifyIn},
};
use crate::{
    document::problem_set,
    http::{Answer, Body, FromPath, answer, params::invalid_id},
    problem::ApiError,
    state::App,
    wire::AreaPath,
};
use actix_web::{HttpRequest, HttpResponse, get, http::header::CACHE_CONTROL, post, web::Data};
use shixun_domain::certificates::BadCode;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub(super) fn mount(config: &mut ServiceConfig<'_>) {
    config.service(verify_certificate).service(get_verification).service(get_issuer).service(get_status_list);
}

problem_set!(
    VerifyProblems = CertificateUnknown | CertificateAltered | CredentialKeyCompromised | VerificationCodeMistyped
);
problem_set!(CodeProblems = CertificateUnknown | VerificationCodeMistyped);
problem_set!(IssuerProblems = IssuerUnknown);

/// Verify what somebody shows
///
/// The code on a paper, a credential (JWT), or the `content` of a certificate as JSON. The answer has what was issued, to be
/// compared with what is shown, and says whether it is valid, superseded or revoked, since when, and by which. Nobody signs in;
/// one address may ask only so often.
///
/// 验证学时证明书：提交验证码、凭证（JWT）或证明内容（JSON），返回证明全部内容及有效、已被取代或已撤销状态；无须登录。
#[utoipa::path(
    operation_id = "verify_certificate", tag = "certificates", request_body = VerifyIn, security(()),
    responses((status = 200, description = "What is true of it.", body = VerificationView), VerifyProblems),
    extensions(("x-idempotent" = json!("natural")))
)]
#[post("/verify")]
async fn verify_certificate(app: Data<App>, request: HttpRequest, body: Body<VerifyIn>) -> Answer {
    app.limits.address(&request)?;
    let (shown, now) = (Shown::read(body.value)?, app.clock.now());
    let view = app.db.read(move |conn| verify(conn, &shown, now)).await?;
    answer::json(&view)
}

/// Verify a certificate by its code
///
/// Where the QR code leads: what was issued, and whether it is valid, superseded or revoked. Nobody signs in; one address may ask
/// only so often.
///
/// 按验证码（二维码）验证学时证明书，返回全部内容及状态；无须登录。
#[utoipa::path(
    operation_id = "get_verification", tag = "certificates", params(CodePath), security(()),
    responses((status = 200, description = "What is true of it.", body = VerificationView), CodeProblems)
)]
#[get("/verify/{code}")]
async fn get_verification(app: Data<App>, request: HttpRequest, path: FromPath<CodePath>) -> Answer {
    app.limits.address(&request)?;
    let code = path.0.code.parse().map_err(|bad: BadCode| ApiError::from(bad))?;
    let now = app.clock.now();
    let view = app.db.read(move |conn| verify(conn, &Shown::Code(code), now)).await?;
    answer::json(&view)
}

/// Read an issuer of credentials
///
/// The authority of an area that has issued certificates, with its public keys: the one that signs, and those that did before. The `kid` of a
/// credential names one of them. What a retired key signed stays valid; one that is marked as compromised is `revoked`, is no longer among the
/// `assertionMethod`s, and what it signed is not to be believed.
///
/// 凭证出具单位及其公钥（现用及历次更换的）；已更换的公钥所签仍有效，泄露的公钥标有revoked，其所签不应采信。
#[utoipa::path(
    operation_id = "get_issuer", tag = "certificates", params(AreaPath), security(()),
    responses((status = 200, description = "The issuer.", body = IssuerView), IssuerProblems)
)]
#[get("/issuers/{area_code}")]
async fn get_issuer(app: Data<App>, request: HttpRequest, path: FromPath<AreaPath>) -> Answer {
    app.limits.address(&request)?;
    let (area, shared) = (path.0.area_code.0, app.clone());
    let view = app.db.read(move |conn| service::issuer(conn, &shared.config.public_url, area)).await?;
    answer::json(&view)
}

/// Read a status list
///
/// A W3C Bitstring Status List as a credential (JWT): which certificates were revoked (`revocation`), or superseded (`refresh`).
/// A credential names its list of revocations and its place in it; it has the same place in the list of the same number with the purpose `refresh`.
///
/// 凭证状态列表（W3C Bitstring Status List，JWT）：revocation为已撤销，refresh为已被取代；凭证中给出revocation列表及序号，refresh列表中序号相同。
#[utoipa::path(
    operation_id = "get_status_list", tag = "certificates", params(StatusListPath), security(()),
    responses((status = 200, description = "The list.", content((String = "application/vc+jwt"))), IssuerProblems)
)]
#[get("/status-lists/{area_code}/{purpose}/{list}")]
async fn get_status_list(app: Data<App>, request: HttpRequest, path: FromPath<StatusListPath>) -> Answer {
    app.limits.address(&request)?;
    let StatusListPath { area_code, purpose, list } = path.0;
    let purpose = Purpose::read(&purpose).ok_or_else(|| invalid_id("应为revocation或refresh|revocation or refresh"))?;
    let (area, shared, now) = (area_code.0, app.clone(), app.clock.now());
    let jwt = app
        .db
        .read_long(move |conn| service::status_list(conn, &shared.config.public_url, area, purpose, list, now))
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/vc+jwt")
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .body(jwt))
}
