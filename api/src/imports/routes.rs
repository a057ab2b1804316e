//! `/v1/imports` and `/v1/exports/roster`.

use super::{
    export::{self, ExportOptions},
    service::{self, ImportOptions},
    wire::{ImportIn, ImportList, ImportPath, ImportQuery, ImportSummaryView, ImportView, RosterExportQuery},
};
use crate::{
    access::{Allowed, SignedIn},
    document::problem_set,
    http::{
        Answer, Command, FromPath, FromQuery, Meta, Reply, Work, answer,
        command::Origin,
        file::FileBody,
        page,
        table::{self, FileFormat, FileName, SheetFile},
    },
    people::service as people,
    problem::{ApiError, Code, Words},
    state::App,
};
use actix_web::{HttpRequest, get, post, web::Data};
use shixun_domain::{
    access::{
        Permission,
        needs::{ImportRosters, ReadImports, ReadPersons},
    },
    imports::ImportMode,
};
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(create_import).service(list_imports).service(get_import).service(export_roster);
}

problem_set!(ImportProblems = FileUnreadable | ImportHasFaults | NotFound);
problem_set!(ListProblems = NotFound);
problem_set!(ExportProblems = NotFound);

/// Import a file
///
/// The body is the file itself: an `.xlsx` workbook or CSV (UTF-8 or GB18030), as offices send it; the header is found, titles,
/// totals and signatures are left out. A roster finds persons by their identity numbers and schools by code or name; what it
/// does not state (a missing column, a blank cell) changes nothing, what it states differently holds from `effective_on` on,
/// and another school is a move. Hours from outside (`kind=records`), of the provincial platform or, by a column 登记类别, of another category, find persons in the same way; each row becomes a
/// record to be examined and verified by two other people, and a row that was imported before changes nothing. Every fault names its cell and what to do. With `dry_run=true` the same is checked and
/// reported, and nothing is written.
///
/// ```sh
/// curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/octet-stream" \
///   --data-binary @花名册.xlsx "$SERVER/v1/imports?kind=roster&dry_run=true"
/// ```
///
/// 导入文件（请求体即文件本身）：花名册、学校名单或省平台学时，.xlsx或CSV。按身份证号码识别人员；缺列和空格不改动已有数据；学校不同视为调动；
/// 每处错误都指明单元格和改法；dry_run=true只检查不写入。
#[utoipa::path(
    operation_id = "create_import", tag = "people", params(ImportIn), security(("bearer" = ["import_rosters"])),
    request_body(
        content(
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (SheetFile = "text/csv"),
            (SheetFile = "application/octet-stream")
        ),
        description = "The file."
    ),
    responses(
        (status = 201, description = "Imported.", body = ImportView),
        (status = 200, description = "A dry run: what would be.", body = ImportView),
        ImportProblems
    )
)]
#[post("/imports")]
async fn create_import(
    who: Allowed<ImportRosters>,
    meta: Meta,
    command: Command,
    query: FromQuery<ImportIn>,
    file: FileBody,
) -> Answer {
    let (query, language, app) = (query.0, meta.language(), command.app_data());
    let area = service::area_of(&who)?;
    let dry_run = query.dry_run.unwrap_or(false);
    let options = ImportOptions {
        kind: query.kind.0,
        mode: query.mode.map_or(ImportMode::AllOrNothing, |mode| mode.0),
        dry_run,
        file_name: short(query.file_name.unwrap_or_default(), "file_name", 200)?,
        effective_on: query.effective_on,
        sheet: query.sheet,
    };
    let (bytes, now, shared) = (file.bytes, command.at(), app.clone());
    let known = app.db.read_long(move |conn| service::known(conn, &shared.policy, area, now)).await?;
    let prepared = tokio::task::spawn_blocking(move || service::prepare(&bytes, &known, options, now.china_date()))
        .await
        .map_err(|gone| ApiError::internal(gone.to_string()))??;
    let (keep, prepared) = (prepared.keep(), Arc::new(prepared));
    command
        .run_or_try(&who, file.digest, keep, move |work| {
            let imported = service::run(work, &app.policy, area, &prepared, &|_| {})?;
            let view = ImportView::read(&imported, language);
            match imported.id {
                Some(id) => Reply::created(format!("/v1/imports/{id}"), None, &view),
                None => Reply::ok(None, &view),
            }
        })
        .await
}

