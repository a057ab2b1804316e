//! What a county certifies of a person's hours when the person moves on: each entry with what its yearly limits and factors left
//! of it. Limits of the whole cycle are for the county where the cycle ends.

use super::{days::span, schools::record};
use crate::{policy::PolicyCache, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::{
    Hours, UtcMillis,
    id::PersonId,
    policy::{Cycle, EntryFacts, Period, evaluate},
};
use shixun_persistence::{Conn, ledger};

/// An entry that stands, with the hours that are certified of it.
#[derive(Debug, Clone)]
pub struct CertifiedEntry {
    /// What the rules look at.
    pub facts: EntryFacts,
    /// Hours certified; never more practice than hours.
    pub hours: Hours,
}

/// The entries of a cycle up to a day, and what is certified of each.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub fn certified(
    conn: &mut Conn,
    cache: &PolicyCache,
    person: PersonId,
    cycle: Cycle,
    until: NaiveDate,
    now: UtcMillis,
) -> Result<Vec<CertifiedEntry>, ApiError> {
    let policy = cache.area(conn, person.area(), now)?;
    let record = record(conn, &policy, person, until, None)?.ok_or_else(|| ApiError::missing(person.teacher()))?;
    let rules = policy.rules_of(&record.facts.schools, cycle, until)?;
    let (from, to) = span(&rules, &record.facts);
    let entries = ledger::standing_entries(conn, person, from, to, None)?;
    let facts: Vec<EntryFacts> = entries.standing.into_iter().map(|entry| entry.entry.facts).collect();
    let evaluation = evaluate(&rules, &record.facts, &facts);
    let mut found = Vec::with_capacity(facts.len());
    for (place, (facts, counted)) in facts.into_iter().zip(&evaluation.entries).enumerate() {
        if !counted.in_cycle {
            continue;
        }
        let own = evaluation.cuts_of(place).iter().filter(|cut| matches!(cut.period, Period::Entry | Period::Year(_)));
        let hours = own.fold(counted.credited, |hours, cut| hours.checked_sub(cut.amount).unwrap_or(Hours::ZERO));
        found.push(CertifiedEntry { facts, hours });
    }
    Ok(found)
}
