//! What is owed and whether it is there, against a second implementation that walks over days.
//!
//! The oracle shares nothing with the evaluator but the words of the rules: months are counted day by day, sums are taken over plain
//! tuples, and what is missing of a share is found by trying. Packs are made as JSON, so that the whole way from document to verdict
//! is under test. Caps have an oracle of their own (`policy_oracle.rs`), so here everything earned counts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod parts;
mod worlds;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode, DeliveryForm, Hours, Level, Route,
    policy::{CycleRules, EntryFacts, Pack, Period, PersonFacts, Provider, WaiverFacts, cycle_named, evaluate},
    time::DateSpan,
};

const ROUTES: [Route; 2] = [Route::SelfSelected, Route::SchoolBased];
const THEMES: [&str; 2] = ["ethics", "it"];

/// A day of the cycle by its number.
fn day(number: u64) -> NaiveDate {
    first().checked_add_days(Days::new(number)).unwrap()
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2016, 1, 1).unwrap()
}

fn last() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 12, 31).unwrap()
}

fn cited(value: impl ToString) -> Value {
    json!({"value": value.to_string(), "source": "S", "article": "a", "confidence": "I"})
}

fn hours(hundredths: i64) -> Value {
    cited(Hours::from_hundredths(hundredths))
}

/// An entry in plain numbers; hours, practice, nominal and days in hundredths.
#[derive(Debug, Clone)]
struct Plain {
    on: u64,
    route: usize,
    themes: u8,
    block: Option<i64>,
    credited: i64,
    practice: i64,
    nominal: i64,
    days: Option<i64>,
}

/// Which entries a rule is about.
#[derive(Debug, Clone, Copy)]
struct Of {
    route: Option<usize>,
    theme: Option<usize>,
}

impl Of {
    fn json(self) -> Value {
        let mut of = serde_json::Map::new();
        self.route.map(|route| of.insert("routes".into(), json!([ROUTES[route].as_str()])));
        self.theme.map(|theme| of.insert("themes".into(), json!([THEMES[theme]])));
        Value::Object(of)
    }

    fn fits(self, entry: &Plain) -> bool {
        self.route.is_none_or(|route| route == entry.route)
            && self.theme.is_none_or(|theme| entry.themes >> theme & 1 == 1)
    }
}

#[derive(Debug, Clone, Copy)]
enum Window {
    Cycle,
    Year,
    Months(u32, u32),
    Until(u64),
}

#[derive(Debug, Clone, Copy)]
enum Asked {
    Hours(i64),
    ThirdsOfRequired(i64),
    Days(i64),
}

#[derive(Debug, Clone)]
enum Rule {
    Floor { hours: i64, warn: bool, counts: Of, block_year: Option<i64>, leave_months: Option<i32> },
    Minimum { of: Of, measure: usize, window: Window, asked: Asked, warn: bool },
    Share { of: Of, part: Of, practice: bool, share: (i64, i64), measure: usize, window: Window },
    Block { hours: i64, nominal: bool, count: i64, practice: Option<i64>, months: Option<i32>, uninterrupted: bool },
}

const MEASURES: [&str; 4] = ["credited", "counted", "nominal", "practice"];
const PRORATE: [&str; 3] = ["none", "month", "year"];
const ROUNDING: [&str; 4] = ["keep", "whole_down", "whole_nearest", "whole_up"];

#[derive(Debug, Clone)]
struct World {
    newcomer: usize,
    retirement: usize,
    leave_prorates: bool,
    rounding: usize,
    day_hours: i64,
    rules: Vec<Rule>,
    joined: Option<u64>,
    probation: Option<u64>,
    retires: Option<u64>,
    leave: Vec<(u64, u64)>,
    waivers: Vec<(usize, u64, u64)>,
    entries: Vec<Plain>,
    as_of: u64,
}

fn window_json(body: &mut Value, window: Window) {
    body["window"] = json!(match window {
        Window::Cycle => "cycle",
        Window::Year => "year",
        Window::Months(..) => "months",
        Window::Until(_) => "until",
    });
    match window {
        Window::Months(from, to) => (body["months_from"], body["months_to"]) = (cited(from), cited(to)),
        Window::Until(number) => body["until"] = cited(day(number)),
        Window::Cycle | Window::Year => {}
    }
}

