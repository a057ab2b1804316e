//! `/v1/problems`: the catalogue of every refusal.

use super::{Code, FieldCode, Language};
use crate::http::{Answer, Conditions, answer, page::list_of};
use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operation.
pub fn mount(config: &mut ServiceConfig<'_>) {
    config.service(list_problems).service(list_field_codes);
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
/// All codes with status and text in both languages, in one page. Match on `code`; show `title` and `detail`. Codes of single fields and of rows of
/// files (`errors[].code`) are listed by `GET /v1/problems/fields`.
///
/// 全部错误代码及中英文说明；字段和文件行的代码见/v1/problems/fields。
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

/// The code of a fault of one field, or of one row of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "range", "place": "field", "text_zh": "超出范围", "text_en": "the value is out of range", "parameters": ["min", "max", "above"]
}))]
pub struct FieldCodeView {
    /// The stable code.
    pub code: String,
    /// Where it stands: `field` in `errors` of a problem, `row` at the faults of an import or a reconciliation (and in `errors` where the file was
    /// refused).
    #[schema(pattern = "^(field|row)$")]
    pub place: String,
    /// What it means, in Chinese.
    pub text_zh: String,
    /// What it means, in English.
    pub text_en: String,
    /// The parameters that such a fault may have.
    pub parameters: Vec<String>,
}

list_of! {
    /// Every code of a single fault.
    FieldCodeList of FieldCodeView
}

/// List every code of a single fault
///
/// What `errors[].code` of a problem and the codes at rows of an import may be, with what each means in both languages, on one page. A fault's own
/// `detail` says it of the value that was sent. A row that is refused as a request with its content would be has the code of that problem
/// (`GET /v1/problems`).
///
/// 全部字段错误代码和导入行错误代码及中英文含义。
#[utoipa::path(
    operation_id = "list_field_codes", tag = "system", security(()),
    extensions(("x-whole-list" = json!("a closed list"))),
    responses((status = 200, description = "All codes, on one page.", body = FieldCodeList), (status = 304, description = "Unchanged since the ETag of If-None-Match."))
)]
#[get("/problems/fields")]
async fn list_field_codes(conditions: Conditions) -> Answer {
    let data = FieldCode::ALL
        .iter()
        .map(|known| FieldCodeView {
            code: known.code.into(),
            place: known.place.as_str().into(),
            text_zh: known.zh.into(),
            text_en: known.en.into(),
            parameters: known.parameters.iter().map(|name| (*name).to_owned()).collect(),
        })
        .collect();
    answer::digested(&conditions, &FieldCodeList { data, next_cursor: None, total: None })
}
