//! The standing of schools and of the county: everybody evaluated at once, with a fixed number of queries.

use super::{
    days::{Moment, moment, span},
    wire::{SchoolStandingView, StandingView, TallyView},
};
use crate::{access::Actor, policy::PolicyCache, problem::ApiError, wire::Text};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, Hours, UtcMillis,
    id::OrganisationId,
    policy::{CycleRules, EntryFacts, Evaluation, PersonFacts, Verdict, evaluate},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Employee, Whose},
    org,
};
use std::{borrow::Cow, sync::Arc};

/// Whose standing is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// An organisation and everything below it.
    Organisation(OrganisationId),
    /// A county.
    Area(AreaCode),
}

/// How one teacher stands.
#[derive(Debug, Clone)]
pub struct PersonStanding {
    /// Who, and where.
    pub employee: Employee,
    /// The worst verdict.
    pub verdict: Verdict,
    /// Hours owed in the cycle; nothing where no rule asks for a total.
    pub owed: Hours,
    /// Hours that count.
    pub counted: Hours,
    /// Hours missing.
    pub missing: Hours,
}

/// Everybody's standing.
pub type Standing = Everybody<PersonStanding>;

/// What became of everybody's evaluation.
#[derive(Debug, Clone)]
pub struct Everybody<T> {
    /// The rules that were applied.
    pub rules: Arc<CycleRules>,
    /// Every teacher employed on the day, by school and name.
    pub persons: Vec<T>,
}

/// Whose standing, in which cycle, at the close of which day, asked when.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Whose.
    pub of: Of,
    /// Name of the cycle.
    pub cycle: Option<&'a str>,
    /// The day.
    pub as_of: Option<NaiveDate>,
    /// Now.
    pub now: UtcMillis,
}

/// Above this number of teachers the whole area is read in one query instead of some hundred persons at a time.
const WHOLE_AREA_FROM: usize = 400;

/// Evaluates everybody employed on the day in the schools asked for.
///
/// # Errors
/// As [`everybody`].
pub fn standing(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    question: Question<'_>,
) -> Result<Standing, ApiError> {
    everybody(conn, cache, actor, question, |_, employee, evaluation, _| PersonStanding::new(employee, evaluation))
}

/// Evaluates everybody employed on the day in the schools asked for and keeps what `fold` makes of each evaluation and the
/// entries that were evaluated.
///
/// # Errors
/// `not_found` for what the actor does not look after; `cycle_unknown`, `policy_missing`, `invalid_parameter`.
pub fn everybody<T: Send>(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    question: Question<'_>,
    fold: impl Fn(&CycleRules, Employee, &Evaluation, &[EntryFacts]) -> T + Sync,
) -> Result<Everybody<T>, ApiError> {
    let (area, path) = match question.of {
        Of::Area(area) if actor.reaches_area(area) => (area, "/".to_owned()),
        Of::Area(area) => return Err(ApiError::no_area(area)),
        Of::Organisation(id) => {
            let row = org::find(conn, id)?.filter(|row| actor.reaches(id.area(), &row.path));
            (id.area(), row.ok_or_else(|| ApiError::missing(id))?.path)
        }
    };
    let policy = cache.area(conn, area, question.now)?;
    let Moment { cycle, as_of } = moment(&policy, question.cycle, question.as_of, question.now.china_date())?;
    let rules = policy.rules(cycle, as_of)?;
    let before = policy.before(&rules)?;
    let asking: Vec<&CycleRules> = [Some(&*rules), before.as_deref()].into_iter().flatten().collect();
    let jobs = jobs(conn, area, &path, as_of, &asking)?;
    let persons = evaluate_all(jobs, |job| {
        let (evaluation, entries) = job.judged(&rules, before.as_deref());
        fold(&rules, job.employee.clone(), &evaluation, &entries)
    })?;
    Ok(Everybody { rules, persons })
}

/// Everybody employed on the day below a path, with what any of these rules ask for.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn jobs(
    conn: &mut Conn,
    area: AreaCode,
    path: &str,
    as_of: NaiveDate,
    asking: &[&CycleRules],
) -> Result<Vec<Job>, ApiError> {
    let employees = ledger::employees(conn, area, path, as_of)?;
    let facts = ledger::facts_by_person(conn, area, &employees)?;
    let spans = || asking.iter().flat_map(|rules| facts.iter().map(|person| span(rules, person)));
    let from = spans().map(|(from, _)| from).min().unwrap_or(as_of);
    let to = spans().map(|(_, to)| to).max().unwrap_or(as_of);
    let numbers: Vec<i64> = employees.iter().map(|employee| employee.person.number()).collect();
    let whose = if numbers.len() > WHOLE_AREA_FROM { Whose::Area } else { Whose::Of(&numbers) };
    let mut entries = ledger::entries_by_person(conn, area, &whose, from, to)?;
    let jobs = employees.into_iter().zip(facts).map(|(employee, facts)| {
        let entries = entries.remove(&employee.person.number()).unwrap_or_default();
        Job { employee, facts, entries }
    });
    Ok(jobs.collect())
}

/// A person to be evaluated.
pub(super) struct Job {
    /// Who, and where.
    pub(super) employee: Employee,
    facts: PersonFacts,
    entries: Vec<EntryFacts>,
}

