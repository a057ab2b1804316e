//! Closing a cycle: the use cases.

use super::{
    content::{Kept, make, roster, roster_of},
    differences::differences,
    problems::{refused, with_state},
    wire::{DifferenceView, FrozenReportView},
};
use crate::{
    access::Actor,
    canonical,
    http::{Page, Work, command::NOTHING},
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    AreaCode, UtcMillis,
    frozen_reports::{FreezeState, may_confirm, may_propose, may_withdraw},
    id::FrozenReportId,
};
use shixun_persistence::{
    Conn,
    check::{Breach, Checked},
    frozen_reports::{self, FrozenRow, Proposed, Settled},
    ledger::Known,
};

/// A report names every teacher of a county: it is for those of the county who look after all of it.
fn may_read(actor: &Actor, area: AreaCode) -> bool {
    actor.offices().any(|scope| scope.area == area && scope.covers_area(area))
}

fn find(conn: &mut Conn, actor: &Actor, id: FrozenReportId) -> Result<FrozenRow, ApiError> {
    let found = frozen_reports::find(conn, id)?.filter(|_| may_read(actor, id.area()));
    found.ok_or_else(|| ApiError::missing(id))
}

/// Proposes to close a cycle of the actor's own county.
///
/// # Errors
/// `not_found` for somebody who does not look after a whole county; `cycle_unknown`, `cycle_not_over`, `cycle_closed`.
pub fn propose(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    cycle: &str,
) -> Result<FrozenReportView, ApiError> {
    let (area, now) = (actor.area(), work.at());
    if !may_read(actor, area) {
        return Err(ApiError::no_area(area));
    }
    let policy = cache.area(work.conn(), area, now)?;
    let cycle = policy.cycle_named(cycle)?;
    let name = cycle.name();
    may_propose(&cycle, now.china_date()).map_err(|refusal| refused(refusal, &name))?;
    policy.rules(cycle, cycle.to())?;
    let id = match frozen_reports::propose(work.tx(), actor.account, &name, cycle.from(), cycle.to())? {
        Proposed::New(id) => id,
        Proposed::Taken => return Err(ApiError::new(Code::CycleClosed).with("cycle", name)),
    };
    let view = FrozenReportView::from(find(work.conn(), actor, id)?);
    work.record("propose", id, NOTHING, Some(&view))?;
    Ok(view)
}

/// Closes a cycle by two actors in one transaction, for the demo county: nothing can be written in between, so that nobody waits.
///
/// # Errors
/// As [`propose`] and [`confirm`].
pub fn close_at_once(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    proposing: &Actor,
    confirming: &Actor,
    cycle: &str,
) -> Result<(), ApiError> {
    let before = propose(work, cache, proposing, cycle)?;
    let (id, now) = (before.id.0, work.at());
    let policy = cache.area(work.conn(), id.area(), now)?.known_at(Some(now));
    let cycle = policy.cycle_named(cycle)?;
    let roster = roster(work.conn(), &policy, cycle.to(), &Known::today())?;
    let document = make(work.conn(), &policy, cycle, now, roster)?;
    let digest = canonical::digest(&document);
    if frozen_reports::freeze(work.tx(), id, confirming.account, &document, &digest)? == Settled::Before {
        return Err(with_state(Code::FreezeSettled, FreezeState::Frozen));
    }
    let after = FrozenReportView::from(find(work.conn(), confirming, id)?);
    work.record("confirm", id, Some(&before), Some(&after))
}

/// A proposal that the actor may confirm now.
fn confirmable(conn: &mut Conn, actor: &Actor, id: FrozenReportId, now: UtcMillis) -> Result<FrozenRow, ApiError> {
    let row = find(conn, actor, id)?;
    if actor.area() != id.area() {
        return Err(ApiError::missing(id));
    }
    let same = row.proposed_by == actor.account;
    may_confirm(row.state, same, row.known_at, now).map_err(|refusal| refused(refusal, &row.cycle))?;
    Ok(row)
}

/// Makes the report of a proposal that the actor may confirm: outside of the transaction, because it takes as long as a standing of
/// the county, and because what it is made of does not change any more.
///
/// # Errors
/// `not_found`, `freeze_settled`, `freeze_four_eyes`, `freeze_too_soon`, `policy_missing`.
pub fn prepare(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    id: FrozenReportId,
    now: UtcMillis,
) -> Result<String, ApiError> {
    let row = confirmable(conn, actor, id, now)?;
    proposed(conn, cache, &row, now)
}

/// The report of a proposal, of what was known when it was proposed.
fn proposed(conn: &mut Conn, cache: &PolicyCache, row: &FrozenRow, now: UtcMillis) -> Result<String, ApiError> {
    let area = row.id.area();
    let policy = cache.area(conn, area, now)?.known_at(Some(row.known_at));
    let cycle = policy.cycle_named(&row.cycle)?;
    let known = Known::in_area(conn, area, Some(row.known_at))?;
    let roster = roster(conn, &policy, cycle.to(), &known)?;
    make(conn, &policy, cycle, row.known_at, roster)
}

