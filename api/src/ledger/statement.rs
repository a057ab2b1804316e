//! The statement (学时证明) as JSON: what counts, what was cut by which rule, what is owed, and what all of that rests on.

use super::{
    rules::{DocumentView, NamedDocument, NamedRule, NamedSetting, RuleView, SettingView},
    wire::{Attendance, AwaitsView, Converted, EntrySourceRef, FactorText, UnreviewedView},
};
use crate::{
    policy::wire::PackNameView,
    wire::{
        ActivityText, DaysText, DeliveryFormWord, HourEntryRef, HoursText, InstantText, LevelWord, OneOf,
        OrganisationRef, RouteWord, StageWord, TeacherRef, Text, ThemeText, TitleWord, WaiverRef, in_one_piece,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    ledger::SourceKind,
    policy::{EntryMark, Profile, SchoolSpell, Schools, Unit, Verdict},
    time::DateSpan,
};
use utoipa::ToSchema;

/// A word of [`Verdict`].
pub type VerdictWord = OneOf<Verdict>;
/// A word of [`Profile`].
pub type ProfileWord = OneOf<Profile>;
/// A word of [`Unit`].
pub type UnitWord = OneOf<Unit>;
/// A word of [`EntryMark`].
pub type EntryMarkWord = OneOf<EntryMark>;
/// A word of [`SourceKind`].
pub type SourceKindWord = OneOf<SourceKind>;

/// A person's hours in a cycle with the reason for every figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementView {
    /// Whose hours, and what the person was on the day of the statement.
    pub teacher: StatementTeacherView,
    /// The cycle.
    pub cycle: StatementCycleView,
    /// The day at whose close everything is judged: hours of later days are left out.
    pub as_of: NaiveDate,
    /// The instant up to which recorded entries, reversals and packs are looked at; null for all there are.
    pub known_at: Option<InstantText>,
    /// What the cycle's totals are counted in. A credit stands where an hour stood, so that both add up.
    pub unit: UnitWord,
    /// The worst verdict of all requirements.
    pub verdict: VerdictWord,
    /// Hours owed in the cycle; null where no rule asks for a total.
    pub owed: Option<HoursText>,
    /// Hours earned in the cycle, before factors and caps.
    pub credited: HoursText,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours of the surplus of the cycle before that count too, beside `counted`; nothing unless a pack lets them be carried over.
    pub carried_over: HoursText,
    /// Hours still missing.
    pub missing: HoursText,
    /// Hours that wait for a step before they count; `pending_entries` says for which.
    pub pending: HoursText,
    /// False where caps cross in so intricate a way that the search for the most favourable count was given up; the count
    /// then keeps every rule but might be bettered.
    pub exact: bool,
    /// What the rules were chosen by.
    pub facts: StatementFactsView,
    /// The packs in force on any day of the cycle up to the day of the statement.
    pub policy_packs: Vec<PackNameView>,
    /// Every requirement, the cycle's before the years'; `GET /v1/teachers/{id}/requirements` names the entries that make each up.
    pub requirements: Vec<RequirementView>,
    /// The years of the cycle that have begun.
    pub years: Vec<StatementYearView>,
    /// The entries that stand, by date.
    pub entries: Vec<StatementEntryView>,
    /// Entries that were reversed and what reversed them; together they are worth nothing.
    pub corrections: Vec<StatementCorrectionView>,
    /// The entries that make up `pending`, by date, with what each waits for.
    pub pending_entries: Vec<StatementPendingView>,
    /// Every rule that is named anywhere above, once, by pack, edition and id, with the article that each of its figures comes from.
    #[schema(value_type = Vec<RuleView<'static>>)]
    pub rules: Vec<NamedRule>,
    /// What the packs in force on the day of the statement say once for everybody of the cycle and of how hours are added up.
    #[schema(value_type = Vec<SettingView<'static>>)]
    pub settings: Vec<NamedSetting>,
    /// The documents that `rules` and `settings` cite.
    #[schema(value_type = Vec<DocumentView<'static>>)]
    pub documents: Vec<NamedDocument>,
}

/// A teacher on the day of the statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementTeacherView {
    /// Identifier.
    pub id: TeacherRef,
    /// Name.
    pub name: String,
    /// School; null for somebody not employed on that day.
    pub organisation_id: Option<OrganisationRef>,
    /// Its name.
    pub organisation_name: Option<String>,
    /// Title.
    pub title: Option<TitleWord>,
    /// Subject taught.
    pub subject: Option<String>,
    /// Stage taught at.
    pub stage: Option<StageWord>,
}

