//! The standing of schools and of the county: everybody evaluated at once, with a fixed number of queries.

use super::{
    days::span,
    moment::{Moment, answered_at, moment},
    schools::add_schools,
    wire::{SchoolStandingView, StandingView, TallyView},
};
use crate::{
    access::Actor,
    policy::{AreaPolicy, PolicyCache, Terms},
    problem::ApiError,
    wire::{HoursText, Text},
};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, Hours, UtcMillis,
    id::OrganisationId,
    policy::{Cycle, CycleRules, EntryFacts, Evaluation, PersonFacts, Verdict, evaluate},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Employee, Known, PersonEntries, Whose},
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
    /// Hours carried over from the cycle before that count beside them.
    pub carried: Hours,
    /// Hours missing.
    pub missing: Hours,
}

/// Everybody's standing.
pub type Standing = Everybody<PersonStanding>;

/// What became of everybody's evaluation.
#[derive(Debug, Clone)]
pub struct Everybody<T> {
    /// The rules of the area. Those of somebody at a school with rules of its own are handed to what is made of the evaluation.
    pub rules: Arc<CycleRules>,
    /// Only what was recorded up to this instant was looked at.
    pub known_at: Option<UtcMillis>,
    /// Every teacher employed on the day, by school and name.
    pub persons: Vec<T>,
}

/// Whose standing, in which cycle, at the close of which day, as it was known when, asked when.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Whose.
    pub of: Of,
    /// Name of the cycle.
    pub cycle: Option<&'a str>,
    /// The day.
    pub as_of: Option<NaiveDate>,
    /// Only what was recorded up to this instant.
    pub known_at: Option<UtcMillis>,
    /// Now.
    pub now: UtcMillis,
}

/// Above this number of teachers the whole area is read in one query instead of some hundred persons at a time.
const WHOLE_AREA_FROM: usize = 400;

/// Evaluates everybody employed on the day in the schools asked for, for those of the county: whoever looks at it from above reads the
/// reports, which hide small numbers of persons.
///
/// # Errors
/// As [`everybody`].
pub fn standing(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    question: Question<'_>,
) -> Result<Standing, ApiError> {
    match question.of {
        Of::Area(area) if actor.is_outsider(area) => return Err(ApiError::no_area(area)),
        Of::Organisation(id) if actor.is_outsider(id.area()) => return Err(ApiError::missing(id)),
        Of::Area(_) | Of::Organisation(_) => {}
    }
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
    fold: impl Fn(&Arc<CycleRules>, Employee, &Evaluation, &[EntryFacts]) -> T + Sync,
) -> Result<Everybody<T>, ApiError> {
    let (area, path) = match question.of {
        Of::Area(area) if actor.reaches_area(area) => (area, "/".to_owned()),
        Of::Area(area) => return Err(ApiError::no_area(area)),
        Of::Organisation(id) => {
            let row = org::find(conn, id)?.filter(|row| actor.reaches(id.area(), &row.path));
            (id.area(), row.ok_or_else(|| ApiError::missing(id))?.path)
        }
    };
    let today = answered_at(question.known_at, question.now)?.china_date();
    let policy = cache.area(conn, area, question.now)?.known_at(question.known_at);
    let Moment { cycle, as_of } = moment(&policy, question.cycle, question.as_of, today)?;
    let bench = Bench::new(policy, cycle, as_of)?;
    let dossiers = dossiers(conn, &bench, &path, question.known_at)?;
    let persons = evaluate_all(dossiers, |dossier| {
        let terms = bench.terms(&dossier.facts)?;
        let (evaluation, entries) = dossier.judged(&terms);
        Ok(fold(&terms.rules, dossier.who.clone(), &evaluation, &entries))
    })?;
    let persons = persons.into_iter().collect::<Result<Vec<T>, ApiError>>()?;
    Ok(Everybody { rules: bench.common.rules, known_at: question.known_at, persons })
}

/// Who judges many people at the close of one day: by the same rules, those apart who belonged to schools with rules of their own.
pub struct Bench {
    policy: Arc<AreaPolicy>,
    cycle: Cycle,
    as_of: NaiveDate,
    /// What everybody else is judged by. What it asks to be read is enough for all: to which day hours belong and what is carried over
    /// is not for a school to say.
    pub common: Terms,
}

