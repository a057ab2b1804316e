//! Where connections come from: a URL, a pool, and on SQLite one connection per worker thread.

use super::{Conn, DbOptions, Keep, WriteTx, conn::Purpose, ids::IdMaker, writer::Writer};
use crate::error::{DbError, DbResult, Failure};
use diesel::{
    Connection, PgConnection, RunQueryDsl,
    connection::{AnsiTransactionManager, TransactionManager},
    r2d2::{ManageConnection, Pool as R2d2Pool, PooledConnection},
};
use shixun_domain::UtcMillis;
use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use thiserror::Error;

/// Where the database is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DbUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A libpq URL; it may hold a password and is never shown whole.
    Postgres(String),
}

/// The text does not name a database.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{shown}` is not a database address: write sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct BadDbUrl {
    /// What of the text is no secret.
    shown: String,
}

impl FromStr for DbUrl {
    type Err = BadDbUrl;

    fn from_str(text: &str) -> Result<Self, BadDbUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DbUrl::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) if !path.is_empty() && !path.contains(":memory:") => Ok(DbUrl::Sqlite(PathBuf::from(path))),
            _ => Err(BadDbUrl { shown: without_secrets(text) }),
        }
    }
}

/// What of a text may be shown though it may hold a password: its scheme, or all of it where it is a plain word.
fn without_secrets(text: &str) -> String {
    match text.split_once(':') {
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => format!("{scheme}:…"),
        None if !text.contains(['@', '=', '?']) => text.chars().take(40).collect(),
        _ => "…".to_owned(),
    }
}

impl DbUrl {
    /// A connection of its own that may write, for the migrations. `create` makes a missing SQLite file.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] where the database cannot be reached or the file is missing.
    pub fn connect(&self, create: bool) -> DbResult<Conn> {
        match self {
            DbUrl::Sqlite(path) => {
                if !create && !path.exists() {
                    return Err(DbError::Unavailable(format!("{} does not exist", path.display())));
                }
                let text = path.to_str().ok_or_else(|| DbError::Unavailable("the path is not UTF-8".into()))?;
                Conn::open_sqlite(text, Purpose::Writes)
            }
            DbUrl::Postgres(url) => Conn::open_postgres(url, 0),
        }
    }
}

impl std::fmt::Display for DbUrl {
    /// Without user and password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DbUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DbUrl::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = match rest.split_once('@') {
                    None => rest,
                    // A sign that should have been written as its code: where the password ends is anybody's guess.
                    Some((user, place)) if user.contains(['/', '?']) || place.contains('@') => "…",
                    Some((_, place)) => place,
                };
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl std::fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// How long a caller waits for a connection before it is told to come back.
const CONNECTION_WAIT: Duration = Duration::from_secs(2);
/// Attempts at a PostgreSQL transaction that keeps losing against others.
const ATTEMPTS_MAX: u32 = 8;

/// A pooled connection.
pub(super) struct Slot {
    conn: Conn,
    /// It must not be used again.
    broken: bool,
    /// How many breaks the pool had seen when this connection was last known to work.
    breaks_seen: u64,
}

type OpenFn = Box<dyn Fn() -> DbResult<Conn> + Send + Sync>;

pub(super) struct Manager {
    open: OpenFn,
    /// How often a connection of the pool broke.
    breaks: Arc<AtomicU64>,
}

impl ManageConnection for Manager {
    type Connection = Slot;
    type Error = DbError;

    fn connect(&self) -> Result<Slot, DbError> {
        let breaks_seen = self.breaks.load(Ordering::Acquire);
        (self.open)().map(|conn| Slot { conn, broken: false, breaks_seen })
    }

    fn is_valid(&self, slot: &mut Slot) -> Result<(), DbError> {
        slot.conn.ping()
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.broken
    }
}

/// A pool that forgets connections that broke. Where one breaks, the others may have broken too, as they do when the server is
/// started again: each is asked for a sign of life before it is lent the next time.
pub(super) struct Pool {
    slots: R2d2Pool<Manager>,
    breaks: Arc<AtomicU64>,
}

