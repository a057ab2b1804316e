//! What allowances look like in JSON.

use crate::{
    http::{fields::not_blank, page::list_of},
    wire::{AccountRef, InstantText, RepeatAllowanceRef, SessionRef, TeacherRef, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_persistence::enrolment::AllowanceRow;
use utoipa::ToSchema;
use validator::Validate;

/// A session whose content a teacher may do once more.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"session_id": "ses_a3bk65kd9010000c6n", "reason": "教材改版，内容更新过半，同意再次参训"}))]
pub struct RepeatAllowanceIn {
    /// The session the teacher wants to apply for; every session with the same content is allowed.
    pub session_id: SessionRef,
    /// Why the same content counts once more.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// That a teacher may do a content once more in a cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepeatAllowanceView {
    /// Identifier.
    pub id: RepeatAllowanceRef,
    /// To whom.
    pub teacher_id: TeacherRef,
    /// The content, as programmes name it.
    pub content_key: String,
    /// First day of the cycle.
    pub cycle_from: NaiveDate,
    /// Last day of the cycle.
    pub cycle_to: NaiveDate,
    /// Why.
    pub reason: String,
    /// By whom.
    pub allowed_by: AccountRef,
    /// When.
    pub created_at: InstantText,
}

list_of! {
    /// Allowances in the order in which they were given.
    RepeatAllowanceList of RepeatAllowanceView
}

impl From<&AllowanceRow> for RepeatAllowanceView {
    fn from(row: &AllowanceRow) -> Self {
        RepeatAllowanceView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            content_key: row.content_key.clone(),
            cycle_from: row.cycle.0,
            cycle_to: row.cycle.1,
            reason: row.reason.clone(),
            allowed_by: Text(row.allowed_by),
            created_at: Text(row.created_at),
        }
    }
}
