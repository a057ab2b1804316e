//! How much of a cycle a person owes hours for, and how many.

use super::{
    cycle::full_months,
    cycle_rules::CycleRules,
    facts::{PersonFacts, ProfileSet},
    rule::{Body, LeaveTotal, Prorate, TotalAmount},
};
use crate::{hours::Hours, time::DateSpan};
use chrono::NaiveDate;

/// The days of the cycle in which the person owes hours: after probation or joining, until retirement.
///
/// Reduction by months is inferred (`domain.md` 9, `prorate.newcomer`); with `none` a newcomer owes the whole cycle.
pub(super) fn owing(rules: &CycleRules, person: &PersonFacts) -> DateSpan {
    let cycle = rules.cycle();
    let reduced = rules.closing_rules().is_some_and(|set| set.prorate_newcomer() != Prorate::None);
    let after_probation = person.probation.map(|span| span.to.and_then(|to| to.succ_opt()).unwrap_or(NaiveDate::MAX));
    let begins = [person.joined_on, after_probation].into_iter().flatten().filter(|_| reduced).max();
    DateSpan {
        from: begins.map_or(cycle.from(), |day| day.max(cycle.from())),
        to: Some(person.retires_on.map_or(cycle.to(), |day| day.min(cycle.to()))),
    }
}

/// Full months of a span that lie between two days.
pub(super) fn months_between(span: &DateSpan, from: NaiveDate, to: NaiveDate) -> i32 {
    full_months(span.from.max(from), span.to.map_or(to, |end| end.min(to)))
}

/// Full months between two days that were spent on leave, whether or not one leave followed another within a month.
pub(super) fn months_of_leave(person: &PersonFacts, from: NaiveDate, to: NaiveDate) -> i32 {
    let mut spells: Vec<(NaiveDate, NaiveDate)> = person
        .leave
        .iter()
        .map(|leave| (leave.from.max(from), leave.to.map_or(to, |end| end.min(to))))
        .filter(|(first, last)| first <= last)
        .collect();
    spells.sort_unstable();
    let mut joined: Vec<(NaiveDate, NaiveDate)> = Vec::with_capacity(spells.len());
    for (first, last) in spells {
        match joined.last_mut().filter(|(_, end)| end.succ_opt().is_none_or(|next| first <= next)) {
            Some((_, end)) => *end = last.max(*end),
            None => joined.push((first, last)),
        }
    }
    joined.into_iter().map(|(first, last)| full_months(first, last)).sum()
}

/// `hours × months ÷ of`, rounded down.
pub(super) fn by_months(hours: Hours, months: i32, of: i32) -> Hours {
    hours.share(i64::from(months.clamp(0, of)), i64::from(of)).unwrap_or(hours)
}

/// What the person owes in the cycle; `None` where no rule asks for a total.
pub(super) fn required_total(rules: &CycleRules, person: &PersonFacts, profiles: ProfileSet) -> Option<Hours> {
    // Where a wider area's total stands beside a narrower one, the greater is owed.
    let amounts: Vec<TotalAmount> = rules
        .closing
        .iter()
        .filter(|rule| rule.binds(profiles))
        .filter_map(|rule| match rule.reference.rule.body {
            Body::Total(amount) => Some(amount),
            _ => None,
        })
        .collect();
    if amounts.is_empty() {
        return None;
    }
    if person.required.is_some() {
        return person.required;
    }
    let (cycle, owing) = (rules.cycle(), owing(rules, person));
    let prorates = rules.closing_rules().is_some_and(|set| set.leave_total() == LeaveTotal::Prorate);
    // Full months of the span without those of leave, where leave is taken off.
    let months_owed = |span: &DateSpan| {
        let end = span.to.unwrap_or(cycle.to()).min(cycle.to());
        let leave = || months_of_leave(person, span.from.max(cycle.from()), end);
        months_between(span, cycle.from(), cycle.to()) - if prorates { leave() } else { 0 }
    };
    let owed = |amount: TotalAmount| match amount {
        TotalAmount::PerYear(hours) => hours.share(i64::from(months_owed(&owing).max(0)), 12).unwrap_or(hours),
        TotalAmount::PerCycle(hours) => {
            let (entry, retirement) = rules
                .closing_rules()
                .map_or((Prorate::None, Prorate::None), |set| (set.prorate_newcomer(), set.prorate_retirement()));
            let to = owing.to.filter(|_| retirement != Prorate::None);
            let months = months_owed(&DateSpan { from: owing.from, to });
            // Whole years go by the stricter of what holds for the two ends that are not the cycle's.
            let by_years = (owing.from > cycle.from() && entry == Prorate::Year)
                || (to.is_some_and(|to| to < cycle.to()) && retirement == Prorate::Year);
            by_months(hours, if by_years { months / 12 * 12 } else { months }, cycle.months())
        }
    };
    amounts.into_iter().map(owed).max()
}
