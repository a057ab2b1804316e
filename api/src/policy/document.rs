//! The document of a policy pack as the contract shows it: field by field what
//! [`shixun_domain::policy::document`] reads, so that an editor can be generated from the contract.
//!
//! What the fields mean together is checked by the domain; its faults come back with the same JSON pointers.

mod conversion;

pub use conversion::{PolicyConversion, PolicyConversionLine};

use crate::wire::{AreaText, OneOf, OrganisationRef};
use serde::{Deserialize, Serialize};
use shixun_domain::policy::{Confidence, Measure, Profile};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use validator::Validate;

/// A word of [`Confidence`].
type ConfidenceWord = OneOf<Confidence>;
/// A word of [`Measure`].
type MeasureWord = OneOf<Measure>;
/// A word of [`Profile`].
type ProfileWord = OneOf<Profile>;

macro_rules! document {
    ($($(#[$doc:meta])* $setting:ident $about:tt)+) => {
        /// A policy pack: rules on hours, each figure with its source.
        #[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
        #[serde(deny_unknown_fields)]
        #[schema(example = json!({
            "code": "SC-2027", "version": 1, "area": "331123", "valid": {"from": "2027-01-01"},
            "zh": "遂昌县2027年补充规定", "en": "Suichang County, 2027",
            "sources": {"A": {"title": "遂昌县教育局关于教师培训的补充规定"}},
            "rules": [{
                "id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training",
                "rule": {"cap": {"of": {"routes": ["school_based"]}, "period": "year",
                    "hours": {"value": "30", "source": "A", "article": "第三条", "confidence": "R"}}}
            }]
        }))]
        pub struct PolicyDocument {
            /// Stable code such as `ZJ-2016`: upper-case letters, digits and hyphens.
            #[validate(length(min = 1, max = 32))]
            #[schema(min_length = 1, max_length = 32)]
            pub code: String,
            /// Version of the pack, from 1. A published version is never edited; a change is a new version.
            #[schema(minimum = 1)]
            pub version: i32,
            /// GB/T 2260 code of the area whose teachers are judged by it.
            #[validate(length(min = 6, max = 6))]
            #[schema(value_type = AreaText)]
            pub area: String,
            /// The one school of this county for whose teachers alone the pack is; it stands over the county's packs as those stand over the
            /// province's. Such a pack has `rules`, `profiles` and `themes`, and nothing that is one in its county.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub organisation_id: Option<OrganisationRef>,
            /// Civil dates between which the pack is in force.
            pub valid: PolicyValidity,
            /// Name in Chinese.
            #[validate(length(min = 1, max = 200))]
            #[schema(min_length = 1, max_length = 200)]
            pub zh: String,
            /// Name in English.
            #[validate(length(min = 1, max = 200))]
            #[schema(min_length = 1, max_length = 200)]
            pub en: String,
            /// The documents that figures cite, by short name.
            #[schema(value_type = BTreeMap<PolicyWord, PolicySource>)]
            pub sources: BTreeMap<String, PolicySource>,
            /// The cycle; a narrower pack may leave it to a wider one.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cycle: Option<PolicyCycle>,
            $($(#[$doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $setting: Option<PolicySetting>,)+
            /// Themes that the area adds to those everybody knows, by word.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            #[schema(value_type = BTreeMap<PolicyWord, PolicyLabel>)]
            pub themes: BTreeMap<String, PolicyLabel>,
            /// What a profile leaves out of the rules for everybody.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub profiles: Vec<PolicyProfile>,
            /// The rules, each with a stable id.
            pub rules: Vec<PolicyRule>,
            /// What activities outside courses are worth, by kind of activity.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub conversions: Vec<PolicyConversion>,
        }
    };
}

shixun_domain::policy_settings!(document);

/// First and last day, both included.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyValidity {
    /// First day, such as `2016-09-01`.
    #[schema(format = Date)]
    pub from: String,
    /// Last day; absent while the pack lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub to: Option<String>,
}

/// A document that figures are taken from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySource {
    /// Title and number of the document.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub url: Option<String>,
}

/// Names in both languages.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyLabel {
    /// Chinese.
    #[schema(max_length = 200)]
    pub zh: String,
    /// English.
    #[schema(max_length = 200)]
    pub en: String,
}

