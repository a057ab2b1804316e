//! The content of a frozen report, and how it is made: from the ledger and the packs as they were known at an instant, which
//! never change, and from the facts of the teachers, which do and are therefore part of the content. So it can be made again.

use crate::{
    canonical,
    ledger::{
        explain,
        standing::{Bench, Dossier, Tally, carried, days_asked_for, evaluate_all, gathered, people, with_entries},
        statement::{SchoolSpellView, SpellView, VerdictWord},
        wire::TallyView,
    },
    policy::{AreaPolicy, wire::PackNameView},
    problem::ApiError,
    wire::{AreaText, HoursText, InstantText, OneOf, OrganisationRef, TeacherRef, Text, WaiverRef},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    AreaCode, UtcMillis,
    id::Id,
    policy::{Cycle, CycleRules, PersonFacts, WaiverFacts},
    time::DateSpan,
};
use shixun_persistence::{
    Conn,
    ledger::{Known, PersonEntries},
};
use std::sync::Arc;
use utoipa::ToSchema;

/// The form of the content; another one follows when a field changes its meaning.
pub const FORMAT: &str = "shixun-frozen-report-1";

/// A frozen report.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrozenContentView {
    /// The form of the content.
    #[schema(example = "shixun-frozen-report-1")]
    pub format: &'static str,
    /// Code of the county (GB/T 2260).
    pub area: AreaText,
    /// Name of the cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// The last day of the cycle, at whose close everything is judged and on which the teachers were employed.
    pub as_of: NaiveDate,
    /// The instant of the proposal: what was recorded up to then is in it.
    pub known_at: InstantText,
    /// The rules it rests on: those of the area, then those of schools.
    pub policy_packs: Vec<PackNameView>,
    /// All teachers together.
    pub all: TallyView,
    /// One row a teacher, by school and name.
    pub teachers: Vec<FrozenTeacherView>,
}

/// A teacher of a frozen report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FrozenTeacherView {
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// Name.
    pub name: String,
    /// School.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// What the rules looked at beside the entries, as it was known when the report was frozen.
    pub facts: FrozenFactsView,
    /// What came of it.
    pub figures: FrozenFiguresView,
}

/// What rules look at beside entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenFactsView {
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
    /// Requirements that were waived for the teacher.
    pub waivers: Vec<FrozenWaiverView>,
    /// Where the teacher belonged to a school with rules of its own; absent where never.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<SchoolSpellView>,
}

/// A waiver that was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenWaiverView {
    /// Identifier.
    pub id: WaiverRef,
    /// Id of the rule that asks for what was waived.
    #[schema(example = "year.floor")]
    pub rule_id: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null where none was set.
    pub valid_to: Option<NaiveDate>,
}

/// How a teacher stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenFiguresView {
    /// Hours owed; null where no rule asks for a total.
    pub owed: Option<HoursText>,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours carried over from the cycle before that count beside `counted`; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HoursText, required = false)]
    pub carried_over: Option<HoursText>,
    /// Hours missing.
    pub missing: HoursText,
    /// The worst verdict of all requirements.
    pub verdict: VerdictWord,
}

/// What is read back of a report.
#[derive(Debug, Deserialize)]
pub(crate) struct Kept {
    /// Its rows.
    pub(crate) teachers: Vec<FrozenTeacherView>,
}

impl Kept {
    pub(crate) fn read(document: &str) -> Result<Kept, ApiError> {
        serde_json::from_str(document).map_err(|error| ApiError::internal(format!("a frozen report: {error}")))
    }
}

impl FrozenFactsView {
    fn new(area: AreaCode, facts: &PersonFacts) -> Self {
        let waiver = |one: &WaiverFacts| FrozenWaiverView {
            id: Text(Id::new(area, one.key)),
            rule_id: one.rule_id.clone(),
            valid_from: one.span.from,
            valid_to: one.span.to,
        };
        let spell = |span: &DateSpan| SpellView { from: span.from, to: span.to };
        FrozenFactsView {
            entered_on: facts.joined_on,
            probation: facts.probation.as_ref().map(spell),
            head: facts.head.as_ref().map(spell),
            deputy_head: facts.deputy_head.as_ref().map(spell),
            middle_manager: facts.middle_manager.as_ref().map(spell),
            retires_on: facts.retires_on,
            leave: facts.leave.iter().map(spell).collect(),
            waivers: facts.waivers.iter().map(waiver).collect(),
            schools: SchoolSpellView::all(&facts.schools),
        }
    }

    pub(super) fn read(&self) -> PersonFacts {
        let span = |spell: &SpellView| DateSpan { from: spell.from, to: spell.to };
        let waiver = |one: &FrozenWaiverView| WaiverFacts {
            key: one.id.0.number(),
            rule_id: one.rule_id.clone(),
            span: DateSpan { from: one.valid_from, to: one.valid_to },
        };
        PersonFacts {
            joined_on: self.entered_on,
            probation: self.probation.as_ref().map(span),
            head: self.head.as_ref().map(span),
            deputy_head: self.deputy_head.as_ref().map(span),
            middle_manager: self.middle_manager.as_ref().map(span),
            retires_on: self.retires_on,
            leave: self.leave.iter().map(span).collect(),
            required: None,
            // What the cycle before left over is counted anew from the ledger and the packs.
            surplus: shixun_domain::Hours::ZERO,
            waivers: self.waivers.iter().map(waiver).collect(),
            schools: SchoolSpellView::read(&self.schools),
        }
    }
}

/// A teacher after the evaluation, with the rules that decided.
pub(super) struct Judged {
    pub(super) rules: Arc<CycleRules>,
    pub(super) teacher: FrozenTeacherView,
}

