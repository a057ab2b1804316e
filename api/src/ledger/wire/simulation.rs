//! What a simulation of rules looks like in JSON.

use super::standing::TallyView;
use crate::{
    ledger::statement::{RuleNameView, VerdictWord},
    policy::{HoldsPolicy, document::PolicyDocument, wire::PackNameView},
    wire::{AreaText, HoursText, OrganisationRef, TeacherRef, Text, YuanText},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::Hours;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A draft of rules to be tried on everybody.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "document": {
        "code": "SC-2027", "version": 1, "area": "331123", "valid": {"from": "2026-01-01"},
        "zh": "遂昌县2027年补充规定", "en": "Suichang County, 2027",
        "sources": {"A": {"title": "遂昌县教育局关于教师培训的补充规定"}},
        "rules": [{
            "id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training",
            "rule": {"cap": {"of": {"routes": ["school_based"]}, "period": "year",
                "hours": {"value": "12", "source": "A", "article": "第三条", "confidence": "R"}}}
        }]
    },
    "price_per_hour": "35.00", "hours_per_seat": "24"
}))]
pub struct SimulationIn {
    /// The draft, as it would be published. A published pack of the same code and version is left out.
    #[validate(nested)]
    pub document: PolicyDocument,
    /// The county whose teachers are judged; the caller's own where it is not given.
    #[serde(default)]
    pub area: Option<AreaText>,
    /// Name of the cycle; the one of today, or of the draft's first day where that is later, where it is not given.
    #[serde(default)]
    #[validate(length(max = 9))]
    #[schema(max_length = 9)]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged, also one to come; today or the draft's first day where it is not given.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// What an hour of training costs, at most 100000 yuan, for the cost of the hours that come on top.
    #[serde(default)]
    pub price_per_hour: Option<YuanText>,
    /// Hours that a seat in a session is worth, for the seats that come on top.
    #[serde(default)]
    pub hours_per_seat: Option<HoursText>,
    /// How many of those who stand differently are named; 200 where it is not given.
    #[serde(default)]
    #[validate(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10000, default = 200)]
    pub named_max: Option<i32>,
}

impl HoldsPolicy for SimulationIn {
    const AT: &'static str = "/document";
}

/// How the answer is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SimulationQuery {
    /// `true` answers with a job that can be followed and cancelled, instead of the result.
    #[serde(default)]
    #[param(default = false)]
    pub as_job: bool,
}

/// What a draft would do. Nothing was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationView {
    /// The cycle.
    pub cycle: String,
    /// The day at whose close everything is judged.
    pub as_of: NaiveDate,
    /// The packs in force on that day.
    pub packs_before: Vec<PackNameView>,
    /// The same with the draft.
    pub packs_after: Vec<PackNameView>,
    /// How the teachers stand.
    pub before: TallyView,
    /// How they would stand.
    pub after: TallyView,
    /// Hours that teachers would have to earn beyond those that they have to already (`to_earn`); nobody's gain makes up for another. It is the
    /// least that may do: hours that each serve one requirement alone come to more.
    pub extra_hours: HoursText,
    /// Seats for them, each teacher's rounded up; null where the hours of a seat were not given.
    #[schema(minimum = 0)]
    pub extra_seats: Option<i64>,
    /// What they cost; null where the price was not given.
    pub extra_cost: Option<YuanText>,
    /// What each rule does before and after, by the rule's id. Rules that do nothing to anybody are left out.
    pub rules: Vec<SimulatedRuleView>,
    /// How many teachers stand differently.
    #[schema(minimum = 0)]
    pub changed_total: i64,
    /// How many of them change verdict, by the verdict before and after; empty where nobody does.
    pub verdicts: Vec<SimulatedVerdictView>,
    /// The first of them, as many as `named_max` asks for: those whose verdict gets worse, then by the hours that come on top.
    pub changed: Vec<SimulatedPersonView>,
}

/// What the rules of one id do to everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedRuleView {
    /// The id.
    pub id: String,
    /// What it is about, in Chinese.
    pub name_zh: String,
    /// What it is about, in English.
    pub name_en: String,
    /// Under the rules in force.
    pub before: RuleEffectView,
    /// With the draft.
    pub after: RuleEffectView,
}

/// What rules of one id do to everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleEffectView {
    /// The rules that speak.
    pub rules: Vec<RuleNameView>,
    /// Teachers concerned.
    #[schema(minimum = 0)]
    pub teachers: u32,
    /// Hours earned that do not count because of them.
    pub cut: HoursText,
    /// Hours they ask for that are not there.
    pub missing: HoursText,
}

impl RuleEffectView {
    /// Where no rule does anything.
    pub fn nothing() -> Self {
        RuleEffectView { rules: Vec::new(), teachers: 0, cut: Text(Hours::ZERO), missing: Text(Hours::ZERO) }
    }
}

/// Teachers whose verdict changes alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedVerdictView {
    /// Their verdict under the rules in force.
    pub before: VerdictWord,
    /// That with the draft.
    pub after: VerdictWord,
    /// How many they are.
    #[schema(minimum = 1)]
    pub teachers: i64,
}

/// How a teacher stands and would stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedPersonView {
    /// Who.
    pub teacher_id: TeacherRef,
    /// Name.
    pub name: String,
    /// School.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Under the rules in force.
    pub before: SimulatedStandingView,
    /// With the draft.
    pub after: SimulatedStandingView,
}

/// How a teacher stands under some rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedStandingView {
    /// The worst verdict.
    pub verdict: VerdictWord,
    /// Hours owed in the cycle.
    pub owed: HoursText,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours missing of those owed in the cycle.
    pub missing: HoursText,
    /// The least hours that would have to be earned, whatever they are of: what is missing of the total, of any one requirement, or of the
    /// requirements of single years together, whichever is most.
    pub to_earn: HoursText,
}
