//! `/v1/log/…` and `/v1/teachers/{id}/statement/bundle`.

use super::{
    bundle::{self, BUNDLE_TYPE, BundleFile, ReportBundle},
    keys,
    service::{self, Asker},
    wire::{
        CheckpointList, CheckpointPath, CheckpointQuery, CheckpointView, ConsistencyQuery, ConsistencyView,
        CosignatureIn, InclusionQuery, InclusionView, LogKeyList, LogKeyQuery, LogQuery,
    },
};
use crate::{
    access::{Allowed, SignedIn},
    document::problem_set,
    frozen_reports::wire::FrozenReportPath,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, page},
    ledger::{
        service::StatementWish,
        wire::{CycleDayQuery, TeacherPath},
    },
    problem::ApiError,
    state::App,
};
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION},
    post,
    web::{Bytes, Data},
};
use futures_util::stream::{self, Stream};
use shixun_domain::access::needs::{CosignLog, ReadHours, ReadLog};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_checkpoints)
        .service(get_checkpoint)
        .service(cosign_checkpoint)
        .service(list_log_keys)
        .service(get_inclusion_proof)
        .service(get_consistency_proof)
        .service(export_statement_bundle)
        .service(export_frozen_report_bundle);
}

problem_set!(LogProblems = NotFound);
problem_set!(CheckpointProblems = NotFound | CheckpointUnknown);
problem_set!(CosignProblems = CheckpointUnknown | CosignatureRefused);
problem_set!(KeyProblems = NotFound);
problem_set!(InclusionProblems = NotFound | CheckpointUnknown | LogBehind);
problem_set!(BundleProblems = CycleUnknown | PolicyMissing | LogBehind);
problem_set!(ReportBundleProblems = FreezeNotFrozen | PolicyMissing | LogBehind);

/// List the signed checkpoints of a log
///
/// Each area has a log over its hour entries, published policy packs and event log: a Merkle tree (RFC 9162) to which leaves are only
/// added, a few seconds after they were written. A checkpoint is its size and root, signed. Whoever keeps one can later prove with it
/// that nothing was changed or taken away.
///
/// 各地区日志（学时、已发布政策包、事件）的签名检查点，最新在前；留存检查点即可在日后证明数据未被改动。
#[utoipa::path(
    operation_id = "list_checkpoints", tag = "log", params(CheckpointQuery), security(("bearer" = ["read_log"])),
    responses((status = 200, description = "A page of checkpoints.", body = CheckpointList), LogProblems)
)]
#[get("/log/checkpoints")]
async fn list_checkpoints(
    who: Allowed<ReadLog>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<CheckpointQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("checkpoints")?;
    let (actor, wanted, shared, area) = (who.actor(), page.clone(), app.clone(), query.area.map(|area| area.0));
    let (mut data, total) =
        app.db.read_long(move |conn| service::list(conn, &shared.log, &actor, area, &wanted)).await?;
    let next_cursor = page.cut(&mut data, CheckpointView::place);
    page::list(&request, &CheckpointList { data, next_cursor, total })
}

/// Read a signed checkpoint
///
/// As JSON, or with `Accept: text/plain` as the signed note itself, which tools for transparency logs read as it is.
///
/// 查看一个检查点；Accept为text/plain时返回签名文本本身。
#[utoipa::path(
    operation_id = "get_checkpoint", tag = "log", params(CheckpointPath, LogQuery), security(("bearer" = ["read_log"])),
    responses(
        (status = 200, description = "The checkpoint.", content((CheckpointView = "application/json"), (String = "text/plain"))),
        CheckpointProblems
    )
)]
#[get("/log/checkpoints/{size}")]
async fn get_checkpoint(
    who: Allowed<ReadLog>,
    app: Data<App>,
    request: HttpRequest,
    path: FromPath<CheckpointPath>,
    query: FromQuery<LogQuery>,
) -> Answer {
    let (actor, shared, size, area) = (who.actor(), app.clone(), path.0.size, query.0.area.map(|area| area.0));
    let view = app.db.read_long(move |conn| service::get(conn, &shared.log, &actor, area, size)).await?;
    if wants_text(&request) {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(view.note));
    }
    answer::json(&view)
}