impl Job {
    /// Evaluates the person and gives the entries it rests on; `before` are the rules of the cycle before, where some of its surplus may
    /// count.
    pub(super) fn judged(
        &self,
        rules: &CycleRules,
        before: Option<&CycleRules>,
    ) -> (Evaluation, Cow<'_, [EntryFacts]>) {
        let entries = self.asked_by(rules);
        let Some(before) = before else { return (evaluate(rules, &self.facts, &entries), entries) };
        let surplus = evaluate(before, &self.facts, &self.asked_by(before)).surplus();
        (evaluate(rules, &PersonFacts { surplus, ..self.facts.clone() }, &entries), entries)
    }

    /// The entries of the days that the rules may ask for.
    fn asked_by(&self, rules: &CycleRules) -> Cow<'_, [EntryFacts]> {
        let (from, to) = span(rules, &self.facts);
        let asked = |entry: &&EntryFacts| from <= entry.effective && entry.effective <= to;
        if self.entries.iter().all(|entry| asked(&entry)) {
            return Cow::Borrowed(&self.entries);
        }
        Cow::Owned(self.entries.iter().filter(asked).cloned().collect())
    }
}

/// Evaluates on as many threads as there are processors; the order stays.
///
/// # Errors
/// `internal` where a thread died: nobody may be missing from a standing in silence.
pub(super) fn evaluate_all<T: Send>(jobs: Vec<Job>, judge: impl Fn(Job) -> T + Sync) -> Result<Vec<T>, ApiError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = jobs.len().div_ceil(threads).max(1);
    let mut shares: Vec<Vec<Job>> = Vec::with_capacity(threads);
    let mut jobs = jobs.into_iter().peekable();
    while jobs.peek().is_some() {
        shares.push(jobs.by_ref().take(share).collect());
    }
    let judge = &judge;
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(judge).collect::<Vec<_>>()))
            .collect();
        let mut all = Vec::new();
        for thread in running {
            all.extend(thread.join().map_err(|_| ApiError::internal("an evaluation ended early"))?);
        }
        Ok(all)
    })
}

impl PersonStanding {
    /// From an evaluation.
    pub fn new(employee: Employee, evaluation: &Evaluation) -> PersonStanding {
        let owed = evaluation.required.unwrap_or(Hours::ZERO);
        PersonStanding {
            employee,
            verdict: evaluation.verdict,
            owed,
            counted: evaluation.total,
            missing: evaluation.missing,
        }
    }
}

/// Counts by verdict, for all and for each school by name.
pub fn view(standing: &Standing) -> StandingView {
    let mut all = Tally::default();
    let mut schools: Vec<(&Employee, Tally)> = Vec::new();
    for person in &standing.persons {
        all.add(person);
        match schools.last_mut() {
            Some((school, tally)) if school.organisation == person.employee.organisation => tally.add(person),
            _ => {
                let mut tally = Tally::default();
                tally.add(person);
                schools.push((&person.employee, tally));
            }
        }
    }
    schools.sort_by(|(one, _), (other, _)| {
        one.organisation_name.cmp(&other.organisation_name).then(one.organisation.cmp(&other.organisation))
    });
    StandingView {
        cycle: standing.rules.cycle().name(),
        as_of: standing.rules.as_of(),
        all: all.view(),
        schools: schools
            .into_iter()
            .map(|(school, tally)| SchoolStandingView {
                organisation_id: Text(school.organisation),
                organisation_name: school.organisation_name.clone(),
                tally: tally.view(),
            })
            .collect(),
    }
}

/// Teachers counted by verdict, and their hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Teachers.
    pub teachers: u32,
    /// Teachers who meet every requirement, waived ones included.
    pub met: u32,
    /// Teachers who miss one that only warns.
    pub warn: u32,
    /// Teachers who still have time.
    pub not_yet: u32,
    /// Teachers who miss one for good.
    pub failed: u32,
    /// Hours owed.
    pub owed: Hours,
    /// Hours that count.
    pub counted: Hours,
    /// Hours missing; nobody's surplus makes up for another.
    pub missing: Hours,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, person: &PersonStanding) {
        self.teachers += 1;
        match person.verdict {
            Verdict::Met | Verdict::Waived => self.met += 1,
            Verdict::Warn => self.warn += 1,
            Verdict::NotYet => self.not_yet += 1,
            Verdict::Failed => self.failed += 1,
        }
        self.owed = self.owed.plus(person.owed);
        self.counted = self.counted.plus(person.counted);
        self.missing = self.missing.plus(person.missing);
    }

    /// Counts those of another tally too.
    pub fn join(&mut self, other: &Tally) {
        self.teachers += other.teachers;
        self.met += other.met;
        self.warn += other.warn;
        self.not_yet += other.not_yet;
        self.failed += other.failed;
        self.owed = self.owed.plus(other.owed);
        self.counted = self.counted.plus(other.counted);
        self.missing = self.missing.plus(other.missing);
    }

    /// As JSON shows it.
    pub(super) fn view(&self) -> TallyView {
        TallyView {
            teachers: self.teachers,
            met: self.met,
            warn: self.warn,
            not_yet: self.not_yet,
            failed: self.failed,
            owed: Text(self.owed),
            counted: Text(self.counted),
            missing: Text(self.missing),
        }
    }
}
