//! The JSON document of a policy pack, word for word: the only serialisable types of this crate.
//!
//! Nothing here is checked beyond the shape; [`Pack::parse`](super::Pack::parse) turns a document into rules or says what
//! is wrong and where. Every figure and every choice is a [`Cited`], so that a county can compare it with the official text.

mod example;
mod shape;

pub use example::{Example, example_at};
pub use shape::json_pointer;

#[cfg(test)]
pub(super) use example::EXAMPLES;
pub(super) use example::example_of_text;
pub(super) use shape::figures;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! document {
    ($($(#[$doc:meta])* $setting:ident $about:tt)+) => {
        /// A policy pack as it is written, published and shown.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Document {
            /// Stable code such as `ZJ-2016`: upper-case letters, digits and hyphens, at most 32.
            pub code: String,
            /// Version of the pack, from 1. A published version is never edited.
            pub version: i32,
            /// GB/T 2260 code of the area whose teachers are judged by it.
            pub area: String,
            /// Identifier of the one school of this county for whose teachers alone the pack is. Such a pack holds rules and what profiles
            /// leave out of them; what a pack says once for everybody is not for a school to set.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub organisation_id: Option<String>,
            /// Civil dates between which the pack is in force.
            pub valid: ValidDocument,
            /// Name in Chinese.
            pub zh: String,
            /// Name in English.
            pub en: String,
            /// The documents that figures cite, by short name.
            pub sources: BTreeMap<String, SourceDocument>,
            /// The cycle; a narrower pack may leave it to a wider one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub cycle: Option<CycleDocument>,
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $setting: Option<SettingDocument>,)+
            /// Themes that the area adds to those everybody knows, by word.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub themes: BTreeMap<String, LabelDocument>,
            /// What a profile leaves out of the rules for everybody.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub profiles: Vec<ProfileDocument>,
            /// The rules, each with a stable id.
            pub rules: Vec<RuleDocument>,
            /// What activities outside courses are worth, by kind of activity.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub conversions: Vec<ConversionDocument>,
        }
    };
}

crate::policy_settings!(document);

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

/// First and last day, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidDocument {
    /// First day, `2016-09-01`.
    pub from: String,
    /// Last day; absent while the pack lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A document that figures are taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDocument {
    /// Title and number of the document.
    pub title: String,
    /// Where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Names in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelDocument {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A value with the place it comes from. Hours are decimal texts (`"24"`, `"0.5"`), ratios decimals or fractions (`"0.5"`, `"1/3"`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited {
    /// The value.
    pub value: String,
    /// Short name of one of the pack's `sources`.
    pub source: String,
    /// Article, table or row in that source.
    pub article: String,
    /// How sure it is: `R` read for Zhejiang, `R-x` read elsewhere, `K` common knowledge, `I` inferred.
    pub confidence: String,
}

/// What is said once for everybody: a value with the place it comes from, and whether a narrower area may be laxer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingDocument {
    /// The value.
    pub value: String,
    /// Short name of one of the pack's `sources`.
    pub source: String,
    /// Article, table or row in that source.
    pub article: String,
    /// How sure it is, as in [`Cited`].
    pub confidence: String,
    /// Whether a narrower area may ask for less, allow more or say otherwise: `yes` or `no`. `no` where absent: then the stricter
    /// of both stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<Cited>,
}

impl SettingDocument {
    /// The value with the place it comes from.
    pub fn cited(&self) -> Cited {
        Cited {
            value: self.value.clone(),
            source: self.source.clone(),
            article: self.article.clone(),
            confidence: self.confidence.clone(),
        }
    }
}

/// The cycle: a first day and a length; all cycles before and after follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CycleDocument {
    /// First day of any one cycle; the first of a month.
    pub anchor: Cited,
    /// Length in years (1 to 20).
    pub years: Cited,
}

