//! Addresses that lead nowhere, methods that an address does not take, and questions that an operation does not.

use super::command::idempotency_key;
use crate::problem::{ApiError, Code, Words};
use actix_web::{HttpRequest, dev::ServiceRequest, http::Method};
use matchit::Router;

/// The addresses the API documents, and the operations of each.
#[derive(Debug, Clone, Default)]
pub struct KnownRoutes(Router<Vec<Operation>>);

#[derive(Debug, Clone)]
struct Operation {
    method: String,
    /// Whether it reads a query: then its own reader refuses what it does not know.
    reads_query: bool,
}

impl KnownRoutes {
    /// From the paths of an OpenAPI document, whose templates differ.
    pub fn from_document(document: &serde_json::Value) -> KnownRoutes {
        let mut routes = KnownRoutes::default();
        let paths = document.get("paths").and_then(serde_json::Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let operations = item.as_object().into_iter().flatten().map(|(method, operation)| {
                let parameters = operation.get("parameters").and_then(serde_json::Value::as_array);
                let in_query =
                    |parameter: &serde_json::Value| parameter.get("in").is_some_and(|place| place == "query");
                Operation { method: method.to_uppercase(), reads_query: parameters.into_iter().flatten().any(in_query) }
            });
            if let Err(fault) = routes.0.insert(path, operations.collect()) {
                tracing::error!(%fault, path, "an address is documented twice");
            }
        }
        routes
    }

    /// What a request says that its operation would pass over in silence: a parameter where none is read (a `dry_run=true` that is not
    /// heard writes), or an `Idempotency-Key` that could not be one, also where nothing is kept under it.
    pub fn unheard(&self, request: &ServiceRequest) -> Option<ApiError> {
        let (query, posted) = (request.query_string(), request.method() == Method::POST);
        if (query.is_empty() && !posted) || !request.path().starts_with("/v1/") {
            return None;
        }
        let method = request.method().as_str();
        let operation = self.operations(request.path())?.iter().find(|operation| operation.method == method)?;
        if !query.is_empty() && !operation.reads_query {
            let name: String = query.chars().take_while(|letter| !matches!(letter, '=' | '&')).take(100).collect();
            let none = Words::new("无", "none");
            return Some(ApiError::new(Code::UnknownParameter).with("name", name).with_words("expected", none));
        }
        idempotency_key(request.headers()).err().filter(|_| posted)
    }

    fn methods(&self, path: &str) -> Option<String> {
        let methods: Vec<&str> = self.operations(path)?.iter().map(|operation| operation.method.as_str()).collect();
        Some(methods.join(", "))
    }

    fn operations(&self, path: &str) -> Option<&[Operation]> {
        self.0.at(path).ok().map(|found| found.value.as_slice())
    }
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
        let routes = KnownRoutes::from_document(&document);
        assert_eq!(routes.methods("/v1/sessions/ses_1").as_deref(), Some("GET, PATCH"));
        assert_eq!(routes.methods("/v1/sessions").as_deref(), Some("POST"));
        assert_eq!(routes.methods("/v1/sessions/"), None);
        assert_eq!(routes.methods("/v1/nothing"), None);
    }

    #[test]
    fn every_documented_address_is_known_with_its_methods() {
        let document = crate::document::value();
        let routes = KnownRoutes::from_document(&document);
        for (path, item) in document["paths"].as_object().unwrap() {
            let asked: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let methods: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
            assert_eq!(routes.methods(&asked), Some(methods.join(", ")), "{path}");
        }
    }
}
