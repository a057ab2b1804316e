//! The content of a frozen report, and how it is made: from the ledger and the packs as they were known at an instant, which
//! never change, and from the facts of the teachers, which do and are therefore part of the content. So it can be made again.

use crate::{
    canonical,
    ledger::{
        service::span,
        standing::{Tally, evaluate_all},
        statement::{SpellView, VerdictWord},
        wire::TallyView,
    },
    policy::{AreaPolicy, wire::PackNameView},
    problem::ApiError,
    wire::{AreaText, HoursText, InstantText, OneOf, OrganisationRef, TeacherRef, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    AreaCode, UtcMillis,
    policy::{Cycle, CycleRules, EntryFacts, PersonFacts, evaluate},
    time::DateSpan,
};
use shixun_persistence::{
    Conn,
    ledger::{self, Employee, Whose},
};
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
    /// The rules it rests on.
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
    /// Last day before retirement.
    pub retires_on: Option<NaiveDate>,
    /// Approved leave.
    pub leave: Vec<SpellView>,
}

/// How a teacher stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenFiguresView {
    /// Hours owed; null where no rule asks for a total.
    pub owed: Option<HoursText>,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours missing.
    pub missing: HoursText,
    /// The worst verdict of all requirements.
    pub verdict: VerdictWord,
}

/// What is read back of a report.
#[derive(Debug, Deserialize)]
pub(super) struct Kept {
    pub(super) teachers: Vec<FrozenTeacherView>,
}

impl Kept {
    pub(super) fn read(document: &str) -> Result<Kept, ApiError> {
        serde_json::from_str(document).map_err(|error| ApiError::internal(format!("a frozen report: {error}")))
    }
}

impl FrozenFactsView {
    fn new(facts: &PersonFacts) -> Self {
        let spell = |span: &DateSpan| SpellView { from: span.from, to: span.to };
        FrozenFactsView {
            entered_on: facts.joined_on,
            probation: facts.probation.as_ref().map(spell),
            head: facts.head.as_ref().map(spell),
            retires_on: facts.retires_on,
            leave: facts.leave.iter().map(spell).collect(),
        }
    }

    fn read(&self) -> PersonFacts {
        let span = |spell: &SpellView| DateSpan { from: spell.from, to: spell.to };
        PersonFacts {
            joined_on: self.entered_on,
            probation: self.probation.as_ref().map(span),
            head: self.head.as_ref().map(span),
            retires_on: self.retires_on,
            leave: self.leave.iter().map(span).collect(),
            required: None,
        }
    }
}

/// A teacher before the evaluation.
pub(super) struct Rostered {
    employee: Who,
    facts: PersonFacts,
}

struct Who {
    teacher: TeacherRef,
    name: String,
    organisation: OrganisationRef,
    organisation_name: String,
}

/// Everybody employed on the day, as it is known now.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn roster(conn: &mut Conn, area: AreaCode, as_of: NaiveDate) -> Result<Vec<Rostered>, ApiError> {
    let employees: Vec<Employee> = ledger::employees(conn, area, "/", as_of)?;
    let facts = ledger::facts_by_person(conn, area, &employees)?;
    let rostered = employees.into_iter().zip(facts).map(|(employee, facts)| Rostered {
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
pub(super) fn roster_of(kept: Kept) -> Vec<Rostered> {
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

/// Evaluates everybody on a roster, by the rules at the close of the cycle.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn judge(
    conn: &mut Conn,
    area: AreaCode,
    rules: &CycleRules,
    roster: Vec<Rostered>,
    known_at: Option<UtcMillis>,
) -> Result<Vec<FrozenTeacherView>, ApiError> {
    let from = roster.iter().map(|one| span(rules, &one.facts).0).min().unwrap_or(rules.cycle().from());
    let mut entries = ledger::entries_by_person(conn, area, &Whose::Area, from, rules.as_of(), known_at)?;
    let jobs = roster.into_iter().map(|one| {
        let mut own = entries.remove(&one.employee.teacher.0.number()).unwrap_or_default();
        let (first, _) = span(rules, &one.facts);
        own.retain(|entry| entry.effective >= first);
        // By date and number, so that the order in which a database gives rows decides nothing.
        own.sort_by_key(|entry| (entry.effective, entry.key));
        (one, own)
    });
    let jobs: Vec<(Rostered, Vec<EntryFacts>)> = jobs.collect();
    evaluate_all(jobs, |(one, own)| {
        let evaluation = evaluate(rules, &one.facts, &own);
        let owed = evaluation.required;
        FrozenTeacherView {
            facts: FrozenFactsView::new(&one.facts),
            figures: FrozenFiguresView {
                owed: owed.map(Text),
                counted: Text(evaluation.total),
                missing: Text(owed.map_or(shixun_domain::Hours::ZERO, |owed| owed.less(evaluation.total))),
                verdict: OneOf(evaluation.verdict),
            },
            teacher_id: one.employee.teacher,
            name: one.employee.name,
            organisation_id: one.employee.organisation,
            organisation_name: one.employee.organisation_name,
        }
    })
}

/// The report of a cycle as canonical JSON.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub(super) fn make(
    conn: &mut Conn,
    policy: &AreaPolicy,
    cycle: Cycle,
    known_at: UtcMillis,
    roster: Vec<Rostered>,
) -> Result<String, ApiError> {
    let area = policy.area();
    let rules = policy.rules(cycle, cycle.to())?;
    let teachers = judge(conn, area, &rules, roster, Some(known_at))?;
    let mut all = Tally::default();
    for teacher in &teachers {
        let FrozenFiguresView { owed, counted, missing, verdict } = &teacher.figures;
        let owed = owed.map_or(shixun_domain::Hours::ZERO, |owed| owed.0);
        all.count(verdict.0, owed, counted.0, missing.0);
    }
    canonical::text(&FrozenContentView {
        format: FORMAT,
        area: Text(area),
        cycle: cycle.name(),
        as_of: cycle.to(),
        known_at: Text(known_at),
        policy_packs: crate::ledger::explain::packs(&rules),
        all: all.view(),
        teachers,
    })
}
