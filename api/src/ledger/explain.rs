//! From an evaluation to a statement: every figure with its rule, its pack and its words.

use super::{
    rules::{self, Grounds, NamedRule},
    statement::{
        CutView, PeriodView, RequirementDaysView, RequirementView, RequirementWaiverView, RuleNameView,
        SchoolSpellView, SpellView, StatementCorrectionView, StatementCycleView, StatementEntryView,
        StatementFactsView, StatementPendingView, StatementTeacherView, StatementView, StatementYearView,
    },
    wire::{Attendance, AwaitsView, Converted, UnreviewedView},
};
use crate::{
    policy::wire::PackNameView,
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use serde::Deserialize;
use shixun_domain::{
    Hours, UtcMillis,
    id::{HourEntryId, PersonId},
    ledger::EntrySource,
    policy::{
        Body, CycleRules, Evaluation, Period, PersonFacts, Profile, Requirement, RuleIndex, RuleRef, RuleSet, Selector,
        Unit, wording,
    },
    time::DateSpan,
};
use shixun_persistence::ledger::{GrantedWaiver, PersonRecord, StandingEntries, StandingEntry};
use std::{collections::HashSet, sync::Arc};

/// What a statement is made of.
pub(crate) struct Judged {
    pub(super) person: PersonId,
    pub(super) record: PersonRecord,
    pub(super) entries: StandingEntries,
    pub(super) evaluation: Evaluation,
}

/// Writes the statement.
pub(crate) fn statement(rules: &CycleRules, judged: Judged, known_at: Option<UtcMillis>) -> StatementView {
    let Judged { person, record, entries, evaluation } = judged;
    let cycle = rules.cycle();
    let requirements =
        evaluation.requirements.iter().filter_map(|one| requirement(rules, one, &record.waivers)).collect();
    let mut others = Vec::new();
    let years = years(rules, &evaluation, &mut others);
    let credited: Hours = evaluation.entries.iter().filter(|entry| entry.in_cycle).map(|entry| entry.credited).sum();
    let pending = entries.pending.iter().map(|entry| entry.entry.facts.credited).sum();
    let snapshot = record.snapshot;
    let organisation = snapshot.organisation;
    let indexes = evaluation
        .requirements
        .iter()
        .map(|one| one.rule)
        .chain(evaluation.cuts().iter().map(|cut| cut.rule))
        .collect();
    let corrections = corrections(&entries);
    let pending_entries = entries.pending.iter().map(pending_entry).collect();
    let entries = entry_views(rules, entries, &record.disputed, &evaluation, &mut others);
    let Grounds { rules: named, settings, documents } = Grounds::new(rules, indexes, others);
    StatementView {
        teacher: StatementTeacherView {
            id: Text(person.teacher()),
            name: snapshot.name,
            organisation_id: organisation.as_ref().map(|organisation| Text(organisation.id)),
            organisation_name: organisation.map(|organisation| organisation.name),
            title: snapshot.title.map(OneOf),
            subject: snapshot.subject,
            stage: snapshot.stage.map(OneOf),
        },
        cycle: StatementCycleView { name: cycle.name(), from: cycle.from(), to: cycle.to() },
        as_of: rules.as_of(),
        known_at: known_at.map(Text),
        unit: OneOf(rules.closing_rules().map_or(Unit::Hour, RuleSet::unit)),
        verdict: OneOf(evaluation.verdict),
        owed: evaluation.required.map(Text),
        credited: Text(credited),
        counted: Text(evaluation.total),
        carried_over: Text(evaluation.carried),
        missing: Text(evaluation.missing),
        pending: Text(pending),
        exact: evaluation.exact,
        facts: facts(&record.facts, &evaluation),
        policy_packs: packs(rules),
        requirements,
        years,
        corrections,
        pending_entries,
        entries,
        rules: named,
        settings,
        documents,
    }
}

/// A rule by name; `None` for a rule of another cycle.
pub fn rule_name(rules: &CycleRules, index: RuleIndex) -> Option<RuleNameView> {
    rules.rule(index).map(rules::name)
}

fn period(period: Period) -> PeriodView {
    let none = PeriodView { kind: "cycle", year: None, from: None, to: None };
    match period {
        Period::Entry => PeriodView { kind: "entry", ..none },
        Period::Year(year) => PeriodView { kind: "year", year: Some(year), ..none },
        Period::Cycle => none,
        Period::Span { from, to } => PeriodView { kind: "span", from: Some(from), to: Some(to), ..none },
    }
}

/// A requirement with its words and, among `waivers`, the one it rests on; `None` for a rule of another cycle.
pub fn requirement(rules: &CycleRules, one: &Requirement, waivers: &[GrantedWaiver]) -> Option<RequirementView> {
    let waiver = waivers.iter().find(|waiver| one.waiver == Some(waiver.id.number()));
    let (name, words) = (wording::requirement_name(rules, one)?, wording::requirement(rules, one)?);
    Some(RequirementView {
        rule: rule_name(rules, one.rule)?,
        period: period(one.period),
        name_zh: name.zh,
        name_en: name.en,
        owed: Text(one.owed),
        counted: Text(one.counted),
        missing: Text(one.missing),
        verdict: OneOf(one.verdict),
        days: one.days.map(|days| RequirementDaysView {
            owed: Text(days.owed),
            counted: Text(days.counted),
            missing: Text(days.missing),
        }),
        waiver: waiver.map(|waiver| RequirementWaiverView {
            id: Text(waiver.id),
            reason: waiver.reason.clone(),
            valid_from: waiver.from,
            valid_to: waiver.to,
        }),
        text_zh: words.zh,
        text_en: words.en,
    })
}

fn facts(person: &PersonFacts, evaluation: &Evaluation) -> StatementFactsView {
    let spell = |span: &DateSpan| SpellView { from: span.from, to: span.to };
    StatementFactsView {
        profiles: Profile::ALL
            .iter()
            .copied()
            .filter(|profile| evaluation.profiles.contains(*profile))
            .map(OneOf)
            .collect(),
        entered_on: person.joined_on,
        probation: person.probation.as_ref().map(spell),
        head: person.head.as_ref().map(spell),
        deputy_head: person.deputy_head.as_ref().map(spell),
        middle_manager: person.middle_manager.as_ref().map(spell),
        retires_on: person.retires_on,
        leave: person.leave.iter().map(spell).collect(),
        schools: SchoolSpellView::all(&person.schools),
        surplus: Text(person.surplus),
    }
}

/// The packs in force from the first day of the cycle to the day of the statement.
pub fn packs(rules: &CycleRules) -> Vec<PackNameView> {
    let mut found: Vec<PackNameView> = Vec::new();
    for (code, edition) in rules.packs_until(rules.as_of()) {
        if !found.iter().any(|pack| pack.code == *code && pack.edition == *edition) {
            found.push(PackNameView { code: code.clone(), edition: *edition });
        }
    }
    found
}

/// The packs that many people were judged by: those of the area, then those of schools, by code.
pub fn packs_of_all<'r>(area: &CycleRules, persons: impl Iterator<Item = &'r CycleRules>) -> Vec<PackNameView> {
    let mut found = packs(area);
    let mut of_schools: Vec<PackNameView> = Vec::new();
    // The rules of the area are mostly everybody's.
    for pack in persons.filter(|rules| !std::ptr::eq(*rules, area)).flat_map(packs) {
        if !found.contains(&pack) && !of_schools.contains(&pack) {
            of_schools.push(pack);
        }
    }
    of_schools.sort_by(|one, other| (&one.code, one.edition).cmp(&(&other.code, other.edition)));
    found.append(&mut of_schools);
    found
}