impl Pool {
    fn new(size: u32, idle: u32, open: OpenFn) -> Pool {
        let breaks = Arc::new(AtomicU64::new(0));
        let slots = R2d2Pool::builder()
            .max_size(size)
            .min_idle(Some(idle))
            .test_on_check_out(false)
            .connection_timeout(CONNECTION_WAIT)
            .error_handler(Box::new(Quiet))
            .build_unchecked(Manager { open, breaks: Arc::clone(&breaks) });
        Pool { slots, breaks }
    }

    /// Lends a connection to `f`.
    pub(super) fn with<T, E: Failure>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut slot = self.working_slot()?;
        // Set while the closure runs, so that a panic in it does not put a connection with an open transaction back.
        slot.broken = true;
        let result = f(&mut slot.conn);
        // A refusal of the use case says nothing about the connection, and a ping would cost a round trip.
        let failed = result.as_ref().err().is_some_and(|error| error.db_error().is_some());
        slot.broken = failed && slot.conn.ping().is_err();
        if slot.broken {
            self.breaks.fetch_add(1, Ordering::AcqRel);
        }
        result
    }

    fn working_slot(&self) -> DbResult<PooledConnection<Manager>> {
        loop {
            // Ends when the broken ones are gone: either a new connection can be made, or the wait for one runs out.
            let mut slot = self.slots.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            let breaks = self.breaks.load(Ordering::Acquire);
            if slot.breaks_seen == breaks {
                return Ok(slot);
            }
            slot.broken = slot.conn.ping().is_err();
            if !slot.broken {
                slot.breaks_seen = breaks;
                return Ok(slot);
            }
        }
    }
}

/// r2d2 would log each failed attempt to connect as an error of its own; the caller's error says it once.
#[derive(Debug)]
struct Quiet;

impl diesel::r2d2::HandleError<DbError> for Quiet {
    fn handle_error(&self, error: DbError) {
        tracing::debug!(%error, "no connection");
    }
}

/// A SQLite file: one writer thread, a connection per worker thread for short reads, a pool for the rest.
pub(super) struct Sqlite {
    path: String,
    pub(super) pool: Pool,
    pub(super) writer: Writer,
    /// Names this database among those a thread holds connections to, and tells when it was closed.
    alive: Arc<()>,
}

thread_local! {
    /// The connections of this thread, one per open database.
    static HERE: RefCell<Vec<(Weak<()>, Conn)>> = const { RefCell::new(Vec::new()) };
    /// How many reads this thread has begun.
    static READS: Cell<u64> = const { Cell::new(0) };
}

/// How many reads the calling thread has begun on a connection of its own.
pub(super) fn reads_begun_here() -> u64 {
    READS.with(Cell::get)
}

impl Sqlite {
    pub(super) fn open(path: &Path, options: &DbOptions, ids: Arc<IdMaker>) -> DbResult<Sqlite> {
        if !options.create && !path.exists() {
            return Err(DbError::Unavailable(format!("{} does not exist", path.display())));
        }
        let path = path
            .to_str()
            .ok_or_else(|| DbError::Unavailable("the path of the database is not UTF-8".into()))?
            .to_owned();
        let mut conn = Conn::open_sqlite(&path, Purpose::Writes)?;
        conn.refresh_statistics()?;
        let writer = Writer::start(conn, options.write_queue, ids)?;
        let for_pool = path.clone();
        let pool =
            Pool::new(options.connections, 0, Box::new(move || Conn::open_sqlite(&for_pool, Purpose::LongReads)));
        Ok(Sqlite { path, pool, writer, alive: Arc::new(()) })
    }

