//! Runners: each takes a job from the table, does it step by step, and looks between two steps whether it is still wanted.

use super::{Kind, Step, Steps, problems};
use crate::{
    problem::{ApiError, Code},
    state::App,
};
use actix_web::web::Data;
use shixun_domain::{
    id::JobId,
    jobs::{AfterInterruption, JobKind, JobState, SILENCE_MILLIS_MAX, after_interruption},
};
use shixun_persistence::{
    DbResult, Keep, WriteTx,
    jobs::{self, Claim, Ending, Heard, JobRow},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// Jobs that a process does at the same time: one already keeps every processor busy while it lasts.
pub const RUNNERS: usize = 1;
/// How often a runner looks for jobs that were asked for at another server, or whose server died.
const EVERY: Duration = Duration::from_secs(2);

/// A job that this process has taken.
pub struct Taken {
    claim: Claim,
    kind: Kind,
    request: String,
    request_id: String,
    steps: Option<Box<dyn Steps>>,
}

/// How things stand after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// There is more to do.
    More,
    /// The job is over.
    Ended(JobState),
    /// The job is another runner's by now; nothing was written.
    Lost,
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Takes the job that waits longest. One whose process died too often is ended on the way.
///
/// # Errors
/// Where the database does not answer.
pub fn take(app: &App, kinds: &[Kind]) -> DbResult<Option<Taken>> {
    let words: Vec<JobKind> = kinds.iter().map(|kind| kind.word).collect();
    loop {
        let now = app.clock.now();
        // Looked for outside of a transaction: mostly there is none.
        let silent_since = now.plus_millis(-SILENCE_MILLIS_MAX);
        let Some(row) = app.db.read_blocking(|conn| jobs::next(conn, &words, silent_since))? else { return Ok(None) };
        let Some(kind) = kinds.iter().find(|kind| kind.word == row.kind).copied() else { return Ok(None) };
        let request_id = row.request_id.clone();
        let Some((claim, request, next)) = claimed(app, row)? else { continue };
        match next {
            AfterInterruption::Again => {
                tracing::info!(job = %claim.id, kind = %kind.word, request_id, "job begun");
                return Ok(Some(Taken { claim, kind, request, request_id, steps: None }));
            }
            AfterInterruption::Fail => {
                fail(app, &claim, &ApiError::new(Code::JobInterrupted), &request_id)?;
            }
        }
    }
}

fn write<T: Send + 'static>(app: &App, f: impl FnMut(&mut WriteTx<'_>) -> DbResult<T> + Send + 'static) -> DbResult<T> {
    app.db.write_blocking(app.clock.now(), Keep::Commit, f)
}

/// Claims a job as it was seen; `None` where somebody else was faster.
fn claimed(app: &App, row: JobRow) -> DbResult<Option<(Claim, String, AfterInterruption)>> {
    let (interruptions, next) = match row.state {
        JobState::Running => (row.interruptions.saturating_add(1), after_interruption(row.interruptions)),
        _ => (row.interruptions, AfterInterruption::Again),
    };
    let taken = write(app, move |tx| jobs::take(tx, &row, interruptions))?;
    Ok(taken.map(|(claim, request)| (claim, request, next)))
}

impl Taken {
    /// The job.
    pub fn id(&self) -> JobId {
        self.claim.id
    }

    /// Does the next step, the first of which begins the work. A panic of the work is its failure and no more.
    ///
    /// # Errors
    /// Where the job cannot be written down; it is found by its silence then.
    pub fn step(&mut self, app: &App) -> DbResult<After> {
        let made = catch_unwind(AssertUnwindSafe(|| self.work(app)));
        match made.unwrap_or_else(|_| Err(ApiError::internal("the work of a job panicked"))) {
            Ok(Step::Made(done)) => self.say(app, done),
            Ok(Step::Finished(result)) => {
                let done = self.end(app, JobState::Done, Ending::Done { result, total: self.total() })?;
                // Without an end: cancelled in the last moment, or lost.
                if done == After::Lost { self.end(app, JobState::Cancelled, Ending::Cancelled) } else { Ok(done) }
            }
            Err(problem) => {
                let failed = fail(app, &self.claim, &problem, &self.request_id)?;
                Ok(if failed { After::Ended(JobState::Failed) } else { After::Lost })
            }
        }
    }

    fn work(&mut self, app: &App) -> Result<Step, ApiError> {
        match &mut self.steps {
            Some(steps) => steps.step(app),
            None => {
                self.steps = Some((self.kind.begin)(app, &self.request)?);
                Ok(Step::Made(0))
            }
        }
    }

    fn total(&self) -> i64 {
        self.steps.as_ref().map_or(0, |steps| count(steps.total()))
    }

    /// Says that the job lives and how far it is, and hears whether it is still wanted.
    fn say(&self, app: &App, done: usize) -> DbResult<After> {
        let (claim, done, total) = (self.claim.clone(), count(done), self.total());
        match write(app, move |tx| jobs::beat(tx, &claim, done, total))? {
            Heard::GoOn => Ok(After::More),
            Heard::Cancel => self.end(app, JobState::Cancelled, Ending::Cancelled),
            Heard::Lost => Ok(After::Lost),
        }
    }

    fn end(&self, app: &App, state: JobState, ending: Ending) -> DbResult<After> {
        Ok(if end(app, &self.claim, ending)? { After::Ended(state) } else { After::Lost })
    }

    /// Puts the job back into the queue: another run begins from the start.
    ///
    /// # Errors
    /// As [`Taken::step`].
    pub fn put_back(self, app: &App) -> DbResult<()> {
        end(app, &self.claim, Ending::PutBack)?;
        tracing::info!(job = %self.claim.id, "job put back");
        Ok(())
    }
}

fn end(app: &App, claim: &Claim, ending: Ending) -> DbResult<bool> {
    let claim = claim.clone();
    write(app, move |tx| jobs::end(tx, &claim, &ending))
}

fn fail(app: &App, claim: &Claim, problem: &ApiError, request_id: &str) -> DbResult<bool> {
    let code = problem.code().as_str();
    let cause = problem.cause().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(job = %claim.id, code, cause, request_id, "job failed");
    let problem = problems::kept(problem, request_id);
    end(app, claim, Ending::Failed { code, problem })
}

/// Takes the job that waits longest and does it; gives how it ended. [`After::More`] says that the process stops, and the job was put back.
///
/// # Errors
/// Where the database does not answer.
pub fn run_next(app: &App, kinds: &[Kind]) -> DbResult<Option<After>> {
    let Some(mut taken) = take(app, kinds)? else { return Ok(None) };
    loop {
        let after = taken.step(app)?;
        if after != After::More {
            tracing::info!(job = %taken.id(), ?after, "job left");
            return Ok(Some(after));
        }
        if app.jobs.is_stopping() {
            taken.put_back(app)?;
            return Ok(Some(After::More));
        }
    }
}

/// Runs jobs one after another until the process stops.
pub async fn keep(app: Data<App>) {
    while !app.jobs.is_stopping() {
        let shared = app.clone();
        match tokio::task::spawn_blocking(move || run_next(&shared, shared.jobs.kinds())).await {
            Ok(Ok(Some(_))) => continue,
            Ok(Ok(None)) => {}
            // It will be tried again; the job that was running is found by its silence.
            Ok(Err(error)) => tracing::warn!(%error, "jobs not run"),
            Err(error) => tracing::error!(%error, "a runner of jobs ended early"),
        }
        // Whichever comes first: a job of this process, or the time to look for those of others.
        tokio::time::timeout(EVERY, app.jobs.wake.notified()).await.ok();
    }
}
