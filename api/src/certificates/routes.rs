//! `/v1/teachers/{id}/certificates` and `/v1/certificates`.

use super::{
    book,
    content::CertificateContentView,
    paper, routes_public,
    service::{self, CertificateWish, Lent},
    wire::{
        CertificateFileQuery, CertificateForm, CertificateIn, CertificateList, CertificatePath, CertificateQuery,
        CertificateRevocationIn, CertificateView,
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, Body, Command, FromPath, FromQuery, Meta, Reply, answer,
        fields::trimmed,
        page,
        table::{FileFormat, SheetFile},
    },
    ledger::wire::TeacherPath,
    problem::ApiError,
    state::App,
};
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, VARY},
    post,
    web::Data,
};
use shixun_domain::access::needs::{IssueCertificates, ReadHours, RevokeCertificates};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(create_certificate)
        .service(list_certificates)
        .service(get_certificate)
        .service(get_certificate_file)
        .service(revoke_certificate)
        .configure(routes_public::mount);
}

problem_set!(IssueProblems = CycleUnknown | PolicyMissing);
problem_set!(RevokeProblems = CertificateRevoked | CertificateSuperseded);

/// Issue a certificate of a statement
///
/// The teacher's statement of a cycle as it stands now, with a number, a verification code and a QR code. It is kept as it was
/// issued: later corrections do not change it. An earlier certificate of the same teacher and cycle is superseded. Teachers issue
/// their own, schools those of the teachers they employ, the county all.
///
/// 开具学时证明书：按当前学时出具，含编号、验证码和二维码；同一教师同一周期的旧证明随之失效。教师可为本人开具，学校可为本校教师开具。
#[utoipa::path(
    operation_id = "create_certificate", tag = "certificates", params(TeacherPath), request_body = CertificateIn, security(("bearer" = ["issue_certificates"])),
    responses((status = 201, description = "Issued.", body = CertificateView), IssueProblems)
)]
#[post("/teachers/{teacher_id}/certificates")]
async fn create_certificate(
    who: Allowed<IssueCertificates>,
    command: Command,
    path: FromPath<TeacherPath>,
    body: Body<CertificateIn>,
) -> Answer {
    let (actor, teacher, shared) = (who.actor(), path.0.teacher_id.0, command.app_data());
    let CertificateIn { cycle, as_of } = body.value;
    let wish = CertificateWish { cycle, as_of };
    command
        .run(&who, body.digest, move |work| {
            let lent = Lent { policy: &shared.policy, chance: &shared.chance, public_url: &shared.config.public_url };
            let view = service::issue(work, lent, &actor, teacher, &wish)?;
            Reply::created(format!("/v1/certificates/{}", view.id), None, &view)
        })
        .await
}

/// List a teacher's certificates
///
/// All that were issued, the latest first, with what each is worth today.
///
/// 教师学时证明书列表（含有效、已被取代、已撤销状态）。
#[utoipa::path(
    operation_id = "list_certificates", tag = "certificates", params(TeacherPath, CertificateQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "A page of certificates.", body = CertificateList))
)]
#[get("/teachers/{teacher_id}/certificates")]
async fn list_certificates(
    who: Allowed<ReadHours>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<TeacherPath>,
    query: FromQuery<CertificateQuery>,
) -> Answer {
    let page = query.0.page("certificates")?;
    let (actor, teacher, wanted) = (who.actor(), path.0.teacher_id.0, page.clone());
    let (mut rows, total) = app.db.read(move |conn| service::list(conn, &actor, teacher, &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |(serial, _)| *serial);
    let data = rows.into_iter().map(|(_, view)| view).collect();
    page::list(&request, &CertificateList { data, next_cursor, total })
}

const PDF: &str = "application/pdf";
const CREDENTIAL: &str = "application/vc+jwt";

/// Read a certificate
///
/// What it says, and what it is worth today. `GET /v1/certificates/{certificate_id}/file` gives it to print or to pass on.
///
/// 查看学时证明书的内容及其当前效力；PDF等文件见/file。
#[utoipa::path(
    operation_id = "get_certificate", tag = "certificates", params(CertificatePath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The certificate.", body = CertificateView))
)]
#[get("/certificates/{certificate_id}")]
async fn get_certificate(who: Allowed<ReadHours>, app: Data<App>, path: FromPath<CertificatePath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.certificate_id.0);
    let found = app.db.read(move |conn| service::find(conn, &actor, id)).await?;
    answer::json(&CertificateView::new(&found)?)
}

