//! Jobs: taken from the table by one process at a time, each step of theirs with a sign of life.
//!
//! Whoever takes a job guards by the version it saw; whoever runs it guards by its claim. So a job is taken once, and a process
//! that was taken for dead finds, when it comes back, that the job is not its own any more.

use crate::{Conn, DbResult, WriteTx, columns, db::At, schema::jobs as t};
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    id::{AccountId, Job, JobId},
    jobs::{JobKind, JobState, KEPT_MILLIS},
};

/// A job without its long texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Key; its area is that of whoever asked.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// Who asked for it.
    pub requested_by: AccountId,
    /// The request in which that was.
    pub request_id: String,
    /// How much is done, in the kind's unit.
    pub done: i64,
    /// How much there is to do, once it is known.
    pub total: Option<i64>,
    /// It ends before its next step.
    pub cancel_requested: bool,
    /// How often its process died.
    pub interruptions: i32,
    /// JSON of the problem in both languages, where it failed.
    pub problem: Option<String>,
    /// Version of the row: it rises with every change, progress included.
    pub version: i64,
    /// When it was asked for.
    pub created_at: UtcMillis,
    /// When it began, the last time.
    pub started_at: Option<UtcMillis>,
    /// When it ended.
    pub finished_at: Option<UtcMillis>,
}

type Columns = (
    (i32, i64),
    (String, String),
    (i64, String),
    (i64, Option<i64>, bool, i32),
    (Option<String>, i64),
    (At, Option<At>, Option<At>),
);

macro_rules! columns {
    () => {
        (
            (t::area, t::id),
            (t::kind, t::state),
            (t::requested_by, t::request_id),
            (t::done, t::total, t::cancel_requested, t::interruptions),
            (t::problem, t::version),
            (t::created_at, t::started_at, t::finished_at),
        )
    };
}

fn row(row: Columns) -> DbResult<JobRow> {
    let ((area, id), (kind, state), (requested_by, request_id), progress, (problem, version), times) = row;
    let id: JobId = columns::id(area, id)?;
    let (done, total, cancel_requested, interruptions) = progress;
    Ok(JobRow {
        id,
        kind: columns::word("jobs.kind", &kind)?,
        state: columns::word("jobs.state", &state)?,
        requested_by: Id::new(id.area(), requested_by),
        request_id,
        done,
        total,
        cancel_requested,
        interruptions,
        problem,
        version,
        created_at: times.0.into(),
        started_at: times.1.map(UtcMillis::from),
        finished_at: times.2.map(UtcMillis::from),
    })
}

fn words(kinds: &[JobKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.as_str()).collect()
}

/// Puts a job into the queue. `request` is JSON of all that a run needs to know.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, kind: JobKind, by: AccountId, request: &str, request_id: &str) -> DbResult<JobId> {
    let id = tx.new_id::<Job>(by.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::kind.eq(kind.as_str()),
            t::state.eq(JobState::Queued.as_str()),
            t::request.eq(request),
            t::request_id.eq(request_id),
            t::requested_by.eq(by.number()),
            t::done.eq(0),
            t::cancel_requested.eq(false),
            t::interruptions.eq(0),
            t::version.eq(1),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// One job.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: JobId) -> DbResult<Option<JobRow>> {
    let found: Option<Columns> = t::table.find(id.key()).select(columns!()).first(conn).optional()?;
    found.map(row).transpose()
}

