//! The worked examples of `domain.md` 10, the shipped packs, layering, and refusals of documents.

mod attribution;
mod conversions;
mod documents;
mod drafts;
mod examples;
mod layering;
mod linting;
mod parameters;
mod relaxing;
mod schools;
mod sharing;
mod shortest;
mod standing_together;

use super::*;
use crate::{
    area::AreaCode,
    hours::Hours,
    time::DateSpan,
    words::{DeliveryForm, Level, Route},
};
use chrono::NaiveDate;
use serde_json::{Value, json};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn hours(text: &str) -> Hours {
    text.parse().unwrap()
}

fn suichang() -> AreaCode {
    AreaCode::new(331_123).unwrap()
}

/// A county of the province without packs of its own.
fn elsewhere() -> AreaCode {
    AreaCode::new(331_122).unwrap()
}

fn shipped() -> Vec<Pack> {
    packs::shipped().iter().map(|(_, json)| Pack::parse(json).unwrap()).collect()
}

/// A figure of a county pack.
fn figure(value: &str) -> Value {
    json!({"value": value, "source": "S", "article": "第一条", "confidence": "I"})
}

/// A pack of the county, in force from 2016, with some fields set.
fn county_pack(change: Value) -> Pack {
    let mut document = json!({
        "code": "SX", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "县规定", "en": "county",
        "sources": {"S": {"title": "县规定"}}, "rules": []
    });
    for (field, value) in change.as_object().unwrap() {
        document[field] = value.clone();
    }
    Pack::parse(&document.to_string()).unwrap()
}

/// A rule of such a pack.
fn rule(id: &str, body: Value) -> Value {
    json!({"id": id, "zh": "规则", "en": "rule", "rule": body})
}

/// The province's packs with some of the county in place of the shipped one.
fn under_the_province(counties: &[Pack]) -> Vec<Pack> {
    let mut packs = shipped();
    packs.truncate(2);
    packs.extend_from_slice(counties);
    packs
}

/// The rules of 2016-2020 under these packs, at the cycle's end.
fn rules_of(packs: &[Pack]) -> CycleRules {
    let cycle = cycle_named(packs, suichang(), "2016-2020").unwrap();
    CycleRules::new(packs, suichang(), cycle, day("2020-12-31")).unwrap()
}

/// The rules of 2016-2020 under the shipped packs.
fn rules(area: AreaCode, as_of: &str) -> CycleRules {
    let packs = shipped();
    let cycle = cycle_named(&packs, area, "2016-2020").unwrap();
    CycleRules::new(&packs, area, cycle, day(as_of)).unwrap()
}

/// A self-selected county lecture; the tests change what matters to them.
fn entry(key: i64, on: &str, credited: &str) -> EntryFacts {
    EntryFacts {
        key,
        effective: day(on),
        sequence: 0,
        route: Route::SelfSelected,
        form: DeliveryForm::Lecture,
        themes: Vec::new(),
        level: Level::County,
        block: None,
        credited: hours(credited),
        nominal: hours(credited),
        practice: Hours::ZERO,
        corrects: None,
        part_of: None,
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
        activity: None,
        recognised: None,
        dated: Vec::new(),
        days: None,
    }
}

fn school(key: i64, on: &str, credited: &str) -> EntryFacts {
    EntryFacts {
        route: Route::SchoolBased,
        form: DeliveryForm::SchoolBased,
        level: Level::School,
        ..entry(key, on, credited)
    }
}

fn block(key: i64, on: &str, credited: &str) -> EntryFacts {
    EntryFacts { block: Some(key), ..entry(key, on, credited) }
}

fn themed(theme: &str, entry: EntryFacts) -> EntryFacts {
    EntryFacts { themes: vec![theme.parse().unwrap()], ..entry }
}

/// `(key, "6.00 331123 v1 school_based.cap.year Year(2018)")` for every cut.
fn cuts(rules: &CycleRules, evaluation: &Evaluation) -> Vec<(i64, String)> {
    let mut cuts = Vec::new();
    for (place, entry) in evaluation.entries.iter().enumerate() {
        for cut in evaluation.cuts_of(place) {
            let rule = rules.rule(cut.rule).unwrap();
            cuts.push((entry.key, format!("{} {rule} {:?}", cut.amount, cut.period)));
        }
    }
    cuts
}

/// `"owed counted missing verdict"` of the rule with this id in a period.
fn standing(rules: &CycleRules, evaluation: &Evaluation, id: &str, period: Period) -> String {
    let found = evaluation
        .requirements
        .iter()
        .find(|requirement| requirement.period == period && rules.rule(requirement.rule).unwrap().rule.id == id);
    let Some(Requirement { owed, counted, missing, verdict, .. }) = found else { return "not asked".to_owned() };
    format!("{owed} {counted} {missing} {verdict}")
}

/// How the rule with this id stands, whatever its period.
fn stands(rules: &CycleRules, evaluation: &Evaluation, id: &str) -> String {
    let named = |one: &&Requirement| rules.rule(one.rule).is_some_and(|rule| rule.rule.id == id);
    let period = evaluation.requirements.iter().find(named).map(|found| found.period);
    period.map_or_else(|| "not asked".to_owned(), |period| standing(rules, evaluation, id, period))
}

/// The shipped packs with one more of the county.
fn with_county(change: Value) -> CycleRules {
    let mut packs = shipped();
    packs.push(county_pack(change));
    rules_of(&packs)
}
