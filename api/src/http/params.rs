//! Paths and queries, read into domain values; what is unknown or unreadable is a 400 that says so.

use crate::problem::{ApiError, Code, Words};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

/// The values in a path.
#[derive(Debug)]
pub struct FromPath<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for FromPath<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = actix_web::dev::Path::clone(request.match_info())
            .load::<T>()
            .map(FromPath)
            .map_err(|error| invalid_id(&error.to_string()));
        ready(parsed)
    }
}

/// An identifier that cannot be read.
pub fn invalid_id(reason: &str) -> ApiError {
    let reason_zh = match reason.strip_prefix("expected an id that begins with ") {
        Some(prefix) => format!("此处应为以{prefix}开头的标识符。"),
        None => "标识符有误或不完整，请原样使用接口给出的标识符。".to_owned(),
    };
    ApiError::new(Code::InvalidId).with_words("reason", Words::new(reason, reason)).with("reason_zh", reason_zh)
}

/// The values in a query. The struct must refuse unknown fields.
#[derive(Debug)]
pub struct FromQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for FromQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let refused = if request.query_string().chars().any(|character| character.is_control()) {
            Some("control characters".to_owned())
        } else {
            None
        };
        let parsed = match refused {
            Some(reason) => Err(query_problem(&reason)),
            None => web::Query::<T>::from_query(request.query_string())
                .map(|query| FromQuery(query.into_inner()))
                .map_err(|error| query_problem(&error.to_string())),
        };
        ready(parsed)
    }
}

/// Sorts serde's words into "no such parameter" and "not such a value".
fn query_problem(reason: &str) -> ApiError {
    let reason = reason.strip_prefix("Query deserialize error: ").unwrap_or(reason);
    let quoted: Vec<&str> = reason.split('`').skip(1).step_by(2).collect();
    if reason.starts_with("unknown field") {
        let (name, expected) = quoted.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
        return ApiError::new(Code::UnknownParameter).with("name", name).with("expected", expected.join(", "));
    }
    let name = quoted.first().copied().unwrap_or("?");
    ApiError::new(Code::InvalidParameter).with("name", name).with("reason", reason)
}
