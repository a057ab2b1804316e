//! The OpenAPI document: collected from the mounted operations, then completed with what all of them share.
//!
//! An operation states its own answers and its own problems ([`problem_set!`]). What follows from its shape is added here
//! once: problems of signing in where it needs a token, of bodies where it has one, of ids, parameters and limits; the
//! headers it reads and sends; examples from the demo county.

mod codes;
mod headers;
mod problems;
mod shapes;

pub use codes::{FieldCodeWord, PermissionWord, ProblemCodeWord};
pub use shapes::listed;

use crate::problem::Code;
use headers::Retry;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::{
    OpenApi,
    openapi::{RefOr, Response, extensions::ExtensionsBuilder, response::ResponseBuilder},
};

/// Declares the problems of one operation beyond those every operation of its shape has.
macro_rules! problem_set {
    ($name:ident = $($code:ident)|+) => {
        problem_set!(@set $name, vec![$($crate::problem::Code::$code),+]);
    };
    ($name:ident = $($set:ident)&+) => {
        problem_set!(@set $name, [$($set::codes()),+].concat());
    };
    (@set $name:ident, $codes:expr) => {
        struct $name;

        impl $name {
            fn codes() -> Vec<$crate::problem::Code> {
                $codes
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::document::problem_responses(&$name::codes())
            }
        }
    };
}
pub(crate) use problem_set;

/// What the demo county was asked and answered, by operation; `tests/suite/examples.rs` records it and holds it to the server.
const EXCHANGES: &str = include_str!("examples.json");

/// What this is, in one line.
const SUMMARY: &str = "师训: the backend of a county's teacher professional-development training. 县域教师培训管理后端";

/// The extension that names the problem codes of an answer.
const CODES: &str = "x-problem-codes";

/// One answer per status, naming its codes.
pub fn problem_responses(codes: &[Code]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes {
        let words = by_status.entry(code.status()).or_default();
        if !words.contains(&code.as_str()) {
            words.push(code.as_str());
        }
    }
    by_status
        .into_iter()
        .map(|(status, words)| {
            let extensions = ExtensionsBuilder::new().add(CODES, json!(words)).build();
            (status.to_string(), ResponseBuilder::new().extensions(Some(extensions)).build().into())
        })
        .collect()
}

#[derive(OpenApi)]
#[openapi(
    info(
        // Generators name packages after it.
        title = "shixun",
        contact(name = "shixun 师训"),
        description = include_str!("document.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "The server that this document was read from. 提供本文档的服务器")),
    components(schemas(crate::problem::Problem, crate::problem::ProblemField)),
    tags(
        (name = "sign-in", description = "Everybody: sign in, stay signed in, see one's own rights. 登录与权限"),
        (name = "organisations", description = "County staff: areas, the bureau, the training centre, schools and institutions. 地区与机构"),
        (name = "people", description = "County staff and school administrators: persons, their dated facts, rosters. 人员与花名册"),
        (name = "users", description = "System administrators: accounts and the roles they hold. 账号与角色"),
        (name = "policy", description = "County staff and auditors: the rules of hours as versioned data. 政策包"),
        (name = "catalogue", description = "Institutions and the training centre: programmes, sessions, units. 培训项目与班期"),
        (name = "enrolment", description = "Teachers and schools: eligibility, applications, review, attendance, results. 报名与考勤"),
        (name = "evaluations", description = "Teachers evaluate what they attended; who runs it, teaches in it or looks after it reads the figures. 培训评价"),
        (name = "hours", description = "Teachers and auditors: the hour ledger and statements with a reason for every figure. 学时与对账单"),
        (name = "certificates", description = "Teachers, schools and everybody who is shown one: certificates of statements on paper and as credentials, and how to verify them. 学时证明书与验证"),
        (name = "records", description = "Teachers, schools and the training centre: hours from outside, transfers between counties, reconciliation with the provincial platform. 项目外学时、转移与对账"),
        (name = "reports", description = "County staff, schools and auditors: completion of schools and the county. 报表"),
        (name = "jobs", description = "Whoever asked for something that takes longer than a request: how far it is, and what came of it. 任务"),
        (name = "log", description = "Auditors, witnesses and everybody who keeps a statement: signed checkpoints, proofs and bundles that show that nothing was changed. 防篡改日志"),
        (name = "audit", description = "Auditors: who did what, when and from where. 事件日志"),
        (name = "system", description = "Operators and client programmers: health, version, problem catalogue. 系统"),
    ),
)]
struct Base;