fn strength(warn: bool) -> Value {
    cited(if warn { "warn" } else { "fail" })
}

fn rule_json(rule: &Rule) -> Value {
    match rule {
        Rule::Floor { hours: amount, warn, counts, block_year, leave_months } => {
            let mut body = json!({"hours": hours(*amount), "strength": strength(*warn), "counts": counts.json()});
            block_year.map(|amount| body["block_year_hours"] = hours(amount));
            leave_months.map(|months| body["waived_from_leave_months"] = cited(months));
            json!({"year_floor": body})
        }
        Rule::Minimum { of, measure, window, asked, warn } => {
            let measure = if matches!(asked, Asked::Days(_)) { 0 } else { *measure };
            let mut body = json!({"of": of.json(), "measure": MEASURES[measure], "strength": strength(*warn)});
            window_json(&mut body, *window);
            match asked {
                Asked::Hours(amount) => body["hours"] = hours(*amount),
                Asked::ThirdsOfRequired(thirds) => body["share_of_required"] = cited(format!("{thirds}/3")),
                Asked::Days(days) => body["days"] = hours(*days),
            }
            json!({"minimum": body})
        }
        Rule::Share { of, part, practice, share: (above, below), measure, window } => {
            let mut body = json!({"of": of.json(), "part": part.json(), "practice": cited(if *practice { "yes" } else { "no" }),
                "share": cited(format!("{above}/{below}")), "measure": MEASURES[*measure], "strength": strength(false)});
            window_json(&mut body, *window);
            json!({"share": body})
        }
        Rule::Block { hours: amount, nominal, count, practice, months, uninterrupted } => {
            let mut body = json!({"hours": hours(*amount), "count": cited(count),
                "measure": cited(if *nominal { "nominal" } else { "credited" }),
                "uninterrupted": cited(if *uninterrupted { "yes" } else { "no" })});
            practice.map(|amount| body["practice_hours"] = hours(amount));
            months.map(|months| body["required_from_months"] = cited(months));
            json!({"block": body})
        }
    }
}

fn compiled(world: &World) -> CycleRules {
    let mut rules =
        vec![json!({"id": "total.cycle", "zh": "总", "en": "total", "rule": {"total": {"hours": cited("360")}}})];
    for (place, rule) in world.rules.iter().enumerate() {
        rules.push(json!({"id": format!("rule{place}"), "zh": "规则", "en": "rule", "rule": rule_json(rule)}));
    }
    let document = json!({
        "code": "ORACLE", "version": 1, "area": "330000", "zh": "试", "en": "trial", "rules": rules,
        "valid": {"from": "2016-01-01"}, "sources": {"S": {"title": "s"}},
        "cycle": {"anchor": cited("2016-01-01"), "years": cited(5)},
        "prorate_newcomer": cited(PRORATE[world.newcomer]), "prorate_retirement": cited(PRORATE[world.retirement]),
        "leave_total": cited(if world.leave_prorates { "prorate" } else { "keep" }),
        "rounding": cited(ROUNDING[world.rounding]), "hours_per_day": hours(world.day_hours),
    });
    let packs = [Pack::parse(&document.to_string()).unwrap()];
    let area = AreaCode::new(331_123).unwrap();
    CycleRules::new(&packs, area, cycle_named(&packs, area, "2016-2020").unwrap(), day(world.as_of)).unwrap()
}

fn person(world: &World) -> PersonFacts {
    let waiver = |(key, (rule, from, to)): (i64, &(usize, u64, u64))| WaiverFacts {
        key,
        rule_id: format!("rule{rule}"),
        span: DateSpan { from: day(*from), to: Some(day(*to)) },
    };
    PersonFacts {
        joined_on: world.joined.map(day),
        probation: world.probation.map(|to| DateSpan { from: first(), to: Some(day(to)) }),
        retires_on: world.retires.map(day),
        leave: world.leave.iter().map(|(from, to)| DateSpan { from: day(*from), to: Some(day(*to)) }).collect(),
        waivers: (0..).zip(&world.waivers).map(waiver).collect(),
        ..PersonFacts::default()
    }
}

