//! What reports look like in JSON. Sheets are made from the same views.

use crate::{
    ledger::statement::{PeriodView, RuleNameView, VerdictWord},
    policy::wire::PackNameView,
    wire::{
        AreaText, HoursText, InstantText, OrganisationRef, RouteWord, SettingWord, StageWord, TeacherRef, Text,
        TitleWord, WireText,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::reports::Percent;
use std::{borrow::Cow, fmt};
use utoipa::{
    IntoParams, ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};

/// A share as JSON shows it.
pub type PercentText = Text<Percent>;

impl WireText for Percent {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Percent")
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A share in percent with two decimals, as a string."))
            .pattern(Some(r"^\d{1,3}\.\d{2}$"))
            .examples(["85.71"])
            .into()
    }

    fn read(_: &str) -> Result<Self, String> {
        Err("a share is answered and never sent".to_owned())
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which school completion table.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchoolCompletionQuery {
    /// A school, for one row a teacher, or an organisation above schools, for one row a school. Where it is not given: the
    /// organisation of the reader's widest role.
    pub organisation_id: Option<OrganisationRef>,
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[param(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged, and on which the teachers were employed; today, or the cycle's last day
    /// where that is earlier.
    #[param(example = "2020-12-31")]
    pub as_of: Option<NaiveDate>,
    /// What was known at this instant: only entries, reversals, policy packs and facts of persons (school, title, leave, waivers and the
    /// like) recorded up to then; names are today's. The present where it is not given.
    #[param(example = "2021-01-31T18:00:00Z")]
    pub known_at: Option<InstantText>,
    /// `json`, `csv` (UTF-8, lines end in CRLF) or `xlsx`.
    #[param(pattern = "^(json|csv|xlsx)$", example = "json")]
    pub format: Option<String>,
    /// Begin a CSV file with a byte order mark, for Excel.
    #[param(default = false)]
    pub bom: Option<bool>,
}

/// Which county summary.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountySummaryQuery {
    /// Code of the county (GB/T 2260); the reader's own where it is not given.
    pub area: Option<AreaText>,
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[param(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged, and on which the teachers were employed; today, or the cycle's last day
    /// where that is earlier.
    #[param(example = "2020-12-31")]
    pub as_of: Option<NaiveDate>,
    /// What was known at this instant: only entries, reversals, policy packs and facts of persons (school, title, leave, waivers and the
    /// like) recorded up to then; names are today's. The present where it is not given.
    #[param(example = "2021-01-31T18:00:00Z")]
    pub known_at: Option<InstantText>,
    /// `json`, `csv` (UTF-8, lines end in CRLF) or `xlsx`.
    #[param(pattern = "^(json|csv|xlsx)$", example = "json")]
    pub format: Option<String>,
    /// Begin a CSV file with a byte order mark, for Excel.
    #[param(default = false)]
    pub bom: Option<bool>,
}

/// How the teachers of a school, or the schools of a county, complete the cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolCompletionView {
    /// The cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// The day at whose close everything is judged, and on which the teachers were employed.
    pub as_of: NaiveDate,
    /// The instant up to which recorded entries, reversals and packs are looked at; null for all there are.
    pub known_at: Option<InstantText>,
    /// The organisation the table is of.
    pub organisation_id: OrganisationRef,
    /// Its name.
    #[schema(example = "实验小学")]
    pub organisation_name: String,
    /// The packs in force from the first day of the cycle to the day of the table.
    pub policy_packs: Vec<PackNameView>,
    /// Numbers of persons below this are hidden, because the reader is not of the county; null for the county's own readers.
    #[schema(minimum = 5)]
    pub hidden_below: Option<u32>,
    /// All of them together.
    pub all: CompletionTallyView,
    /// One row a teacher, by school and name; null where the table has one row a school.
    pub teachers: Option<Vec<TeacherCompletionView>>,
    /// One row a school, by name, those without teachers too; null where the table has one row a teacher.
    pub schools: Option<Vec<SchoolTallyView>>,
}

/// How a teacher completes the cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeacherCompletionView {
    /// The teacher; the statement has the reason for every figure.
    pub teacher_id: TeacherRef,
    /// Name.
    #[schema(example = "吴静")]
    pub name: String,
    /// School.
    pub organisation_id: OrganisationRef,
    /// Its name.
    #[schema(example = "实验小学")]
    pub organisation_name: String,
    /// Title held on the day.
    pub title: Option<TitleWord>,
    /// Subjects taught on the day.
    #[schema(example = json!(["语文"]))]
    pub subjects: Vec<String>,
    /// Hours owed in the cycle; null where no rule asks for a total.
    pub owed: Option<HoursText>,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours carried over from the cycle before that count beside `counted`; nothing unless a pack lets them be.
    pub carried_over: HoursText,
    /// Hours missing.
    pub missing: HoursText,
    /// The worst verdict of all requirements.
    pub verdict: VerdictWord,
    /// The concentrated block (集中培训); null where no rule asks for one.
    pub block: Option<BlockCompletionView>,
    /// Hours counted that are school-based.
    pub school_based: HoursText,
    /// Hours counted in each calendar year of the cycle.
    pub years: Vec<YearHoursView>,
    /// The requirements that are not met and not waived.
    pub unmet: Vec<UnmetView>,
}

/// A requirement that is not met.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnmetView {
    /// The rule.
    pub rule: RuleNameView,
    /// What it is about, in Chinese.
    #[schema(example = "年度学时")]
    pub name_zh: String,
    /// What it is about, in English.
    #[schema(example = "hours of the year")]
    pub name_en: String,
    /// Its period.
    pub period: PeriodView,
    /// Hours missing.
    pub missing: HoursText,
    /// How it stands.
    pub verdict: VerdictWord,
    /// The same as a sentence in Chinese.
    pub text_zh: String,
    /// The same as a sentence in English.
    pub text_en: String,
}

/// How a teacher stands with the concentrated block.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct BlockCompletionView {
    /// Hours owed.
    pub owed: HoursText,
    /// Hours there are.
    pub counted: HoursText,
    /// Hours missing.
    pub missing: HoursText,
    /// How it stands.
    pub verdict: VerdictWord,
}

/// Hours counted in a calendar year.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct YearHoursView {
    /// The year.
    #[schema(minimum = 1900)]
    pub year: i32,
    /// Hours that count.
    pub counted: HoursText,
}

/// Teachers counted by verdict, and their hours. Every figure is null where the row is hidden.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({
    "hidden": false, "teachers": 42, "met": 30, "warn": 4, "not_yet": 0, "failed": 8, "passed_percent": "80.95", "owed": "15120.00",
    "counted": "14630.50", "carried_over": "0.00", "missing": "870.00", "counted_average": "348.34"
}))]
pub struct CompletionTallyView {
    /// True where the figures are hidden: a number of persons is below `hidden_below`, or could be worked out with this row.
    pub hidden: bool,
    /// Teachers.
    #[schema(minimum = 0)]
    pub teachers: Option<u32>,
    /// Teachers who meet every requirement.
    #[schema(minimum = 0)]
    pub met: Option<u32>,
    /// Teachers who miss one that only warns.
    #[schema(minimum = 0)]
    pub warn: Option<u32>,
    /// Teachers who still have time.
    #[schema(minimum = 0)]
    pub not_yet: Option<u32>,
    /// Teachers who miss one for good.
    #[schema(minimum = 0)]
    pub failed: Option<u32>,
    /// Share of teachers who miss nothing but a warning (`met` and `warn`); null where there are no teachers.
    pub passed_percent: Option<PercentText>,
    /// Hours owed in the cycle by all of them.
    pub owed: Option<HoursText>,
    /// Hours that count.
    pub counted: Option<HoursText>,
    /// Hours carried over from the cycle before that count beside `counted`; nothing unless a pack lets them be.
    pub carried_over: Option<HoursText>,
    /// Hours missing; nobody's surplus makes up for another.
    pub missing: Option<HoursText>,
    /// Hours that count, on average, cut to a hundredth; null where there are no teachers.
    pub counted_average: Option<HoursText>,
}

