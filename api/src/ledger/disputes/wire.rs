//! What disputes look like in JSON.

use crate::{
    http::{
        Etag,
        page::{list_of, list_query},
    },
    ledger::wire::ReplacementIn,
    wire::{AccountRef, AreaText, DisputeRef, DisputeStateWord, HourEntryRef, InstantText, OneOf, TeacherRef, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::ledger::dispute::DisputeState;
use shixun_persistence::ledger::disputes::{DisputeFilter, DisputeRow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An objection to an entry.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"claim": "12月12日下午我在场，考勤漏记3学时，签到表第2页可查。"}))]
pub struct DisputeIn {
    /// What is wrong, and what shows it.
    #[validate(length(min = 1, max = 1000), custom(function = "crate::http::fields::not_blank"))]
    #[schema(min_length = 1, max_length = 1000)]
    pub claim: String,
}

/// Why a dispute is upheld, and what is right instead.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "签到表证实在场，补记3学时。", "replacement": {"nominal": "27.00", "attended": "27.00"}}))]
pub struct UpholdIn {
    /// The reason, for the teacher and for auditors.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The right hours, posted in the same transaction. Without it the hours are taken back.
    pub replacement: Option<ReplacementIn>,
}

/// Why a dispute is dismissed.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "签到表与考勤一致，当日下午无签到。"}))]
pub struct DismissIn {
    /// The reason, for the teacher and for auditors.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// A dispute about an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeView {
    /// Identifier.
    pub id: DisputeRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub teacher_name: String,
    /// The entry that is disputed.
    pub hour_entry_id: HourEntryRef,
    /// What it was for.
    pub hour_entry_title: String,
    /// What became of the dispute.
    pub state: DisputeStateWord,
    /// What is wrong, as whoever opened it says.
    pub claim: String,
    /// The day by which it is to be decided.
    pub decide_by: NaiveDate,
    /// Open, and the day is past.
    pub overdue: bool,
    /// Who opened it: the teacher, or the county to have a correction approved.
    pub opened_by: AccountRef,
    /// When.
    pub opened_at: InstantText,
    /// Who decided it.
    pub decided_by: Option<AccountRef>,
    /// When it was decided or withdrawn.
    pub decided_at: Option<InstantText>,
    /// Why.
    pub reason: Option<String>,
    /// The reversal, where it was upheld.
    pub reversal_id: Option<HourEntryRef>,
    /// What was posted in place of the entry.
    pub replacement_id: Option<HourEntryRef>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
}

list_of! {
    /// Disputes by the day by which they are to be decided.
    DisputeList of DisputeView
}

impl DisputeView {
    /// The view of a row on a day.
    pub fn new(row: &DisputeRow, today: NaiveDate) -> DisputeView {
        DisputeView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            teacher_name: row.person_name.clone(),
            hour_entry_id: Text(row.entry),
            hour_entry_title: row.entry_title.clone(),
            state: OneOf(row.state),
            claim: row.claim.clone(),
            decide_by: row.decide_by,
            overdue: row.state == DisputeState::Open && row.decide_by < today,
            opened_by: Text(row.opened_by),
            opened_at: Text(row.created_at),
            decided_by: row.decided_by.map(Text),
            decided_at: row.decided_at.map(Text),
            reason: row.reason.clone(),
            reversal_id: row.reversal.map(Text),
            replacement_id: row.replacement.map(Text),
            version: row.version,
        }
    }

    /// The entity tag: whether it is overdue changes without an edit.
    pub fn etag(&self) -> Etag {
        Etag::version_and(self.version, &[i64::from(self.overdue)])
    }
}

/// The dispute an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DisputePath {
    /// Identifier of the dispute.
    pub dispute_id: DisputeRef,
}

list_query! {
    /// Which disputes are wanted.
    DisputeQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those of this teacher.
        pub teacher_id: Option<TeacherRef>,
        /// Only in this state.
        pub state: Option<DisputeStateWord>,
        /// `true` shows those that should have been decided by now.
        pub overdue: Option<bool>,
    }
}

impl DisputeQuery {
    /// The filter on a day.
    pub fn filter(&self, today: NaiveDate) -> DisputeFilter {
        DisputeFilter {
            id: None,
            person: self.teacher_id.map(|id| id.0.person()),
            state: self.state.map(|word| word.0),
            overdue_on: self.overdue.filter(|wanted| *wanted).map(|_| today),
        }
    }
}