/// What came of a job: JSON, where it is done.
///
/// # Errors
/// As [`find`].
pub fn result(conn: &mut Conn, id: JobId) -> DbResult<Option<String>> {
    let found: Option<Option<String>> = t::table.find(id.key()).select(t::result).first(conn).optional()?;
    Ok(found.flatten())
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

fn filtered<'a>(by: AccountId, kinds: &[JobKind], state: Option<JobState>) -> Filtered<'a> {
    let query = t::table
        .into_boxed()
        .filter(t::area.eq(by.area().get()))
        .filter(t::requested_by.eq(by.number()))
        .filter(t::kind.eq_any(words(kinds)));
    match state {
        Some(state) => query.filter(t::state.eq(state.as_str())),
        None => query,
    }
}

/// How many a list has in all.
///
/// # Errors
/// As [`find`].
pub fn count(conn: &mut Conn, by: AccountId, kinds: &[JobKind], state: Option<JobState>) -> DbResult<i64> {
    Ok(filtered(by, kinds, state).count().get_result(conn)?)
}

/// The jobs of these kinds that an account asked for, the latest first, before `before`.
///
/// # Errors
/// As [`find`].
pub fn list(
    conn: &mut Conn,
    by: AccountId,
    kinds: &[JobKind],
    state: Option<JobState>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Vec<JobRow>> {
    let mut query = filtered(by, kinds, state).order(t::id.desc()).limit(limit);
    if let Some(number) = before {
        query = query.filter(t::id.lt(number));
    }
    let rows: Vec<Columns> = query.select(columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many jobs of an account are not over.
///
/// # Errors
/// As [`find`].
pub fn open(conn: &mut Conn, by: AccountId) -> DbResult<i64> {
    Ok(t::table
        .filter(t::area.eq(by.area().get()))
        .filter(t::requested_by.eq(by.number()))
        .filter(t::finished_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The job that waits longest among those that may be taken: queued ones, and running ones that have been silent since
/// `silent_since`. The latter come first.
///
/// # Errors
/// As [`find`].
pub fn next(conn: &mut Conn, kinds: &[JobKind], silent_since: UtcMillis) -> DbResult<Option<JobRow>> {
    let of = |state: JobState| {
        t::table
            .filter(t::state.eq(state.as_str()))
            .filter(t::kind.eq_any(words(kinds)))
            .order((t::created_at, t::id))
            .select(columns!())
    };
    let silent = of(JobState::Running).filter(t::heartbeat_at.le(silent_since.naive()));
    let found: Option<Columns> = match silent.first(conn).optional()? {
        Some(silent) => Some(silent),
        None => of(JobState::Queued).first(conn).optional()?,
    };
    found.map(row).transpose()
}

/// The right to run a job, as long as nobody else takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub id: JobId,
    number: i64,
}

/// Takes a job as it was seen and gives the claim with what was asked for; `None` where somebody was faster.
/// `interruptions` is how often its process has died by now.
///
/// # Errors
/// As [`find`].
pub fn take(tx: &mut WriteTx<'_>, seen: &JobRow, interruptions: i32) -> DbResult<Option<(Claim, String)>> {
    let at = tx.at().naive();
    let claim = Claim { id: seen.id, number: tx.new_id::<Job>(seen.id.area()).number() };
    let taken = diesel::update(t::table.find(seen.id.key()).filter(t::version.eq(seen.version)))
        .set((
            t::state.eq(JobState::Running.as_str()),
            t::claim.eq(claim.number),
            t::heartbeat_at.eq(at),
            t::interruptions.eq(interruptions),
            t::done.eq(0),
            t::total.eq(None::<i64>),
            t::started_at.eq(at),
            t::version.eq(t::version + 1),
        ))
        .returning(t::request)
        .get_result(tx.conn())
        .optional()?;
    Ok(taken.map(|request| (claim, request)))
}

/// What a runner learns when it says that it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It goes on.
    GoOn,
    /// Somebody cancels the job.
    Cancel,
    /// The job is somebody else's by now, or gone.
    Lost,
}

/// A sign of life with the progress so far.
///
/// # Errors
/// As [`find`].
pub fn beat(tx: &mut WriteTx<'_>, claim: &Claim, done: i64, total: i64) -> DbResult<Heard> {
    let at = tx.at().naive();
    let cancel: Option<bool> = diesel::update(t::table.find(claim.id.key()).filter(t::claim.eq(claim.number)))
        .set((t::done.eq(done), t::total.eq(total), t::heartbeat_at.eq(at), t::version.eq(t::version + 1)))
        .returning(t::cancel_requested)
        .get_result(tx.conn())
        .optional()?;
    Ok(match cancel {
        None => Heard::Lost,
        Some(true) => Heard::Cancel,
        Some(false) => Heard::GoOn,
    })
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With a result. Not where somebody cancels the job: whoever was told so is right.
    Done {
        /// The result, as JSON.
        result: String,
        /// How much there was to do, all of which is done.
        total: i64,
    },
    /// With a problem: its code, and JSON of it in both languages.
    Failed {
        /// The code.
        code: &'static str,
        /// The problem.
        problem: String,
    },
    /// Cancelled.
    Cancelled,
    /// Not at all: the process stops, and another run begins from the start.
    PutBack,
}

/// Ends a run; false where the claim does not hold any more, or where a result comes too late for a cancellation.
///
/// # Errors
/// As [`find`].
pub fn end(tx: &mut WriteTx<'_>, claim: &Claim, ending: &Ending) -> DbResult<bool> {
    let at = tx.at().naive();
    let own = t::table.find(claim.id.key()).filter(t::claim.eq(claim.number));
    let over = |state: JobState| {
        (
            t::state.eq(state.as_str()),
            t::claim.eq(None::<i64>),
            t::heartbeat_at.eq(None::<chrono::NaiveDateTime>),
            t::finished_at.eq(at),
            t::version.eq(t::version + 1),
        )
    };
    let rows = match ending {
        Ending::Done { result, total } => diesel::update(own.filter(t::cancel_requested.eq(false)))
            .set((over(JobState::Done), t::result.eq(result), t::done.eq(total), t::total.eq(total)))
            .execute(tx.conn())?,
        Ending::Failed { code, problem } => diesel::update(own)
            .set((over(JobState::Failed), t::problem_code.eq(code), t::problem.eq(problem)))
            .execute(tx.conn())?,
        Ending::Cancelled => diesel::update(own).set(over(JobState::Cancelled)).execute(tx.conn())?,
        Ending::PutBack => diesel::update(own)
            .set((
                t::state.eq(JobState::Queued.as_str()),
                t::claim.eq(None::<i64>),
                t::heartbeat_at.eq(None::<chrono::NaiveDateTime>),
                t::done.eq(0),
                t::total.eq(None::<i64>),
                t::started_at.eq(None::<chrono::NaiveDateTime>),
                t::version.eq(t::version + 1),
            ))
            .execute(tx.conn())?,
    };
    Ok(rows == 1)
}

/// Cancels a job that is not over: one that waits at once, a running one before its next step. False where it is over.
///
/// # Errors
/// As [`find`].
pub fn cancel(tx: &mut WriteTx<'_>, id: JobId) -> DbResult<bool> {
    let at = tx.at().naive();
    let waiting = t::table.find(id.key()).filter(t::state.eq(JobState::Queued.as_str()));
    let running = t::table.find(id.key()).filter(t::state.eq(JobState::Running.as_str()));
    let ended = diesel::update(waiting)
        .set((
            t::state.eq(JobState::Cancelled.as_str()),
            t::cancel_requested.eq(true),
            t::finished_at.eq(at),
            t::version.eq(t::version + 1),
        ))
        .execute(tx.conn())?;
    if ended == 1 {
        return Ok(true);
    }
    let asked = diesel::update(running)
        .set((t::cancel_requested.eq(true), t::version.eq(t::version + 1)))
        .execute(tx.conn())?;
    Ok(asked == 1)
}

/// Forgets jobs that ended seven days ago, at most `limit` of them, and says how many went.
///
/// # Errors
/// As [`find`].
pub fn forget_old(tx: &mut WriteTx<'_>, limit: i64) -> DbResult<usize> {
    let old = tx.at().plus_millis(-KEPT_MILLIS).naive();
    let keys: Vec<(i32, i64)> =
        t::table.filter(t::finished_at.le(old)).select((t::area, t::id)).limit(limit).load(tx.conn())?;
    for key in &keys {
        diesel::delete(t::table.find(*key)).execute(tx.conn())?;
    }
    Ok(keys.len())
}
