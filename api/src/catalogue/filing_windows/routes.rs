//! `/v1/filing-windows`.

use super::{
    service,
    wire::{FilingWindowIn, FilingWindowList, FilingWindowPath, FilingWindowQuery, FilingWindowView},
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Body, Command, Conditions, FromPath, FromQuery, Reply, answer, page},
    state::App,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::access::needs::{ApproveProgrammes, ReadCatalogue};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_filing_windows)
        .service(create_filing_window)
        .service(get_filing_window)
        .service(replace_filing_window);
}

problem_set!(AreaProblems = NotFound);

/// List filing windows
///
/// When programmes may be filed, the latest window first. In an area that never opened one they are filed in the months that the policy
/// packs name (`filing_windows`; in Zhejiang April and October), and at any time where the packs name none.
///
/// 项目申报时间列表；从未设置申报时间的地区按政策包规定的月份（filing_windows，浙江为4月和10月）申报，政策包未规定的随时可以申报。
#[utoipa::path(
    operation_id = "list_filing_windows", tag = "catalogue", params(FilingWindowQuery), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "A page of filing windows.", body = FilingWindowList), AreaProblems)
)]
#[get("/filing-windows")]
async fn list_filing_windows(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<FilingWindowQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("filing_windows")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (mut rows, total) =
        app.db.read(move |conn| service::list(conn, &actor, query.area.map(|area| area.0), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| (row.opens_on, row.id.number()));
    let data = rows.iter().map(FilingWindowView::from).collect();
    page::list(&request, &FilingWindowList { data, next_cursor, total })
}

/// Open a filing window
///
/// For the caller's area; in Zhejiang April and October are usual (浙教师〔2010〕175号, article 8). From the first window on,
/// programmes are filed within windows only, whatever months the policy packs name.
///
/// 设置项目申报时间；设置后只在申报时间内申报，不再按政策包规定的月份。
#[utoipa::path(
    operation_id = "create_filing_window", tag = "catalogue", request_body = FilingWindowIn, security(("bearer" = ["approve_programmes"])),
    responses((status = 201, description = "Opened.", body = FilingWindowView), AreaProblems)
)]
#[post("/filing-windows")]
async fn create_filing_window(who: Allowed<ApproveProgrammes>, command: Command, body: Body<FilingWindowIn>) -> Answer {
    let (actor, new) = (who.actor(), body.value.read()?);
    command
        .run(&who, body.digest, move |work| {
            let row = service::create(work, &actor, &new)?;
            let view = FilingWindowView::from(&row);
            Reply::created(format!("/v1/filing-windows/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Read a filing window
///
/// Of the caller's area, or of one above or below it.
///
/// 查看项目申报时间。
#[utoipa::path(
    operation_id = "get_filing_window", tag = "catalogue", params(FilingWindowPath), security(("bearer" = ["read_catalogue"])),
    responses((status = 200, description = "The filing window.", body = FilingWindowView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/filing-windows/{filing_window_id}")]
async fn get_filing_window(
    who: Allowed<ReadCatalogue>,
    app: Data<App>,
    path: FromPath<FilingWindowPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.filing_window_id.0);
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = FilingWindowView::from(&row);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Replace a filing window
///
/// Moves, prolongs or renames it; programmes that were filed stay filed.
///
/// 修改项目申报时间（整体替换）。
#[utoipa::path(
    operation_id = "replace_filing_window", tag = "catalogue", request_body = FilingWindowIn, security(("bearer" = ["approve_programmes"])),
    params(FilingWindowPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = FilingWindowView))
)]
#[put("/filing-windows/{filing_window_id}")]
async fn replace_filing_window(
    who: Allowed<ApproveProgrammes>,
    command: Command,
    path: FromPath<FilingWindowPath>,
    conditions: Conditions,
    body: Body<FilingWindowIn>,
) -> Answer {
    let (actor, id, based_on, new) =
        (who.actor(), path.0.filing_window_id.0, conditions.based_on()?, body.value.read()?);
    command
        .run(&who, body.digest, move |work| {
            let row = service::change(work, &actor, id, based_on, &new)?;
            let view = FilingWindowView::from(&row);
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}
