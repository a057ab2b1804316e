//! What activities outside courses are worth, as a pack writes it.

use super::Cited;
use serde::{Deserialize, Serialize};

/// What a kind of activity (an open lesson, a paper, a degree) is worth in hours, and on what terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionDocument {
    /// The kind's word, such as `open_lesson`; the packs of an area define which there are.
    pub kind: String,
    /// Name in Chinese: 公开课.
    pub zh: String,
    /// Name in English: open lesson.
    pub en: String,
    /// As for a rule: whether a narrower area may give more for the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<Cited>,
    /// The most hours of the kind in a calendar year; the rule `conversion.<kind>.cap.year`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_year: Option<Cited>,
    /// The most hours of the kind in the cycle; the rule `conversion.<kind>.cap.cycle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_cycle: Option<Cited>,
    /// Kinds of evidence that must all be there, each with its source: the value is the word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Cited>,
    /// The stage that has to approve it: `school`, `county`, `city` or `province`.
    pub approver: Cited,
    /// What it is worth, line by line; the first line that fits decides.
    pub lines: Vec<ConversionLineDocument>,
}

/// What activities of one level, role and result are worth. Within a list any word suffices; an absent list asks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionLineDocument {
    /// Levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Roles, such as `speaker`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Results, such as `first_prize` or `pass`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<String>,
    /// As an amount for each activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Cited>,
    /// As a factor (0 to 100) on the hours that the activity took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<Cited>,
    /// The most hours for one activity, where a factor decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Cited>,
}