    /// Reads on the calling thread's own connection.
    pub(super) fn read_here<T, E: From<DbError>>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mine = Arc::downgrade(&self.alive);
        READS.with(|reads| reads.set(reads.get().wrapping_add(1)));
        // The connection leaves the list while it is in use, so that a read inside a read opens another.
        let held = HERE.with_borrow_mut(|list| {
            list.retain(|(owner, _)| owner.strong_count() > 0);
            let place = list.iter().position(|(owner, _)| owner.ptr_eq(&mine))?;
            Some(list.swap_remove(place).1)
        });
        let mut conn = match held {
            Some(conn) => conn,
            None => Conn::open_sqlite(&self.path, Purpose::ShortReads)?,
        };
        let result = f(&mut conn);
        HERE.with_borrow_mut(|list| list.push((mine, conn)));
        result
    }

    /// Has the calling thread's own connections forget the pages they remember.
    pub(super) fn rest_here(&self) -> DbResult<()> {
        let mine = Arc::downgrade(&self.alive);
        HERE.with_borrow_mut(|list| {
            let mut own = list.iter_mut().filter(|(owner, _)| owner.ptr_eq(&mine));
            own.try_for_each(|(_, conn)| conn.forget_pages())
        })
    }

    pub(super) fn backup_to(&self, path: &Path) -> DbResult<()> {
        let target = path.to_str().ok_or_else(|| DbError::Refused("the path is not UTF-8".into()))?;
        // A connection of its own: those of the pool may write nothing, not even another file.
        let mut conn = Conn::open_sqlite(&self.path, Purpose::Writes)?;
        diesel::sql_query("VACUUM INTO $1").bind::<diesel::sql_types::Text, _>(target).execute(&mut conn)?;
        Ok(())
    }
}

/// A PostgreSQL server.
pub(super) struct Postgres {
    pub(super) pool: Pool,
}

impl Postgres {
    pub(super) fn open(url: &str, options: &DbOptions) -> DbResult<Postgres> {
        let timeout = options.statement_timeout_ms;
        // Once directly, so that a wrong address is said at once and in libpq's words.
        drop(Conn::open_postgres(url, timeout)?);
        let url = url.to_owned();
        let open = move || Conn::open_postgres(&url, timeout);
        Ok(Postgres { pool: Pool::new(options.connections, options.connections, Box::new(open)) })
    }

    pub(super) fn write<T, E, F>(&self, ids: &IdMaker, at: UtcMillis, keep: Keep, f: &mut F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E>,
        E: Failure,
    {
        for _ in 1..ATTEMPTS_MAX {
            match self.attempt(ids, at, keep, f) {
                // Whose unique key was taken since it looked sees it when it looks again.
                Err(error) if matches!(error.db_error(), Some(DbError::Busy(_) | DbError::Duplicate(_))) => {}
                settled => return settled,
            }
        }
        self.attempt(ids, at, keep, f)
    }

    fn attempt<T, E, F>(&self, ids: &IdMaker, at: UtcMillis, keep: Keep, f: &mut F) -> Result<T, E>
    where
        F: FnMut(&mut WriteTx<'_>) -> Result<T, E>,
        E: Failure,
    {
        self.pool.with(|conn| {
            begin(conn)?;
            match f(&mut WriteTx { conn, at, ids }) {
                Ok(value) if keep == Keep::Commit => commit(conn).map(|()| value).map_err(E::from),
                Ok(value) => roll_back(conn).map(|()| value).map_err(E::from),
                Err(refusal) => {
                    // Where the connection broke, the server has rolled back already and this says so again.
                    roll_back(conn).ok();
                    Err(refusal)
                }
            }
        })
    }
}

/// READ COMMITTED is pinned: every scarce thing is taken by a guarded UPDATE, which re-reads the row it waited for.
fn begin(conn: &mut Conn) -> DbResult<()> {
    if let Conn::Postgres(inner) = conn {
        AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL READ COMMITTED")?;
    }
    Ok(())
}

fn commit(conn: &mut Conn) -> DbResult<()> {
    if let Conn::Postgres(inner) = conn {
        <PgConnection as Connection>::TransactionManager::commit_transaction(inner)?;
    }
    Ok(())
}

fn roll_back(conn: &mut Conn) -> DbResult<()> {
    if let Conn::Postgres(inner) = conn {
        <PgConnection as Connection>::TransactionManager::rollback_transaction(inner)?;
    }
    Ok(())
}
