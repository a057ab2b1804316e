//! `/v1/areas` and `/v1/organisations`.

use super::{
    export, service,
    wire::{
        AreaList, AreaQuery, AreaView, OrganisationClosingIn, OrganisationExportQuery, OrganisationIn,
        OrganisationList, OrganisationPath, OrganisationQuery, OrganisationReopeningIn, OrganisationView,
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{
        Answer, Body, Command, Conditions, FromPath, FromQuery, Meta, Reply, answer,
        fields::trimmed,
        page,
        table::{self, FileFormat, FileName, SheetFile},
    },
    state::App,
};
use actix_web::{HttpRequest, get, post, put, web::Data};
use shixun_domain::access::needs::{ManageOrganisations, ReadOrganisations};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_areas)
        .service(list_organisations)
        .service(create_organisation)
        .service(get_organisation)
        .service(replace_organisation)
        .service(close_organisation)
        .service(reopen_organisation)
        .service(export_organisations);
}

problem_set!(ListProblems = NotFound);
problem_set!(SaveProblems = OrganisationCodeTaken | OrganisationParentInvalid | OrganisationTopTaken);
problem_set!(CloseProblems = OrganisationKindStays | OrganisationClosed | OrganisationEmploys);
problem_set!(ReopenProblems = OrganisationOpen);
problem_set!(ExportProblems = NotFound);

/// List areas
///
/// Provinces, cities and counties by GB/T 2260, in the order of their codes. Codes that were given up are kept, because
/// old records name them.
///
/// 行政区划列表（GB/T 2260），含已停用代码。
#[utoipa::path(
    operation_id = "list_areas", tag = "organisations", params(AreaQuery), security(("bearer" = ["read_organisations"])),
    responses((status = 200, description = "A page of areas.", body = AreaList))
)]
#[get("/areas")]
async fn list_areas(
    _who: Allowed<ReadOrganisations>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<AreaQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("areas")?;
    let wanted = page.clone();
    let (mut rows, total) =
        app.db.read(move |conn| service::list_areas(conn, query.parent.map(|area| area.0), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, |row| row.code);
    let data = rows.into_iter().map(AreaView::from).collect();
    page::list(&request, &AreaList { data, next_cursor, total })
}

/// List organisations
///
/// The bureau, the training centre, schools and institutions of an area, in the order of their names.
///
/// 机构列表，可按类别、学段、上级、名称和是否在办（state）筛选。
#[utoipa::path(
    operation_id = "list_organisations", tag = "organisations", params(OrganisationQuery), security(("bearer" = ["read_organisations"])),
    responses((status = 200, description = "A page of organisations.", body = OrganisationList), ListProblems)
)]
#[get("/organisations")]
async fn list_organisations(
    who: Allowed<ReadOrganisations>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<OrganisationQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("organisations")?;
    let (actor, wanted, today) = (who.actor(), page.clone(), app.clock.now().china_date());
    let (mut rows, total) = app
        .db
        .read(move |conn| service::list(conn, &actor, query.area.map(|area| area.0), &query.filter(today), &wanted))
        .await?;
    let next_cursor = page.cut(&mut rows, |row| (row.search_name(), row.id.number()));
    let data = rows.iter().map(OrganisationView::from).collect();
    page::list(&request, &OrganisationList { data, next_cursor, total })
}

