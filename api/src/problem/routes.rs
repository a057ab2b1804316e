//! `/v1/problems`: the catalogue of every refusal.

use super::{Code, Language};
use crate::http::{Answer, Conditions, answer, page::list_of};
use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_problems);
}

/// A refusal or failure a client can meet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "not_found", "status": 404, "title_zh": "找不到", "title_en": "Not found",
    "detail_zh": "没有标识符为{id}的{kind_zh}，或您无权查看。", "detail_en": "There is no {kind} {id}, or it is not yours to see."
}))]
pub struct ProblemKindView {
    /// The stable code.
    pub code: String,
    /// The HTTP status it comes with.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Text in Chinese; `{name}` stands for a parameter.
    pub detail_zh: String,
    /// Text in English; `{name}` stands for a parameter.
    pub detail_en: String,
}

list_of! {
    /// Every problem code.
    ProblemKindList of ProblemKindView
}

/// List every problem code
///
/// All codes with status and text in both languages, in one page. Match on `code`; show `title` and `detail`.
///
/// 全部错误代码及中英文说明。
#[utoipa::path(
    operation_id = "list_problems", tag = "system", security(()),
    extensions(("x-whole-list" = json!("a closed list"))),
    responses((status = 200, description = "All codes, on one page.", body = ProblemKindList), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/problems")]
async fn list_problems(conditions: Conditions) -> Answer {
    let data = Code::ALL
        .iter()
        .map(|code| ProblemKindView {
            code: code.as_str().into(),
            status: code.status(),
            title_zh: code.title(Language::Zh).into(),
            title_en: code.title(Language::En).into(),
            detail_zh: code.detail(Language::Zh).into(),
            detail_en: code.detail(Language::En).into(),
        })
        .collect();
    answer::digested(&conditions, &ProblemKindList { data, next_cursor: None, total: None })
}
