//! `/v1/policy-packs`, `/v1/cycles` and the themes of an area.

use super::{
    body::PolicyBody,
    document::PolicyDocument,
    service,
    wire::{
        CycleList, CycleQuery, PolicyLintView, PolicyPackList, PolicyPackPath, PolicyPackQuery, PolicyPackSummaryView,
        PolicyPackView, ThemeList,
    },
};
use crate::{
    access::Allowed,
    document::problem_set,
    http::{Answer, Command, Conditions, DryRunQuery, FromPath, FromQuery, Reply, answer, command::NO_BODY, page},
    problem::ApiError,
    state::App,
    wire::AreaPath,
};
use actix_web::{HttpRequest, delete, get, post, put, web::Data};
use shixun_domain::access::needs::{DraftPolicy, PublishPolicy, ReadPolicy};
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations under `/v1`.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config
        .service(list_policy_packs)
        .service(create_policy_pack)
        .service(get_policy_pack)
        .service(replace_policy_pack)
        .service(delete_policy_pack)
        .service(lint_policy_pack)
        .service(publish_policy_pack)
        .service(list_cycles)
        .service(list_themes);
}

problem_set!(AreaProblems = NotFound);
problem_set!(DraftProblems = PolicyEditionTaken);
problem_set!(ChangeProblems = PolicyPublished | PolicyEditionTaken);
problem_set!(WithdrawProblems = PolicyPublished);
problem_set!(PublishProblems = PolicyNotADraft | PolicyFourEyes | PolicyLintFailed | PolicyMissing);

/// List policy packs
///
/// The packs that apply to an area: those of the areas above it, its own, and those of its schools, the widest area first. A narrower
/// pack's rule stands before the wider pack's rule of the same id where it is at least as strict.
///
/// 适用于某地区的政策包（含上级地区及所属学校），上级在前；下级规则不得宽于上级，除非上级允许。
#[utoipa::path(
    operation_id = "list_policy_packs", tag = "policy", params(PolicyPackQuery), security(("bearer" = ["read_policy"])),
    responses((status = 200, description = "A page of packs.", body = PolicyPackList), AreaProblems)
)]
#[get("/policy-packs")]
async fn list_policy_packs(
    who: Allowed<ReadPolicy>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<PolicyPackQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("policy_packs")?;
    let (actor, wanted) = (who.actor(), page.clone());
    let (filter, area) = (query.filter(), query.area.map(|area| area.0));
    let (mut rows, total) =
        app.db.read_long(move |conn| service::list(conn, &actor, area, filter.clone(), &wanted)).await?;
    let next_cursor = page.cut(&mut rows, service::place);
    let data = rows.iter().map(PolicyPackSummaryView::read).collect::<Result<_, ApiError>>()?;
    page::list(&request, &PolicyPackList { data, next_cursor, total })
}

/// Read a policy pack
///
/// One pack with its document: every rule, every figure with its source and how sure it is.
///
/// 查看政策包全文：每条规则、每个数值及其出处与可信度。
#[utoipa::path(
    operation_id = "get_policy_pack", tag = "policy", params(PolicyPackPath), security(("bearer" = ["read_policy"])),
    responses((status = 200, description = "The pack.", body = PolicyPackView), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/policy-packs/{policy_pack_id}")]
async fn get_policy_pack(
    who: Allowed<ReadPolicy>,
    app: Data<App>,
    path: FromPath<PolicyPackPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id) = (who.actor(), path.0.policy_pack_id.0);
    let row = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let view = PolicyPackView::read(&row)?;
    answer::tagged(&conditions, view.etag(), &view)
}

