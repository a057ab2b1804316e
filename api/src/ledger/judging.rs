//! From a person's entries to what they are worth: what a statement, a bundle and the way to what is missing have in common.

use super::{
    days::{days_of_cycle, span},
    explain::Judged,
    moment::{Moment, moment},
    schools::record,
};
use crate::{
    policy::{PolicyCache, Terms},
    problem::ApiError,
};
use chrono::NaiveDate;
use shixun_domain::{
    Hours, UtcMillis,
    id::PersonId,
    policy::{CycleRules, EntryFacts, evaluate},
};
use shixun_persistence::{
    Conn,
    ledger::{self, PersonRecord, StandingEntries},
};
use std::sync::Arc;

/// Reads the entries and evaluates them.
pub(super) fn judge(
    conn: &mut Conn,
    person: PersonId,
    record: PersonRecord,
    terms: &Terms,
    known_at: Option<UtcMillis>,
) -> Result<Judged, ApiError> {
    let read = read(conn, person, record, terms, known_at)?;
    Ok(read.judged(person, &terms.rules))
}

/// A person and the entries by which a cycle is judged.
pub(crate) struct Read {
    /// The person.
    pub(super) record: PersonRecord,
    /// The entries; those that stand are of the cycle, or reach into it.
    pub(super) entries: StandingEntries,
}

/// Reads what is judged.
pub(super) fn read(
    conn: &mut Conn,
    person: PersonId,
    mut record: PersonRecord,
    Terms { rules, before }: &Terms,
    known_at: Option<UtcMillis>,
) -> Result<Read, ApiError> {
    if let Some(before) = before {
        record.facts.surplus = surplus(conn, person, &record, before, known_at)?;
    }
    let (from, to) = span(rules, &record.facts);
    let entries = ledger::standing_entries(conn, person, from, to, known_at)?;
    Ok(Read::new(record, entries, rules))
}

impl Read {
    /// Leaves out entries that nothing of the cycle looks at.
    pub(crate) fn new(record: PersonRecord, mut entries: StandingEntries, rules: &CycleRules) -> Self {
        let (first, last) = days_of_cycle(rules, &record.facts);
        let within = |day: NaiveDate| first <= day && day <= last;
        entries.standing.retain(|entry| within(entry.entry.facts.effective) || rules.reaches(&entry.entry.facts));
        entries.corrected.retain(|entry| within(entry.entry.facts.effective));
        entries.pending.retain(|entry| rules.cycle().contains(entry.entry.facts.effective));
        Read { record, entries }
    }

    /// What the evaluator looks at of the entries that stand.
    pub(super) fn facts(&self) -> Vec<EntryFacts> {
        self.entries.standing.iter().map(|entry| entry.entry.facts.clone()).collect()
    }

    /// Evaluates them.
    pub(crate) fn judged(self, person: PersonId, rules: &CycleRules) -> Judged {
        let evaluation = evaluate(rules, &self.record.facts, &self.facts());
        let Read { record, entries } = self;
        Judged { person, record, entries, evaluation }
    }
}

/// What counted in the cycle before beyond what was owed in it.
///
/// # Errors
/// Where the database does not answer.
pub(crate) fn surplus(
    conn: &mut Conn,
    person: PersonId,
    record: &PersonRecord,
    before: &CycleRules,
    known_at: Option<UtcMillis>,
) -> Result<Hours, ApiError> {
    let (from, to) = span(before, &record.facts);
    let earlier = ledger::standing_entries(conn, person, from, to, known_at)?.standing;
    let earlier: Vec<EntryFacts> = earlier.into_iter().map(|entry| entry.entry.facts).collect();
    Ok(evaluate(before, &record.facts, &earlier).surplus())
}

/// What is judged at the end of a cycle.
pub struct Case {
    /// The rules at the end of the cycle.
    pub rules: Arc<CycleRules>,
    /// The person.
    pub record: PersonRecord,
    /// What stands in the ledger.
    pub entries: Vec<EntryFacts>,
}

/// Reads what is judged at the end of a cycle: the one named, or the one that runs.
///
/// # Errors
/// `not_found`, `cycle_unknown`, `policy_missing`.
pub fn case(
    conn: &mut Conn,
    cache: &PolicyCache,
    person: PersonId,
    cycle: Option<&str>,
    now: UtcMillis,
) -> Result<Case, ApiError> {
    let (policy, today) = (cache.area(conn, person.area(), now)?, now.china_date());
    let Moment { cycle, as_of } = moment(&policy, cycle, None, today)?;
    let record = record(conn, &policy, person, as_of, None)?.ok_or_else(|| ApiError::missing(person.teacher()))?;
    let terms = policy.terms(&record.facts.schools, cycle, cycle.to())?;
    let Judged { record, entries, .. } = judge(conn, person, record, &terms, None)?;
    let entries = entries.standing.into_iter().map(|entry| entry.entry.facts).collect();
    Ok(Case { rules: terms.rules, record, entries })
}
