//! `/v1/reports/school-completion` and `/v1/reports/county-summary`.

use super::{
    service::{self, ReportWish},
    sheets,
    wire::{CountySummaryQuery, CountySummaryView, SchoolCompletionQuery, SchoolCompletionView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, FromQuery, Meta,
        table::{self, SheetFile, TableFormat, TableWish},
    },
    problem::ApiError,
    state::App,
};
use actix_web::{get, web::Data};
use shixun_domain::access::needs::ReadReports;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(get_school_completion).service(get_county_summary);
}

problem_set!(ReportProblems = CycleUnknown | PolicyMissing | NotFound);

/// Read the completion table of a school or of the schools of a county
///
/// For a school one row a teacher employed on the day: hours owed, counted and missing, the verdict, the concentrated block,
/// school-based hours, hours of each year, and what is not met. For an organisation above schools one row a school: teachers
/// by verdict, hours, the average, the share passed. The same rows as JSON, as CSV and as a workbook to print, with headers in
/// the language of `Accept-Language`. Readers outside the county (a province's auditor) get one row a school only, and
/// rows in which a number of persons from 1 to 4 stands, or could be worked out, are hidden. No table has identity numbers.
///
/// 学校完成情况表：学校按教师逐人列出，县级按学校列出；可导出CSV或可打印的XLSX。县外人员只见统计，小于5人的数据隐去。
#[utoipa::path(
    operation_id = "get_school_completion", tag = "reports", params(SchoolCompletionQuery), security(("bearer" = ["read_reports"])),
    responses(
        (status = 200, description = "The table.", content(
            (SchoolCompletionView = "application/json"),
            (SheetFile = "text/csv"),
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )),
        ReportProblems
    )
)]
#[get("/reports/school-completion")]
async fn get_school_completion(
    who: Allowed<ReadReports>,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<SchoolCompletionQuery>,
) -> Answer {
    let query = query.0;
    let table_wish = wish(&meta, query.format.as_deref(), query.bom)?;
    let (actor, shared) = (who.actor(), app.clone());
    let known_at = query.known_at.map(|at| at.0);
    let wish = ReportWish { cycle: query.cycle, as_of: query.as_of, known_at, now: app.clock.now() };
    let made = app
        .db
        .read_long(move |conn| {
            let named = query.organisation_id.map(|id| id.0);
            let view = service::school_completion(conn, &shared.policy, &actor, named, &wish)?;
            table::make(table_wish, &view, sheets::completion_name(&view), |view| {
                sheets::completion(view, table_wish.language)
            })
        })
        .await?;
    Ok(made.answer(meta.language()))
}

/// Read the summary of a county
///
/// All teachers employed on the day: by stage, by urban, town and rural, by verdict, hours that count by route, and what each
/// rule cut. As JSON, as CSV (one table) and as a workbook to print, with charts. For readers outside the county rows in which a
/// number of persons from 1 to 4 stands, or could be worked out, are hidden.
///
/// 全县完成情况汇总：按学段、城乡、结论、途径统计，并列出各规则削减的学时；可导出CSV或带图表的XLSX。
#[utoipa::path(
    operation_id = "get_county_summary", tag = "reports", params(CountySummaryQuery), security(("bearer" = ["read_reports"])),
    responses(
        (status = 200, description = "The summary.", content(
            (CountySummaryView = "application/json"),
            (SheetFile = "text/csv"),
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )),
        ReportProblems
    )
)]
#[get("/reports/county-summary")]
async fn get_county_summary(
    who: Allowed<ReadReports>,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<CountySummaryQuery>,
) -> Answer {
    let query = query.0;
    let table_wish = wish(&meta, query.format.as_deref(), query.bom)?;
    let (actor, shared) = (who.actor(), app.clone());
    let known_at = query.known_at.map(|at| at.0);
    let wish = ReportWish { cycle: query.cycle, as_of: query.as_of, known_at, now: app.clock.now() };
    let made = app
        .db
        .read_long(move |conn| {
            let named = query.area.map(|area| area.0);
            let view = service::county_summary(conn, &shared.policy, &actor, named, &wish)?;
            table::make(table_wish, &view, sheets::summary_name(&view), |view| {
                sheets::summary(view, table_wish.language)
            })
        })
        .await?;
    Ok(made.answer(meta.language()))
}

fn wish(meta: &Meta, format: Option<&str>, bom: Option<bool>) -> Result<TableWish, ApiError> {
    Ok(TableWish { format: TableFormat::read(format)?, bom: bom.unwrap_or(false), language: meta.language() })
}