/// Entries of days after the one at whose close everything is judged are not handed over.
fn facts(world: &World) -> Vec<EntryFacts> {
    let amount = Hours::from_hundredths;
    let one = |(key, entry): (i64, &Plain)| EntryFacts {
        key,
        effective: day(entry.on),
        sequence: key,
        route: ROUTES[entry.route],
        form: DeliveryForm::Lecture,
        themes: (0..2).filter(|bit| entry.themes >> bit & 1 == 1).map(|bit| THEMES[bit].parse().unwrap()).collect(),
        level: Level::County,
        block: entry.block,
        credited: amount(entry.credited),
        nominal: amount(entry.nominal),
        practice: amount(entry.practice),
        corrects: None,
        part_of: None,
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
        activity: None,
        recognised: None,
        dated: Vec::new(),
        days: entry.days.map(shixun_domain::hours::Days::from_hundredths),
    };
    (0..).zip(world.entries.iter().filter(|entry| entry.on <= world.as_of)).map(one).collect()
}

/// Every day from one to another.
fn walk(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day <= to)
}

/// Calendar months from one day to another all of whose days lie between them and fit.
fn months(from: NaiveDate, to: NaiveDate, fits: impl Fn(NaiveDate) -> bool) -> i64 {
    let mut found = 0;
    for year in 2016..=2020 {
        for month in 1..=12 {
            let begins = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            let whole = begins.iter_days().take_while(|day| day.month() == month);
            found += i64::from(whole.into_iter().all(|day| from <= day && day <= to && fits(day)));
        }
    }
    found
}

impl World {
    fn on_leave(&self, on: NaiveDate) -> bool {
        self.leave.iter().any(|(from, to)| day(*from) <= on && on <= day(*to))
    }

    /// True for a day after joining and probation, where these matter.
    fn has_begun(&self, on: NaiveDate) -> bool {
        self.newcomer == 0
            || (self.joined.is_none_or(|joined| day(joined) <= on) && self.probation.is_none_or(|to| day(to) < on))
    }

    fn owes(&self, on: NaiveDate) -> bool {
        self.has_begun(on) && self.retires.is_none_or(|retires| on <= day(retires))
    }

    fn required(&self) -> i64 {
        let ends = |on: NaiveDate| self.retirement == 0 || self.retires.is_none_or(|retires| on <= day(retires));
        let mut owed = months(first(), last(), |on| self.has_begun(on) && ends(on));
        if self.leave_prorates {
            owed -= months(first(), last(), |on| self.has_begun(on) && ends(on) && self.on_leave(on));
        }
        let joins_late = !self.has_begun(first());
        let leaves_early = self.retires.is_some_and(|retires| day(retires) < last());
        if (joins_late && self.newcomer == 2) || (leaves_early && self.retirement == 2) {
            owed = owed / 12 * 12;
        }
        36_000 * owed / 60
    }

    fn rounded(&self, hundredths: i64) -> i64 {
        match self.rounding {
            0 => hundredths,
            1 => hundredths - hundredths % 100,
            2 => (hundredths + 50) - (hundredths + 50) % 100,
            _ => (hundredths + 99) - (hundredths + 99) % 100,
        }
    }

    fn within(&self, from: NaiveDate, to: NaiveDate) -> Vec<&Plain> {
        let there = |entry: &&Plain| from <= day(entry.on) && day(entry.on) <= to && entry.on <= self.as_of;
        self.entries.iter().filter(there).collect()
    }

    fn row(&self, rule: usize, period: String, last_day: NaiveDate, warn: bool, found: (i64, i64, i64)) -> String {
        let (owed, counted, missing) = found;
        let mut verdict = match missing {
            0 => "met",
            _ if day(self.as_of) < last_day => "not_yet",
            _ if warn => "warn",
            _ => "failed",
        };
        let waived =
            self.waivers.iter().any(|(id, from, to)| *id == rule && day(*from) <= last_day && last_day <= day(*to));
        if verdict != "met" && waived {
            verdict = "waived";
        }
        let missing = if verdict == "waived" { 0 } else { missing };
        format!("rule{rule} {period} owed {owed} counted {counted} missing {missing} {verdict}")
    }
}

