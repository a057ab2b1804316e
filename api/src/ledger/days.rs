//! Which days are asked about, and which days a person's entries are read for.

use crate::{
    policy::AreaPolicy,
    problem::{ApiError, Code, Words},
};
use chrono::NaiveDate;
use shixun_domain::policy::{Cycle, CycleRules, PersonFacts};

/// The days whose entries the rules of a cycle may ask for: a probation or a headship may begin before the cycle.
///
/// Where hours may belong to other days than that of completion, any entry may have some in the cycle.
pub(crate) fn span(rules: &CycleRules, person: &PersonFacts) -> (NaiveDate, NaiveDate) {
    if rules.by_completion() { days_of_cycle(rules, person) } else { EVERY_DAY }
}

/// First and last day that an entry may have.
const EVERY_DAY: (NaiveDate, NaiveDate) =
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

/// The cycle and the day a statement or a standing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The cycle.
    pub cycle: Cycle,
    /// The day at whose close requirements are judged.
    pub as_of: NaiveDate,
}

/// Reads the parameters `cycle` and `as_of`: by default the cycle of the day, and the day today or the cycle's last.
///
/// # Errors
/// `cycle_unknown`, `policy_missing`, `invalid_parameter` for a day before the cycle or after today.
pub fn moment(
    policy: &AreaPolicy,
    cycle: Option<&str>,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Moment, ApiError> {
    let cycle = match cycle {
        Some(name) => policy.cycle_named(name)?,
        None => policy.cycle_on(as_of.unwrap_or(today))?,
    };
    let as_of = as_of.unwrap_or(today.min(cycle.to()));
    if as_of < cycle.from() || as_of > today {
        return Err(ApiError::new(Code::InvalidParameter).with("name", "as_of").with_words(
            "reason",
            Words::new(
                format!("应为{}至{today}之间的日期", cycle.from()),
                format!("must be a day from {} to {today}", cycle.from()),
            ),
        ));
    }
    Ok(Moment { cycle, as_of })
}