impl Bench {
    /// Who judges at the close of the day `as_of` of a cycle.
    ///
    /// # Errors
    /// `policy_missing`.
    pub fn new(policy: Arc<AreaPolicy>, cycle: Cycle, as_of: NaiveDate) -> Result<Bench, ApiError> {
        let common = policy.terms(&shixun_domain::policy::Schools::NONE, cycle, as_of)?;
        Ok(Bench { policy, cycle, as_of, common })
    }

    /// What a person is judged by.
    ///
    /// # Errors
    /// `policy_missing` where the schools of one person have more rules in a cycle than can be judged by.
    pub fn terms(&self, facts: &PersonFacts) -> Result<Terms, ApiError> {
        if facts.schools.is_empty() {
            return Ok(self.common.clone());
        }
        self.policy.terms(&facts.schools, self.cycle, self.as_of)
    }

    /// The packs.
    pub fn policy(&self) -> &AreaPolicy {
        &self.policy
    }

    /// The day.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }
}

/// Everybody employed on the day below a path, with what the rules ask for.
///
/// # Errors
/// Where the database does not answer.
fn dossiers(
    conn: &mut Conn,
    bench: &Bench,
    path: &str,
    known_at: Option<UtcMillis>,
) -> Result<Vec<Dossier<Employee>>, ApiError> {
    let known = Known::in_area(conn, bench.policy().area(), known_at)?;
    let people = people(conn, bench.policy(), path, bench.as_of(), &known)?;
    let people = people.into_iter().map(|(employee, facts)| (employee.person.number(), employee, facts));
    gathered(conn, bench, people.collect(), known_at)
}

/// Everybody employed on a day below a path, with what the rules look at beside the entries, as `known`.
///
/// # Errors
/// Where the database does not answer.
pub fn people(
    conn: &mut Conn,
    policy: &AreaPolicy,
    path: &str,
    day: NaiveDate,
    known: &Known,
) -> Result<Vec<(Employee, PersonFacts)>, ApiError> {
    let employees = ledger::employees(conn, policy.area(), path, day, known)?;
    let facts = ledger::facts_by_person(conn, policy.area(), &employees, day, known)?;
    let mut people: Vec<(Employee, PersonFacts)> = employees.into_iter().zip(facts).collect();
    add_schools(conn, policy, people.iter_mut().map(|(employee, facts)| (employee.person.number(), facts)), known)?;
    Ok(people)
}

/// Reads the entries of people whose numbers and facts are known, as far as the rules ask for them.
///
/// # Errors
/// Where the database does not answer.
pub fn gathered<W>(
    conn: &mut Conn,
    bench: &Bench,
    people: Vec<(i64, W, PersonFacts)>,
    known_at: Option<UtcMillis>,
) -> Result<Vec<Dossier<W>>, ApiError> {
    let asking: Vec<&CycleRules> = bench.common.all().collect();
    let Some((from, to)) = days_asked_for(&people, &asking) else { return Ok(Vec::new()) };
    let numbers: Vec<i64> = people.iter().map(|(number, ..)| *number).collect();
    let whose = if numbers.len() > WHOLE_AREA_FROM { Whose::Area } else { Whose::Of(&numbers) };
    Ok(with_entries(people, ledger::entries_by_person(conn, bench.policy().area(), &whose, from, to, known_at)?))
}

/// The first and the last day whose entries some of the rules ask for, of some of the people.
pub(crate) fn days_asked_for<W>(
    people: &[(i64, W, PersonFacts)],
    asking: &[&CycleRules],
) -> Option<(NaiveDate, NaiveDate)> {
    let spans = || asking.iter().flat_map(|rules| people.iter().map(|(_, _, facts)| span(rules, facts)));
    Some((spans().map(|(from, _)| from).min()?, spans().map(|(_, to)| to).max()?))
}