/// The years that have begun; the rules they name are added to `named`.
fn years(rules: &CycleRules, evaluation: &Evaluation, named: &mut Vec<NamedRule>) -> Vec<StatementYearView> {
    let mut years = Vec::with_capacity(5);
    for year in rules.cycle().years() {
        let (first, last) = rules.cycle().year_span(year);
        if first > rules.as_of() {
            break;
        }
        let here = evaluation.years.iter().find(|hours| hours.year == year);
        let (credited, counted) = here.map_or((Hours::ZERO, Hours::ZERO), |hours| (hours.credited, hours.counted));
        let is_floor = |rule: &RuleRef| matches!(rule.rule.body, Body::YearFloor { .. });
        let floors = evaluation
            .requirements
            .iter()
            .filter(|one| one.period == Period::Year(year) && rules.rule(one.rule).is_some_and(is_floor));
        // Where those of two areas stand beside each other, the one that is further from being met is shown.
        let floor = floors.max_by_key(|one| (one.verdict, one.missing, one.owed));
        let maximum = maximum(rules, evaluation, last);
        named.extend(maximum.map(|(_, rule)| NamedRule::Rule(Arc::clone(rule))));
        years.push(StatementYearView {
            year,
            credited: Text(credited),
            counted: Text(counted),
            cut: Text(credited.checked_sub(counted).unwrap_or(Hours::ZERO)),
            owed: floor.map(|floor| Text(floor.owed)),
            missing: floor.map(|floor| Text(floor.missing)),
            verdict: floor.map(|floor| OneOf(floor.verdict)),
            maximum: maximum.map(|(maximum, _)| Text(maximum)),
            left: maximum.map(|(maximum, _)| Text(maximum.less(counted))),
            floor_rule: floor.and_then(|floor| rule_name(rules, floor.rule)),
            maximum_rule: maximum.map(|(_, rule)| rules::name(rule)),
        });
    }
    years
}

/// The least yearly maximum of all hours that binds the person on a day, and the rule that sets it. One of some hours shows in what it
/// cuts.
fn maximum<'r>(rules: &'r CycleRules, evaluation: &Evaluation, day: NaiveDate) -> Option<(Hours, &'r Arc<RuleRef>)> {
    let in_force = rules.rules_on(day)?.rules().iter().filter(|rule| rule.binds(evaluation.profiles));
    let maxima = in_force.filter_map(|rule| match &rule.reference.rule.body {
        Body::YearMaximum { hours, counts, .. } if *counts == Selector::default() => Some((*hours, &rule.reference)),
        _ => None,
    });
    maxima.min_by_key(|(hours, _)| *hours)
}

