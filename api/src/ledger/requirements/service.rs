//! The entries that make up each requirement of a teacher: the use case.

use super::wire::{ContributionView, RequirementGroundsView};
use crate::{
    access::Actor,
    ledger::{explain, judging::read, moment, schools, service::may_see},
    policy::PolicyCache,
    problem::ApiError,
    wire::Text,
};
use chrono::NaiveDate;
use shixun_domain::{
    Hours, UtcMillis,
    id::TeacherId,
    policy::{Body, Contribution, Period, Portion, Requirement, contributions},
};
use shixun_persistence::{Conn, ledger::StandingEntry};
use std::collections::HashMap;

/// Which requirements are wanted.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The day.
    pub as_of: Option<NaiveDate>,
    /// Only what was recorded up to this instant.
    pub known_at: Option<UtcMillis>,
    /// Only those of this rule.
    pub rule: Option<String>,
    /// Only those of this calendar year.
    pub year: Option<i32>,
}

/// The requirements of a teacher that are wanted, each with what makes it up.
///
/// # Errors
/// `not_found`, and as [`moment::moment`].
pub fn list(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    wish: &Wish,
    now: UtcMillis,
) -> Result<Vec<RequirementGroundsView>, ApiError> {
    let person = teacher.person();
    may_see(conn, actor, person)?;
    let answered_at = moment::answered_at(wish.known_at, now)?;
    let policy = cache.area(conn, person.area(), now)?.known_at(wish.known_at);
    let moment = moment::moment(&policy, wish.cycle.as_deref(), wish.as_of, answered_at.china_date())?;
    let record = schools::record(conn, &policy, person, moment.as_of, wish.known_at)?;
    let record = record.ok_or_else(|| ApiError::missing(teacher))?;
    let terms = policy.terms(&record.facts.schools, moment.cycle, moment.as_of)?;
    let read = read(conn, person, record, &terms, wish.known_at)?;
    let rules = terms.rules.as_ref();
    let (evaluation, made_of) = contributions(rules, &read.record.facts, &read.facts());
    let entries: HashMap<i64, &StandingEntry> =
        read.entries.standing.iter().map(|entry| (entry.entry.facts.key, entry)).collect();
    let wanted = |one: &Requirement| {
        let of_year = wish.year.is_none_or(|year| one.period == Period::Year(year));
        let named = |id: &String| rules.rule(one.rule).is_some_and(|rule| rule.rule.id == *id);
        of_year && wish.rule.as_ref().is_none_or(named)
    };
    let both = evaluation.requirements.iter().zip(made_of).filter(|(one, _)| wanted(one));
    let views = both.filter_map(|(one, made_of)| {
        let total = matches!(rules.rule(one.rule)?.rule.body, Body::Total(_));
        Some(RequirementGroundsView {
            requirement: explain::requirement(rules, one, &read.record.waivers)?,
            sum: Text(sum(one, &made_of)),
            whole: made_of.iter().filter_map(|part| whole(part.portion)).reduce(Hours::plus).map(Text),
            carried_over: Text(if total { evaluation.carried } else { Hours::ZERO }),
            entries: made_of.iter().filter_map(|part| contribution(part, &entries)).collect(),
        })
    });
    Ok(views.collect())
}

fn contribution(part: &Contribution, entries: &HashMap<i64, &StandingEntry>) -> Option<ContributionView> {
    let entry = entries.get(&part.key)?;
    let (hours, whole, days) = match part.portion {
        Portion::Hours(hours) => (Some(hours), None, None),
        Portion::Share { part, whole } => (Some(part), Some(whole), None),
        Portion::Days(days) => (None, None, Some(days)),
    };
    Some(ContributionView {
        id: Text(entry.id),
        effective_on: entry.entry.facts.effective,
        title: entry.title.clone(),
        hours: hours.map(Text),
        whole: whole.map(Text),
        days: days.map(Text),
    })
}

/// What the entries add up to; days in hours as the requirement has them.
fn sum(one: &Requirement, made_of: &[Contribution]) -> Hours {
    let hours = |part: &Contribution| match part.portion {
        Portion::Hours(hours) | Portion::Share { part: hours, .. } => hours,
        Portion::Days(_) => Hours::ZERO,
    };
    if one.days.is_some() { one.counted } else { made_of.iter().map(hours).sum() }
}

fn whole(portion: Portion) -> Option<Hours> {
    match portion {
        Portion::Share { whole, .. } => Some(whole),
        Portion::Hours(_) | Portion::Days(_) => None,
    }
}
