//! What the yearly maxima that refuse more still take of hours that somebody wants to earn.

use super::{
    attribution,
    cycle_rules::{CycleRules, RuleIndex},
    evaluate::judged,
    facts::{EntryFacts, PersonFacts, ProfileSet},
    rule::{Body, Effect},
    selector::{Compiled, Shape},
};
use crate::hours::Hours;
use chrono::Datelike;

/// What is left under a yearly maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headroom {
    /// The calendar year.
    pub year: i32,
    /// The most hours that may count in it.
    pub maximum: Hours,
    /// Hours that count in it already.
    pub counted: Hours,
    /// How many more may; never below nothing.
    pub left: Hours,
    /// Hours of these that are promised already.
    pub booked: Hours,
    /// The rule.
    pub rule: RuleIndex,
}

impl Headroom {
    /// What is neither there nor promised.
    pub fn free(&self) -> Hours {
        self.left.less(self.booked)
    }
}

/// What one of several candidates finds under a yearly maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// What is left.
    pub headroom: Headroom,
    /// The candidates whose hours use it up, by their place in the list.
    pub shared_by: Vec<usize>,
}

/// What is left for `candidate` under the yearly maximum that takes least of it, when `entries` stand and `booked` is promised; `None`
/// where no rule in force on that day refuses such hours beyond a maximum, or the day lies outside the cycle.
///
/// Hours that caps cut do not use up the maximum. What is booked does as a whole, where the rule is about it.
pub fn headroom(
    rules: &CycleRules,
    person: &PersonFacts,
    entries: &[EntryFacts],
    booked: &[EntryFacts],
    candidate: &EntryFacts,
) -> Option<Headroom> {
    let rooms = rooms(rules, person, entries, booked, std::slice::from_ref(candidate));
    rooms.into_iter().flatten().map(|room| room.headroom).min_by_key(Headroom::free)
}

/// What each candidate finds under each yearly maximum, as [`headroom`].
pub fn rooms(
    rules: &CycleRules,
    person: &PersonFacts,
    entries: &[EntryFacts],
    booked: &[EntryFacts],
    candidates: &[EntryFacts],
) -> Vec<Vec<Room>> {
    let profiles = ProfileSet::of(person, &rules.cycle());
    let maxima: Vec<_> = candidates.iter().map(|candidate| maxima(rules, profiles, candidate)).collect();
    if maxima.iter().all(Vec::is_empty) {
        return vec![Vec::new(); candidates.len()];
    }
    let spread = attribution::spread(rules, entries);
    let entries = spread.as_ref().map_or(entries, |spread| &spread.parts);
    let evaluation = judged(rules, person, entries, &mut ());
    let room = |Maximum { year, hours, of, rule }: Maximum| {
        let concerned =
            |entry: &EntryFacts| entry.effective.year() == year && of.matches(&Shape::of(entry, rules.interned()));
        let counted = entries.iter().zip(&evaluation.entries).filter(|(entry, _)| concerned(entry));
        let counted: Hours = counted.map(|(_, counted)| counted.counted).sum();
        let booked = booked.iter().filter(|entry| concerned(entry)).map(|entry| entry.credited).sum();
        let shared_by = (0..).zip(candidates).filter(|(_, other)| concerned(other)).map(|(place, _)| place).collect();
        Room {
            headroom: Headroom { year, maximum: hours, counted, left: hours.less(counted), booked, rule },
            shared_by,
        }
    };
    maxima.into_iter().map(|maxima| maxima.into_iter().map(room).collect()).collect()
}

/// A maximum of hours in a calendar year.
struct Maximum {
    year: i32,
    hours: Hours,
    of: Compiled,
    rule: RuleIndex,
}

/// The maxima that refuse more of what the candidate is.
fn maxima(rules: &CycleRules, profiles: ProfileSet, candidate: &EntryFacts) -> Vec<Maximum> {
    let day = candidate.effective;
    let Some(in_force) = rules.rules_on(day).filter(|_| rules.cycle().contains(day)) else { return Vec::new() };
    let maximum = |rule: &super::layers::RuleInForce| match &rule.reference.rule.body {
        Body::YearMaximum { hours, effect: Effect::Refuse, counts } => {
            let of = Compiled::new(counts, rules.interned());
            let concerned = of.matches(&Shape::of(candidate, rules.interned()));
            let rule = rules.index_of(&rule.reference).filter(|_| concerned)?;
            Some(Maximum { year: day.year(), hours: *hours, of, rule })
        }
        _ => None,
    };
    in_force.rules().iter().filter(|rule| rule.binds(profiles)).filter_map(maximum).collect()
}
