//! The one door to the database.
//!
//! `Db::read` lends a connection; `Db::write` runs a closure in one transaction and is the only source of [`WriteTx`], which
//! every writing function takes. On SQLite all writes go through one thread that commits in groups (`writer.rs`); on
//! PostgreSQL each write is a transaction on a pooled connection, tried again after a serialisation failure or deadlock, and
//! where somebody else took a unique key meanwhile: a command that looks before it writes then sees the key taken.

mod both;
mod conn;
mod gathering;
mod ids;
mod migrate;
mod pool;
mod prepared;
mod together;
mod values;
mod writer;

pub use both::Both;
pub(crate) use conn::each;
pub use conn::{Conn, DatabaseKind, MultiBackend};
pub(crate) use gathering::by_area;
pub use gathering::{Gathering, LookedUp};

/// In which order a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least or earliest first.
    Ascending,
    /// The greatest or latest first.
    Descending,
}
pub(crate) use ids::{first_of, made_at};
pub use migrate::{MigrationState, is_blank, migrate, migration_state, revert_last};
pub use pool::{BadDbUrl, DbUrl};
pub(crate) use prepared::{Counted, Prepared, kept};
pub(crate) use together::{Together, first_written};
pub(crate) use values::{At, Day, Word};

use crate::error::{DbError, DbResult, Failure};
use ids::IdMaker;
use pool::{Postgres, Sqlite};
use shixun_domain::{AreaCode, Id, UtcMillis};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// How to open a database.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// Connections to PostgreSQL, or reading connections to SQLite outside the workers (1 to 256).
    pub connections: u32,
    /// Writes that may wait for the SQLite writer before callers are told to come back (1 to 65,536).
    pub write_queue: usize,
    /// A number from 0 to 1,023 that differs between processes on one database; part of every id made here.
    pub node: u16,
    /// Whether a missing SQLite file is made.
    pub create: bool,
    /// How long a statement may run on PostgreSQL, in milliseconds.
    pub statement_timeout_ms: u32,
}

impl Default for DbOptions {
    fn default() -> Self {
        DbOptions { connections: 8, write_queue: 4096, node: 0, create: false, statement_timeout_ms: 30_000 }
    }
}

/// A database that was opened: cheap to clone, shared by all workers.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    ids: Arc<IdMaker>,
    writes: AtomicU64,
}

enum Store {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// An open write transaction: the proof that a write happens inside one.
pub struct WriteTx<'c> {
    conn: &'c mut Conn,
    at: UtcMillis,
    ids: &'c IdMaker,
}

impl WriteTx<'_> {
    /// The connection, for reads inside the transaction and for writing functions of this crate.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// When the use case happens: every row of one transaction carries the same instant.
    pub fn at(&self) -> UtcMillis {
        self.at
    }

    /// A new identifier, later than every one this process made before.
    pub fn new_id<K>(&self, area: AreaCode) -> Id<K> {
        Id::new(area, self.ids.next(self.at))
    }
}

/// Whether a write is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Commit when the closure says `Ok`.
    Commit,
    /// Roll back whatever it says: the same path, nothing written.
    DryRun,
}

impl Keep {
    /// `dry_run=true` of a request.
    pub fn unless(dry_run: bool) -> Self {
        if dry_run { Keep::DryRun } else { Keep::Commit }
    }
}

impl Db {
    /// Opens the database behind `url` without touching its schema.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] where it cannot be reached or, for SQLite, the file is missing and `create` is off.
    pub fn open(url: &DbUrl, options: &DbOptions) -> DbResult<Db> {
        let ids = Arc::new(IdMaker::new(options.node));
        let store = match url {
            DbUrl::Sqlite(path) => Store::Sqlite(Sqlite::open(path, options, Arc::clone(&ids))?),
            DbUrl::Postgres(url) => Store::Postgres(Postgres::open(url, options)?),
        };
        Ok(Db { inner: Arc::new(Inner { store, ids, writes: AtomicU64::new(0) }) })
    }

    /// Which database this is.
    pub fn kind(&self) -> DatabaseKind {
        match &self.inner.store {
            Store::Sqlite(_) => DatabaseKind::Sqlite,
            Store::Postgres(_) => DatabaseKind::Postgres,
        }
    }

    /// How many write transactions this process has begun: what can wait looks whether others are busy.
    pub fn writes_begun(&self) -> u64 {
        self.inner.writes.load(Ordering::Relaxed)
    }

    /// How many short reads the calling thread has begun on SQLite; none on PostgreSQL.
    pub fn reads_begun_here(&self) -> u64 {
        pool::reads_begun_here()
    }

    /// Has SQLite forget the pages it remembers for the calling thread: what a server keeps that nobody asks anything. PostgreSQL's are
    /// the server's.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer.
    pub fn rest_here(&self) -> DbResult<()> {
        match &self.inner.store {
            Store::Sqlite(sqlite) => sqlite.rest_here(),
            Store::Postgres(_) => Ok(()),
        }
    }