/// Hand in the cosignature of a witness
///
/// A witness outside of the county signs, with the time, that a checkpoint is consistent with those it saw before
/// (c2sp.org/tlog-cosignature). Taken from witnesses whose keys are configured (`log_witnesses`), once for each checkpoint.
///
/// 提交见证人对检查点的联署（须为已配置的见证人）。
#[utoipa::path(
    operation_id = "cosign_checkpoint", tag = "log", params(CheckpointPath, LogQuery), request_body = CosignatureIn, security(("bearer" = ["cosign_log"])),
    responses((status = 200, description = "The checkpoint with the cosignature.", body = CheckpointView), CosignProblems)
)]
#[post("/log/checkpoints/{size}/cosignatures")]
async fn cosign_checkpoint(
    who: Allowed<CosignLog>,
    command: Command,
    path: FromPath<CheckpointPath>,
    query: FromQuery<LogQuery>,
    body: Body<CosignatureIn>,
) -> Answer {
    let (actor, shared, size) = (who.actor(), command.app_data(), path.0.size);
    let (area, line) = (query.0.area.map(|area| area.0), body.value.line);
    command
        .run(&who, body.digest, move |work| {
            Reply::ok(None, &service::cosign(work, &shared.log, &actor, area, size, &line)?)
        })
        .await
}

/// List the public keys of a log
///
/// The key that signs now, and those that signed before it: what they signed stays valid, unless a key is marked as compromised. With
/// `Accept: text/plain` as lines that `shixun verify --keys` takes. Nobody signs in; one address may ask only so often. Compare the list with the
/// one that the county publishes elsewhere.
///
/// 日志的验证公钥（现用及历次更换的）及其启用、停用时间；停用前的签名仍然有效，标记为泄露的除外。无须登录。
#[utoipa::path(
    operation_id = "list_log_keys", tag = "log", params(LogKeyQuery), security(()),
    responses(
        (status = 200, description = "The keys.", content((LogKeyList = "application/json"), (String = "text/plain"))),
        KeyProblems
    ),
    extensions(("x-whole-list" = json!("the keys of one log, a new one every few years")))
)]
#[get("/log/keys")]
async fn list_log_keys(app: Data<App>, request: HttpRequest, query: FromQuery<LogKeyQuery>) -> Answer {
    app.limits.address(&request)?;
    let area = query.0.area.0;
    let keys = app.db.read_long(move |conn| keys::published(conn, area)).await?;
    if wants_text(&request) {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(keys::text(&keys)));
    }
    answer::json(&keys::view(keys))
}

/// True where the text itself is asked for.
fn wants_text(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.starts_with("text/plain"))
}

/// Prove that a row is in the log
///
/// The hashes that lead from a leaf to the root of a signed checkpoint (RFC 9162, 2.1.3). Name the row by `id`, or the leaf by
/// `position`. The leaf itself is shown to those who may see the row: its SHA-256, with a zero byte before it, is `leaf_hash`.
///
/// 包含证明：证明某条学时、政策包或事件在检查点之下；有权查看该记录者可见叶子原文。
#[utoipa::path(
    operation_id = "get_inclusion_proof", tag = "log", params(InclusionQuery), security(("bearer" = ["read_log"])),
    responses((status = 200, description = "The proof.", body = InclusionView), InclusionProblems)
)]
#[get("/log/proofs/inclusion")]
async fn get_inclusion_proof(
    who: Allowed<ReadLog>,
    signed_in: SignedIn,
    app: Data<App>,
    query: FromQuery<InclusionQuery>,
) -> Answer {
    let (actor, principal, shared, wanted) = (who.actor(), signed_in.0, app.clone(), query.0.wanted()?);
    let (size, today) = (query.0.size, app.clock.now().china_date());
    let view = app
        .db
        .read_long(move |conn| {
            let asker = Asker { actor: &actor, principal: &principal, today };
            service::prove_inclusion(conn, &shared.log, asker, wanted, size)
        })
        .await?;
    answer::json(&view)
}

/// Prove that a log only grew
///
/// The hashes that show that the newer of two signed checkpoints only added leaves to the older one (RFC 9162, 2.1.4).
///
/// 一致性证明：证明较新的检查点只在较旧的之后追加，未改动或删除。
#[utoipa::path(
    operation_id = "get_consistency_proof", tag = "log", params(ConsistencyQuery), security(("bearer" = ["read_log"])),
    responses((status = 200, description = "The proof.", body = ConsistencyView), CheckpointProblems)
)]
#[get("/log/proofs/consistency")]
async fn get_consistency_proof(who: Allowed<ReadLog>, app: Data<App>, query: FromQuery<ConsistencyQuery>) -> Answer {
    let (actor, ConsistencyQuery { from, to, area }) = (who.actor(), query.0);
    let area = area.map(|area| area.0);
    let view = app.db.read_long(move |conn| service::prove_consistency(conn, &actor, area, from, to)).await?;
    answer::json(&view)
}