/// How the teachers of a school complete the cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolTallyView {
    /// The school.
    pub organisation_id: OrganisationRef,
    /// School identification code.
    #[schema(example = "2133000101")]
    pub code: Option<String>,
    /// Its name.
    #[schema(example = "实验小学")]
    pub name: String,
    /// Its stage.
    pub stage: Option<StageWord>,
    /// Urban, town or rural.
    pub setting: Option<SettingWord>,
    /// Its teachers.
    pub tally: CompletionTallyView,
}

/// How the teachers of a county complete the cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountySummaryView {
    /// The county.
    pub area: AreaText,
    /// Its name.
    #[schema(example = "遂昌县")]
    pub area_name: String,
    /// The cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// The day at whose close everything is judged, and on which the teachers were employed.
    pub as_of: NaiveDate,
    /// The instant up to which recorded entries, reversals and packs are looked at; null for all there are.
    pub known_at: Option<InstantText>,
    /// The packs in force from the first day of the cycle to the day of the summary.
    pub policy_packs: Vec<PackNameView>,
    /// Numbers of persons below this are hidden, because the reader is not of the county; null for the county's own readers.
    #[schema(minimum = 5)]
    pub hidden_below: Option<u32>,
    /// Schools.
    #[schema(minimum = 0)]
    pub schools: u32,
    /// All teachers together.
    pub all: CompletionTallyView,
    /// By the stage of the school.
    pub by_stage: Vec<StageTallyView>,
    /// By where the school stands.
    pub by_setting: Vec<SettingTallyView>,
    /// By verdict.
    pub by_verdict: Vec<VerdictTallyView>,
    /// Hours that count, by route.
    pub by_route: Vec<RouteTallyView>,
    /// What the rules cut, the most first.
    pub cuts: Vec<CutTallyView>,
}