    /// Runs a short read. On SQLite it runs at once on a connection of the calling thread, so it must touch few rows;
    /// on PostgreSQL on a blocking thread.
    ///
    /// # Errors
    /// What `f` says, or a [`DbError`] where no connection could be had.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        match &self.inner.store {
            Store::Sqlite(sqlite) => sqlite.read_here(f),
            Store::Postgres(_) => self.read_long(f).await,
        }
    }

    /// Runs a read that may touch many rows, always off the worker thread.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_long<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let db = self.clone();
        blocking(move || db.read_blocking(f)).await
    }

    /// [`Db::read_long`] for callers without an async runtime.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_blocking<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E>,
        E: Failure,
    {
        match &self.inner.store {
            Store::Sqlite(sqlite) => sqlite.pool.with(f),
            Store::Postgres(postgres) => postgres.pool.with(f),
        }
    }

    /// Runs `f` in one write transaction at the instant `at` and answers only after the commit is durable. `f` may run
    /// more than once on PostgreSQL, so it must not consume what it captured.
    ///
    /// # Errors
    /// What `f` says (then nothing was written), or a [`DbError`] (then nothing was written either).
    pub async fn write<T, E, F>(&self, at: UtcMillis, f: F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        self.write_or_try(at, Keep::Commit, f).await
    }

    /// [`Db::write`], or the same path rolled back at the end.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_or_try<T, E, F>(&self, at: UtcMillis, keep: Keep, mut f: F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        match &self.inner.store {
            Store::Sqlite(sqlite) => {
                self.count_a_write();
                let (job, answer) = writer::job(at, keep, f);
                sqlite.writer.submit(job).await?;
                answer.await.unwrap_or_else(|_| Err(E::from(DbError::Unavailable("the writer has stopped".into()))))
            }
            Store::Postgres(_) => {
                let db = self.clone();
                blocking(move || db.write_on_postgres(at, keep, &mut f)).await
            }
        }
    }

    /// [`Db::write_or_try`] with what comes before and after it, so that all three are one visit to a blocking thread on
    /// PostgreSQL. `look` reads outside the transaction, and what it refuses is not tried; `write` is given what it saw the
    /// first time it runs. `refused` reads outside the transaction, too, and has the last word where a use case, not the
    /// database, said no.
    ///
    /// # Errors
    /// What `look`, `write` and `refused` say (then nothing was written), or a [`DbError`] (then nothing was written either).
    pub async fn write_after<S, T, E, L, F, R>(
        &self,
        at: UtcMillis,
        keep: Keep,
        look: L,
        mut write: F,
        refused: R,
    ) -> Result<T, E>
    where
        L: FnOnce(&mut Conn) -> Result<S, E> + Send + 'static,
        F: FnMut(&mut WriteTx<'_>, Option<S>) -> Result<T, E> + Send + 'static,
        R: FnOnce(&mut Conn, E) -> Result<T, E> + Send + 'static,
        S: Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        match &self.inner.store {
            Store::Sqlite(sqlite) => {
                let written = match sqlite.read_here(look) {
                    Ok(seen) => {
                        let mut seen = Some(seen);
                        self.write_or_try(at, keep, move |tx| write(tx, seen.take())).await
                    }
                    Err(refusal) => Err(refusal),
                };
                written.or_else(|no| unless_failed(no, |no| sqlite.read_here(|conn| refused(conn, no))))
            }
            Store::Postgres(_) => {
                let db = self.clone();
                blocking(move || {
                    let written = db.read_blocking(look).and_then(|seen| {
                        let mut seen = Some(seen);
                        db.write_on_postgres(at, keep, &mut |tx| write(tx, seen.take()))
                    });
                    written.or_else(|no| unless_failed(no, |no| db.read_blocking(|conn| refused(conn, no))))
                })
                .await
            }
        }
    }

    /// [`Db::write_or_try`] for callers without an async runtime.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_blocking<T, E, F>(&self, at: UtcMillis, keep: Keep, mut f: F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        match &self.inner.store {
            Store::Sqlite(sqlite) => {
                self.count_a_write();
                let (job, answer) = writer::job(at, keep, f);
                sqlite.writer.submit_blocking(job)?;
                answer
                    .blocking_recv()
                    .unwrap_or_else(|_| Err(E::from(DbError::Unavailable("the writer has stopped".into()))))
            }
            Store::Postgres(_) => self.write_on_postgres(at, keep, &mut f),
        }
    }

    fn count_a_write(&self) {
        self.inner.writes.fetch_add(1, Ordering::Relaxed);
    }

    fn write_on_postgres<T, E, F>(&self, at: UtcMillis, keep: Keep, f: &mut F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E>,
        E: Failure,
    {
        self.count_a_write();
        match &self.inner.store {
            Store::Postgres(postgres) => postgres.write(&self.inner.ids, at, keep, f),
            Store::Sqlite(_) => Err(E::from(DbError::Other("not a PostgreSQL database".into()))),
        }
    }

    /// Waits until every write that was accepted is committed and refuses new ones. SQLite only; PostgreSQL holds none back.
    pub async fn drain(&self) {
        if let Store::Sqlite(sqlite) = &self.inner.store {
            sqlite.writer.drain().await;
        }
    }

    /// A consistent copy of a SQLite database, made while it is in use.
    ///
    /// # Errors
    /// [`DbError::Refused`] on PostgreSQL (use `pg_dump`); otherwise what SQLite says.
    pub fn backup_to(&self, path: &std::path::Path) -> DbResult<()> {
        match &self.inner.store {
            Store::Sqlite(sqlite) => sqlite.backup_to(path),
            Store::Postgres(_) => Err(DbError::Refused("use pg_dump for PostgreSQL".into())),
        }
    }
}

/// What `f` makes of a refusal; a failure of the database stays what it is.
fn unless_failed<T, E: Failure>(refusal: E, f: impl FnOnce(E) -> Result<T, E>) -> Result<T, E> {
    if refusal.db_error().is_some() { Err(refusal) } else { f(refusal) }
}

/// Runs `f` on a blocking thread of the runtime.
async fn blocking<T, E>(f: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(f).await {
        Ok(result) => result,
        Err(gone) => Err(E::from(DbError::Other(format!("a database task ended early: {gone}")))),
    }
}
