//! The word lists of the catalogue as JSON shows them, and the one field that several of its bodies share.

use crate::{
    problem::{FieldFault, Words},
    wire::OneOf,
};
use serde::Deserialize;
use shixun_domain::catalogue;
use utoipa::ToSchema;
use validator::Validate;

/// A word of [`catalogue::ProgrammeKind`].
pub type ProgrammeKindWord = OneOf<catalogue::ProgrammeKind>;
/// A word of [`catalogue::ProgrammeState`].
pub type ProgrammeStateWord = OneOf<catalogue::ProgrammeState>;
/// A word of [`catalogue::SessionState`].
pub type SessionStateWord = OneOf<catalogue::SessionState>;

/// What a step is justified by.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "报名人数不足，改到下学期。"}))]
pub struct ReasonIn {
    /// The reason, for everybody who reads the object.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Refuses a text of blanks.
///
/// # Errors
/// The fault `blank`.
pub fn not_blank(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() {
        return Err(validator::ValidationError::new("blank").with_message("不能只有空白|must not be blank".into()));
    }
    Ok(())
}

/// A fault of one field.
pub(super) fn fault(
    pointer: impl Into<String>,
    code: &str,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> FieldFault {
    FieldFault { pointer: pointer.into(), code: code.to_owned(), words: Words::new(zh, en) }
}

/// A text without blanks around it.
pub(super) fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

/// A text without blanks around it, or nothing where nothing is left.
pub(super) fn trimmed_opt(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
