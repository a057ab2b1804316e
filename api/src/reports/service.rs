//! Reports: the use cases. Everybody is evaluated as for a standing, once.
//!
//! **Readers outside the county** (a province's auditor) get statistics only, in which no number of persons from 1 to 4 can be
//! read or worked out by subtraction; single teachers they read through their statements, with the permission for that.
//! Which rows are hidden is decided for the whole county, whatever part is asked for, so that asking for parts reveals
//! nothing.

use super::{
    statistics,
    wire::{
        BlockCompletionView, CountySummaryView, SchoolCompletionView, SchoolTallyView, TeacherCompletionView,
        UnmetView, YearHoursView,
    },
};
use crate::{
    access::Actor,
    ledger::{
        explain,
        standing::{self, Everybody, Of, PersonStanding, Question, Tally},
        statement::RequirementView,
    },
    policy::{PolicyCache, wire::PackNameView},
    problem::{ApiError, Code, Words},
    wire::{OneOf, Text},
};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    AreaCode, Hours, Id, Title, UtcMillis,
    area::AreaLevel,
    id::OrganisationId,
    policy::{CycleRules, Requirement},
    reports::{Figures, SMALLEST_CELL, figures},
    words::{OrganisationKind, Route},
};
use shixun_persistence::{
    Conn,
    ledger::Whose,
    org::{self, OrganisationRow},
    reports::{self, SchoolRow},
};
use std::{collections::HashMap, sync::Arc};

/// What a report is asked for with.
#[derive(Debug, Clone)]
pub struct ReportWish {
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The day.
    pub as_of: Option<NaiveDate>,
    /// Only what was recorded up to this instant.
    pub known_at: Option<UtcMillis>,
    /// Now.
    pub now: UtcMillis,
}

impl ReportWish {
    fn question(&self, of: Of) -> Question<'_> {
        Question { of, cycle: self.cycle.as_deref(), as_of: self.as_of, known_at: self.known_at, now: self.now }
    }
}

/// A person's standing and what else a table shows.
struct Person {
    /// The rules that the person was judged by.
    rules: Arc<CycleRules>,
    standing: PersonStanding,
    required: Option<Hours>,
    figures: Figures,
}

fn everybody(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    question: Question<'_>,
) -> Result<Everybody<Person>, ApiError> {
    standing::everybody(conn, cache, actor, question, |rules, employee, evaluation, entries| Person {
        rules: Arc::clone(rules),
        figures: figures(rules, evaluation, entries),
        required: evaluation.required,
        standing: PersonStanding::new(employee, evaluation),
    })
}

fn must_name(parameter: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter)
        .with("name", parameter)
        .with_words("reason", Words::new("县级以上用户须指定此参数", "readers above a county have to give it"))
}

/// The organisation that was named, or that of the widest role.
fn organisation(conn: &mut Conn, actor: &Actor, named: Option<OrganisationId>) -> Result<OrganisationRow, ApiError> {
    let id = match named {
        Some(id) => id,
        None => {
            let widest = actor.widest().ok_or_else(|| must_name("organisation_id"))?;
            if widest.area.level() != AreaLevel::County {
                return Err(must_name("organisation_id"));
            }
            Id::new(widest.area, widest.organisation)
        }
    };
    org::find(conn, id)?.filter(|row| actor.reaches(id.area(), &row.path)).ok_or_else(|| ApiError::missing(id))
}

/// The school completion table: one row a teacher of a school, or one row a school of what lies above schools.
///
/// # Errors
/// `not_found` for what the actor does not look after; `cycle_unknown`, `policy_missing`, `invalid_parameter`.
pub fn school_completion(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    named: Option<OrganisationId>,
    wish: &ReportWish,
) -> Result<SchoolCompletionView, ApiError> {
    let organisation = organisation(conn, actor, named)?;
    let area = organisation.id.area();
    let outsider = actor.is_outsider(area);
    let of = if outsider { Of::Area(area) } else { Of::Organisation(organisation.id) };
    let Everybody { rules, persons, .. } = everybody(conn, cache, actor, wish.question(of))?;
    let mut view = SchoolCompletionView {
        cycle: rules.cycle().name(),
        as_of: rules.as_of(),
        known_at: wish.known_at.map(Text),
        organisation_id: Text(organisation.id),
        organisation_name: organisation.name,
        policy_packs: packs(&rules, &persons),
        hidden_below: outsider.then_some(SMALLEST_CELL),
        all: statistics::view(&sum(&persons), false),
        teachers: None,
        schools: None,
    };
    if organisation.kind == OrganisationKind::School && !outsider {
        let beside = Beside::read(conn, area, &persons, rules.as_of())?;
        view.teachers = Some(persons.iter().map(|person| teacher(person, &beside)).collect());
        return Ok(view);
    }
    let within = reports::schools(conn, area, &organisation.path, rules.as_of())?;
    let everywhere = if outsider { reports::schools(conn, area, "/", rules.as_of())? } else { within.clone() };
    let whole = within.len() == everywhere.len();
    let tallied = tallied(everywhere, &persons);
    let tallies = statistics::of_schools(outsider, &tallied);
    let mut shown = Tally::default();
    let mut rows = Vec::with_capacity(within.len());
    for ((school, tally), row) in tallied.into_iter().zip(tallies) {
        if within.iter().any(|one| one.id == school.id) {
            shown.join(&tally);
            rows.push(SchoolTallyView {
                organisation_id: Text(school.id),
                code: school.code,
                name: school.name,
                stage: school.stage.map(OneOf),
                setting: school.setting.map(OneOf),
                tally: row,
            });
        }
    }
    view.all = match rows.iter().any(|row| row.tally.hidden) {
        // The sum of a part would give away what its hidden rows hide.
        true if !whole => statistics::view(&shown, true),
        _ => statistics::alone(outsider, &shown),
    };
    view.schools = Some(rows);
    Ok(view)
}

