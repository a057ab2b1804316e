//! `/v1/reconciliations` and `/v1/exports/records`.

use super::{
    export::{self, ExportOptions},
    service::{self, Wanted},
    wire::{ReconciliationQuery, ReconciliationView, RecordExportQuery},
};
use crate::{
    access::{Allowed, SignedIn},
    document::problem_set,
    http::{
        Answer, FromQuery, Meta, Work, answer,
        command::Origin,
        file::FileBody,
        table::{self, FileFormat, FileName, SheetFile},
    },
    problem::{ApiError, Code, Words},
    state::App,
};
use actix_web::{get, post, web::Data};
use shixun_domain::{
    access::{
        Permission,
        needs::{ReadHours, ReviewRecords},
    },
    time::DateSpan,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(create_reconciliation).service(export_records);
}

problem_set!(ReconciliationProblems = FileUnreadable | NotFound);

/// Compare with the provincial platform
///
/// The body is the platform's file (`.xlsx` or CSV, columns as an import of `kind=records` reads them). The answer lists what only
/// the platform has, what only we have, and where hours, last day or name differ; ours are those that stand after every correction. Nothing is
/// written: import what is missing, correct what is wrong.
///
/// ```sh
/// curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/octet-stream" \
///   --data-binary @省平台.xlsx "$SERVER/v1/reconciliations?from=2026-01-01&to=2026-12-31"
/// ```
///
/// 与省平台对账（请求体为省平台文件）：列出仅平台有、仅本系统有、学时、结束日期或姓名不一致的条目；不写入任何数据。
#[utoipa::path(
    operation_id = "create_reconciliation", tag = "records", params(ReconciliationQuery), security(("bearer" = ["review_records"])),
    request_body(
        content(
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (SheetFile = "text/csv"),
            (SheetFile = "application/octet-stream")
        ),
        description = "The file."
    ),
    responses((status = 200, description = "What does not agree.", body = ReconciliationView), ReconciliationProblems),
    extensions(("x-idempotent" = json!("natural")))
)]
#[post("/reconciliations")]
async fn create_reconciliation(
    who: Allowed<ReviewRecords>,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<ReconciliationQuery>,
    file: FileBody,
) -> Answer {
    let (actor, query, language) = (who.actor(), query.0, meta.language());
    let today = app.clock.now().china_date();
    if query.to < query.from {
        let words = Words::new("不能早于from", "must not lie before from");
        return Err(ApiError::new(Code::InvalidParameter).with("name", "to").with_words("reason", words));
    }
    let span = DateSpan { from: query.from, to: Some(query.to) };
    let (bytes, name) = (file.bytes, query.file_name.unwrap_or_default());
    let (area, shared, now) = (actor.area(), app.clone(), app.clock.now());
    let policy = app.db.read(move |conn| shared.policy.area(conn, area, now)).await?;
    let file = tokio::task::spawn_blocking(move || service::read(&bytes, name, today, policy.themes()))
        .await
        .map_err(|gone| ApiError::internal(gone.to_string()))??;
    let view = app.db.read_long(move |conn| service::reconcile(conn, &actor, &file, span, language)).await?;
    answer::json(&view)
}

/// Export hours of the provincial platform
///
/// Our records of the platform that the caller may see, all rows, in the columns of the platform's files; hours are those that stand
/// after every correction. Identity numbers are masked; with `clear=true`, the permission `reveal_persons` and a reason that is logged
/// they are in clear, and comparing or importing the file finds nothing new.
///
/// 导出省平台学时（全部行，栏目与省平台文件一致）：默认掩码；clear=true须有查看明文权限并说明用途。
#[utoipa::path(
    operation_id = "export_records", tag = "records", params(RecordExportQuery), security(("bearer" = ["read_hours"])),
    responses(
        (status = 200, description = "The file.", content(
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (SheetFile = "text/csv")
        ))
    )
)]
#[get("/exports/records")]
async fn export_records(
    who: Allowed<ReadHours>,
    signed_in: SignedIn,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<RecordExportQuery>,
) -> Answer {
    let (query, now) = (query.0, app.clock.now());
    let today = now.china_date();
    let format = FileFormat::read(&query.format)?;
    let clear = query.clear.unwrap_or(false);
    let actor = if clear { signed_in.0.within(Permission::RevealPersons, today)? } else { who.actor() };
    let reason = query.reason.unwrap_or_default();
    if clear {
        table::clear_reason(&reason)?;
    }
    let (area, account) = (actor.area(), actor.account);
    let organisation = query.organisation_id.map(|id| id.0);
    let wanted = Wanted { from: query.from, to: query.to, organisation };
    let records = app.db.read_long(move |conn| service::ours(conn, &actor, wanted)).await?;
    if clear {
        let origin = Origin {
            actor: Some(account),
            request_id: meta.request_id().to_owned(),
            address: meta.address().to_owned(),
        };
        let rows = records.len();
        app.db
            .write(now, move |tx| Work::run(tx, &origin, |work| service::record_clear(work, area, rows, reason.trim())))
            .await?;
    }
    let options = ExportOptions {
        xlsx: format == FileFormat::Xlsx,
        clear,
        bom: query.bom.unwrap_or(false),
        language: meta.language().into(),
    };
    let bytes = tokio::task::spawn_blocking(move || export::file(&records, options))
        .await
        .map_err(|gone| ApiError::internal(gone.to_string()))??;
    let name = if clear {
        FileName::new("省平台学时", "records", today)
    } else {
        FileName::new("省平台学时（已掩码）", "records-masked", today)
    };
    Ok(table::file(format, &name, meta.language(), bytes))
}
