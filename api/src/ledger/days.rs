//! Which days a person's entries are read for.

use chrono::NaiveDate;
use shixun_domain::policy::{CycleRules, PersonFacts};

/// The days whose entries the rules of a cycle may ask for: a probation or a headship may begin before the cycle.
///
/// Where hours may belong to other days than that of completion, any entry may have some in the cycle.
pub(crate) fn span(rules: &CycleRules, person: &PersonFacts) -> (NaiveDate, NaiveDate) {
    if rules.by_completion() { days_of_cycle(rules, person) } else { EVERY_DAY }
}

/// First and last day that an entry may have.
pub(crate) const EVERY_DAY: (NaiveDate, NaiveDate) =
    match (NaiveDate::from_ymd_opt(1900, 1, 1), NaiveDate::from_ymd_opt(2999, 12, 31)) {
        (Some(first), Some(last)) => (first, last),
        _ => (NaiveDate::MIN, NaiveDate::MAX),
    };

/// The days of the cycle up to the one at whose close everything is judged, with those of a probation before it.
pub(super) fn days_of_cycle(rules: &CycleRules, person: &PersonFacts) -> (NaiveDate, NaiveDate) {
    let cycle = rules.cycle();
    let probation = person.probation.filter(|span| span.overlaps(&cycle.span()));
    let from = probation.map_or(cycle.from(), |span| span.from.min(cycle.from()));
    (from, rules.as_of())
}
