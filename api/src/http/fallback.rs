//! Addresses that lead nowhere, and methods that an address does not take.

use crate::problem::{ApiError, Code};
use actix_web::HttpRequest;
use std::collections::BTreeMap;

/// The addresses the API documents, and the methods of each.
#[derive(Debug, Clone, Default)]
pub struct KnownRoutes(BTreeMap<Vec<Segment>, Vec<String>>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Fixed(String),
    Any,
}

impl KnownRoutes {
    /// From the paths of an OpenAPI document.
    pub fn from_document(document: &serde_json::Value) -> KnownRoutes {
        let mut routes = KnownRoutes::default();
        let paths = document.get("paths").and_then(serde_json::Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let segments = path
                .split('/')
                .map(|part| if part.starts_with('{') { Segment::Any } else { Segment::Fixed(part.to_owned()) })
                .collect();
            let methods = item.as_object().into_iter().flat_map(|item| item.keys()).map(|method| method.to_uppercase());
            routes.0.entry(segments).or_default().extend(methods);
        }
        routes
    }

    fn methods(&self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |segments: &Vec<Segment>| {
            segments.len() == parts.len()
                && segments.iter().zip(&parts).all(|(segment, part)| match segment {
                    Segment::Fixed(fixed) => fixed == part,
                    Segment::Any => !part.is_empty(),
                })
        };
        self.0.iter().find(|(segments, _)| fits(segments)).map(|(_, methods)| methods.join(", "))
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
}