/// Draft a policy pack
///
/// The body is the document. It speaks only after somebody else has published it. Faults are named by JSON pointers, each with an
/// example of what would be right.
///
/// With `organisation_id` it is for one school of the county: the last layer, over province, city and county, for those who belong to the
/// school on a day. A school may draft for itself; the county publishes.
///
/// 起草政策包（JSON文档）；须由他人发布后方生效，错误以JSON指针指明，并给出正确的例子。可为一所学校起草，由县级发布。
#[utoipa::path(
    operation_id = "create_policy_pack", tag = "policy", request_body = PolicyDocument, security(("bearer" = ["draft_policy"])),
    responses((status = 201, description = "Drafted.", body = PolicyPackView), DraftProblems)
)]
#[post("/policy-packs")]
async fn create_policy_pack(
    who: Allowed<DraftPolicy>,
    command: Command,
    PolicyBody(body): PolicyBody<PolicyDocument>,
) -> Answer {
    let actor = who.actor();
    let document = serde_json::to_string(&body.value).map_err(|error| ApiError::internal(error.to_string()))?;
    command
        .run(&who, body.digest, move |work| {
            let row = service::draft(work, &actor, &document)?;
            let view = PolicyPackView::read(&row)?;
            Reply::created(format!("/v1/policy-packs/{}", row.id), Some(view.etag()), &view)
        })
        .await
}

/// Replace the document of a draft
///
/// Of one's own area, by whoever may draft; code and version may change too. Whoever saves a draft has drafted it from then on, and somebody else
/// publishes it. A published pack is never edited (`policy_published`): draft a new version. Faults are named by JSON pointers; what lint
/// finds keeps a draft from being published, and not from being saved.
///
/// 修改政策包草稿（整体替换，须带If-Match）；最后保存者即为起草人，须由他人发布。已发布的政策包不可修改，变更请另起草新版本。
#[utoipa::path(
    operation_id = "replace_policy_pack", tag = "policy", request_body = PolicyDocument, security(("bearer" = ["draft_policy"])),
    params(PolicyPackPath, crate::http::conditions::IfMatch),
    responses((status = 200, description = "Changed.", body = PolicyPackView), ChangeProblems)
)]
#[put("/policy-packs/{policy_pack_id}")]
async fn replace_policy_pack(
    who: Allowed<DraftPolicy>,
    command: Command,
    path: FromPath<PolicyPackPath>,
    conditions: Conditions,
    PolicyBody(body): PolicyBody<PolicyDocument>,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.policy_pack_id.0, conditions.based_on()?);
    let document = serde_json::to_string(&body.value).map_err(|error| ApiError::internal(error.to_string()))?;
    command
        .run(&who, body.digest, move |work| {
            let view = PolicyPackView::read(&service::change(work, &actor, id, based_on, &document)?)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await
}

/// Withdraw a draft
///
/// Of one's own area, by whoever may draft. It is gone and its version is free again; the event log keeps the document. A published pack is
/// never taken away (`policy_published`).
///
/// 撤回政策包草稿（须带If-Match）；草稿随即删除，事件日志保留其全文。已发布的政策包不可撤回。
#[utoipa::path(
    operation_id = "delete_policy_pack", tag = "policy", security(("bearer" = ["draft_policy"])),
    params(PolicyPackPath, crate::http::conditions::IfMatch),
    responses((status = 204, description = "Withdrawn."), WithdrawProblems)
)]
#[delete("/policy-packs/{policy_pack_id}")]
async fn delete_policy_pack(
    who: Allowed<DraftPolicy>,
    command: Command,
    path: FromPath<PolicyPackPath>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.policy_pack_id.0, conditions.based_on()?);
    command
        .run(&who, NO_BODY, move |work| {
            service::withdraw(work, &actor, id, based_on)?;
            Ok(Reply::empty())
        })
        .await
}

/// Look for what is wrong with a policy pack
///
/// Requirements that nobody can meet, rules about nothing, days without rules, packs that speak at the same time, caps that
/// cross, rules laxer than a wider area lets them be, rules for days that are past: each with its place and the smallest example that shows it. A county's draft is looked at
/// beside the packs of its schools, too. Nothing is written.
///
/// 检查政策包：无法达到的要求、无所指的规则、空档、重叠、上限交叉、放宽上级规定、溯及既往，逐条指明位置并给出最小例子；不写入任何数据。
#[utoipa::path(
    operation_id = "lint_policy_pack", tag = "policy", params(PolicyPackPath), security(("bearer" = ["read_policy"])),
    responses((status = 200, description = "What was found.", body = PolicyLintView)),
    extensions(("x-idempotent" = json!("natural")))
)]
#[post("/policy-packs/{policy_pack_id}/lint")]
async fn lint_policy_pack(who: Allowed<ReadPolicy>, app: Data<App>, path: FromPath<PolicyPackPath>) -> Answer {
    let (actor, id, shared, now) = (who.actor(), path.0.policy_pack_id.0, app.clone(), app.clock.now());
    let view = app.db.read_long(move |conn| service::lint(conn, &shared.policy, &actor, id, now)).await?;
    answer::json(&view)
}

