//! The one writer of a SQLite database, with group commit.
//!
//! Commands wait in a bounded channel. The thread takes what queued up while the previous group was committed, runs each
//! command in a savepoint, commits once, and only then answers. No delay is ever added: a lone command is a group of one.
//! A command that refuses or panics rolls back its own savepoint; its answer waits for the commit all the same, because it
//! may rest on what commands before it in the group did.

use super::{Conn, Keep, WriteTx, ids::IdMaker, prepared::Fixed};
use crate::error::{DbError, DbResult, Failure};
use diesel::RunQueryDsl;
use shixun_domain::UtcMillis;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// How many commands share a commit at most.
const GROUP_MAX: usize = 256;
/// How long a caller waits for a place in the queue.
const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// What a command leaves behind: whether its changes stay, and how to answer once the group is committed.
pub(super) struct Done {
    keep: bool,
    /// The failure of the database that ended the command, if one did.
    cause: Option<DbError>,
    answer: Box<dyn FnOnce(DbResult<()>) + Send>,
}

pub(super) type Job = Box<dyn FnOnce(&mut Conn, &IdMaker) -> Done + Send>;

enum Command {
    Run(Job),
    Drain(oneshot::Sender<()>),
}

pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
}

/// Wraps a use case as a command and gives the place where its result will arrive.
pub(super) fn job<T, E, F>(at: UtcMillis, keep: Keep, mut f: F) -> (Job, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Failure + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let job: Job = Box::new(move |conn, ids| {
        let run = catch_unwind(AssertUnwindSafe(|| f(&mut WriteTx { conn, at, ids })));
        let result = run.unwrap_or_else(|_| Err(E::from(DbError::Other("the command panicked".into()))));
        Done {
            keep: result.is_ok() && keep == Keep::Commit,
            cause: result.as_ref().err().and_then(Failure::db_error).cloned(),
            answer: Box::new(move |committed| {
                // A caller that went away does not wait for its answer any more.
                let _ = sender.send(committed.map_err(E::from).and(result));
            }),
        }
    });
    (job, receiver)
}

impl Writer {
    pub(super) fn start(conn: Conn, queue_length: usize, ids: Arc<IdMaker>) -> DbResult<Writer> {
        let (queue, commands) = mpsc::channel(queue_length.max(1));
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(conn, commands, &ids))
            .map_err(|error| DbError::Unavailable(format!("the writer thread did not start: {error}")))?;
        Ok(Writer { queue })
    }

    pub(super) async fn submit(&self, job: Job) -> DbResult<()> {
        match tokio::time::timeout(QUEUE_WAIT, self.queue.send(Command::Run(job))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(DbError::Unavailable("the writer has stopped".into())),
            Err(_) => Err(DbError::Busy("too many writes are waiting".into())),
        }
    }

    pub(super) fn submit_blocking(&self, job: Job) -> DbResult<()> {
        self.queue.blocking_send(Command::Run(job)).map_err(|_| DbError::Unavailable("the writer has stopped".into()))
    }

    pub(super) async fn drain(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.queue.send(Command::Drain(sender)).await.is_ok() {
            receiver.await.ok();
        }
    }
}

fn serve(mut conn: Conn, mut commands: mpsc::Receiver<Command>, ids: &IdMaker) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while let Some(first) = commands.blocking_recv() {
        let mut drained = Vec::new();
        let mut next = Some(first);
        while let Some(command) = next.take() {
            match command {
                Command::Run(job) => group.push(job),
                Command::Drain(done) => drained.push(done),
            }
            if group.len() < GROUP_MAX {
                next = commands.try_recv().ok();
            }
        }
        if !group.is_empty() {
            run_group(&mut conn, &mut group, ids);
        }
        for done in drained {
            done.send(()).ok();
        }
    }
}

fn run_group(conn: &mut Conn, group: &mut Vec<Job>, ids: &IdMaker) {
    let mut answers = Vec::with_capacity(group.len());
    let outcome = run(conn, "BEGIN IMMEDIATE").and_then(|()| {
        for job in group.drain(..) {
            run(conn, "SAVEPOINT command")?;
            let done = job(conn, ids);
            answers.push(done.answer);
            let rolled_back = if done.keep { Ok(()) } else { run(conn, "ROLLBACK TO SAVEPOINT command") };
            // Where SQLite has rolled everything back by itself, as it does when the disk is full, the savepoint is gone and
            // what ended the command says why.
            rolled_back
                .and_then(|()| run(conn, "RELEASE SAVEPOINT command"))
                .map_err(|error| done.cause.unwrap_or(error))?;
        }
        run(conn, "COMMIT")
    });
    if let Err(error) = &outcome {
        tracing::error!(%error, commands = answers.len() + group.len(), "a group of writes was not committed");
        // Fails where SQLite has rolled back by itself.
        run(conn, "ROLLBACK").ok();
    }
    for answer in answers {
        answer(outcome.clone());
    }
    // Commands behind the one that broke the group were never run: dropping them closes their channels, which their callers
    // read as "unavailable".
    group.clear();
}

fn run(conn: &mut Conn, statement: &'static str) -> DbResult<()> {
    Fixed(statement).execute(conn)?;
    Ok(())
}