/// Rules that do not bind persons of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileDocument {
    /// The profile's word.
    pub profile: String,
    /// Ids of the rules that do not bind, each with its source: the value is the id.
    pub drops: Vec<Cited>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDocument {
    /// Stable id such as `school_based.cap.year`; the same id in a narrower pack overrides this one.
    pub id: String,
    /// What the rule is about, in Chinese: 校本研修.
    pub zh: String,
    /// What the rule is about, in English: school-based training.
    pub en: String,
    /// The profile whose persons alone it binds, instead of the rule of this id for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Whether a narrower area may ask for less or allow more: `yes`, `no`, or the profile for whose persons alone it may. `no`
    /// where absent: then the rule stands beside whatever a narrower area says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be_relaxed: Option<Cited>,
    /// What it says.
    pub rule: BodyDocument,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BodyDocument {
    /// Hours owed in a cycle; the id is always `total.cycle`, because shares refer to it.
    Total {
        /// For a whole cycle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<Cited>,
        /// For each year, by full months.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours_per_year: Option<Cited>,
    },
    /// Hours owed in each year.
    YearFloor {
        /// For a whole year.
        hours: Cited,
        /// `warn` or `fail`.
        strength: Cited,
        /// Which entries count; all where absent.
        #[serde(default)]
        counts: SelectorDocument,
        /// Owed instead in a year with a concentrated block.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        block_year_hours: Option<Cited>,
        /// Full months of approved leave in the year from which it is not owed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waived_from_leave_months: Option<Cited>,
    },
    /// The most hours in one year.
    YearMaximum {
        /// The most.
        hours: Cited,
        /// `refuse` further enrolment, or `cap` the count.
        effect: Cited,
        /// Which entries it is about; all where absent.
        #[serde(default)]
        counts: SelectorDocument,
    },
    /// The most hours of some entries in a period.
    Cap {
        /// Which entries.
        of: SelectorDocument,
        /// `year` or `cycle`.
        period: String,
        /// As an amount.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<Cited>,
        /// As a share (0 to 1) of what the person owes in the cycle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share_of_required: Option<Cited>,
        /// As a share (0 to 1) of all that counts in the cycle, these hours included; for the period `cycle` alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share_of_counted: Option<Cited>,
    },
    /// Concentrated courses that must be taken in the cycle.
    Block {
        /// Which entries may form a block.
        #[serde(default)]
        of: SelectorDocument,
        /// Least hours of one block.
        hours: Cited,
        /// `credited` hours (earned) or `nominal` hours.
        measure: Cited,
        /// Blocks per cycle.
        count: Cited,
        /// Least practice hours of one block.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        practice_hours: Option<Cited>,
        /// Full months owed in the cycle from which a block is asked at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        required_from_months: Option<Cited>,
        /// `yes` where a block is one course without interruption, `no` where several courses may make up one; `no` where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uninterrupted: Option<Cited>,
    },
    /// The least hours of some entries.
    Minimum {
        /// Which entries.
        of: SelectorDocument,
        /// `credited`, `counted`, `nominal` or `practice`.
        measure: String,
        /// `cycle`, `year`, `months` for some months of each year, `until` for a deadline in the cycle, or `profile` for the time
        /// in which the rule's profile holds.
        window: String,
        /// First month (1 to 12) of a `months` window.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months_from: Option<Cited>,
        /// Last month of a `months` window; before the first, it lies in the year after.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months_to: Option<Cited>,
        /// Length of a `profile` window in months from its first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window_months: Option<Cited>,
        /// Last day of an `until` window.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Cited>,
        /// As an amount.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<Cited>,
        /// As a share (0 to 1) of what the person owes in the cycle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share_of_required: Option<Cited>,
        /// As days of training; the measure is `credited` then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<Cited>,
        /// `warn` or `fail`.
        strength: Cited,
    },
    /// The least share that some entries must have among others, such as practice among the hours of a theme.
    Share {
        /// The whole.
        of: SelectorDocument,
        /// The part.
        part: SelectorDocument,
        /// `yes` where the practice hours of the other entries belong to the part as well, otherwise `no`.
        practice: Cited,
        /// 0 to 1.
        share: Cited,
        /// `credited`, `counted` or `nominal`.
        measure: String,
        /// As for a minimum.
        window: String,
        /// As for a minimum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months_from: Option<Cited>,
        /// As for a minimum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months_to: Option<Cited>,
        /// As for a minimum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window_months: Option<Cited>,
        /// As for a minimum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Cited>,
        /// `warn` or `fail`.
        strength: Cited,
    },
    /// Multiplies the credited hours of some entries before any cap.
    Factor {
        /// Which entries.
        of: SelectorDocument,
        /// 0 to 10.
        ratio: Cited,
    },
}

/// Which entries a rule is about. All conditions must hold; within a list any word suffices; an absent list asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectorDocument {
    /// Routes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
    /// Delivery forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
    /// Levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Part of a concentrated block (`true`) or a short course (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concentrated: Option<bool>,
    /// At least one of these themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// None of these themes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_themes: Vec<String>,
    /// At least one of these marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// None of these marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_marks: Vec<String>,
    /// Converted from an activity of one of these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
}