fn short(text: String, name: &'static str, most: usize) -> Result<String, ApiError> {
    if text.chars().count() > most {
        return Err(ApiError::new(Code::InvalidParameter).with("name", name).with_words(
            "reason",
            Words::new(format!("最多{most}个字符"), format!("holds at most {most} characters")),
        ));
    }
    Ok(text)
}

/// List imports
///
/// The imports of an area, newest first, with their counts.
///
/// 导入记录，按时间倒序。
#[utoipa::path(
    operation_id = "list_imports", tag = "people", params(ImportQuery), security(("bearer" = ["read_imports"])),
    responses((status = 200, description = "A page of imports.", body = ImportList), ListProblems)
)]
#[get("/imports")]
async fn list_imports(
    who: Allowed<ReadImports>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<ImportQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("imports")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (mut rows, total) =
        app.db.read_long(move |conn| service::list(conn, &actor, query.area.map(|area| area.0), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.map_or(0, |id| id.number()));
    let data = rows.iter().map(ImportSummaryView::from).collect();
    page::list(&request, &ImportList { data, next_cursor, total })
}

/// Read an import
///
/// What was found and done, fault by fault, in the language of `Accept-Language`.
///
/// 查看导入结果，含逐条错误。
#[utoipa::path(
    operation_id = "get_import", tag = "people", params(ImportPath), security(("bearer" = ["read_imports"])),
    responses((status = 200, description = "The import.", body = ImportView))
)]
#[get("/imports/{import_id}")]
async fn get_import(who: Allowed<ReadImports>, meta: Meta, app: Data<App>, path: FromPath<ImportPath>) -> Answer {
    let (actor, id) = (who.actor(), path.0.import_id.0);
    let imported = app.db.read_long(move |conn| service::get(conn, &actor, id)).await?;
    answer::json(&ImportView::read(&imported, meta.language()))
}

/// Export the roster
///
/// Everybody employed on a day whom the caller looks after, all rows, as CSV or XLSX with the columns that an import reads.
/// Personal data is masked and the headers say so; with `clear=true`, the permission `reveal_persons` and a reason that is
/// logged it is in clear, and importing the file again changes nothing. Headers are Chinese unless English is asked for.
///
/// 导出花名册（全部行）：默认掩码；clear=true须有查看明文权限并说明用途，导出文件可原样重新导入。
#[utoipa::path(
    operation_id = "export_roster", tag = "people", params(RosterExportQuery), security(("bearer" = ["read_persons"])),
    responses(
        (status = 200, description = "The file.", content(
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (SheetFile = "text/csv")
        )),
        ExportProblems
    )
)]
#[get("/exports/roster")]
async fn export_roster(
    who: Allowed<ReadPersons>,
    signed_in: SignedIn,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<RosterExportQuery>,
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
    let options = ExportOptions {
        xlsx: format == FileFormat::Xlsx,
        clear,
        bom: query.bom.unwrap_or(false),
        language: meta.language().into(),
    };
    let (area, account) = (actor.area(), actor.account);
    let wanted = people::Wanted::employed(query.organisation_id.map(|id| id.0), query.on.unwrap_or(today));
    let persons = app.db.read_long(move |conn| people::list_all(conn, &actor, wanted, today)).await?;
    if clear {
        let origin = Origin {
            actor: Some(account),
            request_id: meta.request_id().to_owned(),
            address: meta.address().to_owned(),
        };
        let rows = persons.len();
        app.db
            .write(now, move |tx| Work::run(tx, &origin, |work| export::record(work, area, rows, reason.trim())))
            .await?;
    }
    let bytes = tokio::task::spawn_blocking(move || export::file(&persons, options))
        .await
        .map_err(|gone| ApiError::internal(gone.to_string()))??;
    let name = if clear {
        FileName::new("花名册", "roster", today)
    } else {
        FileName::new("花名册（已掩码）", "roster-masked", today)
    };
    Ok(table::file(format, &name, meta.language(), bytes))
}
