//! What changed since a report was frozen: everybody is evaluated again, by what is known today.

use super::{
    content::{FrozenTeacherView, Kept, judge, roster},
    wire::{DifferenceEntryView, DifferenceView},
};
use crate::{
    ledger::{explain::packs, standing::Bench},
    policy::PolicyCache,
    problem::ApiError,
    wire::{OneOf, Text},
};
use shixun_domain::UtcMillis;
use shixun_persistence::{
    Conn,
    frozen_reports::FrozenRow,
    ledger::{self, EntryRow, Known},
};
use std::{collections::BTreeMap, sync::Arc};

/// Everybody who stands differently or has entries that were recorded since, by teacher.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub(super) fn differences(
    conn: &mut Conn,
    cache: &PolicyCache,
    row: &FrozenRow,
    document: &str,
    now: UtcMillis,
) -> Result<Vec<DifferenceView>, ApiError> {
    let area = row.id.area();
    let policy = cache.area(conn, area, now)?;
    let cycle = policy.cycle_named(&row.cycle)?;
    let today = Bench::new(Arc::clone(&policy), cycle, cycle.to())?;
    let then = Bench::new(Arc::clone(&policy).known_at(Some(row.known_at)), cycle, cycle.to())?;
    let frozen = by_number(Kept::read(document)?.teachers);
    let roster = roster(conn, &policy, cycle.to(), &Known::today())?;
    let judged = judge(conn, &today, roster, None)?;
    let mut current = by_number(judged.into_iter().map(|one| one.teacher).collect());
    // A probation may begin before the cycle, and its hours count for it.
    let first = cycle.from().checked_sub_months(chrono::Months::new(36)).unwrap_or(cycle.from());
    let mut entries: BTreeMap<i64, Vec<DifferenceEntryView>> = BTreeMap::new();
    for entry in ledger::appended_since(conn, area, row.known_at, first, cycle.to())? {
        entries.entry(entry.person.number()).or_default().push(view(entry));
    }
    let mut found = Vec::new();
    let mut compare = |number: i64, frozen: Option<FrozenTeacherView>, current: Option<FrozenTeacherView>| {
        let mut entries = entries.remove(&number).unwrap_or_default();
        let figures = |one: &Option<FrozenTeacherView>| one.as_ref().map(|one| one.figures.clone());
        let (before, after) = (figures(&frozen), figures(&current));
        if before == after {
            // Of another cycle, and of no weight in this one.
            entries.retain(|entry| entry.effective_on >= cycle.from());
        }
        if before == after && entries.is_empty() {
            return Ok(());
        }
        // Schools that had no rules of their own then are in the facts of today alone, and are no change of the facts.
        let known_then = |one: &FrozenTeacherView| {
            let mut facts = one.facts.clone();
            facts.schools.retain(|spell| then.policy().schools().contains(&spell.organisation_id.0));
            facts
        };
        let facts_changed = frozen.as_ref().map(known_then) != current.as_ref().map(known_then);
        if let Some(who) = current.or(frozen) {
            let facts = who.facts.read();
            let packs = |bench: &Bench| Ok::<_, ApiError>(packs(&bench.terms(&facts)?.rules));
            let rules_changed = packs(&today)? != packs(&then)?;
            found.push(DifferenceView {
                teacher_id: who.teacher_id,
                name: who.name,
                organisation_id: who.organisation_id,
                organisation_name: who.organisation_name,
                frozen: before,
                today: after,
                facts_changed,
                rules_changed,
                entries,
            });
        }
        Ok::<(), ApiError>(())
    };
    for (number, one) in frozen {
        let today = current.remove(&number);
        compare(number, Some(one), today)?;
    }
    for (number, one) in current {
        compare(number, None, Some(one))?;
    }
    found.sort_by_key(|one| one.teacher_id.0.number());
    Ok(found)
}

fn by_number(teachers: Vec<FrozenTeacherView>) -> BTreeMap<i64, FrozenTeacherView> {
    teachers.into_iter().map(|one| (one.teacher_id.0.number(), one)).collect()
}

fn view(row: EntryRow) -> DifferenceEntryView {
    DifferenceEntryView {
        id: Text(row.id),
        kind: OneOf(row.kind),
        refers_to: row.refers_to.map(Text),
        effective_on: row.effective_on,
        title: row.title,
        credited: Text(row.amounts.credited),
        reason: row.reason,
        created_at: Text(row.created_at),
    }
}
