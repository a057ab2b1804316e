//! What waivers look like in JSON.

use crate::{
    http::{
        fields::{check_year, fault, not_blank, trimmed},
        page::{list_of, list_query},
    },
    problem::{ApiError, Code},
    wire::{AccountRef, AreaText, InstantText, OneOf, TeacherRef, Text, WaiverRef},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::ledger::waiver::{WaiverDecision, WaiverState};
use shixun_persistence::ledger::{StepRow, WaiverFilter, WaiverRow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A word of [`WaiverState`].
pub type WaiverStateWord = OneOf<WaiverState>;

/// A word of [`WaiverDecision`].
pub type WaiverDecisionWord = OneOf<WaiverDecision>;

/// A requirement to be waived for one person.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "rule_id": "block.cycle", "valid_from": "2026-01-01", "valid_to": "2030-12-31",
    "reason": "长期病假，无法参加集中培训", "evidence": "遂教人〔2026〕12号"
}))]
pub struct WaiverIn {
    /// Id of the rule, as statements name it.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub rule_id: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day. What is asked for is waived in periods whose last day lies from `valid_from` to `valid_to`: the requirement of a
    /// cycle by a waiver that stands on the cycle's last day, that of a year on the year's.
    pub valid_to: NaiveDate,
    /// Why; it stands in the statement.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// What proves it: a document's number.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub evidence: Option<String>,
}

impl WaiverIn {
    /// Reads it.
    ///
    /// # Errors
    /// `invalid_field` where it ends before it begins.
    pub fn read(self) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        check_year("/valid_from", self.valid_from, &mut faults);
        check_year("/valid_to", self.valid_to, &mut faults);
        if self.valid_to < self.valid_from {
            faults.push(fault("/valid_to", "span_reversed", "截止日期早于开始日期", "it would end before it begins"));
        }
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        Ok(WaiverIn { reason: trimmed(&self.reason), evidence: self.evidence.as_deref().map(trimmed), ..self })
    }
}

/// What is decided on a waiver.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant", "reason": "情况属实"}))]
pub struct WaiverDecisionIn {
    /// Granted or refused.
    pub decision: WaiverDecisionWord,
    /// Why.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Why a waiver is revoked.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "已恢复工作，可参加集中培训"}))]
pub struct WaiverRevocationIn {
    /// Why.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// A step of a waiver after its proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaiverStepView {
    /// How the waiver stood afterwards.
    pub state: WaiverStateWord,
    /// Why.
    pub reason: Option<String>,
    /// Who took it.
    pub taken_by: AccountRef,
    /// When.
    pub at: InstantText,
}

/// A requirement waived for one person, with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaiverView {
    /// Identifier.
    pub id: WaiverRef,
    /// For whom.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub teacher_name: String,
    /// Id of the rule.
    #[schema(example = "block.cycle")]
    pub rule_id: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub evidence: Option<String>,
    /// How it stands; only a granted waiver has an effect.
    pub state: WaiverStateWord,
    /// Who proposed it.
    pub proposed_by: AccountRef,
    /// When.
    pub proposed_at: InstantText,
    /// What became of it, the earliest first.
    pub steps: Vec<WaiverStepView>,
}

list_of! {
    /// Waivers, in the order of proposal.
    WaiverList of WaiverView
}

impl From<&WaiverRow> for WaiverView {
    fn from(row: &WaiverRow) -> Self {
        let step = |step: &StepRow| WaiverStepView {
            state: OneOf(step.state),
            reason: step.reason.clone(),
            taken_by: Text(step.taken_by),
            at: Text(step.at),
        };
        WaiverView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            teacher_name: row.person_name.clone(),
            rule_id: row.rule_id.clone(),
            valid_from: row.from,
            valid_to: row.to,
            reason: row.reason.clone(),
            evidence: row.evidence.clone(),
            state: OneOf(row.state()),
            proposed_by: Text(row.proposed_by),
            proposed_at: Text(row.proposed_at),
            steps: row.steps.iter().map(step).collect(),
        }
    }
}

list_query! {
    /// Which waivers are wanted.
    WaiverQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those of this teacher.
        pub teacher_id: Option<TeacherRef>,
        /// Only those that stand like this; `proposed` waits for somebody else to decide.
        pub state: Option<WaiverStateWord>,
    }
}

impl WaiverQuery {
    /// The filter.
    pub fn filter(&self) -> WaiverFilter {
        WaiverFilter { person: self.teacher_id.map(|id| id.0.person()), state: self.state.map(|word| word.0) }
    }
}

/// The waiver an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WaiverPath {
    /// Identifier of the waiver.
    pub waiver_id: WaiverRef,
}