fn measured(entry: &Plain, measure: usize) -> i64 {
    [entry.credited, entry.credited, entry.nominal, entry.practice][measure]
}

fn year_span(year: i32) -> (NaiveDate, NaiveDate) {
    (NaiveDate::from_ymd_opt(year, 1, 1).unwrap(), NaiveDate::from_ymd_opt(year, 12, 31).unwrap())
}

/// The periods of a window in which it is asked for.
fn periods(world: &World, window: Window) -> Vec<(String, NaiveDate, NaiveDate)> {
    let begun = (2016..=2020).filter(|year| year_span(*year).0 <= day(world.as_of));
    match window {
        Window::Cycle => vec![("cycle".into(), first(), last())],
        Window::Until(number) => {
            let to = day(number);
            vec![(format!("{}..{to}", first()), first(), to)]
        }
        Window::Year => begun
            .filter(|year| months(year_span(*year).0, year_span(*year).1, |on| world.owes(on)) > 0)
            .map(|year| (year.to_string(), year_span(year).0, year_span(year).1))
            .collect(),
        Window::Months(begins, ends) => begun
            .filter_map(|year| {
                let from = NaiveDate::from_ymd_opt(year, begins, 1).unwrap();
                let ends_in = if ends < begins { year + 1 } else { year };
                let end = NaiveDate::from_ymd_opt(ends_in, ends, 1).unwrap();
                let to = end.iter_days().take_while(|day| day.month() == ends).last().unwrap();
                let all = to <= last() && walk(from, to).all(|on| world.owes(on));
                all.then(|| (format!("{from}..{to}"), from, to))
            })
            .collect(),
    }
}

fn expected(world: &World, place: usize, rule: &Rule) -> Vec<String> {
    match rule {
        Rule::Floor { hours, warn, counts, block_year, leave_months } => (2016..=2020)
            .filter(|year| year_span(*year).0 <= day(world.as_of))
            .map(|year| {
                let (from, to) = year_span(year);
                let there = world.within(from, to);
                let whole = block_year.filter(|_| there.iter().any(|entry| entry.block.is_some())).unwrap_or(*hours);
                let owed = whole * months(from, to, |on| world.owes(on)) / 12;
                let sum: i64 = there.iter().filter(|entry| counts.fits(entry)).map(|entry| entry.credited).sum();
                let counted = world.rounded(sum);
                let row = world.row(place, year.to_string(), to, *warn, (owed, counted, (owed - counted).max(0)));
                let on_leave = months(from, to, |on| world.on_leave(on));
                if leave_months.is_some_and(|least| on_leave >= least.into()) && owed > counted {
                    return format!("rule{place} {year} owed {owed} counted {counted} missing 0 waived");
                }
                row
            })
            .collect(),
        Rule::Minimum { of, measure, window, asked, warn } => periods(world, *window)
            .into_iter()
            .map(|(period, from, to)| {
                let there: Vec<&Plain> = world.within(from, to).into_iter().filter(|entry| of.fits(entry)).collect();
                let found = match asked {
                    Asked::Hours(_) | Asked::ThirdsOfRequired(_) => {
                        let owed = match asked {
                            Asked::Hours(owed) => *owed,
                            Asked::ThirdsOfRequired(thirds) => world.required() * thirds / 3,
                            Asked::Days(_) => panic!("hours"),
                        };
                        let counted = world.rounded(there.iter().map(|entry| measured(entry, *measure)).sum());
                        (owed, counted, (owed - counted).max(0))
                    }
                    Asked::Days(owed) => {
                        let of_hours = |entry: &Plain| entry.credited * 100 / world.day_hours;
                        let days: i64 = there.iter().map(|entry| entry.days.unwrap_or_else(|| of_hours(entry))).sum();
                        let in_hours = |days: i64| days * world.day_hours / 100;
                        (in_hours(*owed), in_hours(days), in_hours((owed - days).max(0)))
                    }
                };
                world.row(place, period, to, *warn, found)
            })
            .collect(),
        Rule::Share { of, part, practice, share: (above, below), measure, window } => periods(world, *window)
            .into_iter()
            .map(|(period, from, to)| {
                let there: Vec<&Plain> = world.within(from, to).into_iter().filter(|entry| of.fits(entry)).collect();
                let whole: i64 = there.iter().map(|entry| measured(entry, *measure)).sum();
                let in_part = |entry: &&Plain| match part.fits(entry) {
                    true => measured(entry, *measure),
                    false if *practice => entry.practice.min(measured(entry, *measure)),
                    false => 0,
                };
                let counted: i64 = there.iter().map(in_part).sum();
                let owed = (0..=whole).find(|owed| owed * below >= whole * above).unwrap();
                let grows = |more: &i64| (counted + more) * below >= (whole + more) * above;
                let missing = if above == below { owed - counted } else { (0..).find(grows).unwrap() };
                world.row(place, period, to, false, (owed, counted, missing))
            })
            .collect(),
        Rule::Block { hours, nominal, count, practice, months: least, uninterrupted } => {
            let mut groups: Vec<(i64, i64, i64)> = Vec::new();
            for entry in world.within(first(), last()) {
                let Some(block) = entry.block else { continue };
                let earned = if *nominal { entry.nominal } else { entry.credited };
                match groups.iter_mut().find(|(key, ..)| *key == block).filter(|_| !uninterrupted) {
                    Some(group) => (group.1, group.2) = (group.1 + earned, group.2 + entry.practice),
                    None => groups.push((block, earned, entry.practice)),
                }
            }
            let mut gaps: Vec<i64> = groups
                .iter()
                .map(|(_, earned, practised)| (hours - earned).max(practice.unwrap_or(0) - practised).max(0))
                .collect();
            let nothing = (*hours).max(practice.unwrap_or(0));
            gaps.extend((0..*count).map(|_| nothing));
            gaps.sort_unstable();
            let missing: i64 = gaps.iter().take(usize::try_from(*count).unwrap()).sum();
            let row = world.row(place, "cycle".into(), last(), false, (hours * count, 0, missing));
            let owed_months = months(first(), last(), |on| world.owes(on));
            if missing > 0 && least.is_some_and(|least| owed_months < least.into()) {
                return vec![format!("rule{place} cycle owed {} counted 0 missing 0 waived", hours * count)];
            }
            vec![row]
        }
    }
}

