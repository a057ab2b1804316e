//! The conversion table of a policy pack as the contract shows it.

use super::{PolicyValue, PolicyWord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a kind of activity (an open lesson, a paper, a degree) is worth in hours, and on what terms.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "open_lesson", "zh": "公开课", "en": "open lesson",
    "cap_year": {"value": "18", "source": "A", "article": "第五条", "confidence": "R"},
    "evidence": [{"value": "certificate", "source": "A", "article": "第五条", "confidence": "R"}],
    "approver": {"value": "county", "source": "A", "article": "第六条", "confidence": "R"},
    "lines": [{"levels": ["county"], "roles": ["speaker"],
        "hours": {"value": "6", "source": "A", "article": "第五条", "confidence": "R"}}]
}))]
pub struct PolicyConversion {
    /// The kind's word; the packs of an area define which there are.
    #[schema(max_length = 32)]
    pub kind: String,
    /// Name in Chinese.
    #[schema(max_length = 200)]
    pub zh: String,
    /// Name in English.
    #[schema(max_length = 200)]
    pub en: String,
    /// As for a rule: whether a narrower area may give more for the kind. Otherwise both stand, and the lesser amount decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<PolicyValue>,
    /// The most hours of the kind in a calendar year; explanations call it `conversion.<kind>.cap.year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_year: Option<PolicyValue>,
    /// The most hours of the kind in the cycle; explanations call it `conversion.<kind>.cap.cycle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_cycle: Option<PolicyValue>,
    /// Kinds of evidence that must all be there: the value is the word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<PolicyValue>,
    /// The stage that has to approve it: `school`, `county`, `city` or `province`.
    pub approver: PolicyValue,
    /// What it is worth, line by line; the first line that fits decides.
    #[schema(min_items = 1)]
    pub lines: Vec<PolicyConversionLine>,
}

/// What activities of one level, role and result are worth. Within a list any word suffices; an absent list asks nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyConversionLine {
    /// Levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub levels: Vec<String>,
    /// Roles, such as `speaker`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub roles: Vec<String>,
    /// Results, such as `first_prize` or `pass`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub results: Vec<String>,
    /// As an amount for each activity; either this or `factor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<PolicyValue>,
    /// As a factor (0 to 100) on the hours that the activity took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<PolicyValue>,
    /// The most hours for one activity, where a factor decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<PolicyValue>,
}