/// A value with the place it comes from. Hours are decimal texts (`"24"`, `"0.5"`), ratios decimals or fractions (`"0.5"`, `"1/3"`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyValue {
    /// The value.
    #[schema(max_length = 64)]
    pub value: String,
    /// Short name of one of the pack's sources.
    #[schema(max_length = 32)]
    pub source: String,
    /// Article, table or row in that source.
    #[schema(max_length = 200)]
    pub article: String,
    /// How sure it is: `R` read for Zhejiang, `R-x` read elsewhere, `K` common knowledge, `I` inferred.
    #[schema(value_type = ConfidenceWord)]
    pub confidence: String,
}

/// What is said once for everybody: a value with the place it comes from, and whether a narrower area may be laxer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySetting {
    /// The value. Decimal or fraction texts, as in `PolicyValue`.
    #[schema(max_length = 64)]
    pub value: String,
    /// Short name of one of the pack's sources.
    #[schema(max_length = 32)]
    pub source: String,
    /// Article, table or row in that source.
    #[schema(max_length = 200)]
    pub article: String,
    /// How sure it is, as in `PolicyValue`.
    #[schema(value_type = ConfidenceWord)]
    pub confidence: String,
    /// Whether a narrower area may ask for less, allow more or say otherwise: `yes` or `no`. `no` where absent: then the stricter of
    /// both stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<PolicyValue>,
}

/// The cycle: a first day and a length; all cycles before and after follow.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyCycle {
    /// First day of any one cycle; the first of a month.
    pub anchor: PolicyValue,
    /// Length in years (1 to 20).
    pub years: PolicyValue,
}

/// Rules that do not bind persons of a profile.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyProfile {
    /// `retiring`, `new_teacher`, `new_head`, `head`, `deputy_head` or `middle_manager`.
    #[schema(value_type = ProfileWord)]
    pub profile: String,
    /// Ids of the rules that do not bind, each with its source: the value is the id.
    pub drops: Vec<PolicyValue>,
}

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRule {
    /// Stable id such as `school_based.cap.year`; the same id in a narrower pack overrides this one.
    #[schema(max_length = 64)]
    pub id: String,
    /// What the rule is about, in Chinese.
    #[schema(max_length = 200)]
    pub zh: String,
    /// What the rule is about, in English.
    #[schema(max_length = 200)]
    pub en: String,
    /// The profile whose persons alone it binds, instead of the rule of this id for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProfileWord>)]
    pub profile: Option<String>,
    /// Whether a narrower area may ask for less or allow more: `yes`, `no`, or the profile for whose persons alone it may. `no`
    /// where absent: then the rule stands beside whatever a narrower area says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<PolicyValue>,
    /// What it says: exactly one of its fields.
    pub rule: PolicyRuleBody,
}

/// What a rule says: exactly one field is present.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRuleBody {
    /// Hours owed in a cycle; the id is always `total.cycle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<PolicyTotal>,
    /// Hours owed in each year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_floor: Option<PolicyYearFloor>,
    /// The most hours in one year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_maximum: Option<PolicyYearMaximum>,
    /// The most hours of some entries in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<PolicyCap>,
    /// Concentrated courses that must be taken in the cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<PolicyBlock>,
    /// The least hours of some entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<PolicyMinimum>,
    /// The least share that some entries must have among others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<PolicyShare>,
    /// Multiplies the credited hours of some entries before any cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<PolicyFactor>,
}

/// Hours owed in a cycle: either field.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyTotal {
    /// For a whole cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<PolicyValue>,
    /// For each year, by full months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_per_year: Option<PolicyValue>,
}

/// Hours owed in each year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyYearFloor {
    /// For a whole year.
    pub hours: PolicyValue,
    /// `warn` or `fail`.
    pub strength: PolicyValue,
    /// Which entries count; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<PolicySelector>,
    /// Owed instead in a year with a concentrated block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_year_hours: Option<PolicyValue>,
    /// Full months of approved leave in the year from which it is not owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived_from_leave_months: Option<PolicyValue>,
}

/// The most hours in one year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyYearMaximum {
    /// The most.
    pub hours: PolicyValue,
    /// `refuse` further enrolment, or `cap` the count.
    pub effect: PolicyValue,
    /// Which entries it is about; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<PolicySelector>,
}

