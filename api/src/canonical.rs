//! Canonical JSON (RFC 8785): one content, one text, one digest.

use crate::{http::command::hex, problem::ApiError};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The canonical text of a value.
///
/// # Errors
/// `internal` where the value has no JSON form.
pub fn text<T: Serialize>(value: &T) -> Result<String, ApiError> {
    serde_json_canonicalizer::to_string(value).map_err(|error| ApiError::internal(error.to_string()))
}

/// SHA-256 of a text, in hexadecimal.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
