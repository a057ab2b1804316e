//! Which address a request is for: whose feature it is, and what leads nowhere: other addresses, methods that an address does not take,
//! and questions that an operation does not.

use super::{command::idempotency_key, text};
use crate::problem::{ApiError, Code, Words};
use actix_web::{
    HttpRequest,
    dev::ServiceRequest,
    guard::{Guard, GuardContext},
    http::Method,
    web,
};
use matchit::Router;
use serde_json::Value;
use shixun_domain::time::parse_day;

/// Bases a change on the version that was looked at.
const IF_MATCH: &str = "If-Match";

/// The addresses the API documents, and the operations of each.
#[derive(Debug, Clone, Default)]
pub struct KnownRoutes(Router<Address>);

/// A feature by its place among those that are mounted. As a guard it lets through what is asked of the feature: the framework tries every
/// address in turn and each by a regular expression, which takes longer than many an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature(pub usize);

impl Guard for Feature {
    fn check(&self, request: &GuardContext<'_>) -> bool {
        request.req_data().get::<Feature>() == Some(self)
    }
}

/// An address of the API.
#[derive(Debug, Clone)]
pub struct Address {
    /// With its parameters in braces: `/v1/sessions/{session_id}`.
    pub template: String,
    /// Whose it is; `None` for what stands outside of `/v1`.
    pub feature: Option<Feature>,
    operations: Vec<Operation>,
}

#[derive(Debug, Clone)]
struct Operation {
    method: String,
    /// The parameters it reads of a query.
    query: Vec<Queried>,
    /// Whether it looks at `If-Match`.
    conditional: bool,
}

/// What the document says of a parameter.
#[derive(Debug, Clone)]
struct Queried {
    name: String,
    /// Its longest text, in characters, where it has one.
    longest: Option<usize>,
    is_day: bool,
}

impl Operation {
    fn from_document(method: &str, operation: &Value) -> Operation {
        let parameters = operation.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let conditional = parameters.iter().any(|parameter| parameter.get("name").is_some_and(|name| name == IF_MATCH));
        let queried = parameters.iter().filter(|parameter| parameter.get("in").is_some_and(|place| place == "query"));
        let read = |parameter: &Value| {
            let longest = parameter.pointer("/schema/maxLength").and_then(Value::as_u64);
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            Queried {
                name: name.to_owned(),
                longest: longest.and_then(|longest| usize::try_from(longest).ok()),
                is_day: parameter.pointer("/schema/format").is_some_and(|format| format == "date"),
            }
        };
        Operation { method: method.to_uppercase(), query: queried.map(read).collect(), conditional }
    }

    /// What is wrong with a parameter of a query, as far as the document says so. Names that are not known are left to the operation's
    /// own reader, which tells those that are.
    fn fault(&self, name: &str, value: &str) -> Option<ApiError> {
        let queried = self.query.iter().find(|known| known.name == name);
        let reason = if text::has_control(value) {
            Words::new("含有控制字符", "contains control characters")
        } else if queried.is_some_and(|queried| queried.is_day && parse_day(value).is_none()) {
            Words::new("应为日期，如2026-11-23", "must be a date such as 2026-11-23")
        } else {
            let longest =
                queried.and_then(|queried| queried.longest).filter(|longest| value.chars().count() > *longest)?;
            Words::new(format!("不得超过{longest}个字符"), format!("has at most {longest} characters"))
        };
        Some(ApiError::new(Code::InvalidParameter).with("name", shown(name)).with_words("reason", reason))
    }
}

/// A name that somebody else chose, for a text.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !text::is_control(*letter)).take(100).collect()
}

impl KnownRoutes {
    /// From the paths of an OpenAPI document, whose templates differ, and from those of each feature.
    pub fn from_document(document: &Value, features: &[Vec<String>]) -> KnownRoutes {
        let of_feature = |path: &String| features.iter().position(|addresses| addresses.contains(path)).map(Feature);
        let mut routes = KnownRoutes::default();
        let paths = document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let operations = item.as_object().into_iter().flatten();
            let operations = operations.map(|(method, operation)| Operation::from_document(method, operation));
            let (template, operations) = (path.clone(), operations.collect());
            let address = Address { template, feature: of_feature(path), operations };
            if let Err(fault) = routes.0.insert(path, address) {
                tracing::error!(%fault, path, "an address is documented twice");
            }
        }
        routes
    }

    /// The address of a path; `None` where the document does not have it.
    pub fn find(&self, path: &str) -> Option<&Address> {
        self.0.at(path).ok().map(|found| found.value)
    }

    fn methods(&self, path: &str) -> Option<String> {
        let methods = self.find(path)?.operations.iter().map(|operation| operation.method.as_str());
        let with_head = methods.flat_map(|method| [Some(method), (method == "GET").then_some("HEAD")]).flatten();
        Some(with_head.collect::<Vec<_>>().join(", "))
    }
}

