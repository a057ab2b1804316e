//! What becomes of hours whose evaluation did not come in time: a pass that every server makes now and then.
//!
//! An evaluation and the end of its time, and the passes of several servers, change the same row of the enrolment by its version: one of
//! them is first, and the others find nothing left to do. Portion by portion, each in a transaction of its own, so that nobody waits
//! long behind it and a pass that broke off goes on where it was.

use crate::{
    enrolment::view::EnrolmentRecord,
    http::{Work, command::Origin},
    ledger::awaiting::{self, Ended},
    problem::ApiError,
    state::App,
};
use shixun_domain::{UtcMillis, enrolment::EvaluationState, ledger::Step};
use shixun_persistence::{
    Db,
    enrolment::{self as store, EnrolmentRow},
};
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(300);
/// Enrolments that are settled in one transaction.
const AT_ONCE: i64 = 50;

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lapsed {
    /// Evaluations that were not given in time.
    pub missed: usize,
    /// Entries of hours that were posted all the same.
    pub posted: usize,
    /// Entries of hours that were voided.
    pub voided: usize,
}

/// Ends the waiting for every evaluation whose last day was over at the instant `at`.
///
/// # Errors
/// A problem of the database; the portions before it stand.
pub async fn lapse(db: &Db, at: UtcMillis) -> Result<Lapsed, ApiError> {
    lapse_in_portions(db, at, AT_ONCE).await
}

/// [`lapse`] with so many enrolments in one transaction.
///
/// # Errors
/// As [`lapse`].
pub async fn lapse_in_portions(db: &Db, at: UtcMillis, portion: i64) -> Result<Lapsed, ApiError> {
    let (mut lapsed, mut after) = (Lapsed::default(), None);
    loop {
        let found = move |conn: &mut _| store::overdue_evaluations(conn, at.china_date(), after, portion);
        let rows = db.read_long(found).await?;
        after = match rows.last() {
            Some(row) => row.evaluation.until.map(|until| (until, row.id)),
            None => return Ok(lapsed),
        };
        let done = db
            .write(at, move |tx| {
                let origin = Origin { actor: None, request_id: "evaluations".into(), address: String::new() };
                Work::run(tx, &origin, |work| {
                    rows.iter().try_fold(Lapsed::default(), |sum, row| settle(work, row, sum))
                })
            })
            .await?;
        lapsed.missed += done.missed;
        lapsed.posted += done.posted;
        lapsed.voided += done.voided;
    }
}

fn settle(work: &mut Work<'_, '_>, row: &EnrolmentRow, mut sum: Lapsed) -> Result<Lapsed, ApiError> {
    if !store::set_evaluated(work.tx(), row, EvaluationState::Missed)? {
        return Ok(sum);
    }
    sum.missed += 1;
    let after = store::find(work.conn(), row.id)?.ok_or_else(|| ApiError::missing(row.id))?;
    work.record("miss_evaluation", row.id, Some(&EnrolmentRecord::from(row)), Some(&EnrolmentRecord::from(&after)))?;
    let today = work.at().china_date();
    if let Some(step) = row.evaluation.awaited().and_then(|awaits| awaits.overdue(today))
        && awaiting::end(work, row.person, row.id, Ended::Overdue(step))?.is_some()
    {
        match step {
            Step::Post => sum.posted += 1,
            _ => sum.voided += 1,
        }
    }
    Ok(sum)
}

/// Passes now and then, for as long as the server runs.
pub async fn keep(app: &App) {
    loop {
        match lapse(&app.db, app.clock.now()).await {
            Ok(lapsed) if lapsed != Lapsed::default() => tracing::info!(?lapsed, "evaluations not given in time"),
            Ok(_) => {}
            // It will be tried again; what was settled before stays so.
            Err(error) => tracing::warn!(?error, "evaluations not looked at"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