/// The teachers in schools of a stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageTallyView {
    /// The stage; null for schools where none is stated.
    pub stage: Option<StageWord>,
    /// Schools.
    #[schema(minimum = 0)]
    pub schools: u32,
    /// Their teachers.
    pub tally: CompletionTallyView,
}

/// The teachers in schools that stand alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingTallyView {
    /// Urban, town or rural; null for schools where nothing is stated.
    pub setting: Option<SettingWord>,
    /// Schools.
    #[schema(minimum = 0)]
    pub schools: u32,
    /// Their teachers.
    pub tally: CompletionTallyView,
}

/// The teachers with a verdict.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct VerdictTallyView {
    /// The verdict.
    pub verdict: VerdictWord,
    /// Teachers; null where hidden.
    #[schema(minimum = 0)]
    pub teachers: Option<u32>,
    /// Share of all teachers.
    pub percent: Option<PercentText>,
}

/// Hours that count, by one route.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RouteTallyView {
    /// The route.
    pub route: RouteWord,
    /// True where the figures are hidden.
    pub hidden: bool,
    /// Teachers with hours by this route.
    #[schema(minimum = 0)]
    pub teachers: Option<u32>,
    /// Hours that count.
    pub counted: Option<HoursText>,
    /// Share of all hours that count.
    pub percent: Option<PercentText>,
}

/// What one rule cut.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutTallyView {
    /// The rule.
    pub rule: RuleNameView,
    /// What it is about, in Chinese.
    #[schema(example = "校本研修")]
    pub name_zh: String,
    /// What it is about, in English.
    #[schema(example = "school-based training")]
    pub name_en: String,
    /// True where the figures are hidden.
    pub hidden: bool,
    /// Teachers concerned.
    #[schema(minimum = 0)]
    pub teachers: Option<u32>,
    /// Entries concerned.
    #[schema(minimum = 0)]
    pub entries: Option<u32>,
    /// Hours that do not count because of it; below nothing where a factor adds hours.
    pub hours: Option<HoursText>,
}