/// The county summary.
///
/// # Errors
/// As [`school_completion`].
pub fn county_summary(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    named: Option<AreaCode>,
    wish: &ReportWish,
) -> Result<CountySummaryView, ApiError> {
    let area = match named {
        Some(area) => area,
        None => actor.widest().map(|scope| scope.area).ok_or_else(|| must_name("area"))?,
    };
    if area.level() != AreaLevel::County {
        return Err(must_name("area"));
    }
    let missing = || ApiError::no_area(area);
    if !actor.reaches_area(area) {
        return Err(missing());
    }
    let area_name = org::find_area(conn, area)?.ok_or_else(missing)?.name;
    let outsider = actor.is_outsider(area);
    let Everybody { rules, persons, .. } = everybody(conn, cache, actor, wish.question(Of::Area(area)))?;
    let schools = tallied(reports::schools(conn, area, "/", rules.as_of())?, &persons);
    let all = statistics::alone(outsider, &sum(&persons));
    let figures = || persons.iter().map(|person| &person.figures);
    let cuts = persons.iter().map(|person| (&*person.rules, &person.figures));
    Ok(CountySummaryView {
        area: Text(area),
        area_name,
        cycle: rules.cycle().name(),
        as_of: rules.as_of(),
        known_at: wish.known_at.map(Text),
        policy_packs: packs(&rules, &persons),
        hidden_below: outsider.then_some(SMALLEST_CELL),
        schools: u32::try_from(schools.len()).unwrap_or(u32::MAX),
        by_stage: statistics::by_stage(outsider, &schools),
        by_setting: statistics::by_setting(outsider, &schools),
        by_verdict: statistics::by_verdict(&all),
        by_route: statistics::by_route(outsider, figures()),
        cuts: statistics::cuts(outsider, cuts),
        all,
    })
}

fn packs(area: &CycleRules, persons: &[Person]) -> Vec<PackNameView> {
    explain::packs_of_all(area, persons.iter().map(|person| &*person.rules))
}

fn sum(persons: &[Person]) -> Tally {
    let mut all = Tally::default();
    persons.iter().for_each(|person| all.add(&person.standing));
    all
}

/// The schools with the tally of each; a school without teachers has an empty one.
fn tallied(schools: Vec<SchoolRow>, persons: &[Person]) -> Vec<(SchoolRow, Tally)> {
    let mut tallies: HashMap<OrganisationId, Tally> = HashMap::with_capacity(schools.len());
    for person in persons {
        tallies.entry(person.standing.employee.organisation).or_default().add(&person.standing);
    }
    schools
        .into_iter()
        .map(|school| {
            let tally = tallies.remove(&school.id).unwrap_or_default();
            (school, tally)
        })
        .collect()
}

/// What teachers are on the day, beside their hours.
struct Beside {
    titles: HashMap<i64, Title>,
    subjects: HashMap<i64, Vec<String>>,
}

impl Beside {
    fn read(conn: &mut Conn, area: AreaCode, persons: &[Person], day: NaiveDate) -> Result<Beside, ApiError> {
        let numbers: Vec<i64> = persons.iter().map(|person| person.standing.employee.person.number()).collect();
        let whose = Whose::Of(&numbers);
        Ok(Beside {
            titles: reports::titles(conn, area, &whose, day)?,
            subjects: reports::subjects(conn, area, &whose, day)?,
        })
    }
}

fn teacher(person: &Person, beside: &Beside) -> TeacherCompletionView {
    let Person { rules, standing, required, figures } = person;
    let number = standing.employee.person.number();
    TeacherCompletionView {
        teacher_id: Text(standing.employee.person.teacher()),
        name: standing.employee.name.clone(),
        organisation_id: Text(standing.employee.organisation),
        organisation_name: standing.employee.organisation_name.clone(),
        title: beside.titles.get(&number).copied().map(OneOf),
        subjects: beside.subjects.get(&number).cloned().unwrap_or_default(),
        owed: required.map(Text),
        counted: Text(standing.counted),
        carried_over: Text(standing.carried),
        missing: Text(standing.missing),
        verdict: OneOf(standing.verdict),
        block: figures.block.map(|block| BlockCompletionView {
            owed: Text(block.owed),
            counted: Text(block.counted),
            missing: Text(block.missing),
            verdict: OneOf(block.verdict),
        }),
        school_based: Text(figures.by_route.of(Route::SchoolBased)),
        years: (rules.cycle().from().year()..)
            .zip(&figures.by_year)
            .map(|(year, counted)| YearHoursView { year, counted: Text(*counted) })
            .collect(),
        unmet: figures.unmet.iter().filter_map(|one| unmet(rules, one)).collect(),
    }
}

fn unmet(rules: &CycleRules, one: &Requirement) -> Option<UnmetView> {
    let rule = &rules.rule(one.rule)?.rule;
    let RequirementView { rule: named, period, missing, verdict, text_zh, text_en, .. } =
        explain::requirement(rules, one, &[])?;
    let (name_zh, name_en) = (rule.zh.clone(), rule.en.clone());
    Some(UnmetView { rule: named, name_zh, name_en, period, missing, verdict, text_zh, text_en })
}