/// Freezes a report that was prepared.
///
/// # Errors
/// As [`prepare`].
pub fn confirm(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: FrozenReportId,
    document: &str,
) -> Result<FrozenReportView, ApiError> {
    let now = work.at();
    let before = FrozenReportView::from(confirmable(work.conn(), actor, id, now)?);
    let digest = canonical::digest(document);
    if frozen_reports::freeze(work.tx(), id, actor.account, document, &digest)? == Settled::Before {
        return Err(with_state(Code::FreezeSettled, find(work.conn(), actor, id)?.state));
    }
    let after = FrozenReportView::from(find(work.conn(), actor, id)?);
    work.record("confirm", id, Some(&before), Some(&after))?;
    Ok(after)
}

/// Withdraws a proposal.
///
/// # Errors
/// `not_found`, `freeze_settled`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: FrozenReportId,
    reason: &str,
) -> Result<FrozenReportView, ApiError> {
    let row = find(work.conn(), actor, id)?;
    if actor.area() != id.area() {
        return Err(ApiError::missing(id));
    }
    may_withdraw(row.state).map_err(|refusal| refused(refusal, &row.cycle))?;
    let before = FrozenReportView::from(row);
    if frozen_reports::withdraw(work.tx(), id, actor.account, reason)? == Settled::Before {
        return Err(with_state(Code::FreezeSettled, find(work.conn(), actor, id)?.state));
    }
    let after = FrozenReportView::from(find(work.conn(), actor, id)?);
    work.record("withdraw", id, Some(&before), Some(&after))?;
    Ok(after)
}

/// The closings of the actor's county.
///
/// # Errors
/// `not_found` for somebody who does not look after a whole county.
pub fn list(conn: &mut Conn, actor: &Actor, page: &Page) -> Result<(Vec<FrozenReportView>, Option<i64>), ApiError> {
    let area = actor.area();
    if !may_read(actor, area) {
        return Err(ApiError::no_area(area));
    }
    let rows = frozen_reports::list(conn, area, page.after()?, page.fetch())?;
    let total = page.counted(|| frozen_reports::count(conn, area))?;
    Ok((rows.into_iter().map(FrozenReportView::from).collect(), total))
}

/// A report that is frozen, with its bytes.
///
/// # Errors
/// `not_found`, `freeze_not_frozen`.
pub(crate) fn frozen(conn: &mut Conn, actor: &Actor, id: FrozenReportId) -> Result<(FrozenRow, String), ApiError> {
    let row = find(conn, actor, id)?;
    match frozen_reports::document(conn, id)? {
        Some(document) if row.state == FreezeState::Frozen => Ok((row, document)),
        _ => Err(with_state(Code::FreezeNotFrozen, row.state)),
    }
}

/// The bytes of a report, as they were kept or made again, or as they would be frozen now, with their digest.
///
/// # Errors
/// `not_found`, `freeze_not_frozen`.
pub fn read(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    id: FrozenReportId,
    recompute: bool,
    now: UtcMillis,
) -> Result<(String, String), ApiError> {
    let found = find(conn, actor, id)?;
    let document = if found.state == FreezeState::Proposed {
        proposed(conn, cache, &found, now)?
    } else {
        let (row, kept) = frozen(conn, actor, id)?;
        if recompute { again(conn, cache, &row, &kept, now)? } else { kept }
    };
    let digest = canonical::digest(&document);
    Ok((document, digest))
}

/// Makes a report again of what it was made of.
fn again(
    conn: &mut Conn,
    cache: &PolicyCache,
    row: &FrozenRow,
    kept: &str,
    now: UtcMillis,
) -> Result<String, ApiError> {
    let policy = cache.area(conn, row.id.area(), now)?.known_at(Some(row.known_at));
    let cycle = policy.cycle_named(&row.cycle)?;
    make(conn, &policy, cycle, row.known_at, roster_of(Kept::read(kept)?))
}

/// What changed since a report was frozen: the wanted page, and how many there are in all.
///
/// # Errors
/// As [`read`].
pub fn list_differences(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    id: FrozenReportId,
    page: &Page,
    now: UtcMillis,
) -> Result<(Vec<DifferenceView>, usize), ApiError> {
    let (row, document) = frozen(conn, actor, id)?;
    let after: Option<i64> = page.after()?;
    let mut found = differences(conn, cache, &row, &document, now)?;
    let all = found.len();
    found.retain(|one| after.is_none_or(|after| one.teacher_id.0.number() > after));
    found.truncate(usize::from(page.limit) + 1);
    Ok((found, all))
}

/// Every frozen report, made again: its bytes have to be the ones that were kept.
///
/// # Errors
/// Where the database does not answer.
pub fn check(conn: &mut Conn, now: UtcMillis) -> Result<Checked, ApiError> {
    let cache = PolicyCache::default();
    let mut breaches = Vec::new();
    for row in frozen_reports::frozen(conn)? {
        let kept = frozen_reports::document(conn, row.id)?.unwrap_or_default();
        let detail = if row.digest.as_deref() != Some(canonical::digest(&kept).as_str()) {
            Some("the digest is not that of the document")
        } else if again(conn, &cache, &row, &kept, now).ok().as_deref() != Some(kept.as_str()) {
            Some("made again from the ledger it is another one")
        } else {
            None
        };
        breaches.extend(detail.map(|detail| Breach { object: row.id.to_string(), detail: detail.to_owned() }));
    }
    Ok(Checked {
        name: "frozen_reports",
        about: "a frozen report that is made again from the ledger has the bytes that were kept",
        count: u64::try_from(breaches.len()).unwrap_or(u64::MAX),
        breaches,
    })
}
