//! What is thrown away while the server runs: kept answers older than a day, refresh tokens that have expired, the counters of
//! callers that have been quiet, jobs that ended a week ago. Nothing that anybody may still ask for.

use crate::state::App;
use shixun_domain::UtcMillis;
use shixun_persistence::{DatabaseKind, Db, DbResult, WriteTx, idempotency, jobs, tokens};
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(600);
/// How often it looks whether it may rest.
const REST_EVERY: Duration = Duration::from_secs(5);
/// Large enough to be a page of the allocator by itself.
const PAGE_BYTES: usize = 4 << 20;
/// Rows that go in one transaction, so that nobody waits long behind it.
const ROWS_AT_ONCE: i64 = 500;

/// What was thrown away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Kept answers.
    pub answers: usize,
    /// Refresh tokens.
    pub refresh_tokens: usize,
    /// Jobs.
    pub jobs: usize,
}

/// Throws away what nobody may ask for any more at the instant `at`.
///
/// # Errors
/// A [`shixun_persistence::DbError`] where the database does not answer; what went before stays gone.
pub async fn sweep(db: &Db, at: UtcMillis) -> DbResult<Swept> {
    let swept = Swept {
        answers: in_steps(db, at, idempotency::forget_old).await?,
        refresh_tokens: in_steps(db, at, tokens::forget_expired_refresh).await?,
        jobs: in_steps(db, at, jobs::forget_old).await?,
    };
    db.write(at, |tx| tx.conn().refresh_statistics()).await?;
    Ok(swept)
}

async fn in_steps(db: &Db, at: UtcMillis, forget: fn(&mut WriteTx<'_>, i64) -> DbResult<usize>) -> DbResult<usize> {
    let mut gone = 0;
    loop {
        let step = db.write(at, move |tx| forget(tx, ROWS_AT_ONCE)).await?;
        gone += step;
        if step < usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX) {
            return Ok(gone);
        }
    }
}

/// What is done for as long as the server runs once nothing is written any more. SQLite looks at how its tables are filled, which
/// after an import they are otherwise than before, and forgets what it remembers for the next write. The allocator gives back to
/// the system what it holds: it looks for that when a page of its own changes hands, and an idle server changes none, so that what
/// the start and the log took would stay.
pub async fn rest(app: &App) {
    let (mut seen, mut rested) = (app.db.writes_begun(), false);
    loop {
        tokio::time::sleep(REST_EVERY).await;
        let quiet = seen == app.db.writes_begun();
        if quiet && !rested && app.db.kind() == DatabaseKind::Sqlite {
            // Where the database does not answer now, this is the least of its troubles.
            app.db.write(app.clock.now(), |tx| tx.conn().rest()).await.ok();
        }
        (seen, rested) = (app.db.writes_begun(), quiet);
        drop(std::hint::black_box(Vec::<u8>::with_capacity(PAGE_BYTES)));
    }
}

/// What a worker does for as long as the server runs once it is asked nothing any more: its connection to SQLite forgets what it remembers
/// for the next question.
pub async fn rest_here(app: &App) {
    let (mut seen, mut rested) = (app.db.reads_begun_here(), false);
    loop {
        tokio::time::sleep(REST_EVERY).await;
        let quiet = seen == app.db.reads_begun_here();
        if quiet && !rested {
            app.db.rest_here().ok();
        }
        (seen, rested) = (app.db.reads_begun_here(), quiet);
    }
}

/// Sweeps now and then, for as long as the server runs.
pub async fn keep(app: &App) {
    loop {
        tokio::time::sleep(EVERY).await;
        app.limits.forget_quiet();
        match sweep(&app.db, app.clock.now()).await {
            Ok(swept) => tracing::debug!(?swept, "house kept"),
            // It will be tried again; a request that meets the same failure says so to its caller.
            Err(error) => tracing::warn!(%error, "house not kept"),
        }
    }
}