/// What the evaluator says, in the oracle's words. Which of several blocks is shown is no matter of the rule.
fn told(world: &World, rules: &CycleRules) -> (Vec<String>, i64) {
    let evaluation = evaluate(rules, &person(world), &facts(world));
    let mut rows = Vec::new();
    for one in &evaluation.requirements {
        let id = &rules.rule(one.rule).unwrap().rule.id;
        let Some(place) = id.strip_prefix("rule").and_then(|number| number.parse::<usize>().ok()) else { continue };
        let period = match one.period {
            Period::Year(year) => year.to_string(),
            Period::Cycle | Period::Entry => "cycle".into(),
            Period::Span { from, to } => format!("{from}..{to}"),
        };
        let counted = if matches!(world.rules[place], Rule::Block { .. }) { 0 } else { one.counted.hundredths() };
        rows.push(format!(
            "{id} {period} owed {} counted {counted} missing {} {}",
            one.owed.hundredths(),
            one.missing.hundredths(),
            one.verdict
        ));
    }
    rows.sort_unstable();
    (rows, evaluation.required.unwrap().hundredths())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_owed_and_how_it_stands_is_what_walking_over_the_days_says(world in worlds::world()) {
        let rules = compiled(&world);
        let (told, required) = told(&world, &rules);
        let mut expected: Vec<String> =
            world.rules.iter().enumerate().flat_map(|(place, rule)| expected(&world, place, rule)).collect();
        expected.sort_unstable();
        prop_assert_eq!(required, world.required());
        prop_assert_eq!(told, expected);
    }

    #[test]
    fn what_makes_up_a_requirement_adds_up_to_it_and_is_what_the_rule_is_about(world in worlds::world()) {
        let rules = compiled(&world);
        let mut expected: Vec<String> =
            world.rules.iter().enumerate().flat_map(|(place, rule)| parts::expected(&world, place, rule)).collect();
        expected.sort_unstable();
        prop_assert_eq!(parts::told(&world, &rules), expected);
    }
}