/// The most hours of some entries in a period.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyCap {
    /// Which entries.
    pub of: PolicySelector,
    /// `year` or `cycle`.
    #[schema(pattern = "^(year|cycle)$")]
    pub period: String,
    /// As an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<PolicyValue>,
    /// As a share (0 to 1) of what the person owes in the cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_required: Option<PolicyValue>,
    /// As a share (0 to 1) of all that counts in the cycle, these hours included; for the period `cycle` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_counted: Option<PolicyValue>,
}

/// Concentrated courses that must be taken in the cycle.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBlock {
    /// Which entries may form a block; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<PolicySelector>,
    /// Least hours of one block.
    pub hours: PolicyValue,
    /// `credited` hours (earned) or `nominal` hours.
    pub measure: PolicyValue,
    /// Blocks per cycle.
    pub count: PolicyValue,
    /// Least practice hours of one block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practice_hours: Option<PolicyValue>,
    /// Full months owed in the cycle from which a block is asked at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_from_months: Option<PolicyValue>,
    /// `yes` where a block is one course without interruption, `no` where several courses may make up one; `no` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uninterrupted: Option<PolicyValue>,
}

/// The least hours of some entries.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyMinimum {
    /// Which entries.
    pub of: PolicySelector,
    /// `credited`, `counted`, `nominal` or `practice`.
    #[schema(value_type = MeasureWord)]
    pub measure: String,
    /// `cycle`, `year`, `months` for some months of each year, `until` for a deadline in the cycle, or `profile` for the time in
    /// which the rule's profile holds.
    #[schema(pattern = "^(cycle|year|months|until|profile)$")]
    pub window: String,
    /// First month (1 to 12) of a `months` window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_from: Option<PolicyValue>,
    /// Last month of a `months` window; before the first, it lies in the year after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_to: Option<PolicyValue>,
    /// Length of a `profile` window in months from its first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_months: Option<PolicyValue>,
    /// Last day of an `until` window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<PolicyValue>,
    /// As an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<PolicyValue>,
    /// As a share (0 to 1) of what the person owes in the cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_required: Option<PolicyValue>,
    /// As days of training; the measure is `credited` then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<PolicyValue>,
    /// `warn` or `fail`.
    pub strength: PolicyValue,
}

/// The least share that some entries must have among others, such as practice among the hours of a theme.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyShare {
    /// The whole.
    pub of: PolicySelector,
    /// The part.
    pub part: PolicySelector,
    /// `yes` where the practice hours of the other entries belong to the part as well, otherwise `no`.
    pub practice: PolicyValue,
    /// 0 to 1.
    pub share: PolicyValue,
    /// `credited`, `counted` or `nominal`.
    #[schema(pattern = "^(credited|counted|nominal)$")]
    pub measure: String,
    /// As for a minimum.
    #[schema(pattern = "^(cycle|year|months|until|profile)$")]
    pub window: String,
    /// As for a minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_from: Option<PolicyValue>,
    /// As for a minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months_to: Option<PolicyValue>,
    /// As for a minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_months: Option<PolicyValue>,
    /// As for a minimum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<PolicyValue>,
    /// `warn` or `fail`.
    pub strength: PolicyValue,
}

/// Multiplies the credited hours of some entries before any cap.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFactor {
    /// Which entries.
    pub of: PolicySelector,
    /// 0 to 10.
    pub ratio: PolicyValue,
}

/// Which entries a rule is about. All conditions must hold; within a list any word suffices; an absent list asks nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySelector {
    /// Routes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub routes: Vec<String>,
    /// Delivery forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub forms: Vec<String>,
    /// Levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub levels: Vec<String>,
    /// Part of a concentrated block (`true`) or a short course (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concentrated: Option<bool>,
    /// At least one of these themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub themes: Vec<String>,
    /// None of these themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub without_themes: Vec<String>,
    /// At least one of these marks: `misconduct`, `unreviewed`, `no_prior_consent`, `certified_elsewhere`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub marks: Vec<String>,
    /// None of these marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub without_marks: Vec<String>,
    /// Converted from an activity of one of these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<PolicyWord>)]
    pub activities: Vec<String>,
}

/// A word of one of the lists of the contract.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(max_length = 32, example = "school_based")]
pub struct PolicyWord(pub String);
