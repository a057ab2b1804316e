//! Asking for jobs, looking at them and cancelling them.

use super::{problems::refused, wire::JobView};
use crate::{
    access::{Actor, Principal},
    http::{Page, Work, command::NOTHING},
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::{
    id::JobId,
    jobs::{JobKind, JobState, may_cancel},
};
use shixun_persistence::{
    Conn,
    jobs::{self, JobRow},
};

/// Jobs that one account may have waiting or running: they are done one after another, and others wait too.
pub const OPEN_MAX: i64 = 10;

/// Puts a job into the queue. `request` is what its run needs to know.
///
/// # Errors
/// `jobs_waiting` where the account has as many as it may have.
pub fn enqueue<T: Serialize>(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    kind: JobKind,
    request: &T,
) -> Result<JobView, ApiError> {
    if jobs::open(work.conn(), actor.account)? >= OPEN_MAX {
        return Err(ApiError::new(Code::JobsWaiting).with("most", OPEN_MAX));
    }
    let request = serde_json::to_string(request).map_err(|error| ApiError::internal(error.to_string()))?;
    let request_id = work.request_id().to_owned();
    let id = jobs::add(work.tx(), kind, actor.account, &request, &request_id)?;
    let row = jobs::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let view = JobView::new(row, None)?;
    work.record("create", id, NOTHING, Some(&view))?;
    Ok(view)
}

/// A job of somebody who may see it: who asked for it, and who reaches its area, both with the permission that its kind needs.
fn find(conn: &mut Conn, principal: &Principal, id: JobId, today: NaiveDate) -> Result<JobRow, ApiError> {
    let sees = |row: &JobRow| {
        let actor = principal.within(row.kind.permission(), today);
        actor.is_ok_and(|actor| row.requested_by == actor.account || actor.reaches_area(id.area()))
    };
    jobs::find(conn, id)?.filter(sees).ok_or_else(|| ApiError::missing(id))
}

/// A job with its result.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, principal: &Principal, id: JobId, today: NaiveDate) -> Result<JobView, ApiError> {
    let row = find(conn, principal, id, today)?;
    let result = if row.state == JobState::Done { jobs::result(conn, id)? } else { None };
    JobView::new(row, result.as_deref())
}

/// The jobs that somebody asked for, the latest first, without their results.
///
/// # Errors
/// `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    principal: &Principal,
    state: Option<JobState>,
    page: &Page,
    today: NaiveDate,
) -> Result<(Vec<JobView>, Option<i64>), ApiError> {
    let seen = |kind: &JobKind| principal.within(kind.permission(), today).is_ok();
    let kinds: Vec<JobKind> = JobKind::ALL.iter().copied().filter(seen).collect();
    let rows = jobs::list(conn, principal.account, &kinds, state, page.after()?, page.fetch())?;
    let total = page.counted(|| jobs::count(conn, principal.account, &kinds, state))?;
    Ok((rows.into_iter().map(|row| JobView::new(row, None)).collect::<Result<_, _>>()?, total))
}

/// Cancels a job: one that waits at once, a running one before its next step.
///
/// # Errors
/// `not_found`, `job_ended`.
pub fn cancel(
    work: &mut Work<'_, '_>,
    principal: &Principal,
    id: JobId,
    today: NaiveDate,
) -> Result<JobView, ApiError> {
    let before = find(work.conn(), principal, id, today)?;
    may_cancel(before.state).map_err(refused)?;
    let cancelled = jobs::cancel(work.tx(), id)?;
    let after = jobs::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    if !cancelled {
        // It ended, or changed hands, since it was looked at.
        may_cancel(after.state).map_err(refused)?;
        return Err(ApiError::new(Code::Busy).retry_after(1));
    }
    let (before, after) = (JobView::new(before, None)?, JobView::new(after, None)?);
    work.record("cancel", id, Some(&before), Some(&after))?;
    Ok(after)
}