/// Enter an organisation
///
/// A school needs its 10-digit identification code and its stage. Codes are never used again.
///
/// 新建机构；学校须填10位学校标识码和学段。
#[utoipa::path(
    operation_id = "create_organisation", tag = "organisations", request_body = OrganisationIn, security(("bearer" = ["manage_organisations"])),
    responses((status = 201, description = "Entered.", body = OrganisationView), SaveProblems)
)]
#[post("/organisations")]
async fn create_organisation(
    who: Allowed<ManageOrganisations>,
    command: Command,
    body: Body<OrganisationIn>,
) -> Answer {
    let (actor, new) = (who.actor(), body.value.read()?);
    command
        .run(&who, body.digest, move |work| {
            let row = service::create(work, &actor, &new)?;
            let view = OrganisationView::from(&row);
            Reply::created(format!("/v1/organisations/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Read an organisation
///
/// One organisation of the caller's area or of an area below it.
///
/// 查看机构。
#[utoipa::path(
    operation_id = "get_organisation", tag = "organisations", params(OrganisationPath), security(("bearer" = ["read_organisations"])),
    responses((status = 200, description = "The organisation.", body = OrganisationView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/organisations/{organisation_id}")]
async fn get_organisation(
    who: Allowed<ReadOrganisations>,
    app: Data<App>,
    path: FromPath<OrganisationPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.organisation_id.0);
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = OrganisationView::from(&row);
    answer::tagged(&conditions, view.etag(), &view)
}

/// Replace an organisation
///
/// All fields as they shall be; the kind cannot change. With another parent the whole subtree moves.
///
/// 修改机构（整体替换）；更换上级时其下级一并移动。
#[utoipa::path(
    operation_id = "replace_organisation", tag = "organisations", request_body = OrganisationIn, security(("bearer" = ["manage_organisations"])),
    params(OrganisationPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = OrganisationView), SaveProblems)
)]
#[put("/organisations/{organisation_id}")]
async fn replace_organisation(
    who: Allowed<ManageOrganisations>,
    command: Command,
    path: FromPath<OrganisationPath>,
    conditions: Conditions,
    body: Body<OrganisationIn>,
) -> Answer {
    let (actor, id, based_on, new) =
        (who.actor(), path.0.organisation_id.0, conditions.based_on()?, body.value.read()?);
    let app = command.app_data();
    let answer = command
        .run(&who, body.digest, move |work| {
            let row = service::change(work, &actor, id, based_on, &new)?;
            let view = OrganisationView::from(&row);
            Reply::ok(Some(view.etag()), &view)
        })
        .await;
    // Scopes follow paths, and a path may have changed.
    app.auth.forget_all();
    answer
}

/// Close an organisation
///
/// A school or institution has its last day: nobody is employed there after it, and reports of later days leave it out. What was stays, and its code
/// is given to no other. Refused while somebody is employed there after that day: move them first.
///
/// 撤并（停办）机构：填写最后一天；之后不得再有人员在此任职，以后的报表不再列出，历史全部保留，代码不再使用。仍有人员任职的须先调动。
#[utoipa::path(
    operation_id = "close_organisation", tag = "organisations", request_body = OrganisationClosingIn, security(("bearer" = ["manage_organisations"])),
    params(OrganisationPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Closed.", body = OrganisationView), CloseProblems)
)]
#[post("/organisations/{organisation_id}/close")]
async fn close_organisation(
    who: Allowed<ManageOrganisations>,
    command: Command,
    path: FromPath<OrganisationPath>,
    conditions: Conditions,
    body: Body<OrganisationClosingIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.organisation_id.0, conditions.based_on()?);
    let (closed_on, reason) = (body.value.closed_on, trimmed(&body.value.reason));
    command
        .run(&who, body.digest, move |work| {
            let row = service::close(work, &actor, id, based_on, (closed_on, &reason))?;
            let view = OrganisationView::from(&row);
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Open an organisation again
///
/// Takes a closing back that was a mistake or is not to be any more.
///
/// 恢复机构：取消撤并（停办）。
#[utoipa::path(
    operation_id = "reopen_organisation", tag = "organisations", request_body = OrganisationReopeningIn, security(("bearer" = ["manage_organisations"])),
    params(OrganisationPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Open again.", body = OrganisationView), ReopenProblems)
)]
#[post("/organisations/{organisation_id}/reopen")]
async fn reopen_organisation(
    who: Allowed<ManageOrganisations>,
    command: Command,
    path: FromPath<OrganisationPath>,
    conditions: Conditions,
    body: Body<OrganisationReopeningIn>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.organisation_id.0, conditions.based_on()?);
    let reason = trimmed(&body.value.reason);
    command
        .run(&who, body.digest, move |work| {
            let row = service::reopen(work, &actor, id, based_on, &reason)?;
            let view = OrganisationView::from(&row);
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Export the schools
///
/// All schools of an area, as CSV or XLSX with the columns that an import of `kind=organisations` reads: importing the file again changes
/// nothing. Headers are Chinese unless English is asked for.
///
/// 导出学校名单（全部学校），栏目与导入一致，可原样重新导入。
#[utoipa::path(
    operation_id = "export_organisations", tag = "organisations", params(OrganisationExportQuery), security(("bearer" = ["read_organisations"])),
    responses(
        (status = 200, description = "The file.", content(
            (SheetFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (SheetFile = "text/csv")
        )),
        ExportProblems
    )
)]
#[get("/exports/organisations")]
async fn export_organisations(
    who: Allowed<ReadOrganisations>,
    meta: Meta,
    app: Data<App>,
    query: FromQuery<OrganisationExportQuery>,
) -> Answer {
    let (query, actor) = (query.0, who.actor());
    let (format, bom, language) =
        (FileFormat::read(&query.format)?, query.bom.unwrap_or(false), meta.language().into());
    let area = query.area.map(|area| area.0);
    let bytes = app.db.read_long(move |conn| export::schools(conn, &actor, area)?.write(format, language, bom)).await?;
    let name = FileName::new("学校名单", "schools", app.clock.now().china_date());
    Ok(table::file(format, &name, meta.language(), bytes))
}