/// Save a certificate as a file
///
/// As a PDF to print (A4, Chinese or English by `Accept-Language`, with a QR code), as a workbook, or as a verifiable credential: Open Badges
/// 3.0 as a JWT (EdDSA, `typ` is `vc+jwt`) whose key `GET /v1/issuers/{area_code}` publishes. The same certificate gives the same
/// bytes in each form and language, whatever became of it since.
///
/// 下载学时证明书：PDF（A4打印，含二维码）、XLSX，或可验证凭证（Open Badges 3.0，JWT）。
#[utoipa::path(
    operation_id = "get_certificate_file", tag = "certificates", params(CertificatePath, CertificateFileQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The file.", content(
        (SheetFile = "application/pdf"),
        (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/vc+jwt")
    )))
)]
#[get("/certificates/{certificate_id}/file")]
async fn get_certificate_file(
    who: Allowed<ReadHours>,
    app: Data<App>,
    meta: Meta,
    path: FromPath<CertificatePath>,
    query: FromQuery<CertificateFileQuery>,
) -> Answer {
    let (actor, id, shared, language) = (who.actor(), path.0.certificate_id.0, app.clone(), meta.language());
    let form = query.0.format;
    let made = app.db.read_long(move |conn| {
        let found = service::find(conn, &actor, id)?;
        let content = CertificateContentView::read(&found.row.document)?;
        let name = book::name(&content);
        Ok::<_, ApiError>(match form {
            CertificateForm::Pdf => (PDF, name.disposition("pdf"), paper::pdf(&content, language)?),
            CertificateForm::Xlsx => {
                let book = book::book(&content, language).write(FileFormat::Xlsx, language.into(), false)?;
                (FileFormat::Xlsx.media_type(), name.disposition("xlsx"), book)
            }
            CertificateForm::Vc => {
                let jwt = service::credential(conn, &shared.config.public_url, &found)?;
                (CREDENTIAL, name.disposition("jwt"), jwt.into_bytes())
            }
        })
    });
    let (media, disposition, bytes) = made.await?;
    Ok(HttpResponse::Ok()
        .content_type(media)
        .insert_header((CONTENT_DISPOSITION, disposition))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((VARY, "Accept-Language"))
        .body(bytes))
}

/// Revoke a certificate
///
/// With a reason that everybody who verifies it reads. It stays in the list; a new one can be issued in its place.
///
/// 撤销学时证明书（须写明理由，验证者可见）；撤销后可重新开具。
#[utoipa::path(
    operation_id = "revoke_certificate", tag = "certificates", params(CertificatePath), request_body = CertificateRevocationIn, security(("bearer" = ["revoke_certificates"])),
    responses((status = 200, description = "Revoked.", body = CertificateView), RevokeProblems)
)]
#[post("/certificates/{certificate_id}/revoke")]
async fn revoke_certificate(
    who: Allowed<RevokeCertificates>,
    command: Command,
    path: FromPath<CertificatePath>,
    body: Body<CertificateRevocationIn>,
) -> Answer {
    let (actor, id, reason) = (who.actor(), path.0.certificate_id.0, trimmed(&body.value.reason));
    command.run(&who, body.digest, move |work| Reply::ok(None, &service::revoke(work, &actor, id, &reason)?)).await
}