/// The cycle of a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementCycleView {
    /// First and last year.
    #[schema(example = "2016-2020")]
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The facts by which rules were chosen and requirements reduced.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementFactsView {
    /// Profiles that hold in the cycle; none for an ordinary teacher.
    pub profiles: Vec<ProfileWord>,
    /// Entry into the profession.
    pub entered_on: Option<NaiveDate>,
    /// Probation as a new teacher.
    pub probation: Option<SpellView>,
    /// Time as head.
    pub head: Option<SpellView>,
    /// Time as deputy head.
    pub deputy_head: Option<SpellView>,
    /// Time as a middle manager.
    pub middle_manager: Option<SpellView>,
    /// Last day before retirement.
    pub retires_on: Option<NaiveDate>,
    /// Approved leave.
    pub leave: Vec<SpellView>,
    /// Where the teacher belonged to a school with rules of its own, inside the cycle or not: entries of these days are judged by them
    /// too, and the totals where the day of the statement is one of them.
    pub schools: Vec<SchoolSpellView>,
    /// What counted in the cycle before beyond what was owed in it; nothing unless a pack lets hours be carried over. How much of it
    /// counts is `carried_over`.
    pub surplus: HoursText,
}

/// A span of days, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"from": "2018-02-01", "to": "2018-08-31"}))]
pub struct SpellView {
    /// First day.
    pub from: NaiveDate,
    /// Last day; null while it lasts.
    pub to: Option<NaiveDate>,
}

/// Days on which a teacher belonged to a school that has rules of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"organisation_id": "org_a3bk65kd9010000c6n", "from": "2017-08-15", "to": null}))]
pub struct SchoolSpellView {
    /// The school.
    pub organisation_id: OrganisationRef,
    /// First day.
    pub from: NaiveDate,
    /// Last day; null while it lasts.
    pub to: Option<NaiveDate>,
}

impl SchoolSpellView {
    /// The spells of a person, the earliest first.
    pub fn all(schools: &Schools) -> Vec<SchoolSpellView> {
        let view = |SchoolSpell { school, span }: &SchoolSpell| SchoolSpellView {
            organisation_id: Text(*school),
            from: span.from,
            to: span.to,
        };
        schools.spells().iter().map(view).collect()
    }

    /// The spells that views were made of.
    pub fn read(views: &[SchoolSpellView]) -> Schools {
        let spell = |view: &SchoolSpellView| SchoolSpell {
            school: view.organisation_id.0,
            span: DateSpan { from: view.from, to: view.to },
        };
        Schools::new(&views.iter().map(spell).collect::<Vec<_>>(), |_| true)
    }
}

/// The rule behind a figure: the key to one of a statement's `rules`, and to a rule of the document of `GET /v1/policy-packs/{id}`, where
/// what it says stands with the article it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"id": "school_based.cap.year", "pack": "331123", "edition": 1}))]
pub struct RuleNameView {
    /// The rule's stable id.
    pub id: String,
    /// Code of the pack it comes from.
    pub pack: String,
    /// Version of that pack.
    #[schema(minimum = 1)]
    pub edition: i32,
}

/// The period a figure is about: `entry`, `year`, `cycle` or `span`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "year", "year": 2018, "from": null, "to": null}))]
pub struct PeriodView {
    /// `entry` for the entry by itself, `year`, `cycle`, or `span` for the time in which a profile holds, until a deadline, or for some
    /// months of a year.
    #[schema(pattern = "^(entry|year|cycle|span)$")]
    pub kind: &'static str,
    /// The calendar year, for `year`.
    #[schema(minimum = 1900)]
    pub year: Option<i32>,
    /// First day, for `span`.
    pub from: Option<NaiveDate>,
    /// Last day, for `span`.
    pub to: Option<NaiveDate>,
}

/// What is owed by one rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequirementView {
    /// The rule.
    pub rule: RuleNameView,
    /// Its period.
    pub period: PeriodView,
    /// What it is about and its period, in Chinese, for where the figures stand in columns; the sentences begin with it.
    #[serde(skip)]
    pub name_zh: String,
    /// The same in English.
    #[serde(skip)]
    pub name_en: String,
    /// Hours owed.
    pub owed: HoursText,
    /// Hours there are.
    pub counted: HoursText,
    /// Hours still missing.
    pub missing: HoursText,
    /// How it stands.
    pub verdict: VerdictWord,
    /// The same in days, where days of training are asked for; the hours are those of so many days then. Otherwise null.
    pub days: Option<RequirementDaysView>,
    /// The waiver for this person by which nothing is missing; null where there is none or the rules themselves waive it.
    pub waiver: Option<RequirementWaiverView>,
    /// The same in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

/// A waiver that a requirement rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequirementWaiverView {
    /// Identifier.
    pub id: WaiverRef,
    /// Why.
    pub reason: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
}

/// A requirement in days of training.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"owed": "3.00", "counted": "2.00", "missing": "1.00"}))]
pub struct RequirementDaysView {
    /// Days owed.
    pub owed: DaysText,
    /// Days there are: as recorded, or the hours earned by the length of a day.
    pub counted: DaysText,
    /// Days still missing.
    pub missing: DaysText,
}