/// Where the collection of mounted operations starts.
pub fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The whole document as JSON.
pub fn value() -> Value {
    complete(crate::server::collected())
}

/// A body whose fields may all be left out may be left out itself, as `http/body.rs` reads it.
fn let_body_be_left_out(operation: &mut Map<String, Value>, schemas: &Value) {
    let reference = |body: &Value| body.pointer("/content/application~1json/schema/$ref")?.as_str().map(str::to_owned);
    let Some(body) = operation.get_mut("requestBody") else { return };
    let Some(name) = reference(body).and_then(|of| of.rsplit('/').next().map(str::to_owned)) else { return };
    let schema = schemas.get(&name);
    let is_object = schema.and_then(|schema| schema.get("type")).is_some_and(|kind| kind == "object");
    let needed = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
    if is_object
        && needed.is_none_or(Vec::is_empty)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("required".into(), json!(false));
    }
}

/// Completes a collected document.
fn complete(collected: utoipa::openapi::OpenApi) -> Value {
    // A document that was just built always has a JSON form.
    let mut document = serde_json::to_value(&collected).unwrap_or_default();
    if let Some(root) = document.as_object_mut() {
        root.insert("security".into(), json!([{"bearer": []}]));
    }
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.insert("summary".into(), json!(SUMMARY));
    }
    if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert(
            "securitySchemes".into(),
            json!({"bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "The access_token of POST /v1/auth/login. 登录后得到的access_token。"
            }}),
        );
        headers::add_components(components);
        problems::add_examples(components);
    }
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let items = document.get("paths").and_then(Value::as_object);
    let tagged = headers::tagged(items.into_iter().flatten().filter_map(|(_, item)| item.as_object()).flatten());
    let exchanges = serde_json::from_str(EXCHANGES).unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                let retry = complete_operation(path, method, operation);
                headers::add(path, method, operation, retry, &tagged);
                add_examples(operation, &schemas, &exchanges);
                let_body_be_left_out(operation, &schemas);
            }
        }
    }
    problems::share(&mut document);
    problems::drop_unused_examples(&mut document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        name_results_of_jobs(schemas);
        for (name, schema) in schemas {
            require_all_fields_of_answers(name, schema);
            limit_names_of_maps(schema);
        }
    }
    shapes::improve(&mut document);
    document
}

/// The result of a job is what the operation answers that does the same at once: which those are, the kinds of jobs say.
fn name_results_of_jobs(schemas: &mut Map<String, Value>) {
    let results =
        crate::server::JOB_KINDS.iter().map(|kind| json!({"$ref": format!("#/components/schemas/{}", kind.result)}));
    let choice: Vec<Value> = std::iter::once(json!({"type": "null"})).chain(results).collect();
    let result = schemas.get_mut("JobView").and_then(|view| view.pointer_mut("/properties/result"));
    if let Some(result) = result.and_then(Value::as_object_mut) {
        result.remove("type");
        result.insert("oneOf".into(), choice.into());
    }
}

/// Fields of texts that are kept letter by letter, and that the first of them did not have yet: where there is nothing they are absent.
const ABSENT_IN_KEPT_TEXTS: [(&str, &str); 5] = [
    ("FrozenFactsView", "schools"),
    ("FrozenFiguresView", "carried_over"),
    ("CertificateContentView", "carried_over"),
    ("CertificateEntryView", "elsewhere"),
    ("TallyView", "carried_over"),
];

/// A view always shows all its fields; null stands where there is nothing.
fn require_all_fields_of_answers(name: &str, schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else { return };
    if schema.get("type") != Some(&json!("object")) {
        return;
    }
    let answer = name.ends_with("View") || name.ends_with("List") || name.starts_with("Problem");
    if answer && let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let absent =
            |field: &str| (field == "total" && name.ends_with("List")) || ABSENT_IN_KEPT_TEXTS.contains(&(name, field));
        let names: Vec<&String> = properties.keys().filter(|field| !absent(field)).collect();
        let required = json!(names);
        schema.insert("required".into(), required);
    } else if !schema.contains_key("required") {
        schema.insert("required".into(), json!([]));
    }
}

/// The names in a map are words.
fn limit_names_of_maps(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(names) = fields.get_mut("propertyNames").and_then(Value::as_object_mut) {
                names.entry("maxLength").or_insert_with(|| json!(64));
            }
            fields.values_mut().for_each(limit_names_of_maps);
        }
        Value::Array(items) => items.iter_mut().for_each(limit_names_of_maps),
        _ => {}
    }
}

