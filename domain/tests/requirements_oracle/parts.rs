//! Which entries make up a requirement, against a walk over all of them.

use super::{Asked, Plain, Rule, Window, World, day, facts, first, last, measured, periods, person, year_span};
use chrono::NaiveDate;
use shixun_domain::policy::{CycleRules, Period, Portion, contributions, evaluate};

/// What makes up each requirement, in the oracle's words: the rule, the period and what of which entry.
pub fn told(world: &World, rules: &CycleRules) -> Vec<String> {
    let (evaluation, parts) = contributions(rules, &person(world), &facts(world));
    assert_eq!(evaluation, evaluate(rules, &person(world), &facts(world)), "listening changes nothing");
    assert_eq!(evaluation.requirements.len(), parts.len());
    let mut rows = Vec::new();
    for (one, parts) in evaluation.requirements.iter().zip(parts) {
        let adds_up = |of: fn(Portion) -> i64| parts.iter().map(|part| of(part.portion)).sum::<i64>();
        let hours = adds_up(|portion| match portion {
            Portion::Hours(hours) | Portion::Share { part: hours, .. } => hours.hundredths(),
            Portion::Days(days) => days.hundredths(),
        });
        let id = rules.rule(one.rule).unwrap().rule.id.clone();
        let place = id.strip_prefix("rule").and_then(|number| number.parse::<usize>().ok());
        match (one.days, place.map(|place| &world.rules[place])) {
            (Some(days), _) => assert_eq!(days.counted.hundredths(), hours, "{id}"),
            (None, Some(Rule::Block { .. } | Rule::Share { .. })) => {
                assert_eq!(one.counted.hundredths(), hours, "{id}");
            }
            (None, _) => assert_eq!(one.counted.hundredths(), world.rounded(hours), "{id}"),
        }
        let keys: Vec<i64> = parts.iter().map(|part| part.key).collect();
        let Some(Rule::Minimum { .. } | Rule::Floor { .. } | Rule::Share { .. }) =
            place.map(|place| &world.rules[place])
        else {
            continue;
        };
        let (from, to) = match one.period {
            Period::Year(year) => year_span(year),
            Period::Cycle | Period::Entry => (first(), last()),
            Period::Span { from, to } => (from, to),
        };
        rows.push(format!("{id} {from} {to} {keys:?}"));
    }
    rows.sort_unstable();
    rows
}

/// The entries that a requirement has something of, by walking over all of them.
pub fn expected(world: &World, place: usize, rule: &Rule) -> Vec<String> {
    let there: Vec<&Plain> = world.entries.iter().filter(|entry| entry.on <= world.as_of).collect();
    let with = |from: NaiveDate, to: NaiveDate, adds: &dyn Fn(&Plain) -> bool| {
        let within = |entry: &Plain| from <= day(entry.on) && day(entry.on) <= to;
        let keys: Vec<usize> =
            (0..).zip(&there).filter(|(_, entry)| within(entry) && adds(entry)).map(|(key, _)| key).collect();
        format!("rule{place} {from} {to} {keys:?}")
    };
    let everywhere = |window: Window, adds: &dyn Fn(&Plain) -> bool| -> Vec<String> {
        periods(world, window).into_iter().map(|(_, from, to)| with(from, to, adds)).collect()
    };
    match rule {
        Rule::Floor { counts, .. } => (2016..=2020)
            .map(year_span)
            .filter(|(from, _)| *from <= day(world.as_of))
            .map(|(from, to)| with(from, to, &|entry| counts.fits(entry) && entry.credited != 0))
            .collect(),
        Rule::Minimum { of, measure, window, asked: Asked::Hours(_) | Asked::ThirdsOfRequired(_), .. } => {
            everywhere(*window, &|entry| of.fits(entry) && measured(entry, *measure) != 0)
        }
        Rule::Minimum { of, window, asked: Asked::Days(_), .. } => {
            let days = |entry: &Plain| entry.days.unwrap_or(entry.credited * 100 / world.day_hours);
            everywhere(*window, &|entry| of.fits(entry) && days(entry) != 0)
        }
        Rule::Share { of, measure, window, .. } => {
            everywhere(*window, &|entry| of.fits(entry) && measured(entry, *measure) != 0)
        }
        Rule::Block { .. } => Vec::new(),
    }
}