/// A calendar year of the cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementYearView {
    /// The year.
    #[schema(minimum = 1900)]
    pub year: i32,
    /// Hours earned.
    pub credited: HoursText,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours that do not; below nothing where a factor adds hours.
    pub cut: HoursText,
    /// Hours owed in the year; null where no rule asks for any.
    pub owed: Option<HoursText>,
    /// Hours missing in the year.
    pub missing: Option<HoursText>,
    /// How the year stands; null where no rule asks for hours.
    pub verdict: Option<VerdictWord>,
    /// The most hours, of whatever kind, that may count in the year; null where no rule sets such a maximum.
    pub maximum: Option<HoursText>,
    /// What is left below the maximum.
    pub left: Option<HoursText>,
    /// The rule that hours are owed by; null where none is.
    pub floor_rule: Option<RuleNameView>,
    /// The rule that sets the maximum; null where none does.
    pub maximum_rule: Option<RuleNameView>,
}

/// An entry that stands, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementEntryView {
    /// Identifier.
    pub id: HourEntryRef,
    /// The day to which the hours belong.
    #[serde(serialize_with = "in_one_piece")]
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Where it comes from.
    pub source: SourceKindWord,
    /// The session it was earned in, the record it was entered by, or the transfer it came with; for a correction that of the entry it
    /// replaces. Null for hours that were entered by themselves.
    pub source_id: Option<EntrySourceRef>,
    /// The entry whose place it took, which stands among `corrections`; null where it took none.
    pub replaces: Option<HourEntryRef>,
    /// Route.
    pub route: RouteWord,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Level.
    pub level: LevelWord,
    /// Themes.
    #[schema(value_type = Vec<ThemeText>)]
    pub themes: Vec<String>,
    /// Whether it is part of a concentrated block (集中培训).
    pub concentrated: bool,
    /// The teacher disputes it (申诉), and nobody has decided yet.
    pub disputed: bool,
    /// School of that day.
    pub organisation_id: Option<OrganisationRef>,
    /// Its name on that day.
    pub organisation_name: Option<String>,
    /// Hours of the course.
    pub nominal: HoursText,
    /// Hours attended.
    pub attended: HoursText,
    /// What an hour attended was worth: `credited` is `attended` times it, rounded down to a hundredth.
    pub factor: FactorText,
    /// Hours earned.
    pub credited: HoursText,
    /// The part that was practice.
    pub practice: HoursText,
    /// Hours that count. `credited` is `counted`, `elsewhere` and the cuts together.
    pub counted: HoursText,
    /// Hours that belong to days outside the cycle: of a probation before it, or where hours belong to the days of the course or to that
    /// of recognition.
    pub elsewhere: HoursText,
    /// What training was counted in on the day to which the entry belongs.
    pub unit: UnitWord,
    /// The kind of activity that the hours were converted from; null for a course. What the packs in force on its day say of it stands
    /// among `rules` with the id `conversion.` and the kind.
    #[schema(value_type = Option<ActivityText>)]
    pub activity: Option<String>,
    /// Days of training, where they were recorded.
    pub days: Option<DaysText>,
    /// The day of recognition.
    #[serde(serialize_with = "in_one_piece")]
    pub recognised_on: NaiveDate,
    /// What rules look at beside route, form, level and themes; mostly nothing.
    pub marks: Vec<EntryMarkWord>,
    /// The institution, where it did not pass the review; null where it did.
    pub unreviewed: Option<UnreviewedView>,
    /// The minutes at every unit that `attended` is made of, for hours of a session; null for hours from elsewhere.
    pub attendance: Option<Attendance>,
    /// Which line of the packs made hours of the activity, and who had to approve it; null where nothing was converted.
    pub conversion: Option<Converted>,
    /// What does not count, and why.
    pub cuts: Vec<CutView>,
}

/// Hours of an entry that do not count, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutView {
    /// How many; below nothing where a factor adds hours.
    pub amount: HoursText,
    /// The rule that cuts.
    pub rule: RuleNameView,
    /// In which period.
    pub period: PeriodView,
    /// The same in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

/// One half of a correction: a reversed entry, or its reversal.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementCorrectionView {
    /// Identifier.
    pub id: HourEntryRef,
    /// The entry that a reversal takes back; null for the reversed entry itself.
    pub reverses: Option<HourEntryRef>,
    /// The day to which the hours belonged.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Hours: below nothing for a reversal.
    pub credited: HoursText,
    /// Why, for a reversal.
    pub reason: Option<String>,
}

/// Hours that are expected, and what they wait for.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementPendingView {
    /// Identifier.
    pub id: HourEntryRef,
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Where it comes from.
    pub source: SourceKindWord,
    /// The session it was earned in; null for hours that were entered by themselves.
    pub source_id: Option<EntrySourceRef>,
    /// Hours that will be earned.
    pub credited: HoursText,
    /// What they wait for.
    pub awaits: AwaitsView,
}