/// Adds the problems of an operation's shape; says how it takes a retry.
fn complete_operation(path: &str, method: &str, operation: &mut Map<String, Value>) -> Retry {
    if let Some(summary) = operation.get("summary").and_then(Value::as_str) {
        let whole = if operation.contains_key("x-whole-list") { ", all on one page" } else { "" };
        let plain = format!("{}{whole}", summary.trim_end_matches('.'));
        operation.insert("summary".into(), json!(plain));
    }
    let open = operation.get("security").is_some_and(|security| security == &json!([{}]) || security == &json!([]));
    let signed_in_only = operation.get("security").is_none();
    let has_body = operation.contains_key("requestBody");
    let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let located = |place: &str| parameters.iter().any(|parameter| parameter.get("in") == Some(&json!(place)));
    let writes = method != "get";
    let mut codes = vec![Code::RateLimited, Code::Internal, Code::Unavailable, Code::Busy];
    if open {
        operation.insert("security".into(), json!([]));
    } else {
        codes.extend([
            Code::Unauthenticated,
            Code::TokenMalformed,
            Code::TokenExpired,
            Code::TokenForeign,
            Code::TokenIssuer,
            Code::TokenAudience,
            Code::TokenAlgorithm,
            Code::AccountDisabled,
        ]);
        if !signed_in_only {
            codes.extend([Code::Forbidden, Code::PasswordChangeRequired]);
        }
    }
    if has_body {
        codes.extend([Code::MalformedJson, Code::InvalidField, Code::UnsupportedMediaType, Code::BodyTooLarge]);
    }
    if located("path") {
        codes.extend([Code::InvalidId, Code::NotFound]);
    }
    codes.extend(path.starts_with("/v1/").then_some(Code::UnknownParameter));
    if located("query") {
        codes.push(Code::InvalidParameter);
        if parameters.iter().any(|parameter| parameter.get("name") == Some(&json!("cursor"))) {
            codes.push(Code::InvalidCursor);
        }
    }
    if writes {
        codes.push(Code::StorageFull);
    }
    let if_match = parameters.iter().find(|parameter| parameter.get("name") == Some(&json!("If-Match")));
    if let Some(header) = if_match.filter(|_| writes) {
        let needed = header.get("required") == Some(&json!(true));
        codes.extend(needed.then_some(Code::PreconditionRequired));
        codes.push(Code::PreconditionFailed);
    }
    let retry = match (method, operation.contains_key("x-idempotent") || open) {
        ("post", false) => Retry::Kept,
        ("post", true) => Retry::Unkept,
        _ => Retry::Natural,
    };
    if retry == Retry::Kept {
        codes.extend([Code::IdempotencyMismatch, Code::IdempotencyRunning]);
    }
    if method == "post" {
        codes.push(Code::InvalidHeader);
    }
    if retry == Retry::Unkept {
        operation.insert("x-idempotent".into(), json!("natural"));
    }
    problems::add(operation, &codes);
    retry
}

/// Shows what a client asks and gets: the exchange that was recorded, else what the schema itself says it looks like.
fn add_examples(operation: &mut Map<String, Value>, schemas: &Value, exchanges: &Map<String, Value>) {
    let exchange = operation.get("operationId").and_then(Value::as_str).and_then(|id| exchanges.get(id)).cloned();
    let exchange = exchange.unwrap_or_default();
    let add = |message: &mut Value, kind: &str, recorded: Option<&Value>| {
        let media = message.get_mut("content").and_then(|content| content.get_mut(kind)).and_then(Value::as_object_mut);
        let Some(media) = media.filter(|media| !media.contains_key("example")) else { return };
        let own = || named(media.get("schema")?).and_then(|name| schemas.get(name)?.get("example"));
        if let Some(example) = recorded.or_else(own).cloned() {
            media.insert("example".into(), example);
        }
    };
    if let Some(request) = operation.get_mut("requestBody") {
        add(request, "application/json", exchange.get("request"));
        add(request, "text/csv", exchange.get("request"));
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        // An operation that may also answer with a job has an example of both.
        let part = if status == "202" { "accepted" } else { "answer" };
        add(response, "application/json", exchange.get(part));
        for kind in ["text/csv", "text/plain", "application/vc+jwt"] {
            add(response, kind, exchange.get(kind));
        }
    }
}

/// The name of the schema that is referred to.
fn named(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next())
}
