//! Requirements that nobody can meet.

use super::{Finding, FindingKind, kinds, persons, pointer_to, together};
use crate::{
    hours::Hours,
    policy::{
        cycle_rules::{CycleRules, RuleIndex},
        evaluate::{Evaluation, Period, evaluate},
        facts::EntryFacts,
        layers::RuleRef,
        pack::Pack,
        requirements::{Requirement, Verdict},
        rule::{Body, Most, Profile},
        selector::{Compiled, Shape},
        wording::Wording,
    },
};
use chrono::NaiveDate;

/// Hours of each kind, far more than any rule asks for.
const PLENTY: Hours = Hours::whole(10_000);

/// Requirements that a teacher with plenty of every kind does not meet, and those that cannot be met beside others or under a
/// yearly maximum; a rule of the draft takes part in each.
pub(super) fn contradictions(rules: &CycleRules, draft: &Pack) -> Vec<Finding> {
    let all = kinds::selectors(rules);
    let kinds = kinds::kinds(rules, &all);
    let (ordinary, marked): (Vec<EntryFacts>, Vec<EntryFacts>) =
        kinds.into_iter().partition(|entry| entry.marks() == 0);
    let mut findings = Vec::new();
    // What ordinary teachers cannot meet is not told once more for each kind of them.
    let mut told: Vec<RuleIndex> = Vec::new();
    for (profile, person) in persons(&rules.cycle()) {
        let asked = evaluate(rules, &person, &[]).requirements;
        let known = if profile.is_none() { Vec::new() } else { told.clone() };
        for asked in asked.iter().filter(|asked| !known.contains(&asked.rule)) {
            let Some(rule) = rules.rule(asked.rule) else { continue };
            let of = Compiled::new(rule.rule.body.selector().unwrap_or(&Default::default()), rules.interned());
            let part = rule.rule.body.part().map(|part| Compiled::new(part, rules.interned()));
            let serves = |shape: &Shape| of.matches(shape) && part.as_ref().is_none_or(|part| part.matches(shape));
            let mut entries = plenty(rules, &ordinary, asked.period, serves);
            // Hours of special circumstances may escape every cap: they are asked only where no others serve.
            if entries.is_empty() {
                entries = plenty(rules, &marked, asked.period, serves);
            }
            let mut evaluation = evaluate(rules, &person, &entries);
            if shared(rules, &evaluation) {
                // A cap that is a share of what counts lets nothing count beside nothing: plenty of everything stands beside it.
                entries = plenty(rules, &ordinary, asked.period, |_| true);
                evaluation = evaluate(rules, &person, &entries);
            }
            let stands = evaluation.requirement(asked.rule, asked.period);
            let lacking =
                stands.filter(|one| matches!(one.verdict, Verdict::Failed | Verdict::Warn) && evaluation.exact);
            if let Some(one) = lacking {
                told.push(one.rule);
                let serving = entries.iter().map(|entry| serves(&Shape::of(entry, rules.interned()))).collect();
                findings.extend(out_of_reach(rules, draft, profile, one, (&evaluation, serving)));
            }
        }
        findings.extend(together::contradictions(rules, draft, &person, &asked));
    }
    findings
}

/// True where a cap that is a share of what counts cut something.
fn shared(rules: &CycleRules, evaluation: &Evaluation) -> bool {
    let cuts = (0..evaluation.entries.len()).flat_map(|place| evaluation.cuts_of(place));
    let of_counted = |rule: &RuleRef| matches!(rule.rule.body, Body::Cap { amount: Most::ShareOfCounted(_), .. });
    cuts.filter_map(|cut| rules.rule(cut.rule)).any(of_counted)
}

/// Plenty of each kind that `serves`, on the first and last day of each year of the period and of the period itself, each block
/// by itself. Only such hours may be handed over: others could take the room under a cap that these need.
fn plenty(
    rules: &CycleRules,
    kinds: &[EntryFacts],
    period: Period,
    serves: impl Fn(&Shape) -> bool,
) -> Vec<EntryFacts> {
    let cycle = rules.cycle();
    let (from, to) = match period {
        Period::Year(year) => cycle.year_span(year),
        Period::Span { from, to } => (from, to),
        Period::Cycle | Period::Entry => (cycle.from(), cycle.to()),
    };
    let years = cycle.years().map(|year| cycle.year_span(year)).map(|(first, last)| (first.max(from), last.min(to)));
    let spans: Vec<(NaiveDate, NaiveDate)> = years.chain([(from, to)]).filter(|(first, last)| first <= last).collect();
    let mut entries = Vec::new();
    for (first, last) in spans {
        for entry in kinds.iter().filter(|entry| serves(&Shape::of(entry, rules.interned()))) {
            for day in [first, last] {
                let key = i64::try_from(entries.len()).unwrap_or(i64::MAX);
                entries.push(EntryFacts {
                    key,
                    effective: day,
                    credited: PLENTY,
                    nominal: PLENTY,
                    practice: PLENTY,
                    block: entry.block.map(|_| key),
                    ..entry.clone()
                });
            }
        }
    }
    entries
}

/// A requirement with the rules that keep it out of reach; `serving` are the entries that it adds up.
fn out_of_reach(
    rules: &CycleRules,
    draft: &Pack,
    profile: Option<Profile>,
    requirement: &Requirement,
    (evaluation, serving): (&Evaluation, Vec<bool>),
) -> Option<Finding> {
    let asking = rules.rule(requirement.rule)?;
    let mut concerned: Vec<&RuleRef> = vec![asking];
    for (place, _) in serving.into_iter().enumerate().filter(|(_, serves)| *serves) {
        for cut in evaluation.cuts_of(place) {
            let rule = rules.rule(cut.rule)?;
            let here = match (requirement.period, cut.period) {
                (Period::Year(year), Period::Year(other)) => year == other,
                _ => true,
            };
            if here && !concerned.contains(&rule) {
                concerned.push(rule);
            }
        }
    }
    let pointer = own(draft, &concerned)?;
    let Requirement { owed, counted, .. } = requirement;
    let (who_zh, who_en) = who(profile);
    let (when_zh, when_en) = when(requirement.period);
    Some(Finding {
        kind: FindingKind::Contradiction,
        pointer,
        rules: concerned.iter().map(ToString::to_string).collect(),
        text: Wording {
            zh: format!("{who_zh}无论修多少学时都达不到这一要求：上限和折算只让{counted}学时计入"),
            en: format!("{who_en} cannot meet this whatever they earn: caps and factors let {counted} hours count"),
        },
        example: Wording {
            zh: format!("{when_zh}应修{owed}学时，修满{owed}学时以上最多计{counted}学时"),
            en: format!("{owed} hours are owed {when_en}; whoever earns {owed} or more gets at most {counted}"),
        },
    })
}

/// Where the first of these rules that is the draft's stands.
pub(super) fn own(draft: &Pack, rules: &[&RuleRef]) -> Option<String> {
    rules.iter().find_map(|rule| pointer_to(draft, &rule.pack, rule.version, &rule.rule.id, rule.rule.profile))
}

fn who(profile: Option<Profile>) -> (String, String) {
    match profile {
        None => ("教师".into(), "teachers".into()),
        Some(profile) => (format!("教师（{}）", profile.zh()), format!("teachers ({})", profile.en())),
    }
}

fn when(period: Period) -> (String, String) {
    match period {
        Period::Year(year) => (format!("{year}年"), format!("in {year}")),
        Period::Span { from, to } => (format!("{from}至{to}"), format!("from {from} to {to}")),
        Period::Cycle | Period::Entry => ("周期内".into(), "in the cycle".into()),
    }
}
