//! The JSON document of a policy pack, word for word: the only serialisable types of this crate.
//!
//! Nothing here is checked beyond the shape; [`Pack::parse`](super::Pack::parse) turns a document into rules or says what
//! is wrong and where. Every figure and every choice is a [`Cited`], so that a county can compare it with the official text.

mod conversion;

pub use conversion::{ConversionDocument, ConversionLineDocument};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// What training is counted in: `hour` or `credit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Cited>,
    /// Minutes of teaching in one hour of credit (1 to 240).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour_minutes: Option<Cited>,
    /// How the total of a person who joins inside the cycle is reduced: `none`, `month` or `year`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prorate_newcomer: Option<Cited>,
    /// What approved leave does to the hours owed in the cycle: `keep` (nothing) or `prorate` (takes off its full months).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave_total: Option<Cited>,
    /// How the total of a person who retires inside the cycle is reduced: `none`, `month` or `year`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prorate_retirement: Option<Cited>,
    /// The day to which hours belong: of `completion`, of each `session` (the days of its units), or of `recognition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Cited>,
    /// What is compared with the hours owed: two decimals as they are (`keep`), or whole hours, rounded down (`whole_down`),
    /// to the nearest (`whole_nearest`) or up (`whole_up`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Cited>,
    /// Hours of a day of training, where an entry does not say how many days it lasted (0.01 to 24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_day: Option<Cited>,
    /// What the hours attended are worth to somebody who passed the course (0 to 1): the result in hours × difficulty × result,
    /// whose difficulty is for the rules of the kind `factor` to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_factor: Option<Cited>,
    /// What the hours attended are worth to somebody who failed the course (0 to 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_factor: Option<Cited>,
    /// The share of a course (0 to 1) from which absence makes it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence_fail_ratio: Option<Cited>,
    /// Days (1 to 180) within which participants evaluate a session after it was closed: hours wait for it. Without it an evaluation is
    /// voluntary, and hours never wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_days: Option<Cited>,
    /// What becomes of hours whose evaluation did not come in time: `void` or `post`; `post` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_missed: Option<Cited>,
    /// The most hours of a cycle's surplus that count in the cycle after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry_over: Option<Cited>,
    /// The training fund's least share (0 to 1) of its base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_ratio: Option<Cited>,
    /// What the fund is a share of: `staff_payroll`, `basic_wages` or `wages_after_rise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_base: Option<Cited>,
    /// The greatest share (0 to 1) of the fund that the county may use itself; the rest follows the teachers' choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_county_share: Option<Cited>,
    /// The least share (0 to 1) of a school's running funds on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_school_running: Option<Cited>,
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

/// A value with the place it comes from. Hours and ratios are decimal or fraction texts (`"24"`, `"0.5"`, `"1/3"`).
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

impl Document {
    /// Reads the shape of a document.
    ///
    /// # Errors
    /// The JSON pointer of the innermost rule, profile or figure that does not have its shape, and what is wrong.
    pub(super) fn read(json: &str) -> Result<Self, (String, String)> {
        serde_json::from_str(json).map_err(|error| locate(json, &error))
    }
}

/// Finds the innermost part of the document that does not have its shape.
fn locate(json: &str, error: &serde_json::Error) -> (String, String) {
    let whole = (String::new(), error.to_string());
    let Ok(value) = serde_json::from_str::<Value>(json) else { return whole };
    let parts = |name: &str| {
        let list = value.get(name).and_then(Value::as_array).into_iter().flatten();
        list.enumerate().map(|(place, part)| (format!("/{name}/{place}"), part)).collect::<Vec<_>>()
    };
    let figure = |name: &str| value.get(name).and_then(|part| misfit::<Cited>(&format!("/{name}"), part));
    let cited = [
        "unit",
        "hour_minutes",
        "prorate_newcomer",
        "leave_total",
        "prorate_retirement",
        "attribution",
        "rounding",
        "hours_per_day",
        "pass_factor",
        "fail_factor",
        "absence_fail_ratio",
        "evaluation_days",
        "evaluation_missed",
        "carry_over",
        "fund_ratio",
        "fund_base",
        "fund_county_share",
        "fund_school_running",
    ]
    .into_iter()
    .find_map(figure);
    let profile = || parts("profiles").iter().find_map(|(pointer, part)| misfit::<ProfileDocument>(pointer, part));
    let rule = || {
        parts("rules").iter().find_map(|(pointer, part)| {
            let body = part.get("rule").and_then(|body| misfit::<BodyDocument>(&format!("{pointer}/rule"), body));
            body.or_else(|| misfit::<RuleDocument>(pointer, part))
        })
    };
    let conversion =
        || parts("conversions").iter().find_map(|(pointer, part)| misfit::<ConversionDocument>(pointer, part));
    cited.or_else(profile).or_else(rule).or_else(conversion).unwrap_or(whole)
}

/// Every figure in a part of a document with the path to it, such as `cap/hours`. They are looked for in the JSON, so that a field that
/// a rule gets tomorrow is cited without anybody thinking of it.
pub(super) fn figures(part: &impl Serialize) -> Vec<(String, Cited)> {
    fn collect(path: &str, value: &Value, found: &mut Vec<(String, Cited)>) {
        if let Ok(cited) = Cited::deserialize(value) {
            found.push((path.to_owned(), cited));
            return;
        }
        let mut inside = |name: &str, value: &Value| {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            collect(&path, value, found);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| inside(name, value)),
            Value::Array(values) => {
                (0_usize..).zip(values).for_each(|(place, value)| inside(&place.to_string(), value))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::to_value(part) {
        collect("", &value, &mut found);
    }
    found
}

/// What is wrong with a part, and where it is.
fn misfit<T: serde::de::DeserializeOwned>(pointer: &str, part: &Value) -> Option<(String, String)> {
    serde_json::from_value::<T>(part.clone()).err().map(|error| (pointer.to_owned(), error.to_string()))
}