/// Export a statement with everything that proves it
///
/// A zip file with the statement, the hour entries and policy packs it rests on, their inclusion proofs and the signed checkpoints.
/// `shixun verify` checks it without a network and without a database, and judges the hours again; `docs/bundle.md` describes the
/// format. The same statement below the same checkpoint gives the same file. It is made of all that is known now: every entry in it says
/// when it was recorded.
///
/// 导出学时证明的离线验证包（含学时、规则、包含证明与签名检查点），按现在所知出具，可用shixun verify离线核验。
#[utoipa::path(
    operation_id = "export_statement_bundle", tag = "log", params(TeacherPath, CycleDayQuery), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The file.", content((BundleFile = "application/zip"))), BundleProblems)
)]
#[get("/teachers/{teacher_id}/statement/bundle")]
async fn export_statement_bundle(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<TeacherPath>,
    query: FromQuery<CycleDayQuery>,
) -> Answer {
    let (actor, teacher, shared, now) = (who.actor(), path.0.teacher_id.0, app.clone(), app.clock.now());
    let wish =
        StatementWish { cycle: query.0.cycle, as_of: query.0.as_of, known_at: None, conditions: Conditions::default() };
    let bytes = app
        .db
        .read_long(move |conn| bundle::of_statement(conn, &shared.policy, &shared.log, &actor, teacher, &wish, now))
        .await?;
    Ok(HttpResponse::Ok()
        .content_type(BUNDLE_TYPE)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"statement-{teacher}.zip\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes))
}

/// Export a frozen report with everything that proves it
///
/// A zip file with the report as it was frozen, the leaf that stands for it in the log, every hour entry and policy pack that it was made
/// of, their inclusion proofs and the signed checkpoints. `shixun verify` makes the report again of them, without a network and without a
/// database, and says what differs; `docs/bundle.md` describes the format. The file is sent while it is written: some nine megabytes for
/// a county of 2,500 teachers, and one that broke off is found to be no zip file. For those who read the hours of the whole county.
///
/// 导出周期定稿报表的离线验证包（含报表原文、定稿记录、全部学时条目与政策包及其包含证明和签名检查点），可用shixun verify离线重新生成并比对；边生成边发送。
#[utoipa::path(
    operation_id = "export_frozen_report_bundle", tag = "log", params(FrozenReportPath), security(("bearer" = ["read_hours"])),
    responses((status = 200, description = "The file.", content((BundleFile = "application/zip"))), ReportBundleProblems)
)]
#[get("/frozen-reports/{frozen_report_id}/bundle")]
async fn export_frozen_report_bundle(
    who: Allowed<ReadHours>,
    app: Data<App>,
    path: FromPath<FrozenReportPath>,
) -> Answer {
    let (actor, id, shared, now) = (who.actor(), path.0.frozen_report_id.0, app.clone(), app.clock.now());
    let bundle =
        app.db.read_long(move |conn| ReportBundle::begin(conn, &shared.policy, &shared.log, &actor, id, now)).await?;
    Ok(HttpResponse::Ok()
        .content_type(BUNDLE_TYPE)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"report-{id}.zip\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(portions(app, bundle)))
}

/// The file portion by portion. Each is read for itself, so that a slow reader keeps no connection of the database from others.
fn portions(app: Data<App>, bundle: ReportBundle) -> impl Stream<Item = Result<Bytes, ApiError>> {
    stream::try_unfold((app, bundle), |(app, mut bundle)| async move {
        let read = app.db.read_long(move |conn| -> Result<_, ApiError> { Ok((bundle.next(conn)?, bundle)) }).await;
        match read {
            Ok((bytes, bundle)) => Ok(bytes.map(|bytes| (Bytes::from(bytes), (app, bundle)))),
            Err(problem) => {
                // The answer has begun: what is left is to break off, so that nobody takes half a file for a whole one.
                tracing::error!(cause = ?problem.cause(), "the bundle of a frozen report breaks off");
                Err(problem)
            }
        }
    })
}