impl Address {
    /// What is refused of a request before its operation sees it: a query where the operation reads none, because a `dry_run=true` that is
    /// not heard writes; control characters; texts longer than the document says; an `Idempotency-Key` that could not be one, also
    /// where nothing is kept under it; and an `If-Match` that nobody would look at, because whoever sends it does not want to be heard
    /// otherwise (RFC 9110, 13.1.1).
    pub fn refused(&self, request: &ServiceRequest) -> Option<ApiError> {
        let (query, posted) = (request.query_string(), request.method() == Method::POST);
        if (query.is_empty() && !posted) || !request.path().starts_with("/v1/") {
            return None;
        }
        let method = request.method().as_str();
        let operation = self.operations.iter().find(|operation| operation.method == method)?;
        if !query.is_empty() && operation.query.is_empty() {
            let name: String = query.chars().take_while(|letter| !matches!(letter, '=' | '&')).collect();
            let error = ApiError::new(Code::UnknownParameter).with("name", shown(&name));
            return Some(error.with_words("expected", Words::new("无", "none")));
        }
        // What cannot be taken apart is refused by the operation's reader.
        let given =
            web::Query::<Vec<(String, String)>>::from_query(query).map(web::Query::into_inner).unwrap_or_default();
        let fault = given.iter().find_map(|(name, value)| operation.fault(name, value));
        let unheard = || (posted && !operation.conditional && request.headers().contains_key(IF_MATCH)).then(unheard);
        fault.or_else(|| idempotency_key(request.headers()).err().filter(|_| posted)).or_else(unheard)
    }
}

/// A condition on an operation that knows none.
fn unheard() -> ApiError {
    let words = Words::new("此操作不以版本为条件，请勿携带", "this operation is not based on a version: leave it out");
    ApiError::new(Code::InvalidHeader).with("name", IF_MATCH).with_words("reason", words)
}

/// What every request meets that no operation takes.
///
/// # Errors
/// Always: `method_not_allowed` where the address is known, `unknown_route` where it is not.
pub async fn fallback(
    request: HttpRequest,
    routes: actix_web::web::Data<KnownRoutes>,
) -> Result<&'static str, ApiError> {
    Err(match routes.methods(request.path()) {
        Some(allow) => ApiError::new(Code::MethodNotAllowed).with("allow", allow),
        None => unknown_route(request.path()),
    })
}

/// No operation has this address.
pub fn unknown_route(path: &str) -> ApiError {
    ApiError::new(Code::UnknownRoute).with("path", path.chars().take(200).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_its_template() {
        let document =
            serde_json::json!({"paths": {"/v1/sessions/{id}": {"get": {}, "patch": {}}, "/v1/sessions": {"post": {}}}});
        let routes = KnownRoutes::from_document(&document, &[vec![], vec!["/v1/sessions/{id}".to_owned()]]);
        let template = |path: &str| routes.find(path).map(|address| address.template.as_str());
        assert_eq!(routes.find("/v1/sessions/ses_1").unwrap().feature, Some(Feature(1)));
        assert_eq!(routes.find("/v1/sessions").unwrap().feature, None);
        assert_eq!(routes.methods("/v1/sessions/ses_1").as_deref(), Some("GET, HEAD, PATCH"));
        assert_eq!(routes.methods("/v1/sessions").as_deref(), Some("POST"));
        assert_eq!(template("/v1/sessions/ses_1"), Some("/v1/sessions/{id}"));
        assert_eq!((routes.methods("/v1/sessions/"), template("/v1/sessions/")), (None, None));
        assert_eq!(routes.methods("/v1/nothing"), None);
    }

    #[test]
    fn every_documented_address_is_known_with_its_methods() {
        let document = crate::document::value();
        let features = crate::server::addresses();
        let routes = KnownRoutes::from_document(&document, &features);
        for (path, item) in document["paths"].as_object().unwrap() {
            let asked: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let methods: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
            let of = features.iter().filter(|addresses| addresses.contains(path)).count();
            assert_eq!(of, usize::from(path.starts_with("/v1/")), "{path} is of one feature");
            assert_eq!(routes.methods(&asked), Some(methods.join(", ").replace("GET", "GET, HEAD")), "{path}");
        }
    }
}