/// People with their entries among those that were read.
pub(crate) fn with_entries<W>(people: Vec<(i64, W, PersonFacts)>, mut entries: PersonEntries) -> Vec<Dossier<W>> {
    let dossiers = people.into_iter().map(|(number, who, facts)| {
        let entries = entries.remove(&number).unwrap_or_default();
        Dossier { who, facts, entries }
    });
    dossiers.collect()
}

/// A person to be evaluated.
pub struct Dossier<W> {
    /// Who.
    pub who: W,
    /// What the rules look at beside the entries.
    pub facts: PersonFacts,
    entries: Vec<EntryFacts>,
}

impl<W> Dossier<W> {
    /// Evaluates the person and gives the entries it rests on.
    pub fn judged(&self, Terms { rules, before }: &Terms) -> (Evaluation, Cow<'_, [EntryFacts]>) {
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
pub fn evaluate_all<J: Send, T: Send>(dossiers: Vec<J>, judge: impl Fn(J) -> T + Sync) -> Result<Vec<T>, ApiError> {
    Ok(fold_all(dossiers, Vec::new, |judged, dossier| judged.push(judge(dossier)))?.into_iter().flatten().collect())
}

/// Takes in everybody on as many threads as there are processors: what each thread made of its share, the shares in order.
///
/// # Errors
/// As [`evaluate_all`].
pub(super) fn fold_all<J: Send, F: Send>(
    dossiers: Vec<J>,
    start: impl Fn() -> F + Sync,
    take_in: impl Fn(&mut F, J) + Sync,
) -> Result<Vec<F>, ApiError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = dossiers.len().div_ceil(threads).max(1);
    let mut shares: Vec<Vec<J>> = Vec::with_capacity(threads);
    let mut dossiers = dossiers.into_iter().peekable();
    while dossiers.peek().is_some() {
        shares.push(dossiers.by_ref().take(share).collect());
    }
    let (start, take_in) = (&start, &take_in);
    std::thread::scope(|scope| {
        let run = |share: Vec<J>| {
            let mut folded = start();
            share.into_iter().for_each(|dossier| take_in(&mut folded, dossier));
            folded
        };
        let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || run(share))).collect();
        // Every thread is waited for before any of them is looked at: one that died is not to be met by the scope's own end.
        let ended: Vec<_> = running.into_iter().map(|thread| thread.join()).collect();
        ended.into_iter().map(|one| one.map_err(|_| ApiError::internal("an evaluation ended early"))).collect()
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
            carried: evaluation.carried,
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
        known_at: standing.known_at.map(Text),
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
    /// Hours carried over from the cycle before that count beside them.
    pub carried: Hours,
    /// Hours missing; nobody's surplus makes up for another.
    pub missing: Hours,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, person: &PersonStanding) {
        self.count(person.verdict, person.owed, (person.counted, person.carried), person.missing);
    }

    /// Counts somebody of whom no more is known than how it stands.
    pub fn count(&mut self, verdict: Verdict, owed: Hours, (counted, carried): (Hours, Hours), missing: Hours) {
        self.teachers += 1;
        match verdict {
            Verdict::Met | Verdict::Waived => self.met += 1,
            Verdict::Warn => self.warn += 1,
            Verdict::NotYet => self.not_yet += 1,
            Verdict::Failed => self.failed += 1,
        }
        self.owed = self.owed.plus(owed);
        self.counted = self.counted.plus(counted);
        self.carried = self.carried.plus(carried);
        self.missing = self.missing.plus(missing);
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
        self.carried = self.carried.plus(other.carried);
        self.missing = self.missing.plus(other.missing);
    }

    /// As JSON shows it.
    pub fn view(&self) -> TallyView {
        TallyView {
            teachers: self.teachers,
            met: self.met,
            warn: self.warn,
            not_yet: self.not_yet,
            failed: self.failed,
            owed: Text(self.owed),
            counted: Text(self.counted),
            carried_over: carried(self.carried),
            missing: Text(self.missing),
        }
    }
}

/// What was carried over, where anything was: kept documents from before say nothing of it.
pub fn carried(hours: Hours) -> Option<HoursText> {
    (hours != Hours::ZERO).then_some(Text(hours))
}