/// The entries that stand; what their kinds of activity are worth is added to `named`.
fn entry_views(
    rules: &CycleRules,
    entries: StandingEntries,
    disputed: &HashSet<i64>,
    evaluation: &Evaluation,
    named: &mut Vec<NamedRule>,
) -> Vec<StatementEntryView> {
    let StandingEntries { standing, corrected, .. } = entries;
    let mut views = Vec::with_capacity(standing.len());
    for (place, (row, counted)) in standing.into_iter().zip(&evaluation.entries).enumerate() {
        let (source_id, replaces) = origin(&row, &corrected);
        let Basis { attendance, conversion } = row.evidence.as_deref().map(basis).unwrap_or_default();
        let facts = row.entry.facts;
        let cuts = evaluation.cuts_of(place).iter().filter_map(|cut| {
            let words = wording::cut(rules, evaluation, counted, cut)?;
            Some(CutView {
                amount: Text(cut.amount),
                rule: rule_name(rules, cut.rule)?,
                period: period(cut.period),
                text_zh: words.zh,
                text_en: words.en,
            })
        });
        let cuts = cuts.collect();
        if let (Some(kind), Some(table)) = (facts.activity, rules.conversions_on(facts.effective)) {
            named.extend(table.of_kind(kind).iter().cloned().map(NamedRule::Conversion));
        }
        views.push(StatementEntryView {
            id: Text(row.id),
            effective_on: facts.effective,
            title: row.title,
            source: OneOf(row.source_kind),
            source_id: source_id.map(Text),
            replaces: replaces.map(Text),
            route: OneOf(facts.route),
            delivery_form: OneOf(facts.form),
            level: OneOf(facts.level),
            themes: facts.themes.iter().map(|theme| theme.as_str().to_owned()).collect(),
            concentrated: facts.block.is_some(),
            disputed: disputed.contains(&row.id.number()),
            organisation_id: row.organisation.map(Text),
            organisation_name: row.organisation_name,
            nominal: Text(facts.nominal),
            attended: Text(row.attended),
            factor: Text(row.factor),
            credited: Text(facts.credited),
            practice: Text(facts.practice),
            counted: Text(counted.counted),
            // Hours of a probation before the cycle, or recognised after it, are none of the cycle's at all.
            elsewhere: Text(if counted.in_cycle { counted.elsewhere } else { facts.credited }),
            unit: OneOf(rules.rules_on(facts.effective).map_or(Unit::Hour, RuleSet::unit)),
            activity: facts.activity.map(|kind| kind.to_string()),
            days: facts.days.map(Text),
            recognised_on: facts.recognised.unwrap_or(facts.effective),
            marks: facts.marks_borne().map(OneOf).collect(),
            unreviewed: UnreviewedView::of(facts.provider),
            attendance,
            conversion,
            cuts,
        });
    }
    views
}

/// What the hours of an entry are made of.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Basis {
    attendance: Option<Attendance>,
    conversion: Option<Converted>,
}

/// What an entry rests on; other evidence is not looked at.
fn basis(evidence: &str) -> Basis {
    serde_json::from_str(evidence).unwrap_or_default()
}

/// The object that an entry comes from, and the entry it replaces. What was reversed, and what reversed it, has the date of what
/// replaces it and lies among `corrected`; the hours of a replacement come from where those of the first of the chain came.
fn origin(row: &StandingEntry, corrected: &[StandingEntry]) -> (Option<EntrySource>, Option<HourEntryId>) {
    let before = |row: &StandingEntry| {
        let number = row.entry.refers_to?;
        corrected.iter().find(|other| other.entry.facts.key == number)
    };
    let reversed = before(row).and_then(before);
    let (mut source, mut earlier) = (row.source, reversed);
    while let Some(row) = earlier.filter(|_| source.is_none()) {
        (source, earlier) = (row.source, before(row).and_then(before));
    }
    (source, reversed.map(|row| row.id))
}

fn pending_entry(row: &StandingEntry) -> StatementPendingView {
    StatementPendingView {
        id: Text(row.id),
        effective_on: row.entry.facts.effective,
        title: row.title.clone(),
        source: OneOf(row.source_kind),
        source_id: row.source.map(Text),
        credited: Text(row.entry.facts.credited),
        awaits: AwaitsView::new(row.entry.awaits),
    }
}

fn corrections(entries: &StandingEntries) -> Vec<StatementCorrectionView> {
    let corrected = entries.corrected.iter().map(|row| StatementCorrectionView {
        id: Text(row.id),
        reverses: match row.entry.kind {
            shixun_domain::ledger::EntryKind::Reversed => {
                row.entry.refers_to.map(|number| Text(shixun_domain::Id::new(row.id.area(), number)))
            }
            _ => None,
        },
        effective_on: row.entry.facts.effective,
        title: row.title.clone(),
        credited: Text(row.entry.facts.credited),
        reason: row.reason.clone(),
    });
    corrected.collect()
}
