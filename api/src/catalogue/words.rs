//! The word lists of the catalogue as JSON shows them, and the one field that several of its bodies share.

use crate::{http::fields::not_blank, wire::OneOf};
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
