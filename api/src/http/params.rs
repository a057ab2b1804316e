//! Paths and queries, read into domain values; what is unknown or unreadable is a 400 that says so.

use super::reasons;
use crate::problem::{ApiError, Code, Words};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::{Deserialize, de::DeserializeOwned};
use shixun_persistence::Keep;
use std::future::{Ready, ready};
use utoipa::IntoParams;

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
    ApiError::new(Code::InvalidId).with_words("reason", reasons::words(reason))
}

/// The values in a query. The struct must refuse unknown fields.
#[derive(Debug)]
pub struct FromQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for FromQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.query_string();
        let parsed = web::Query::<T>::from_query(text)
            .map(|query| FromQuery(query.into_inner()))
            .map_err(|error| query_problem(at_fault::<T>(text), &error.to_string()));
        ready(parsed)
    }
}

/// The parameter that cannot be read: the first that is refused by itself. The parser of all of them names none.
fn at_fault<T: DeserializeOwned>(query: &str) -> &str {
    let refused = |part: &&str| {
        web::Query::<T>::from_query(part).is_err_and(|error| !plain(&error.to_string()).starts_with("missing field"))
    };
    let part = query.split('&').find(refused).unwrap_or_default();
    part.split_once('=').map_or(part, |(name, _)| name)
}

fn plain(reason: &str) -> &str {
    reason.strip_prefix("Query deserialize error: ").unwrap_or(reason)
}

/// Sorts serde's words into "no such parameter" and "not such a value".
fn query_problem(at_fault: &str, reason: &str) -> ApiError {
    let reason = plain(reason);
    let quoted: Vec<&str> = reason.split('`').skip(1).step_by(2).collect();
    if reason.starts_with("unknown field") {
        let (name, expected) = quoted.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
        let known = Words::new(expected.join("、"), expected.join(", "));
        return ApiError::new(Code::UnknownParameter).with("name", name).with_words("expected", known);
    }
    // Both concern a parameter as a whole, and no part of the query is refused by itself.
    let whole = ["missing field", "duplicate field"].iter().any(|start| reason.starts_with(start));
    let name = quoted.first().copied().filter(|_| whole).unwrap_or(if at_fault.is_empty() { "?" } else { at_fault });
    ApiError::new(Code::InvalidParameter).with("name", name).with_words("reason", reasons::words(reason))
}

/// Whether a command is only tried.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRunQuery {
    /// `true` does everything and takes it back: the answer is the one that would be given.
    #[serde(default)]
    #[param(default = false)]
    pub dry_run: bool,
}

impl DryRunQuery {
    /// Whether what the command does stays.
    pub fn keep(&self) -> Keep {
        Keep::unless(self.dry_run)
    }
}