/// Publish a policy pack
///
/// Four eyes: not by who drafted it as it stands, and not while lint finds an error. With `If-Match` only what was looked at is published, and not what
/// somebody saved meanwhile. From then on the pack is never edited; a change is a new version. With `dry_run=true` everything is checked and nothing is
/// kept.
///
/// 发布政策包；起草人（最后保存草稿者）不得发布；带If-Match时只发布所查看的那一稿。发布后不可修改，变更须另出新版本。可试运行。
#[utoipa::path(
    operation_id = "publish_policy_pack", tag = "policy", security(("bearer" = ["publish_policy"])),
    params(PolicyPackPath, DryRunQuery, crate::http::conditions::IfMatchOnWish),
    responses((status = 200, description = "Published, or what would be.", body = PolicyPackView), PublishProblems)
)]
#[post("/policy-packs/{policy_pack_id}/publish")]
async fn publish_policy_pack(
    who: Allowed<PublishPolicy>,
    command: Command,
    path: FromPath<PolicyPackPath>,
    query: FromQuery<DryRunQuery>,
    conditions: Conditions,
) -> Answer {
    let (actor, id, based_on) = (who.actor(), path.0.policy_pack_id.0, conditions.based_on_if_given()?);
    let app = command.app_data();
    let answer = command
        .run_or_try(&who, NO_BODY, query.0.keep(), move |work| {
            let row = service::publish(work, &actor, id, based_on)?;
            let view = PolicyPackView::read(&row)?;
            Reply::ok(Some(view.etag()), &view)
        })
        .await;
    app.policy.forget_all();
    answer
}

/// List cycles
///
/// The cycles (周期) of an area, from the first with a policy pack to the running one, with the packs in force in each.
///
/// 周期列表：自首个有政策包的周期至当前周期。
#[utoipa::path(
    operation_id = "list_cycles", tag = "policy", params(CycleQuery), security(("bearer" = ["read_policy"])),
    responses((status = 200, description = "A page of cycles.", body = CycleList), AreaProblems)
)]
#[get("/cycles")]
async fn list_cycles(
    who: Allowed<ReadPolicy>,
    app: Data<App>,
    request: HttpRequest,
    query: FromQuery<CycleQuery>,
) -> Answer {
    let query = query.0;
    let page = query.page("cycles")?;
    let (actor, wanted, shared, now) = (who.actor(), page.clone(), app.clone(), app.clock.now());
    let area = query.area.map(|area| area.0);
    let (mut data, total) =
        app.db.read(move |conn| service::list_cycles(conn, &shared.policy, &actor, area, &wanted, now)).await?;
    let next_cursor = page.cut(&mut data, |cycle| cycle.name.clone());
    page::list(&request, &CycleList { data, next_cursor, total })
}

/// List themes
///
/// What training in an area may be about (主题): what everybody knows, and what the area's policy packs declare. Programmes, records and
/// hours name themes by these words; the rules of themed requirements read them.
///
/// 主题列表：通用主题及本地区政策包另行规定的主题；培训项目、登记和学时均以此填写。
#[utoipa::path(
    operation_id = "list_themes", tag = "policy", params(AreaPath), security(("bearer" = ["read_policy"])),
    extensions(("x-whole-list" = json!("the themes of one area"))),
    responses((status = 200, description = "The themes.", body = ThemeList), AreaProblems)
)]
#[get("/areas/{area_code}/themes")]
async fn list_themes(who: Allowed<ReadPolicy>, app: Data<App>, path: FromPath<AreaPath>) -> Answer {
    let (actor, area, shared, now) = (who.actor(), path.0.area_code.0, app.clone(), app.clock.now());
    let data = app.db.read(move |conn| service::list_themes(conn, &shared.policy, &actor, area, now)).await?;
    answer::json(&ThemeList { data, next_cursor: None, total: None })
}
