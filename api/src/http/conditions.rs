//! `ETag`, `If-Match` and `If-None-Match`.

use crate::problem::{ApiError, Code, Words};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};

/// A strong entity tag: the version of a row, and whatever else its representation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// The tag of a row in one version.
    pub fn version(version: i64) -> Self {
        Etag(format!("\"{version}\""))
    }

    /// The tag of a row whose representation also shows counters that are not edits. `If-Match` looks at the version alone.
    pub fn version_and(version: i64, counters: &[i64]) -> Self {
        let tail: String = counters.iter().map(|counter| format!(".{counter}")).collect();
        Etag(format!("\"{version}{tail}\""))
    }

    /// The tag of a representation that has no version of its own, by its text.
    pub fn digest(text: &[u8]) -> Self {
        Etag::named(&Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    /// The tag of a text by its digest, which is known.
    pub fn named(digest: &str) -> Self {
        Etag(format!("\"{digest}\""))
    }

    /// As the header has it, with quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version in a tag of ours. One that a proxy made weak, because it compressed the answer, still says which version was read.
    fn edition(tag: &str) -> Option<i64> {
        tag.trim().trim_start_matches("W/").trim_matches('"').split('.').next()?.parse().ok()
    }
}

/// The header a change of a contested object needs, for the document.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes a header that `Conditions` reads")]
pub struct IfMatch {
    /// The `ETag` of the version the change is based on.
    #[param(rename = "If-Match", max_length = 60, example = "\"3\"")]
    if_match: String,
}

/// The header by which a step can say which version it means, for the document.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes a header that `Conditions` reads")]
pub struct IfMatchOnWish {
    /// The `ETag` of the version that was looked at: the step is refused where it is another one by now.
    #[param(rename = "If-Match", max_length = 60, example = "\"3\"")]
    if_match: Option<String>,
}

/// The conditions of a request.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Conditions {
    /// The version a change was based on.
    ///
    /// # Errors
    /// `precondition_required` where the client sent none; `invalid_header` where it cannot be one of ours.
    pub fn based_on(&self) -> Result<i64, ApiError> {
        let given = self.if_match.as_deref().ok_or_else(|| ApiError::new(Code::PreconditionRequired))?;
        Etag::edition(given).ok_or_else(|| {
            let reason =
                Words::new("应为读取该对象时ETag响应头的值", "must be the `ETag` that the object was read with");
            ApiError::new(Code::InvalidHeader).with("name", "If-Match").with_words("reason", reason)
        })
    }

    /// The version that a step means, where the client says so.
    ///
    /// # Errors
    /// `invalid_header` where it cannot be one of ours.
    pub fn based_on_if_given(&self) -> Result<Option<i64>, ApiError> {
        self.if_match.is_some().then(|| self.based_on()).transpose()
    }

    /// True where the client may have what is asked for.
    pub fn has_any(&self) -> bool {
        self.if_none_match.is_some()
    }

    /// True where the client already has what `etag` stands for.
    pub fn already_has(&self, etag: &Etag) -> bool {
        self.if_none_match.as_deref().is_some_and(|tags| {
            tags.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag == etag.as_str())
        })
    }
}

/// Refuses a change that was based on another version.
///
/// # Errors
/// `precondition_failed` where the versions differ.
pub fn same_version(based_on: i64, current: i64) -> Result<(), ApiError> {
    if based_on == current { Ok(()) } else { Err(ApiError::new(Code::PreconditionFailed)) }
}

impl FromRequest for Conditions {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |name: header::HeaderName| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        ready(Ok(Conditions { if_match: text(header::IF_MATCH), if_none_match: text(header::IF_NONE_MATCH) }))
    }
}
