//! Disputes: the use cases.

use super::wire::DisputeView;
use crate::{
    access::Actor,
    http::{Page, Work, command::NOTHING, conditions::same_version},
    ledger::{
        service::{self as hours, Behind, Replacement},
        sight::{manages_area, viewer},
    },
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    AreaCode,
    id::{DisputeId, HourEntryId},
    ledger::{
        Step,
        dispute::{Deadlines, DisputeState, Parties, may_decide, may_open},
        follow,
    },
};
use shixun_persistence::{
    Conn,
    ledger::{
        self,
        disputes::{self as store, DisputeFilter, DisputeRow, Ending, NewDispute},
    },
    people,
};

/// Opens a dispute about one's own entry: posted, standing, not too long ago, and once. The county opens one about anybody's at any
/// time, to have somebody else approve a correction: the only way to one when the cycle is over (`reversal_after_close`).
///
/// # Errors
/// `not_found` where the entry is somebody else's and the actor does not act for the area; `entry_not_posted`, `entry_already_reversed`, `entry_disputed`,
/// `dispute_too_late`.
pub fn open(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    entry: HourEntryId,
    claim: &str,
) -> Result<DisputeRow, ApiError> {
    let row = ledger::find(work.conn(), entry)?
        .filter(|row| actor.is_self(row.person) || manages_area(actor, entry.area()))
        .ok_or_else(|| ApiError::missing(entry))?;
    let own = actor.is_self(row.person);
    let successor = ledger::successors(work.conn(), entry.area(), &[entry.number()], None)?.remove(&entry.number());
    // What cannot be reversed cannot be put right by a dispute.
    follow(row.kind, successor.map(|(_, kind)| kind), Step::Reverse, Some(claim))?;
    if let Some(dispute) = store::of_entry(work.conn(), entry, Some(actor.account).filter(|_| own))? {
        return Err(ApiError::new(Code::EntryDisputed).with("dispute", dispute));
    }
    let (now, today) = (work.at(), work.at().china_date());
    let posted_on = if own { row.created_at.china_date() } else { today };
    let policy = cache.area(work.conn(), entry.area(), now)?;
    let deadlines = Deadlines {
        open_days: policy.on(posted_on).dispute_days(),
        decide_days: policy.on(today).dispute_decision_days(),
    };
    let decide_by = may_open(posted_on, today, deadlines)?;
    let new = NewDispute { person: row.person, entry, claim, decide_by, opened_by: actor.account };
    let id = store::add(work.tx(), &new)?;
    recorded(work, None, id, "open")
}

/// The statement shows what is disputed, so that its tag changes with the person's row.
fn recorded(
    work: &mut Work<'_, '_>,
    before: Option<&DisputeRow>,
    id: DisputeId,
    action: &str,
) -> Result<DisputeRow, ApiError> {
    let row = found(work.conn(), id)?;
    people::touch(work.tx(), id.area(), &[row.person.number()])?;
    let today = work.at().china_date();
    let view = DisputeView::new(&row, today);
    match before.map(|before| DisputeView::new(before, today)) {
        Some(before) => work.record(action, id, Some(&before), Some(&view))?,
        None => work.record(action, id, NOTHING, Some(&view))?,
    }
    Ok(row)
}

fn found(conn: &mut Conn, id: DisputeId) -> Result<DisputeRow, ApiError> {
    let filter = DisputeFilter { id: Some(id), ..DisputeFilter::default() };
    let row = store::list(conn, id.area(), &ledger::Viewer::Everybody, &filter, None, 1)?.pop();
    row.ok_or_else(|| ApiError::missing(id))
}

/// One dispute.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: DisputeId) -> Result<DisputeRow, ApiError> {
    let viewer = viewer(conn, actor, id.area()).map_err(|_| ApiError::missing(id))?;
    let filter = DisputeFilter { id: Some(id), ..DisputeFilter::default() };
    store::list(conn, id.area(), &viewer, &filter, None, 1)?.pop().ok_or_else(|| ApiError::missing(id))
}

/// Disputes that the actor may see.
///
/// # Errors
/// `not_found` for an area that is not the actor's; `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &DisputeFilter,
    page: &Page,
) -> Result<(Vec<DisputeRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let viewer = viewer(conn, actor, area)?;
    let rows = store::list(conn, area, &viewer, filter, page.after()?, page.fetch())?;
    let total = page.counted(|| store::count(conn, area, &viewer, filter))?;
    Ok((rows, total))
}

/// Gives a dispute up, as who opened it.
///
/// # Errors
/// `not_found` where it is somebody else's; `precondition_failed`, `dispute_not_open`.
pub fn withdraw(work: &mut Work<'_, '_>, actor: &Actor, id: DisputeId, based_on: i64) -> Result<DisputeRow, ApiError> {
    let before = found(work.conn(), id)?;
    if before.opened_by != actor.account {
        return Err(ApiError::missing(id));
    }
    same_version(based_on, before.version)?;
    if before.state != DisputeState::Open {
        return Err(shixun_domain::ledger::dispute::Refusal::NotOpen { state: before.state }.into());
    }
    let ending =
        Ending { state: DisputeState::Withdrawn, decided_by: None, reason: None, reversal: None, replacement: None };
    ended(work, &before, &ending, "withdraw")
}

fn ended(
    work: &mut Work<'_, '_>,
    before: &DisputeRow,
    ending: &Ending<'_>,
    action: &str,
) -> Result<DisputeRow, ApiError> {
    if !store::end(work.tx(), before, ending)? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    recorded(work, Some(before), before.id, action)
}

/// A dispute that the actor may decide.
fn decidable(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: DisputeId,
    based_on: i64,
    reason: &str,
) -> Result<DisputeRow, ApiError> {
    if !manages_area(actor, id.area()) {
        return Err(ApiError::missing(id));
    }
    let before = found(work.conn(), id)?;
    same_version(based_on, before.version)?;
    let made_by = store::makers(work.conn(), before.entry)?;
    let parties = Parties { made_by: &made_by, opened_by: before.opened_by };
    may_decide(before.state, parties, actor.account, actor.is_self(before.person), reason)?;
    Ok(before)
}

/// Dismisses a dispute.
///
/// # Errors
/// `not_found`, `precondition_failed`, `dispute_not_open`, `dispute_same_person`, `reason_missing`.
pub fn dismiss(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: DisputeId,
    based_on: i64,
    reason: &str,
) -> Result<DisputeRow, ApiError> {
    let before = decidable(work, actor, id, based_on, reason)?;
    let ending = Ending {
        state: DisputeState::Dismissed,
        decided_by: Some(actor.account),
        reason: Some(reason),
        reversal: None,
        replacement: None,
    };
    ended(work, &before, &ending, "dismiss")
}

/// Upholds a dispute: the entry is reversed and, where the right hours are given, replaced in the same transaction.
///
/// # Errors
/// As [`dismiss`], and what a reversal is refused for.
pub fn uphold(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: DisputeId,
    based_on: i64,
    decision: (&str, Option<Replacement>),
) -> Result<DisputeRow, ApiError> {
    let (reason, replacement) = decision;
    let before = decidable(work, actor, id, based_on, reason)?;
    let corrected = hours::reverse(work, cache, actor, (before.entry, Behind::Two), reason, replacement)?;
    let ending = Ending {
        state: DisputeState::Upheld,
        decided_by: Some(actor.account),
        reason: Some(reason),
        reversal: Some(corrected.reversal.id.0),
        replacement: corrected.replacement.map(|entry| entry.id.0),
    };
    ended(work, &before, &ending, "uphold")
}