/// A teacher before the evaluation.
pub(crate) struct Rostered {
    employee: Who,
    facts: PersonFacts,
}

/// Who is evaluated, and where.
pub(crate) struct Who {
    teacher: TeacherRef,
    name: String,
    organisation: OrganisationRef,
    organisation_name: String,
}

/// Everybody employed on the day, as it is known or was.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn roster(
    conn: &mut Conn,
    policy: &AreaPolicy,
    as_of: NaiveDate,
    known: &Known,
) -> Result<Vec<Rostered>, ApiError> {
    let rostered = people(conn, policy, "/", as_of, known)?.into_iter().map(|(employee, facts)| Rostered {
        employee: Who {
            teacher: Text(employee.person.teacher()),
            name: employee.name,
            organisation: Text(employee.organisation),
            organisation_name: employee.organisation_name,
        },
        facts,
    });
    Ok(rostered.collect())
}

/// Those of a report that was frozen, as they were known then.
pub(crate) fn roster_of(kept: Kept) -> Vec<Rostered> {
    let rostered = kept.teachers.into_iter().map(|teacher| Rostered {
        facts: teacher.facts.read(),
        employee: Who {
            teacher: teacher.teacher_id,
            name: teacher.name,
            organisation: teacher.organisation_id,
            organisation_name: teacher.organisation_name,
        },
    });
    rostered.collect()
}

/// Somebody on a roster as evaluations want them: number, who it is, and what the rules look at beside the entries.
pub(crate) type Person = (i64, Who, PersonFacts);

/// A roster as evaluations want it.
pub(crate) fn to_judge(roster: Vec<Rostered>) -> Vec<Person> {
    roster.into_iter().map(|one| (one.employee.teacher.0.number(), one.employee, one.facts)).collect()
}

/// Who judges at the close of a cycle by what the packs of an area say.
///
/// # Errors
/// `policy_missing`.
pub(crate) fn closing_bench(policy: &Arc<AreaPolicy>, cycle: Cycle) -> Result<Bench, ApiError> {
    Bench::new(Arc::clone(policy), cycle, cycle.to())
}

/// The days whose entries a report asks for, of some of the people; `None` where there are none.
pub(crate) fn days(bench: &Bench, people: &[Person]) -> Option<(NaiveDate, NaiveDate)> {
    days_asked_for(people, &bench.common.all().collect::<Vec<_>>())
}

/// Evaluates everybody on a roster, by the rules at the close of the cycle.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub(super) fn judge(
    conn: &mut Conn,
    bench: &Bench,
    roster: Vec<Rostered>,
    known_at: Option<UtcMillis>,
) -> Result<Vec<Judged>, ApiError> {
    judged(bench, gathered(conn, bench, to_judge(roster), known_at)?)
}

fn judged(bench: &Bench, dossiers: Vec<Dossier<Who>>) -> Result<Vec<Judged>, ApiError> {
    let area = bench.policy().area();
    let judged = evaluate_all(dossiers, |dossier| {
        let terms = bench.terms(&dossier.facts)?;
        let (evaluation, _) = dossier.judged(&terms);
        let teacher = FrozenTeacherView {
            facts: FrozenFactsView::new(area, &dossier.facts),
            figures: FrozenFiguresView {
                owed: evaluation.required.map(Text),
                counted: Text(evaluation.total),
                carried_over: carried(evaluation.carried),
                missing: Text(evaluation.missing),
                verdict: OneOf(evaluation.verdict),
            },
            teacher_id: dossier.who.teacher,
            name: dossier.who.name,
            organisation_id: dossier.who.organisation,
            organisation_name: dossier.who.organisation_name,
        };
        Ok(Judged { rules: terms.rules, teacher })
    })?;
    judged.into_iter().collect()
}

/// The report of a cycle as canonical JSON.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub(super) fn make(
    conn: &mut Conn,
    policy: &Arc<AreaPolicy>,
    cycle: Cycle,
    known_at: UtcMillis,
    roster: Vec<Rostered>,
) -> Result<String, ApiError> {
    let bench = closing_bench(policy, cycle)?;
    let judged = judge(conn, &bench, roster, Some(known_at))?;
    canonical::text(&view(&bench, known_at, judged))
}

/// The report as [`make`] makes it, of entries that stood at `known_at` and were read elsewhere.
///
/// # Errors
/// `internal` where an evaluation ended early; `policy_missing`.
pub(crate) fn made_of(
    bench: &Bench,
    known_at: UtcMillis,
    people: Vec<Person>,
    entries: PersonEntries,
) -> Result<FrozenContentView, ApiError> {
    Ok(view(bench, known_at, judged(bench, with_entries(people, entries))?))
}

fn view(bench: &Bench, known_at: UtcMillis, judged: Vec<Judged>) -> FrozenContentView {
    let rules = &bench.common.rules;
    let policy_packs = explain::packs_of_all(rules, judged.iter().map(|one| &*one.rules));
    let teachers: Vec<FrozenTeacherView> = judged.into_iter().map(|one| one.teacher).collect();
    let mut all = Tally::default();
    for teacher in &teachers {
        let FrozenFiguresView { owed, counted, carried_over, missing, verdict } = &teacher.figures;
        let [owed, carried] =
            [owed, carried_over].map(|hours| hours.map_or(shixun_domain::Hours::ZERO, |hours| hours.0));
        all.count(verdict.0, owed, (counted.0, carried), missing.0);
    }
    FrozenContentView {
        format: FORMAT,
        area: Text(bench.policy().area()),
        cycle: rules.cycle().name(),
        as_of: rules.as_of(),
        known_at: Text(known_at),
        policy_packs,
        all: all.view(),
        teachers,
    }
}
